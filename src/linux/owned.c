/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/owned.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"

#define LINKS_MAX 16

/* Whether the number stands for all owners that have no id in this user namespace. */
static bool stands_for_others(uid_t uid)
{
	unsigned inner, outer, count;
	char text[256];

	if (fd_read_file(AT_FDCWD, "/proc/sys/kernel/overflowuid", text, sizeof(text)) < 0 ||
	    strtoul(text, NULL, 10) != uid ||
	    fd_read_file(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) < 0)
		return false;
	/* where all have one, the number is somebody's */
	return sscanf(text, "%u %u %u", &inner, &outer, &count) != 3 || count != UINT32_MAX;
}

static int belongs_to_others(const char *shown, uid_t uid, struct pb_err *e)
{
	const bool unknown = stands_for_others(uid);

	pb_err_set(e, PB_ERR_POLICY, 0, unknown ? "\"%s\" belongs to somebody who has no id here (shown as uid %u)"
						: "\"%s\" belongs to uid %u", shown, uid);
	if (unknown)
		return pb_err_hint(
			e, "this is a user namespace without that owner, who is perhaps root of the host, so "
			   "what lies there cannot be trusted: run plugbox outside of the container, or "
			   "in one whose root owns the directory");
	return pb_err_hint(e, "what says what a plugin may be given must be root's or your own, "
			      "with all directories that lead to it");
}

/* shown is what fd is open on. */
static int check(int fd, const char *shown, uid_t user, bool *admin, struct pb_err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", shown);
	if (st.st_uid != 0 && st.st_uid != user)
		return belongs_to_others(shown, st.st_uid, e);
	/* an access control list that lets others write shows in the group's bits, acl(5); the mode
	 * of a link means nothing */
	if (!S_ISLNK(st.st_mode) && (st.st_mode & (S_IWGRP | S_IWOTH))) {
		pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" can be written by others", shown);
		return pb_err_hint(
			e, "chmod go-w it, or move the file to a directory that only root or "
			   "you can write");
	}
	*admin = *admin && st.st_uid == 0;
	return 0;
}

/* The first name of rest, which is shortened by it; "" at its end. */
static int take_name(char *rest, char *name, const char *path, struct pb_err *e)
{
	size_t skip = strspn(rest, "/");
	size_t n = strcspn(rest + skip, "/");

	name[0] = '\0';
	if (n > NAME_MAX)
		return pb_err_set(e, PB_ERR_USAGE, ENAMETOOLONG, "\"%s\"", path);
	memcpy(name, rest + skip, n);
	name[n] = '\0';
	memmove(rest, rest + skip + n, strlen(rest + skip + n) + 1);
	return 0;
}

/* What a walk has come to. */
struct walk {
	int at;		      /* O_PATH, of a directory but at the end */
	char rest[PATH_MAX];  /* still to go */
	char shown[PATH_MAX]; /* what at is called, as far as it has room, for messages */
	int links;	      /* followed so far */
};

/* Goes on where the link leads that fd is open on: its text is looked up as the path was, from the
 * root or from the directory that the link stands in. */
static int follow(struct walk *w, int fd, const char *path, struct pb_err *e)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(fd, "", text, sizeof(text) - 1);
	size_t tail = strlen(w->rest);

	if (n < 0)
		return pb_err_set(e, PB_ERR_USAGE, errno, "cannot read the link \"%s\"", w->shown);
	if (++w->links > LINKS_MAX || n == 0)
		return pb_err_set(e, PB_ERR_USAGE, n ? ELOOP : ENOENT, "cannot open \"%s\"", path);
	text[n] = '\0';
	if ((size_t)n + tail + 2 > sizeof(w->rest))
		return pb_err_set(e, PB_ERR_USAGE, ENAMETOOLONG, "cannot open \"%s\"", path);
	memmove(w->rest + n + 1, w->rest, tail + 1);
	memcpy(w->rest, text, (size_t)n);
	w->rest[n] = '/';
	if (text[0] != '/') {
		*strrchr(w->shown, '/') = '\0';
		return 0;
	}
	close_fd(&w->at);
	w->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->shown[0] = '\0';
	return w->at < 0 ? pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"/\"") : 0;
}

/* Walks path to its end and leaves it open in w->at. */
static int walk_path(struct walk *w, const char *path, uid_t user, bool *admin, struct pb_err *e)
{
	if (path[0] != '/' || strlen(path) >= sizeof(w->rest))
		return pb_err_set(e, PB_ERR_USAGE, ENAMETOOLONG, "\"%s\"", path);
	*admin = true;
	(void)snprintf(w->rest, sizeof(w->rest), "%s", path);
	w->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->at < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"/\"");
	if (check(w->at, "/", user, admin, e) < 0)
		return -1;
	for (;;) {
		char name[NAME_MAX + 1];
		autoclose int fd = -1;
		struct stat st;
		size_t n = strlen(w->shown);

		if (take_name(w->rest, name, path, e) < 0)
			return -1;
		if (!name[0])
			return 0;
		if (strcmp(name, ".") == 0)
			continue;
		/* the link itself is opened, and looked at as all else is */
		fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			/* a link that leads nowhere is there all the same */
			pb_err_set(e, PB_ERR_USAGE, errno, "cannot open \"%s\"", path);
			e->sys = w->links ? ENOLINK : e->sys;
			return -1;
		}
		(void)snprintf(w->shown + n, sizeof(w->shown) - n, "/%s", name);
		if (check(fd, w->shown, user, admin, e) < 0)
			return -1;
		if (fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
			if (follow(w, fd, path, e) < 0)
				return -1;
			continue;
		}
		close_fd(&w->at);
		w->at = take_fd(&fd);
	}
}

int owned_open(const char *path, uid_t user, bool *admin, struct pb_err *e)
{
	struct walk w = {.at = -1};
	struct stat st;
	char self[32];
	int fd = -1;

	if (walk_path(&w, path, user, admin, e) < 0) {
		close_fd(&w.at);
		return -1;
	}
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", w.at);
	if (fstat(w.at, &st) < 0 || !S_ISREG(st.st_mode))
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" is not a regular file", path);
	else if ((fd = open(self, O_RDONLY | O_CLOEXEC)) < 0)
		/* what was looked at is what is opened, whatever has its name by now */
		(void)pb_err_set(e, PB_ERR_USAGE, errno, "cannot open \"%s\"", path);
	close_fd(&w.at);
	return fd;
}

int owned_open_directory(const char *path, uid_t user, bool *admin, struct pb_err *e)
{
	struct walk w = {.at = -1};
	struct stat st;

	if (walk_path(&w, path, user, admin, e) == 0 && fstat(w.at, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return w.at;
	if (w.at >= 0 && e->kind == PB_ERR_NONE)
		(void)pb_err_set(e, PB_ERR_USAGE, ENOTDIR, "\"%s\"", path);
	close_fd(&w.at);
	return -1;
}
