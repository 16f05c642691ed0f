/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the plugin sees as its file system.
 *
 * The root is an empty tmpfs; what stands in it stands there because a step put
 * it there. First what is made on the tmpfs (directories, links, synthetic /etc) and the
 * runtime, until the seal; then the mounts that need nothing but a mount point. A
 * later step may lie below an earlier one, never the other way round.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/plan_build.h"

#define TMP_INODES 16384
#define SHM_BYTES (64ULL << 20)
#define ROOT_DIR_MODE 0755

static struct step *add(struct plan *p, enum step_op op, const char *dst, const char *why)
{
	struct step *s;

	grow(&p->steps, &p->cap_steps, p->n_steps, sizeof(*p->steps));
	s = &p->steps[p->n_steps++];
	*s = (struct step){.op = op, .mode = ROOT_DIR_MODE, .dst = dst ? xstrdup(dst) : NULL};
	s->why = xstrdup(why);
	return s;
}

struct step *plan_add_bind(struct plan *p, const char *src, const char *dst, enum step_access access,
			   const char *why)
{
	struct step *s = add(p, STEP_BIND, dst, why);

	s->src = src ? xstrdup(src) : NULL;
	s->access = access;
	s->exec = access == ACCESS_READ_EXEC || access == ACCESS_WRITE_EXEC;
	s->writable = access == ACCESS_WRITE || access == ACCESS_WRITE_EXEC ||
		      access == ACCESS_WRITE_HOST;
	return s;
}

struct step *plan_add_host_bind(struct plan *p, const char *src, const char *dst,
				enum step_access access, const char *why)
{
	struct step *s = plan_add_bind(p, src, dst, access, why);

	s->host = true;
	return s;
}

static void add_file(struct plan *p, const char *dst, const char *data, const char *why)
{
	struct step *s = add(p, STEP_FILE, dst, why);

	s->data = xstrdup(data);
	s->mode = 0644;
}

static void add_link(struct plan *p, const char *target, const char *dst, const char *why)
{
	add(p, STEP_SYMLINK, dst, why)->src = xstrdup(target);
}

static void runtime(struct plan *p, const struct plan_input *in)
{
	for (size_t i = 0; i < in->f->n_entries; i++) {
		const struct runtime_entry *en = &in->f->entries[i];
		bool etc = path_below(en->path, "/etc");

		if (en->kind == ENTRY_LINK) {
			add_link(p, en->source, en->path, "the runtime's own link");
			continue;
		}
		struct step *s = plan_add_bind(p, en->source, en->path,
					  etc ? ACCESS_READ : ACCESS_READ_EXEC,
					  etc ? "what a runtime reads in /etc" : "the runtime");

		/* the host's own are root's to link; a tree that was named may be anybody's */
		s->follow = strcmp(in->f->runtime, "host") == 0;
		s->optional = etc;
	}
}

void plan_names(struct plan *p, const struct plan_input *in)
{
	static const char *const names[] = {"/etc/resolv.conf", "/etc/hosts"};

	for (size_t i = 0; in->r->network == NETWORK_HOST && i < ARRAY_SIZE(names); i++) {
		struct step *s = plan_add_bind(p, names[i], names[i], ACCESS_READ,
					       "names are resolved as on the host (network: host)");

		s->follow = s->optional = true;
	}
}

static void etc_files(struct plan *p, const struct plan_input *in)
{
	const char *why = "synthetic: nothing of the host";
	bool users = in->r->perm[PERM_USER_DATABASE].given;

	add(p, STEP_DIR, "/etc", "holds only what is listed below")->access = ACCESS_READ;
	add_file(p, "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", why);
	if (in->r->network == NETWORK_HOST)
		plan_names(p, in);
	else
		add_file(p, "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n", why);
	if (users) {
		autofree char *passwd =
			xasprintf("root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n"
				  "plugin:x:%d:%d:plugin:%s:/bin/sh\n"
				  "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
				  PLAN_INNER_ID, PLAN_INNER_ID, p->storage ? "/data" : "/tmp");
		autofree char *group = xasprintf("root:x:0:\nplugin:x:%d:\nnogroup:x:65534:\n",
						 PLAN_INNER_ID);

		add_file(p, "/etc/passwd", passwd, "synthetic (user_database)");
		add_file(p, "/etc/group", group, "synthetic (user_database)");
	}
}

static void dev_links(struct plan *p)
{
	static const char *const links[][2] = {
		{"/proc/self/fd", "/dev/fd"},	   {"/proc/self/fd/0", "/dev/stdin"},
		{"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
	};

	add(p, STEP_DIR, "/dev", "holds only what is listed below")->access = ACCESS_READ;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		add_link(p, links[i][0], links[i][1], "standard");
	if (p->tty)
		add_link(p, "pts/ptmx", "/dev/ptmx", "tty");
}

struct step *plan_add_device(struct plan *p, const char *path, const char *why)
{
	struct step *s = add(p, STEP_DEVICE, path, why);

	s->src = xstrdup(path);
	s->access = ACCESS_DEVICE;
	return s;
}

static void dev_nodes(struct plan *p, const struct plan_input *in)
{
	static const char *const nodes[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
					    "/dev/urandom"};
	const struct strv *granted = &in->r->perm[PERM_DEVICES].args;
	struct step *s;

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		plan_add_device(p, nodes[i], "standard");
	for (size_t i = 0; i < granted->n; i++) {
		autofree char *path = xasprintf("/dev/%s", granted->v[i]);

		/* any ioctl: see the Landlock rule */
		plan_add_device(p, path, "devices")->exec = true;
	}
	if (p->tty)
		add(p, STEP_DEVPTS, "/dev/pts", "tty")->access = ACCESS_DEVICE;
	s = add(p, STEP_TMPFS, "/dev/shm", "private, bounded");
	s->size = SHM_BYTES;
	s->inodes = TMP_INODES;
	s->mode = 01777;
	s->access = ACCESS_WRITE;
}

/* Parents first: what is granted for writing below what is granted for reading stays writable, and
 * the other way round. */
static int by_length(const void *a, const void *b)
{
	const struct step *const x = a;
	const struct step *const y = b;
	const size_t n = strlen(x->dst);
	const size_t m = strlen(y->dst);

	return (n > m) - (n < m);
}

/* A grant of a directory that holds one of the sandbox's own would cover it. */
static int check_grants(const struct plan_input *in, struct pb_err *e)
{
	static const enum perm_id ids[] = {PERM_FS_READ, PERM_FS_WRITE};
	static const char *const own[] = {"/tmp", "/dev", "/proc", "/data", "/plugin", "/etc"};

	for (size_t k = 0; k < ARRAY_SIZE(ids); k++) {
		const struct strv *args = &in->r->perm[ids[k]].args;

		for (size_t i = 0; i < args->n; i++)
			for (size_t j = 0; j < ARRAY_SIZE(own); j++) {
				if (!path_below(own[j], args->v[i]) ||
				    (strcmp(own[j], "/etc") == 0 && ids[k] == PERM_FS_READ))
					continue;
				pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" cannot be granted: \"%s\" is the "
					   "plugin's own inside", args->v[i], own[j]);
				return pb_err_hint(e, "grant a directory below it, or show it elsewhere with "
						      "--ro-bind SRC DEST or --bind SRC DEST");
			}
	}
	return 0;
}

void plan_grants(struct plan *p, const struct plan_input *in)
{
	const size_t first = p->n_steps;

	static const struct {
		enum perm_id id;
		enum step_access access;
	} kinds[] = {{PERM_FS_READ, ACCESS_READ}, {PERM_FS_WRITE, ACCESS_WRITE_HOST}};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		const struct grant *g = &in->r->perm[kinds[k].id];

		for (size_t i = 0; i < g->args.n; i++) {
			const char *path = g->args.v[i];
			autofree char *why = xasprintf("%s, %s", perm_table[kinds[k].id].name,
						       g->origins.v[i]);
			bool shown = false;

			/* what the runtime shows already is not mounted a second time */
			for (size_t j = 0; j < p->n_steps && kinds[k].access == ACCESS_READ; j++)
				shown |= p->steps[j].op == STEP_BIND && p->steps[j].src &&
					 strcmp(p->steps[j].src, p->steps[j].dst) == 0 &&
					 p->steps[j].exec && path_below(path, p->steps[j].dst);
			if (!shown)
				plan_add_host_bind(p, path, path, kinds[k].access, why);
		}
	}
	/* stable enough: two of one length never hold one another, and the same twice was one */
	if (p->n_steps > first)
		qsort(p->steps + first, p->n_steps - first, sizeof(*p->steps), by_length);
}

/* --dir and --symlink write to the root tmpfs, which is sealed by then, unless
 * they lie below a mount of their own. */
static bool below_mount(const struct plan *p, const struct plan_input *in, size_t upto, const char *dst)
{
	static const char *const own[] = {"/tmp", "/dev/shm", "/data", "/plugin", "/proc"};
	static const enum perm_id grants[] = {PERM_FS_READ, PERM_FS_WRITE};
	const struct launch *l = in->l;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (path_below(dst, own[i]))
			return true;
	for (size_t i = 0; i < upto; i++)
		if (l->mounts[i].kind <= MOUNT_TMPFS && path_below(dst, l->mounts[i].dst))
			return true;
	for (size_t k = 0; k < ARRAY_SIZE(grants); k++)
		for (size_t i = 0; i < in->r->perm[grants[k]].args.n; i++)
			if (path_below(dst, in->r->perm[grants[k]].args.v[i]))
				return true;
	return p->bundle_dst && path_below(dst, p->bundle_dst);
}

static void option_mounts(struct plan *p, const struct plan_input *in, bool sealed)
{
	for (size_t i = 0; i < in->l->n_mounts; i++) {
		const struct mount_opt *o = &in->l->mounts[i];
		bool late = o->kind <= MOUNT_TMPFS || below_mount(p, in, i, o->dst);
		struct step *s;

		if (late != sealed)
			continue;
		switch (o->kind) {
		case MOUNT_RO_BIND:
			plan_add_host_bind(p, o->src, o->dst, ACCESS_READ_EXEC, "--ro-bind")->follow = true;
			break;
		case MOUNT_BIND:
			plan_add_host_bind(p, o->src, o->dst, ACCESS_WRITE_EXEC, "--bind")->follow = true;
			break;
		case MOUNT_TMPFS:
			s = add(p, STEP_TMPFS, o->dst, "--tmpfs");
			s->size = o->size ? o->size : in->r->limits[LIMIT_TMP_SIZE].v;
			s->inodes = TMP_INODES;
			s->access = ACCESS_WRITE;
			break;
		case MOUNT_DIR:
			add(p, STEP_DIR, o->dst, "--dir")->access = ACCESS_READ;
			break;
		case MOUNT_SYMLINK:
			add_link(p, o->src, o->dst, "--symlink");
			break;
		}
	}
}

int plan_mounts(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	struct step *s;

	if (check_grants(in, e) < 0)
		return -1;
	runtime(p, in);
	if (strcmp(in->f->runtime, "none") != 0 || in->r->perm[PERM_USER_DATABASE].given)
		etc_files(p, in);
	dev_links(p);
	option_mounts(p, in, false);
	add(p, STEP_SEAL, "/", "the root itself cannot be written any more");
	s = add(p, STEP_TMPFS, "/tmp", "private, bounded");
	s->size = in->r->limits[LIMIT_TMP_SIZE].v;
	s->inodes = TMP_INODES;
	s->mode = 01777;
	s->access = ACCESS_WRITE;
	dev_nodes(p, in);
	add(p, STEP_PROC, "/proc", "of the new pid namespace, processes only")->access = ACCESS_READ;
	/* before all that may lie below a granted directory */
	plan_grants(p, in);
	/* wherever they lie on the host, in /tmp too */
	for (size_t i = 0; i < in->l->runtime_add.n; i++)
		plan_add_host_bind(p, in->l->runtime_add.v[i], in->l->runtime_add.v[i], ACCESS_READ_EXEC,
			      "--runtime-add")
			->follow = true;
	if (p->bundle_dst) {
		s = plan_add_bind(p, in->bundle_path, p->bundle_dst, ACCESS_READ_EXEC, "the bundle");
		s->source = SOURCE_BUNDLE;
		s->host = !in->m; /* a working directory, with whatever lies in it */
	}
	if (p->storage) {
		autofree char *why = xasprintf("storage, %s", in->r->perm[PERM_STORAGE].origins.v[0]);

		plan_add_bind(p, NULL, "/data", ACCESS_WRITE, why)->source = SOURCE_DATA;
	}
	option_mounts(p, in, true);
	return 0;
}
