/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/dirsize.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define BLOCK 512 /* stat(2), whatever the file system's own */

static int push(struct dirsize *d, int fd)
{
	DIR *dir = fdopendir(fd);

	if (!dir) {
		const int saved = errno;

		(void)close(fd);
		errno = saved;
		return -1;
	}
	d->at[d->depth++] = dir;
	return 0;
}

int dirsize_begin(struct dirsize *d, int fd)
{
	struct stat st;
	int own;

	dirsize_end(d);
	d->sum = 0;
	own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return -1;
	if (fstat(own, &st) < 0) {
		cleanup_close(&own);
		return -1;
	}
	d->dev = st.st_dev;
	return push(d, own);
}

static int enter(struct dirsize *d, int parent, const char *name)
{
	int fd;

	if (d->depth == DIRSIZE_DEPTH) {
		errno = ELOOP;
		return -1;
	}
	/* a link that has taken its place is none of the directory's */
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	return push(d, fd);
}

static int add(struct dirsize *d, int parent, const char *name)
{
	struct stat st;
	uint64_t bytes;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (st.st_dev != d->dev)
		return 0;
	bytes = (uint64_t)st.st_blocks * BLOCK;
	if (S_ISDIR(st.st_mode)) {
		d->sum += bytes;
		return enter(d, parent, name);
	}
	d->sum += st.st_nlink > 1 ? bytes / st.st_nlink : bytes;
	return 0;
}

int dirsize_step(struct dirsize *d, unsigned n)
{
	while (d->depth && n--) {
		DIR *dir = d->at[d->depth - 1];
		const struct dirent *e;

		errno = 0;
		e = readdir(dir);
		if (!e && errno)
			return -1;
		if (!e) {
			(void)closedir(dir);
			d->depth--;
		} else if (add(d, dirfd(dir), e->d_name) < 0) {
			return -1;
		}
	}
	return d->depth == 0;
}

void dirsize_end(struct dirsize *d)
{
	while (d->depth)
		(void)closedir(d->at[--d->depth]);
}
