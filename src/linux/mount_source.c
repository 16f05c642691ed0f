/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "linux/mounts.h"
#include "linux/sync.h"

/* The devices that every plugin has, by number: a name in /dev proves nothing. */
static const struct {
	const char *path;
	unsigned maj, min;
} standard_devices[] = {
	{"/dev/null", 1, 3}, {"/dev/zero", 1, 5}, {"/dev/full", 1, 7},
	{"/dev/random", 1, 8}, {"/dev/urandom", 1, 9},
};

static int check_device(const struct step *s, const struct stat *st, struct pb_err *e)
{
	const unsigned maj = major(st->st_rdev);
	const unsigned min = minor(st->st_rdev);

	if (!S_ISCHR(st->st_mode))
		return pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is not a character device", s->src);
	for (size_t i = 0; i < ARRAY_SIZE(standard_devices); i++)
		if (strcmp(s->src, standard_devices[i].path) == 0) {
			if (maj == standard_devices[i].maj && min == standard_devices[i].min)
				return 0;
			return pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is device %u:%u, not %u:%u", s->src,
					  maj, min, standard_devices[i].maj, standard_devices[i].min);
		}
	/* major 1 is memory, 4 and 5 are the host's terminals, 10:1xx some of the machine's
	 * own controls: whatever the name that leads there */
	if (maj == 1 || maj == 4 || maj == 5)
		return pb_err_set(e, PB_ERR_POLICY, 0, "the device \"%s\" (%u:%u) is never given", s->src,
				  maj, min);
	return 0;
}

static int check_kind(const struct mount_env *env, const struct step *s, const struct stat *st,
		      struct pb_err *e)
{
	if (s->op == STEP_DEVICE)
		return check_device(s, st, e);
	if (s->source == SOURCE_DATA &&
	    (st->st_dev != env->data_stat.st_dev || st->st_ino != env->data_stat.st_ino))
		return pb_err_set(e, PB_ERR_SETUP, 0, "the data directory changed while it was opened");
	if (s->source != SOURCE_PATH && !S_ISDIR(st->st_mode))
		return pb_err_set(e, PB_ERR_SETUP, ENOTDIR, "cannot use \"%s\"",
				  s->src ? s->src : env->data_path);
	/* a socket is what --bind is used for with desktop services; a FIFO or device is
	 * nothing that a directory grant is meant to carry */
	if (S_ISDIR(st->st_mode) || S_ISREG(st->st_mode) || (s->follow && S_ISSOCK(st->st_mode)))
		return 0;
	return pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is neither a directory nor a regular file", s->src);
}

static int open_plain(const struct mount_env *env, const struct step *s)
{
	if (s->source == SOURCE_BUNDLE)
		return env->bundle_fd >= 0 ? fcntl(env->bundle_fd, F_DUPFD_CLOEXEC, 3)
					   : open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->source == SOURCE_DATA)
		return path_open(AT_FDCWD, env->data_path, O_PATH | O_DIRECTORY);
	if (s->source == SOURCE_SCRATCH)
		return fcntl(env->scratch_fd, F_DUPFD_CLOEXEC, 3);
	return s->follow ? path_open_follow(s->src, O_PATH) : path_open(AT_FDCWD, s->src, O_PATH);
}

static int open_failed(const struct step *s, struct pb_err *e)
{
	int saved = errno;

	pb_err_set(e, PB_ERR_SETUP, saved, "cannot open \"%s\"", s->src ? s->src : s->dst);
	if (saved == ELOOP)
		pb_err_hint(e, "it leads through a symbolic link: write the real path");
	else if (saved == ENOENT)
		pb_err_hint(e, "it must exist before the plugin starts");
	return -1;
}

/* On a file system that cannot map ids the mount stays as it is, and what only root can read stays
 * unreadable: nothing is weaker for it, and the launch says so when it finds out. */
static void map_ids(int tree, int userns)
{
	struct mount_attr a = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};

	(void)mount_setattr(tree, "", AT_EMPTY_PATH, &a, sizeof(a));
}

int mount_set_flags(int fd, unsigned long flags, bool recursive)
{
	struct mount_attr a = {
		.attr_set = (flags & MS_NOSUID ? MOUNT_ATTR_NOSUID : 0) |
			    (flags & MS_NODEV ? MOUNT_ATTR_NODEV : 0) |
			    (flags & MS_RDONLY ? MOUNT_ATTR_RDONLY : 0) |
			    (flags & MS_NOEXEC ? MOUNT_ATTR_NOEXEC : 0),
		.propagation = MS_PRIVATE,
	};

	return mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &a, sizeof(a));
}

/* Not in this kernel, or forbidden by a container's filter. */
static bool is_absent(int err)
{
	return err == ENOSYS || err == EPERM;
}

/* A detached copy of the mount, with the flags of its step: nothing is written through it from
 * its first moment on. Returns -1 with errno. */
static int copy_mount(int plain, const struct step *s, bool is_dir)
{
	autoclose int tree = open_tree(plain, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
							  (is_dir ? AT_RECURSIVE : 0));

	if (tree < 0 || mount_set_flags(tree, mount_flags(s), is_dir) < 0)
		return -1;
	return take_fd(&tree);
}

/* What open_tree copies can be used with move_mount only: nothing is moved here, and the answer
 * of a kernel that has it is another. */
static bool can_move(void)
{
	return move_mount(-1, "", -1, "", 0) == 0 || !is_absent(errno);
}

/* What is the host's own, and stands at names that only root can change, is copied by name; what
 * was copied is then looked at. Saves two calls for each part of the runtime. Returns 1 where
 * that is done, 0 where it has to be opened first, or -1 with *e. */
static int copy_by_name(struct mount_env *env, size_t i, bool moves, struct pb_err *e)
{
	const struct step *s = &env->plan->steps[i];
	struct source *out = &env->sources[i];
	autoclose int tree = -1;
	struct stat st;

	if (!moves || s->source != SOURCE_PATH || s->host ||
	    !(s->op == STEP_DEVICE ? !s->exec : s->follow))
		return 0;
	tree = open_tree(AT_FDCWD, s->src, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (tree < 0 || mount_set_flags(tree, mount_flags(s), true) < 0)
		return 0;
	if (fstat(tree, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", s->dst);
	if (check_kind(env, s, &st, e) < 0)
		return -1;
	*out = (struct source){
		.fd = take_fd(&tree), .present = true, .tree = true, .is_dir = S_ISDIR(st.st_mode)};
	return 1;
}

/* Opens a source and looks at what it is. Returns 1, 0 where it is absent and may be, or -1 with *e. */
static int open_checked(const struct mount_env *env, const struct step *s, int *fd, bool *is_dir,
			struct pb_err *e)
{
	autoclose int plain = open_plain(env, s);
	struct stat st;

	if (plain < 0) {
		if (s->optional && (errno == ENOENT || errno == ENOTDIR))
			return 0;
		return open_failed(s, e);
	}
	if (fstat(plain, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", s->dst);
	if (check_kind(env, s, &st, e) < 0)
		return -1;
	*is_dir = S_ISDIR(st.st_mode);
	*fd = take_fd(&plain);
	return 1;
}

static int open_one(struct mount_env *env, size_t i, bool moves, bool trees_only,
		    struct pb_err *e)
{
	const struct step *s = &env->plan->steps[i];
	struct source *out = &env->sources[i];
	const int copied = copy_by_name(env, i, moves, e);
	autoclose int plain = -1;
	int tree;
	int there;

	if (copied)
		return copied < 0 ? -1 : 0;
	there = open_checked(env, s, &plain, &out->is_dir, e);
	if (there <= 0)
		return there;
	tree = moves ? copy_mount(plain, s, out->is_dir) : -1;
	if (tree >= 0) {
		out->present = true;
		out->fd = tree;
		out->tree = true;
		if (env->idmap_userns >= 0 && s->source == SOURCE_BUNDLE)
			map_ids(tree, env->idmap_userns);
		return 0;
	}
	if (moves && !is_absent(errno))
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot copy the mount of \"%s\"", s->dst);
	if (!trees_only) {
		out->present = true;
		out->fd = take_fd(&plain);
	}
	return 0;
}

int mount_open_sources(struct mount_env *env, bool trees_only, struct pb_err *e)
{
	const bool moves = can_move();

	for (size_t i = 0; i < env->plan->n_steps; i++) {
		const enum step_op op = env->plan->steps[i].op;

		if ((op == STEP_BIND || op == STEP_DEVICE) && env->sources[i].fd < 0 &&
		    open_one(env, i, moves, trees_only, e) < 0)
			return pb_err_step(e, "mount-sources");
	}
	return 0;
}

static size_t batch(const struct mount_env *env, size_t from)
{
	const size_t left = env->plan->n_steps - from;

	return left < SYNC_FDS_MAX ? left : SYNC_FDS_MAX;
}

int mount_send_sources(const struct mount_env *env, int sock, struct pb_err *e)
{
	for (size_t from = 0; from < env->plan->n_steps; from += batch(env, from)) {
		const struct source *s = &env->sources[from];
		int fds[SYNC_FDS_MAX];
		size_t n = 0;

		for (size_t i = 0; i < batch(env, from); i++)
			if (s[i].fd >= 0)
				fds[n++] = s[i].fd;
		if (sync_send_fds(sock, s, batch(env, from) * sizeof(*s), fds, n) < 0) {
			pb_err_set(e, PB_ERR_SETUP, errno, "cannot pass what is to be mounted on");
			return pb_err_step(e, "mount-sources");
		}
	}
	return 0;
}

int mount_take_sources(struct mount_env *env, int sock, struct pb_err *e)
{
	for (size_t from = 0; from < env->plan->n_steps; from += batch(env, from)) {
		struct source *s = &env->sources[from];
		int fds[SYNC_FDS_MAX];
		size_t n = 0;
		size_t used = 0;
		int rc = sync_recv_fds(sock, s, batch(env, from) * sizeof(*s), fds, &n);

		for (size_t i = 0; rc == 0 && i < batch(env, from); i++)
			if (s[i].fd >= 0)
				s[i].fd = used < n ? fds[used++] : -1;
		if (rc < 0 || used != n) {
			pb_err_set(e, PB_ERR_SETUP, rc < 0 ? errno : EPROTO, "cannot hear what is to be mounted");
			return pb_err_step(e, "mount-sources");
		}
	}
	return 0;
}

int mount_open_plain(struct mount_env *env, struct pb_err *e)
{
	for (size_t i = 0; i < env->plan->n_steps; i++) {
		struct source *out = &env->sources[i];
		const int there = open_checked(env, &env->plan->steps[i], &out->fd, &out->is_dir, e);

		if (there < 0)
			return pb_err_step(e, "files");
		out->present = there > 0;
	}
	return 0;
}
