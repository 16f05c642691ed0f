/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

#define ROOT_BASE "/run/plugbox/scratch"
#define USER_BASE "/tmp"

/* Directories are gone into as deep as this; what lies deeper is brought up first. */
#define DEPTH 32
#define MOST_FILES 1000000
/* A sweep that starts at the same moment may take a new one for a leftover. */
#define TRIES 10

/* A directory that is being emptied. */
struct removal {
	int top;
	dev_t dev;
	unsigned left;	/* files until it is too many */
	unsigned moved; /* names given to what was brought up */
};

static bool is_self_or_up(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Opens a directory that its owner may have closed to himself. Returns -1 with errno. */
static int open_closed(int at, const char *name, dev_t dev)
{
	autoclose int fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char self[32];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (st.st_dev != dev) {
		errno = EXDEV;
		return -1;
	}
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	(void)chmod(self, 0700);
	return openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void empty(struct removal *r, int at, int depth);

static void remove_one(struct removal *r, int at, const char *name, int depth)
{
	autoclose int fd = -1;
	char up[32];

	if (unlinkat(at, name, 0) == 0)
		return;
	fd = open_closed(at, name, r->dev);
	if (fd < 0)
		return;
	if (depth < DEPTH) {
		empty(r, fd, depth + 1);
		(void)unlinkat(at, name, AT_REMOVEDIR);
		return;
	}
	(void)snprintf(up, sizeof(up), ".plugbox-%u", r->moved++);
	(void)renameat(at, name, r->top, up);
}

static void empty(struct removal *r, int at, int depth)
{
	int copy = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *en;

	if (!d) {
		close_fd(&copy);
		return;
	}
	while (r->left && (en = readdir(d))) {
		if (is_self_or_up(en->d_name))
			continue;
		r->left--;
		remove_one(r, at, en->d_name, depth);
	}
	(void)closedir(d);
}

static void remove_tree(int base, const char *name, int fd)
{
	struct removal r = {.top = fd, .left = MOST_FILES};
	struct stat st;

	if (fstat(fd, &st) < 0)
		return;
	r.dev = st.st_dev;
	/* once more for each round of what was brought up */
	for (unsigned before = r.left + 1; r.left < before && r.left;) {
		before = r.left;
		empty(&r, fd, 0);
		if (unlinkat(base, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return;
	}
}

/* Opens a directory of that name and takes its lock, waiting for it or not. Returns -1 where it is not a
 * directory of the caller's, or somebody holds the lock. Root's lie where only root makes any, and
 * belong to plugins' users. */
static int take(int base, const char *name, bool root, bool wait)
{
	autoclose int fd = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat held, named;

	if (fd < 0 || flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0 || fstat(fd, &held) < 0 ||
	    (!root && held.st_uid != geteuid()))
		return -1;
	/* it may have been removed between the two */
	if (fstatat(base, name, &named, AT_SYMLINK_NOFOLLOW) < 0 || named.st_dev != held.st_dev ||
	    named.st_ino != held.st_ino)
		return -1;
	return take_fd(&fd);
}

/* Each run's lock is gone with its plugbox, whatever ended that. */
static void sweep(int base, bool root)
{
	autofree char *prefix = xasprintf("plugbox-%u-", (unsigned)geteuid());
	int copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *en;

	if (!d) {
		close_fd(&copy);
		return;
	}
	while ((en = readdir(d))) {
		autoclose int fd = str_starts(en->d_name, prefix) ? take(base, en->d_name, root, false) : -1;

		if (fd >= 0)
			remove_tree(base, en->d_name, fd);
	}
	(void)closedir(d);
}

static int open_base(bool root, struct pb_err *e)
{
	const char *path = root ? ROOT_BASE : USER_BASE;
	struct stat st;
	int fd;

	if (root) {
		(void)mkdir("/run/plugbox", 0755);
		if (mkdir(ROOT_BASE, 0711) < 0 && errno != EEXIST)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make \"%s\"", path);
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"%s\"", path);
	/* Where others can write a name can be taken away, unless the directory is sticky. In a user
	 * namespace without the host's root, who owns /tmp, it is nobody's that has a number. */
	if (fstat(fd, &st) < 0 || (!(st.st_mode & S_ISVTX) && ((st.st_uid != 0 && st.st_uid != geteuid()) ||
							       (st.st_mode & S_IWOTH)))) {
		(void)close(fd);
		pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is no safe place for temporary files", path);
		return pb_err_hint(e, "it must be sticky, or root's and nobody else's to write");
	}
	return fd;
}

/* Another run that sweeps may hold a directory that has just been made for one that was left, and
 * removes it. */
static int make(struct scratch *s, bool root)
{
	for (int i = 0; i < TRIES; i++) {
		if (mkdirat(s->base, s->name, 0700) < 0 && errno != EEXIST)
			return -1;
		s->fd = take(s->base, s->name, root, true);
		if (s->fd >= 0)
			return 0;
	}
	errno = EEXIST;
	return -1;
}

int scratch_open(struct scratch *s, const char *run_id, bool root, uid_t uid, gid_t gid,
		 struct pb_err *e)
{
	*s = SCRATCH_INIT;
	s->base = open_base(root, e);
	if (s->base < 0)
		return -1;
	sweep(s->base, root);
	(void)snprintf(s->name, sizeof(s->name), "plugbox-%u-%s", (unsigned)geteuid(), run_id);
	s->path = xasprintf("%s/%s", root ? ROOT_BASE : USER_BASE, s->name);
	if (make(s, root) < 0 || (root && fchown(s->fd, uid, gid) < 0)) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot make \"%s\"", s->path);
		if (e->sys == EINVAL)
			pb_err_hint(e, "the plugin's user has no id here: --run-as one that has");
		return -1;
	}
	return 0;
}

void scratch_remove(struct scratch *s)
{
	if (s->fd >= 0)
		remove_tree(s->base, s->name, s->fd);
	close_fd(&s->fd);
	close_fd(&s->base);
	free(s->path);
	s->path = NULL;
}
