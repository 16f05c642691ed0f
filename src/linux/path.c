/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "linux/sys.h"

/* For kernels without openat2 (before 5.6, or where a container's filter
 * hides it): O_NOFOLLOW on every component. "." and ".." do not occur in what is opened
 * here, but ".." is refused all the same. */
static int open_stepwise(int dirfd, const char *path, int flags)
{
	autoclose int at = -1;
	const char *p = path;
	char name[NAME_MAX + 1];

	at = path[0] == '/' ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)
			    : openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	for (;;) {
		size_t n;
		bool last;
		int fd;

		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n == 0)
			return openat(at, ".", flags | O_CLOEXEC);
		if (n > NAME_MAX || (n == 2 && p[0] == '.' && p[1] == '.')) {
			errno = n > NAME_MAX ? ENAMETOOLONG : EXDEV;
			return -1;
		}
		memcpy(name, p, n);
		name[n] = '\0';
		p += n;
		last = p[strspn(p, "/")] == '\0';
		fd = openat(at, name, (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			if (errno == ENOTDIR && !last) {
				struct stat st;

				if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
				    S_ISLNK(st.st_mode))
					errno = ELOOP;
				else
					errno = ENOTDIR;
			}
			return -1;
		}
		if (last) {
			struct stat st;

			/* with O_PATH, O_NOFOLLOW opens the link itself */
			if ((flags & O_PATH) && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
				close(fd);
				errno = ELOOP;
				return -1;
			}
			return fd;
		}
		close(at);
		at = fd;
	}
}

int path_open(int dirfd, const char *path, int flags)
{
	int fd = sys_openat2(dirfd, path, (uint64_t)(unsigned)(flags | O_CLOEXEC),
			     RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_stepwise(dirfd, path, flags);
	return fd;
}

int path_open_follow(const char *path, int flags)
{
	int fd = sys_openat2(AT_FDCWD, path, (uint64_t)(unsigned)(flags | O_CLOEXEC),
			     RESOLVE_NO_MAGICLINKS);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open(path, flags | O_CLOEXEC);
	return fd;
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
