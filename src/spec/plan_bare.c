/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of a plan that is another without namespaces: the paths are the host's own, and each step
 * is a Landlock rule and nothing else. What has no path of the host is left out; what a policy wants
 * beyond that has been refused before (spec/bare).
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "spec/bare.h"
#include "spec/plan_build.h"

int plan_bare_layers(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	static const char *const layers[] = {"landlock", "seccomp",	"capabilities", "no-new-privs",
					     "fds",	 "environment", "session",	"rlimits",
					     "keeper"};
	const struct host_facts *f = in->f;
	size_t n;
	const struct bare_promise *promises = bare_promises(&n);

	/* the two walls that there are: neither can be missed, whatever the effort */
	if (f->landlock_abi < BARE_LANDLOCK_ABI) {
		pb_err_set(e, PB_ERR_SETUP, 0, "cannot enforce landlock: --isolation landlock needs its ABI "
			   "%d, the kernel has %d", BARE_LANDLOCK_ABI, f->landlock_abi);
		pb_err_step(e, "landlock");
		return pb_err_hint(e, "run Linux 6.12 or later with landlock in the list of lsm= on its command "
				      "line, or allow user namespaces and drop --isolation: see plugbox doctor");
	}
	if (!f->seccomp) {
		pb_err_set(e, PB_ERR_SETUP, 0, "cannot enforce seccomp: the kernel does not offer filters");
		pb_err_step(e, "seccomp");
		return pb_err_hint(e, "use a kernel with CONFIG_SECCOMP_FILTER");
	}
	p->landlock_abi = f->landlock_abi;
	p->seccomp = true;
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		strv_add(&p->layers, layers[i]);
	for (size_t i = 0; i < n; i++)
		strv_add(&p->not_kept, promises[i].id);
	return 0;
}

static void runtime(struct plan *p, const struct plan_input *in)
{
	for (size_t i = 0; i < in->f->n_entries; i++) {
		const struct runtime_entry *en = &in->f->entries[i];
		const bool etc = path_below(en->path, "/etc");
		struct step *s;

		/* the host's links lead where they lead */
		if (en->kind == ENTRY_LINK)
			continue;
		s = plan_add_bind(p, en->source, en->source, etc ? ACCESS_READ : ACCESS_READ_EXEC,
				  etc ? "what a runtime reads in /etc" : "the runtime");
		s->follow = true;
		s->optional = etc;
	}
}

static void devices(struct plan *p)
{
	static const char *const standard[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
					       "/dev/urandom"};

	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		plan_add_device(p, standard[i], "standard");
}

/* What every run of the user keeps there would be granted with it. */
static int check_grants(const struct plan_input *in, struct pb_err *e)
{
	static const enum perm_id ids[] = {PERM_FS_READ, PERM_FS_WRITE};

	for (size_t k = 0; k < ARRAY_SIZE(ids); k++)
		for (size_t i = 0; i < in->r->perm[ids[k]].args.n; i++) {
			const char *path = in->r->perm[ids[k]].args.v[i];

			if (!path_below("/tmp", path))
				continue;
			pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" cannot be granted: other plugins have their "
				   "temporary files there", path);
			return pb_err_hint(e, "grant a directory below it");
		}
	return 0;
}

static void options(struct plan *p, const struct plan_input *in)
{
	for (size_t i = 0; i < in->l->runtime_add.n; i++)
		plan_add_host_bind(p, in->l->runtime_add.v[i], in->l->runtime_add.v[i], ACCESS_READ_EXEC,
				   "--runtime-add")
			->follow = true;
	for (size_t i = 0; i < in->l->n_mounts; i++) {
		const struct mount_opt *o = &in->l->mounts[i];

		if (o->kind == MOUNT_RO_BIND)
			plan_add_host_bind(p, o->src, o->src, ACCESS_READ_EXEC, "--ro-bind")->follow = true;
		else if (o->kind == MOUNT_BIND)
			plan_add_host_bind(p, o->src, o->src, ACCESS_WRITE_EXEC, "--bind")->follow = true;
	}
}

int plan_bare_files(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	struct step *s;

	if (check_grants(in, e) < 0)
		return -1;
	runtime(p, in);
	plan_names(p, in);
	devices(p);
	plan_grants(p, in);
	options(p, in);
	if (p->bundle_dst) {
		s = plan_add_bind(p, in->bundle_path, p->bundle_dst, ACCESS_READ_EXEC, "the bundle");
		s->source = SOURCE_BUNDLE;
		s->host = true;
	}
	if (p->storage) {
		autofree char *why = xasprintf("storage, %s", in->r->perm[PERM_STORAGE].origins.v[0]);

		plan_add_bind(p, NULL, PLAN_DATA, ACCESS_WRITE, why)->source = SOURCE_DATA;
	}
	plan_add_bind(p, NULL, PLAN_SCRATCH, ACCESS_WRITE, "temporary files, gone with the run")->source =
		SOURCE_SCRATCH;
	return 0;
}

void plan_bare_denials(struct plan *p, const struct plan_input *in)
{
	strv_add(&p->denied, in->r->network == NETWORK_NONE
				     ? "network: no socket but connected AF_UNIX pairs"
				     : "local sockets: none but connected AF_UNIX pairs");
	strv_add(&p->denied, "host files: none but what is listed under files is opened or listed");
	strv_add(&p->denied, "file modes, owners, times and attributes: not to be changed, anywhere");
	strv_add(&p->denied, "host processes: not reachable by signals or ptrace; no /proc");
	strv_add(&p->denied, "privileges: no capability, no set-id bit, no namespace, no mount");
	strv_add(&p->denied, "user names: /etc/passwd cannot be read");
	strv_add(&p->denied, "terminal: stdio is relayed where it is one");
}

static void fill(char **text, const char *token, const char *path)
{
	if (!path || !*text || strcmp(*text, token) != 0)
		return;
	free(*text);
	*text = xstrdup(path);
}

static void fill_variable(char **entry, const char *token, const char *path)
{
	const char *eq = strchr(*entry, '=');
	char *value;

	if (!path || !eq || strcmp(eq + 1, token) != 0)
		return;
	value = xasprintf("%.*s=%s", (int)(eq - *entry), *entry, path);
	free(*entry);
	*entry = value;
}

void plan_fill(struct plan *p, const char *scratch, const char *data)
{
	const struct {
		const char *token, *path;
	} both[] = {{PLAN_SCRATCH, scratch}, {PLAN_DATA, data}};

	for (size_t k = 0; k < ARRAY_SIZE(both); k++) {
		fill(&p->cwd, both[k].token, both[k].path);
		for (size_t i = 0; i < p->n_steps; i++)
			fill(&p->steps[i].dst, both[k].token, both[k].path);
		for (size_t i = 0; i < p->env.n; i++)
			fill_variable(&p->env.v[i], both[k].token, both[k].path);
	}
}
