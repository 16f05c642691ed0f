/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/owned.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* shown is the path up to what fd is open on. */
static int check(int fd, const char *shown, int n, uid_t user, bool *admin, struct pb_err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%.*s\"", n, shown);
	if (S_ISLNK(st.st_mode)) {
		pb_err_set(e, PB_ERR_POLICY, 0, "\"%.*s\" is a symbolic link", n, shown);
		return pb_err_hint(e, "name the file itself, or put it there");
	}
	if (st.st_uid != 0 && st.st_uid != user) {
		pb_err_set(e, PB_ERR_POLICY, 0, "\"%.*s\" belongs to uid %u", n, shown, st.st_uid);
		return pb_err_hint(
			e, "what says what a plugin may be given must be root's or your own, "
			   "with all directories that lead to it");
	}
	/* an access control list that lets others write shows in the group's bits, acl(5) */
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		pb_err_set(e, PB_ERR_POLICY, 0, "\"%.*s\" can be written by others", n, shown);
		return pb_err_hint(
			e, "chmod go-w it, or move the file to a directory that only root or "
			   "you can write");
	}
	*admin = *admin && st.st_uid == 0;
	return 0;
}

int owned_open(const char *path, uid_t user, bool *admin, struct pb_err *e)
{
	autoclose int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *p = path;

	*admin = true;
	if (at < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"/\"");
	if (check(at, path, 1, user, admin, e) < 0)
		return -1;
	while (*p) {
		char name[NAME_MAX + 1];
		size_t n;
		int fd;
		bool last;

		p += *p == '/';
		n = strcspn(p, "/");
		if (n == 0 || n > NAME_MAX)
			return pb_err_set(e, PB_ERR_USAGE, n ? ENAMETOOLONG : EISDIR, "\"%s\"",
					  path);
		memcpy(name, p, n);
		name[n] = '\0';
		p += n;
		last = *p == '\0';
		/* the link itself is opened, not followed, and then told by its name */
		fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return pb_err_set(e, PB_ERR_USAGE, errno, "cannot open \"%s\"", path);
		close_fd(&at);
		at = fd;
		if (check(at, path, (int)(p - path), user, admin, e) < 0)
			return -1;
		if (last) {
			struct stat st;
			char self[32];

			if (fstat(at, &st) < 0 || !S_ISREG(st.st_mode))
				return pb_err_set(e, PB_ERR_USAGE, 0,
						  "\"%s\" is not a regular file", path);
			/* what was looked at is what is opened, whatever has its name by now */
			(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
			fd = open(self, O_RDONLY | O_CLOEXEC);
			if (fd < 0)
				return pb_err_set(e, PB_ERR_USAGE, errno, "cannot open \"%s\"",
						  path);
			return fd;
		}
	}
	return pb_err_set(e, PB_ERR_USAGE, EISDIR, "\"%s\"", path);
}
