/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

/* As many as the kernel follows in one path. */
#define LINKS_MAX 40

/* Directories below the root that a walk with one may stand in; none is as deep. */
#define DEPTH_MAX 64

#define AAFS_MAGIC 0x5a3c69f0 /* AppArmor's, the other file system with magic links */

/* A walk without openat2 (before Linux 5.6, or where a container's filter hides the call): one
 * component after the other, each opened by O_NOFOLLOW from the descriptor of the one before, so
 * that nothing is looked up twice and no link is followed but by its text, read here. */
struct walk {
	int dirs[DEPTH_MAX]; /* where it stands is the last */
	size_t n;
	bool in_root; /* dirs[0] is the root, and the way down from it is kept: ".." goes back to
		       * what was passed, and a rename meanwhile leads nowhere above */
	bool follow;
	unsigned links;
	char rest[PATH_MAX]; /* what is still to be walked */
};

static void leave(struct walk *w, size_t to)
{
	while (w->n > to)
		cleanup_close(&w->dirs[--w->n]);
}

/* Takes fd. */
static int enter(struct walk *w, int fd)
{
	if (!w->in_root)
		leave(w, 0);
	if (w->n == DEPTH_MAX) {
		(void)close(fd);
		errno = ENAMETOOLONG;
		return -1;
	}
	w->dirs[w->n++] = fd;
	return 0;
}

static int enter_root(struct walk *w)
{
	int fd;

	if (w->in_root) {
		leave(w, 1);
		return 0;
	}
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : enter(w, fd);
}

static int go_up(struct walk *w)
{
	int fd;

	if (!w->follow) {
		errno = EXDEV;
		return -1;
	}
	if (w->in_root) {
		leave(w, w->n > 1 ? w->n - 1 : 1);
		return 0;
	}
	fd = openat(w->dirs[0], "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : enter(w, fd);
}

/* Puts the text of the link fd in front of what is left. */
static int follow(struct walk *w, int fd)
{
	char text[PATH_MAX];
	struct statfs sf;
	ssize_t n;
	size_t left = strlen(w->rest);

	if (!w->follow || ++w->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	/* The links of these lead past any name. A few of /proc are plain (/proc/self), and are
	 * refused with the others. */
	if (fstatfs(fd, &sf) < 0)
		return -1;
	if (sf.f_type == PROC_SUPER_MAGIC || sf.f_type == AAFS_MAGIC) {
		errno = ELOOP;
		return -1;
	}
	n = readlinkat(fd, "", text, sizeof(text));
	if (n < 0)
		return -1;
	if (n == 0 || (size_t)n + 1 + left + 1 > sizeof(w->rest)) {
		errno = n == 0 ? ENOENT : ENAMETOOLONG;
		return -1;
	}
	/* rest is "" or begins with a slash */
	memmove(w->rest + n, w->rest, left + 1);
	memcpy(w->rest, text, (size_t)n);
	return text[0] == '/' ? enter_root(w) : 0;
}

/* One component. Returns 1 with *fd where it was the last, 0 to go on, or -1 with errno. */
static int step(struct walk *w, int flags, int *fd)
{
	const char *p = w->rest + strspn(w->rest, "/");
	const size_t n = strcspn(p, "/");
	const bool last = p[n] == '\0';
	char name[NAME_MAX + 1];
	autoclose int next = -1;
	struct stat st;

	if (n == 0 || (n == 1 && p[0] == '.' && last)) {
		*fd = openat(w->dirs[w->n - 1], ".", flags | O_CLOEXEC);
		return *fd < 0 ? -1 : 1;
	}
	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, p, n);
	name[n] = '\0';
	memmove(w->rest, p + n, strlen(p + n) + 1);
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0)
		return go_up(w);
	next = openat(w->dirs[w->n - 1], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0 || fstat(next, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow(w, next);
	if (!last)
		return enter(w, take_fd(&next));
	*fd = openat(w->dirs[w->n - 1], name, flags | O_NOFOLLOW | O_CLOEXEC);
	return *fd < 0 ? -1 : 1;
}

static int open_stepwise(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct walk w = {
		.in_root = resolve & RESOLVE_IN_ROOT,
		.follow = !(resolve & RESOLVE_NO_SYMLINKS),
	};
	int fd = -1;
	int rc = -1;

	if (strlen(path) >= sizeof(w.rest) || !path[0]) {
		errno = path[0] ? ENAMETOOLONG : ENOENT;
		return -1;
	}
	memcpy(w.rest, path, strlen(path) + 1);
	w.dirs[0] = path[0] == '/' && !w.in_root
			    ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)
			    : openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.dirs[0] >= 0) {
		w.n = 1;
		while ((rc = step(&w, flags, &fd)) == 0)
			;
		leave(&w, 0);
	}
	return rc < 0 ? -1 : fd;
}

static int open_resolved(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	/* EAGAIN: a rename went on meanwhile, and the kernel cannot tell whether the path was left
	 * (openat2(2)); somebody who renames for ever gets the error */
	for (int i = 0; i < 8; i++) {
		fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_stepwise(dirfd, path, flags, resolve);
	return fd;
}

int path_open(int dirfd, const char *path, int flags)
{
	return open_resolved(dirfd, path, flags, RESOLVE_NO_SYMLINKS);
}

int path_open_follow(const char *path, int flags)
{
	return open_resolved(AT_FDCWD, path, flags, 0);
}

int path_open_in(int root, const char *path, int flags)
{
	return open_resolved(root, path, flags, RESOLVE_IN_ROOT);
}

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_last(int at, const char *name, unsigned mode)
{
	struct stat st;

	if (mkdirat(at, name, mode) == 0 || errno == EEXIST)
		return 0;
	/* a read-only file system answers so even where the directory is there */
	if (errno == EROFS && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return -1;
}

int path_make(int dirfd, const char *rel, bool is_file, unsigned mode)
{
	autoclose int at = -1;
	const char *p = rel + strspn(rel, "/");
	int base = dirfd;
	char name[NAME_MAX + 1];

	while (*p) {
		size_t n = strcspn(p, "/");
		const char *rest = p + n + strspn(p + n, "/");
		bool last = *rest == '\0';
		int fd;

		if (n > NAME_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, p, n);
		name[n] = '\0';
		/* mknod makes a plain file in one call, and never follows a link */
		if (last && is_file)
			return mknodat(base, name, S_IFREG | mode, 0) < 0 && errno != EEXIST ? -1 : 0;
		if (last)
			return make_last(base, name, mode);
		/* most parents are there: looking is cheaper than making */
		fd = open_dir(base, name);
		if (fd < 0 && errno == ENOENT && mkdirat(base, name, 0755) == 0)
			fd = open_dir(base, name);
		if (fd < 0)
			return -1;
		if (at >= 0)
			close(at);
		at = fd;
		base = at;
		p = rest;
	}
	return 0;
}

void path_unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && strspn(s + 1, "01234567") >= 3) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

char *path_of_fd(int fd)
{
	char self[32];
	char path[PATH_MAX];
	ssize_t n;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = readlink(self, path, sizeof(path) - 1);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	if (path[0] != '/') {
		errno = ENOENT;
		return NULL;
	}
	return xstrdup(path);
}
