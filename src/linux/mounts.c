/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Theory of operation. The child stands in a mount namespace of its own that is still a copy
 * of the host's. mount_open_sources has a descriptor of everything that will be shown.
 * A tmpfs is mounted over a directory that every host has; the plan's steps are carried out
 * below it, relative to its descriptor and following no links; pivot_root makes it the root, and
 * the old root is detached. Nothing of the host has a name after that but what a step gave it.
 *
 * Copies of mounts are made private, and read-only where they are to be, before they have a
 * place: otherwise a file system that the host mounts later below a granted directory would appear
 * inside, writable, and a later step could write through an earlier mount into the host.
 *
 * Without the new mount calls the same is had in another order. All mounts of this namespace are
 * made private first, so nothing that the host mounts comes in any more, and the table of mounts
 * can only be changed here. A source is bound with what is mounted below it, and each of these
 * mounts is found in the table and remounted before the step is over: no other step has run in
 * between, and no plugin. A mount that cannot be reached to be remounted stops the launch.
 */
#include "linux/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/path.h"
#include "linux/sys.h"

#define ROOT_OPTIONS "mode=0755,size=4m,nr_inodes=4096"

/* MS_NOSYMFOLLOW and how statvfs shows it, since Linux 5.10 */
#define NOSYMFOLLOW 256UL
#define NOSYMFOLLOW_SHOWN 0x2000UL

struct builder {
	struct mount_env *env;
	int root;	   /* of the new tree */
	const char *place; /* where it stands until it is the root */
	bool sealed;
	int dir;	   /* the directory of dir_path below the root, or -1: see parent_of */
	char dir_path[PATH_MAX];
};

static const char *relative(const char *dst)
{
	return dst + strspn(dst, "/");
}

static int failed(const struct step *s, const char *what, struct pb_err *e)
{
	int saved = errno;

	pb_err_set(e, PB_ERR_SETUP, saved, "cannot %s \"%s\"", what, s->dst);
	if (saved == EROFS)
		pb_err_hint(e, "it lies inside something read-only: the mount point must exist there");
	else if (saved == ELOOP)
		pb_err_hint(e, "it leads through a symbolic link, which is not followed here");
	return -1;
}

static bool wants_directory(const struct builder *b, size_t i)
{
	const enum step_op op = b->env->plan->steps[i].op;

	return (op != STEP_BIND && op != STEP_DEVICE) || b->env->sources[i].is_dir;
}

static bool is_mount(const struct builder *b, size_t i)
{
	switch (b->env->plan->steps[i].op) {
	case STEP_BIND:
	case STEP_DEVICE:
		return b->env->sources[i].present;
	case STEP_TMPFS:
	case STEP_DEVPTS:
	case STEP_PROC:
		return true;
	default:
		return false;
	}
}

/* Whether the place of a step lies in what an earlier one mounts: in a directory that may be the
 * host's, then, and others' to change. */
static bool inside_mount(const struct builder *b, size_t i)
{
	const struct step *steps = b->env->plan->steps;

	for (size_t k = 0; k < i; k++)
		if (is_mount(b, k) && path_below(steps[i].dst, steps[k].dst))
			return true;
	return false;
}

static void forget_dir(struct builder *b)
{
	close_fd(&b->dir);
}

/* The directory that dst is to stand in, made where it is not there and opened following no
 * link; *name receives the last component. It is kept, since most steps stand beside the one
 * before: the descriptor stays the builder's. Returns -1 with errno. */
static int parent_of(struct builder *b, const char *dst, const char **name)
{
	const char *rel = relative(dst);
	const char *slash = strrchr(rel, '/');
	const size_t n = slash ? (size_t)(slash - rel) : 0;

	*name = slash ? slash + 1 : rel;
	if (!slash)
		return b->root;
	if (b->dir >= 0 && strncmp(b->dir_path, rel, n) == 0 && b->dir_path[n] == '\0')
		return b->dir;
	forget_dir(b);
	if (n >= sizeof(b->dir_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(b->dir_path, rel, n);
	b->dir_path[n] = '\0';
	b->dir = path_open(b->root, b->dir_path, O_PATH | O_DIRECTORY);
	if (b->dir < 0 && errno == ENOENT && path_make(b->root, b->dir_path, false, 0755) == 0)
		b->dir = path_open(b->root, b->dir_path, O_PATH | O_DIRECTORY);
	return b->dir;
}

/* What stands at dst covers what was there: a directory kept from before is another one now. */
static void now_mounted(struct builder *b, const struct step *s)
{
	if (b->dir >= 0 && path_below(b->dir_path, relative(s->dst)))
		forget_dir(b);
}

static int make_point(struct builder *b, size_t i, struct pb_err *e)
{
	const struct step *s = &b->env->plan->steps[i];
	const bool is_file = !wants_directory(b, i);
	const char *name;
	const int dir = parent_of(b, s->dst, &name);

	if (dir < 0)
		return failed(s, "make the mount point", e);
	if ((is_file ? mknodat(dir, name, S_IFREG | 0644, 0) : mkdirat(dir, name, 0755)) == 0)
		b->env->sources[i].fresh = !inside_mount(b, i);
	else if (errno != EEXIST && path_make(dir, name, is_file, is_file ? 0644 : 0755) < 0)
		return failed(s, "make the mount point", e);
	return 0;
}

/* Before the root is sealed: the mount points of all later steps, but for those that lie inside
 * another mount, which exist there or are made when it is. */
static int make_points(struct builder *b, size_t from, struct pb_err *e)
{
	const struct plan *p = b->env->plan;

	for (size_t i = from; i < p->n_steps; i++)
		if (is_mount(b, i) && !inside_mount(b, i) && make_point(b, i, e) < 0)
			return -1;
	return 0;
}

/* Returns 0 with *flags, or -1 with errno. */
static int vfs_flags(int fd, unsigned long *flags)
{
	struct statvfs v;

	if (fstatvfs(fd, &v) < 0)
		return -1;
	*flags = (v.f_flag & ST_RDONLY ? MS_RDONLY : 0UL) | (v.f_flag & ST_NOSUID ? MS_NOSUID : 0UL) |
		 (v.f_flag & ST_NODEV ? MS_NODEV : 0UL) | (v.f_flag & ST_NOEXEC ? MS_NOEXEC : 0UL) |
		 (v.f_flag & ST_NOATIME ? MS_NOATIME : 0UL) |
		 (v.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0UL) |
		 (v.f_flag & ST_RELATIME ? MS_RELATIME : 0UL) |
		 (v.f_flag & NOSYMFOLLOW_SHOWN ? NOSYMFOLLOW : 0UL);
	return 0;
}

/* A remount through a descriptor keeps the flags that the namespace locks and adds ours. */
static int remount(int fd, unsigned long flags)
{
	unsigned long kept;
	char self[32];

	if (vfs_flags(fd, &kept) < 0)
		return -1;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return mount(NULL, self, NULL, MS_REMOUNT | MS_BIND | kept | flags, NULL);
}

unsigned long mount_flags(const struct step *s)
{
	const unsigned long write = s->writable || !LAYER_ON(MOUNT_RO) ? 0UL : MS_RDONLY;

	if (!LAYER_ON(MOUNT_FLAGS))
		return write;
	return MS_NOSUID | (s->op == STEP_DEVICE ? 0UL : MS_NODEV) | write |
	       (s->exec && s->op != STEP_DEVICE ? 0UL : MS_NOEXEC);
}

static int mount_id(int fd, uint64_t *id)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return -1;
	if (!(st.stx_mask & STATX_MNT_ID)) {
		errno = ENOSYS;
		return -1;
	}
	*id = st.stx_mnt_id;
	return 0;
}

static int remount_below(int top, const char *rel, uint64_t id, unsigned long flags, struct pb_err *e)
{
	autoclose int fd = path_open(top, rel, O_PATH);
	uint64_t found = 0;

	if (fd >= 0 && mount_id(fd, &found) == 0) {
		/* another is mounted over it and has its own line; this one no name leads to */
		if (found != id)
			return 0;
		if (remount(fd, flags) == 0)
			return 0;
	}
	return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the flags of the mount below it at \"%s\"",
			  rel);
}

/* A remount changes one mount: those that the recursive bind brought along are found in the table. */
static int remount_submounts(const struct builder *b, const struct step *s, int top, struct pb_err *e)
{
	autoclose int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	autofree char *at = xasprintf("%s%s", b->place, s->dst);
	struct strbuf text = {0};
	char chunk[4096];
	ssize_t n = -1;
	int err = errno;
	int rc = 0;

	while (fd >= 0 && (n = fd_read_all(fd, chunk, sizeof(chunk))) > 0)
		strbuf_add(&text, chunk, (size_t)n);
	/* half a table proves nothing */
	if (n < 0)
		rc = pb_err_set(e, PB_ERR_SETUP, fd < 0 ? err : errno, "cannot read the mount table");
	for (char *line = text.s; rc == 0 && line && *line;) {
		char point[PATH_MAX];
		unsigned long id;
		char *next = strchr(line, '\n');

		if (next)
			*next++ = '\0';
		if (sscanf(line, "%lu %*s %*s %*s %4095s", &id, point) != 2) {
			rc = pb_err_set(e, PB_ERR_SETUP, 0, "cannot understand the mount table");
			break;
		}
		path_unescape(point);
		if (path_below(point, at) && strcmp(point, at) != 0)
			rc = remount_below(top, relative(point + strlen(at)), id, mount_flags(s), e);
		line = next;
	}
	strbuf_free(&text);
	return rc < 0 ? pb_err_wrap(e, "\"%s\"", s->dst) : 0;
}

/* Out of line: its stack is three pages, which every child would have to touch. */
__attribute__((noinline)) static int bind_old(const struct builder *b, size_t i, struct pb_err *e)
{
	const struct step *s = &b->env->plan->steps[i];
	autoclose int target = path_open(b->root, relative(s->dst), O_PATH);
	autoclose int mounted = -1;
	char from[32];
	char to[32];

	if (target < 0)
		return failed(s, "open the mount point", e);
	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", b->env->sources[i].fd);
	(void)snprintf(to, sizeof(to), "/proc/self/fd/%d", target);
	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		return failed(s, "bind", e);
	mounted = path_open(b->root, relative(s->dst), O_PATH);
	if (mounted < 0)
		return failed(s, "open", e);
	if (remount(mounted, mount_flags(s)) < 0)
		return failed(s, "set the flags of", e);
	return b->env->sources[i].is_dir ? remount_submounts(b, s, mounted, e) : 0;
}

/* Puts the detached mount in its place. A mount point of our own making is known to be no link, and
 * move_mount(2) follows none at the end of a path; any other is opened, and what was opened is
 * the one that is meant. */
static int attach(struct builder *b, size_t i)
{
	const struct step *s = &b->env->plan->steps[i];
	const struct source *src = &b->env->sources[i];
	autoclose int target = -1;

	if (src->fresh) {
		const char *name;
		const int dir = parent_of(b, s->dst, &name);

		return dir < 0 ? -1 : move_mount(src->fd, "", dir, name, MOVE_MOUNT_F_EMPTY_PATH);
	}
	target = path_open(b->root, relative(s->dst), O_PATH);
	if (target < 0)
		return -1;
	return move_mount(src->fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int bind_step(struct builder *b, size_t i, struct pb_err *e)
{
	const struct step *s = &b->env->plan->steps[i];
	const struct source *src = &b->env->sources[i];

	if (!src->present)
		return 0;
	if (!src->tree)
		return bind_old(b, i, e);
	if (attach(b, i) < 0)
		return failed(s, "mount", e);
	return 0;
}

/* mount(2) on ".": the directory was opened following no link, and stays the one that is meant */
static int mount_here(const struct builder *b, const struct step *s, const char *type,
		      const char *options, unsigned long flags, struct pb_err *e)
{
	autoclose int target = path_open(b->root, relative(s->dst), O_PATH | O_DIRECTORY);

	if (target < 0 || fchdir(target) < 0)
		return failed(s, "open the mount point", e);
	if (mount(type, ".", type, flags, options) < 0)
		return failed(s, "mount", e);
	return 0;
}

static int proc_step(const struct builder *b, const struct step *s, struct pb_err *e)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC |
				    (LAYER_ON(MOUNT_RO) ? MS_RDONLY : 0UL);

	/* only the owner of a pid namespace mounts a proc of it: the host's own, then */
	if (!LAYER_ON(NS_PID))
		return mount_here(b, s, "/proc", NULL, MS_BIND | MS_REC, e);
	if (mount_here(b, s, "proc", "subset=pid,hidepid=invisible", flags, e) == 0)
		return 0;
	if (e->sys == EPERM)
		pb_err_hint(e, "the kernel mounts no proc where parts of the surrounding /proc are "
			       "covered, as in most containers: start the container with an unmasked "
			       "/proc (podman: --security-opt unmask=ALL)");
	else if (e->sys == EINVAL)
		pb_err_hint(e, "subset=pid needs Linux 5.8 or later");
	return -1;
}

static int tmpfs_step(const struct builder *b, const struct step *s, struct pb_err *e)
{
	char options[96];

	if (!LAYER_ON(TMP_SIZE))
		return mount_here(b, s, "tmpfs", "mode=1777", MS_NOSUID | MS_NODEV, e);
	(void)snprintf(options, sizeof(options), "mode=%04o,size=%llu,nr_inodes=%llu", s->mode,
		       (unsigned long long)s->size, (unsigned long long)s->inodes);
	return mount_here(b, s, "tmpfs", options, MS_NOSUID | MS_NODEV | MS_NOEXEC, e);
}

static int file_step(struct builder *b, const struct step *s, struct pb_err *e)
{
	const char *name;
	const int dir = parent_of(b, s->dst, &name);
	autoclose int fd = -1;

	if (dir >= 0)
		fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, s->mode);
	if (fd < 0 || fd_write_all(fd, s->data, strlen(s->data)) < 0)
		return failed(s, "write", e);
	return 0;
}

static int link_step(struct builder *b, const struct step *s, struct pb_err *e)
{
	char target[PATH_MAX];
	const char *name;
	const int dir = parent_of(b, s->dst, &name);
	ssize_t n;

	if (dir < 0)
		return failed(s, "make the directory of", e);
	if (symlinkat(s->src, dir, name) == 0)
		return 0;
	if (errno != EEXIST)
		return failed(s, "make the link", e);
	/* the same link twice is no harm */
	n = readlinkat(dir, name, target, sizeof(target) - 1);
	if (n >= 0 && (size_t)n == strlen(s->src) && memcmp(target, s->src, (size_t)n) == 0)
		return 0;
	errno = EEXIST;
	return failed(s, "make the link", e);
}

static int seal(struct builder *b, size_t at, struct pb_err *e)
{
	const unsigned long flags = (LAYER_ON(MOUNT_RO) ? MS_RDONLY : 0UL) | MS_NOSUID | MS_NODEV;
	const struct step *s = &b->env->plan->steps[at];

	if (make_points(b, at + 1, e) < 0)
		return -1;
	if (!LAYER_ON(PIVOT) && mkdirat(b->root, "oldroot", 0755) < 0)
		return failed(s, "make", e);
	b->sealed = true;
	if (mount_set_flags(b->root, flags, false) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return failed(s, "seal", e);
	if (remount(b->root, flags) < 0)
		return failed(s, "seal", e);
	return 0;
}

static int dir_step(struct builder *b, const struct step *s, struct pb_err *e)
{
	const char *name;
	const int dir = parent_of(b, s->dst, &name);

	if (dir < 0 || path_make(dir, name, false, s->mode) < 0)
		return failed(s, "make the directory", e);
	return 0;
}

static int step(struct builder *b, size_t i, struct pb_err *e)
{
	const struct step *s = &b->env->plan->steps[i];

	/* a mount point inside a mount that came after the seal */
	if (is_mount(b, i) && (!b->sealed || inside_mount(b, i)) && make_point(b, i, e) < 0)
		return -1;
	switch (s->op) {
	case STEP_DIR:
		return dir_step(b, s, e);
	case STEP_FILE:
		return file_step(b, s, e);
	case STEP_SYMLINK:
		return link_step(b, s, e);
	case STEP_BIND:
	case STEP_DEVICE:
		return bind_step(b, i, e);
	case STEP_TMPFS:
		return tmpfs_step(b, s, e);
	case STEP_DEVPTS:
		return mount_here(b, s, "devpts", "newinstance,ptmxmode=0666,mode=0620",
				  MS_NOSUID | MS_NOEXEC, e);
	case STEP_PROC:
		return proc_step(b, s, e);
	case STEP_SEAL:
		return seal(b, i, e);
	}
	return pb_err_set(e, PB_ERR_SETUP, EINVAL, "unknown step");
}

/* A directory that is there on every host; what it held stays reachable by
 * descriptors that are open already, and by nothing else. */
static int stage(const char **place, struct pb_err *e)
{
	static const char *const places[] = {"/tmp", "/mnt", "/usr", "/etc"};
	int err = ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		int fd;

		if (mount("plugbox", places[i], "tmpfs", MS_NOSUID | MS_NODEV, ROOT_OPTIONS) < 0) {
			err = errno;
			continue;
		}
		fd = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		*place = places[i];
		if (fd >= 0)
			return fd;
		err = errno;
	}
	return pb_err_set(e, PB_ERR_SETUP, err, "cannot mount the new root");
}

/* A procfs for plugbox alone. It is mounted where the old root goes away with it, and with all its
 * processes in sight: whether plugbox may see one must not depend on what that one executes. */
static int hidden_proc(int *fd, struct pb_err *e)
{
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (mount("proc", "/proc", "proc", flags, "subset=pid") < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot mount a proc for the watchdog");
	*fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the watchdog's proc");
	return 0;
}

static int pivot(int root, struct pb_err *e)
{
	/* with both names the same directory the old root ends up over the new one, where
	 * one umount takes it away: pivot_root(2), NOTES */
	if (!LAYER_ON(PIVOT))
		return fchdir(root) < 0 || sys_pivot_root(".", "oldroot") < 0 ? -1 : 0;
	if (fchdir(root) < 0 || sys_pivot_root(".", ".") < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot change the root");
	return 0;
}

int mount_detach_old(struct pb_err *e)
{
	if (LAYER_ON(PIVOT) && umount2(".", MNT_DETACH) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot detach the old root");
	if (chdir("/") < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot enter the new root");
	return 0;
}

int mount_build(struct mount_env *env, struct pb_err *e)
{
	struct builder b = {.env = env, .root = -1, .dir = -1};
	bool old = false;
	int rc = 0;

	for (size_t i = 0; i < env->plan->n_steps; i++)
		old |= env->sources[i].present && !env->sources[i].tree;
	/* a new user namespace's mounts lead nowhere by themselves */
	if ((old || !LAYER_ON(NS_USER)) && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the mounts private");
		return pb_err_step(e, "mounts");
	}
	b.root = stage(&b.place, e);
	if (b.root < 0)
		return pb_err_step(e, "mounts");
	/* the copies stay open until close_prepared (linux/child.c) closes them all at once */
	for (size_t i = 0; i < env->plan->n_steps && rc == 0; i++) {
		rc = step(&b, i, e);
		if (is_mount(&b, i))
			now_mounted(&b, &env->plan->steps[i]);
	}
	forget_dir(&b);
	if (rc < 0) {
		close(b.root);
		return pb_err_step(e, "mounts");
	}
	if (env->want_proc && hidden_proc(&env->proc, e) < 0) {
		close(b.root);
		return pb_err_step(e, "watchdog");
	}
	if (pivot(b.root, e) < 0) {
		close(b.root);
		return pb_err_step(e, "pivot");
	}
	close(b.root);
	return 0;
}
