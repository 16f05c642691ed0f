/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A manifest and, behind a NUL, the words of a command line, to what the plugin may do: nothing is
 * given that was not asked for, nothing reaches out that was not allowed, and the plan shows no
 * part of the host that no grant, runtime or option names. A profile bounds all of it. An empty
 * manifest is a command's.
 */
#include "launch.h"

#include <sched.h>

#include "spec/plan.h"
#include "spec/policy.h"

#define DATA_HOST "/var/lib/data"

static void entry(struct host_facts *f, const char *path, const char *source, enum entry_kind kind)
{
	grow(&f->entries, &f->cap_entries, f->n_entries, sizeof(*f->entries));
	f->entries[f->n_entries++] = (struct runtime_entry){xstrdup(path), xstrdup(source), kind};
}

static void make_facts(struct host_facts *f)
{
	*f = (struct host_facts){.uid = 1001, .gid = 1001, .landlock_abi = 7, .seccomp = true,
				 .seccomp_notify = true, .nproc_per_userns = true,
				 .cgroup_controllers = CG_CPU | CG_MEMORY | CG_PIDS,
				 .runtime = xstrdup("host")};
	entry(f, "/usr", "/usr", ENTRY_DIR);
	entry(f, "/bin", "usr/bin", ENTRY_LINK);
	entry(f, "/etc/ssl/certs", "/etc/ssl/certs", ENTRY_DIR);
}

/* Whether rs has that request with that argument, by its own text or, for an allowance, by one
 * that covers it. */
static bool has(const struct requests *rs, const char *name, const char *arg, bool cover)
{
	for (size_t i = 0; i < rs->n; i++) {
		const struct request *r = &rs->v[i];

		if (strcmp(r->name, name) != 0)
			continue;
		if (!arg || (cover && r->args.n == 0))
			return true;
		for (size_t k = 0; k < r->args.n; k++) {
			const char *a = r->args.v[k];
			size_t n = strlen(a);

			if (strcmp(a, arg) == 0)
				return true;
			if (cover && a[0] == '/' && strncmp(arg, a, n) == 0 && arg[n] == '/')
				return true;
			if (cover && a[0] != '/' && n && a[n - 1] == '*' &&
			    strncmp(arg, a, n - 1) == 0)
				return true;
		}
	}
	return false;
}

static bool stays_inside(enum perm_id id, const char *arg)
{
	if (id == PERM_SUBPROCESS || id == PERM_USER_DATABASE)
		return true;
	if (!arg)
		return false;
	if (id == PERM_NETWORK)
		return strcmp(arg, "loopback") == 0;
	/* what the runtime shows anyway */
	return id == PERM_FS_READ && (strcmp(arg, "/usr") == 0 || str_starts(arg, "/usr/") ||
				      strcmp(arg, "/etc/ssl/certs") == 0 ||
				      str_starts(arg, "/etc/ssl/certs/"));
}

static const char profile_text[] =
	"allow: [storage, subprocess, {network: loopback}, {file_system_read: [/srv]}, \"tool:*\"]\n"
	"limits: {max: {pids_limit: 16}}\n";

/* What that profile says, in other words. */
static bool in_profile(enum perm_id id, const char *arg)
{
	if (id == PERM_STORAGE || id == PERM_SUBPROCESS)
		return true;
	if (!arg)
		return false;
	if (id == PERM_NETWORK)
		return strcmp(arg, "loopback") == 0;
	return id == PERM_FS_READ && (strcmp(arg, "/srv") == 0 || str_starts(arg, "/srv/") ||
				      stays_inside(id, arg));
}

static void check_grant(const struct manifest *m, const struct launch *l, bool bounded,
			enum perm_id id, const char *arg)
{
	const char *name = perm_table[id].name;

	must(m ? has(&m->requests, name, arg, false) : has(&l->allow, name, arg, true));
	must(!bounded || in_profile(id, arg));
	must(bounded || !m || has(&l->allow, name, arg, true) || stays_inside(id, arg));
}

static void check_rights(const struct manifest *m, const struct launch *l, bool bounded,
			 const struct rights *r)
{
	for (int id = 0; id < PERM_N; id++) {
		const struct grant *g = &r->perm[id];

		must(g->given || g->args.n == 0);
		if (!g->given)
			continue;
		must(g->origins.n && (perm_table[id].arg == PERM_ARG_NONE) == (g->args.n == 0));
		if (g->args.n == 0)
			check_grant(m, l, bounded, (enum perm_id)id, NULL);
		for (size_t i = 0; i < g->args.n; i++)
			check_grant(m, l, bounded, (enum perm_id)id, g->args.v[i]);
	}
	for (int id = 0; id < REG_N; id++) {
		const struct grant *g = &r->registrations[id];

		must(m ? g->given == m->registrations[id].present : !g->given);
		must(g->args.n == g->origins.n && (g->args.n == 0 || m));
		/* the profile allows every tool, and nothing of the other kinds */
		must(!bounded || id == REG_TOOLS || g->args.n == 0);
		for (size_t i = 0; i < g->args.n; i++)
			must(has(&m->registrations[id].names, g->args.v[i], NULL, false));
	}
	must(r->network != NETWORK_HOST || strv_has(&r->perm[PERM_NETWORK].args, "host"));
	must(r->network == NETWORK_NONE || r->perm[PERM_NETWORK].given);
	must(r->refused.n == r->remedies.n);
	must(!bounded || (r->limits[LIMIT_PIDS].set && r->limits[LIMIT_PIDS].v <= 16));
	/* the caller's limits are ceilings */
	for (int i = 0; i < LIMIT_N; i++)
		if (l->limits.l[i].set)
			must(r->limits[i].set && r->limits[i].v <= l->limits.l[i].v);
}

static bool option_binds(const struct launch *l, const struct step *s, bool writable)
{
	for (size_t i = 0; i < l->n_mounts; i++) {
		const struct mount_opt *o = &l->mounts[i];

		if (o->kind == MOUNT_BIND || (o->kind == MOUNT_RO_BIND && !writable))
			if (strcmp(o->src, s->src) == 0 && strcmp(o->dst, s->dst) == 0)
				return true;
	}
	return false;
}

static bool is_runtime(const struct host_facts *f, const struct launch *l, const char *src)
{
	for (size_t i = 0; i < f->n_entries; i++)
		if (f->entries[i].kind != ENTRY_LINK && strcmp(f->entries[i].source, src) == 0)
			return true;
	return strv_has(&l->runtime_add, src);
}

/* How names are resolved, for a plugin that is on the host's network. */
static bool is_resolver(const struct rights *r, const char *src)
{
	return r->network == NETWORK_HOST &&
	       (strcmp(src, "/etc/resolv.conf") == 0 || strcmp(src, "/etc/hosts") == 0);
}

static void check_bind(const struct launch *l, const struct rights *r, const struct host_facts *f,
		       const struct step *s)
{
	const struct grant *write = &r->perm[PERM_FS_WRITE];

	if (s->source == SOURCE_DATA) {
		must(r->perm[PERM_STORAGE].given);
		return;
	}
	if (s->source == SOURCE_SCRATCH) {
		must(l->isolation == ISOLATION_LANDLOCK);
		return;
	}
	if (s->source == SOURCE_BUNDLE) {
		must(!s->writable);
		return;
	}
	must(s->src && path_is_normal(s->src));
	if (s->writable)
		must(strv_has(&write->args, s->src) || option_binds(l, s, true));
	else
		must(strv_has(&write->args, s->src) ||
		     strv_has(&r->perm[PERM_FS_READ].args, s->src) || is_runtime(f, l, s->src) ||
		     option_binds(l, s, false) || is_resolver(r, s->src));
}

static void check_device(const struct rights *r, const struct step *s)
{
	static const char *const always[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
					     "/dev/urandom"};

	for (size_t i = 0; i < 5; i++)
		if (strcmp(always[i], s->src) == 0)
			return;
	must(str_starts(s->src, "/dev/") && strv_has(&r->perm[PERM_DEVICES].args, s->src + 5));
}

/* Without namespaces no step is but for a path of the host at its own place, and what has none was
 * refused. */
static void check_bare(const struct rights *r, const struct plan *p)
{
	must(p->namespaces == 0 && p->not_kept.n && p->syscalls.bare && p->syscalls.pairs_only);
	must(!p->as_pid_1 && !p->tty && !r->perm[PERM_USER_DATABASE].given &&
	     !r->perm[PERM_DEVICES].given);
	must(r->network != NETWORK_LOOPBACK);
	for (size_t i = 0; i < p->n_steps; i++) {
		must(p->steps[i].op == STEP_BIND || p->steps[i].op == STEP_DEVICE);
		must(!p->steps[i].src || strcmp(p->steps[i].src, p->steps[i].dst) == 0);
	}
}

static void check_plan(const struct launch *l, const struct rights *r, const struct host_facts *f,
		       const struct plan *p)
{
	const unsigned long always = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
				     CLONE_NEWUTS | CLONE_NEWCGROUP;

	must(p->bare == (l->isolation == ISOLATION_LANDLOCK));
	if (p->bare) {
		check_bare(r, p);
	} else {
		must((p->namespaces & always) == always);
		must((p->namespaces & CLONE_NEWNET) || r->network == NETWORK_HOST);
	}
	must(p->landlock_abi == 7 && p->seccomp);
	must(!p->subprocess || r->perm[PERM_SUBPROCESS].given);
	must(!p->tty || r->perm[PERM_TTY].given);
	must(p->argv.n >= 1);
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];

		must(s->op == STEP_SEAL || (s->dst && (path_is_normal(s->dst) || (p->bare && !s->src))));
		if (s->op == STEP_BIND)
			check_bind(l, r, f, s);
		if (s->op == STEP_DEVICE)
			check_device(r, s);
		if (s->op == STEP_DEVPTS)
			must(r->perm[PERM_TTY].given);
	}
	for (size_t i = 0; i < p->env_pass.n; i++)
		must(strv_has(&r->perm[PERM_ENVIRONMENT].args, p->env_pass.v[i]));
}

static void decide(const struct manifest *m, const struct launch *l, const struct profile *profile)
{
	struct host_facts f;
	struct rights r;
	struct plan p = {0};
	struct pb_err e = {0};

	make_facts(&f);
	if (policy_decide(m, l, profile, &f, &r, &e) == 0) {
		check_rights(m, l, profile != NULL, &r);
		if (policy_refusal(&r, &e) == 0) {
			if (plan_make(m, l, &r, &f, m ? "/home/user/bundle" : NULL, &p, &e) == 0)
				check_plan(l, &r, &f, &p);
			else
				must(e.kind != PB_ERR_NONE && e.msg[0]);
			plan_free(&p);
		} else {
			must(e.kind == PB_ERR_POLICY && (r.refused.n || r.inexpressible.n));
		}
	} else {
		must(e.kind == PB_ERR_USAGE && !m);
	}
	rights_free(&r);
	facts_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t text = strnlen((const char *)data, n);
	struct manifest_errors errs = {0};
	struct manifest *m = NULL;
	struct launch l;
	struct pb_err e;
	char *copy;
	char **argv;
	int argc;

	if (text)
		m = manifest_parse((const char *)data, text, "plugin.yaml", &errs);
	if (text == n) /* no options */
		argv = as_words((const uint8_t *)"bundle", 6, "run", &copy, &argc);
	else
		argv = as_words(data + text + 1, n - text - 1, "run", &copy, &argc);
	if ((m || !text) && read_options(&l, false, argc, argv, &e) == 0) {
		if (l.command == !m) {
			struct profile *profile = profile_parse(profile_text, strlen(profile_text),
								"p.yaml", true, &errs);

			must(profile);
			decide(m, &l, NULL);
			decide(m, &l, profile);
			profile_free(profile);
		}
		launch_free(&l);
	} else if (m || !text) {
		launch_free(&l);
	}
	free(argv);
	free(copy);
	manifest_free(m);
	manifest_errors_free(&errs);
	return 0;
}
