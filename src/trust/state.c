/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/home.h"
#include "base/path.h"
#include "base/str.h"

#define ROOT_STATE "/var/lib/plugbox/state"
#define LOCK_NAME "lock"

char *state_path(const char *option, struct pb_err *e)
{
	autofree char *home = NULL;

	if (option)
		return xstrdup(option);
	if (geteuid() == 0)
		return xstrdup(ROOT_STATE);
	home = home_of_user();
	if (home)
		return xasprintf("%s/.local/state/plugbox", home);
	pb_err_set(e, PB_ERR_SETUP, errno,
		   errno ? "there is no place for plugbox's state: cannot tell the home directory of user %u"
			 : "there is no place for plugbox's state: user %u has no home",
		   geteuid());
	pb_err_hint(e, "name one with --state-dir DIR");
	return NULL;
}

/* *st receives what is there. */
static int check_own(int fd, const char *shown, mode_t type, mode_t others, struct stat *st,
		     struct pb_err *e)
{
	if (fstat(fd, st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", shown);
	if ((st->st_mode & S_IFMT) != type)
		return pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is not a %s", shown,
				  type == S_IFDIR ? "directory" : "regular file");
	if (st->st_uid != geteuid()) {
		pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" belongs to uid %u, not to you", shown,
			   st->st_uid);
		return pb_err_hint(e,
				   "what plugbox remembers must be your own: move it away, or name "
				   "another directory with --state-dir");
	}
	if (st->st_mode & others) {
		pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" is open to others", shown);
		return pb_err_hint(e, "look at what is in it, then chmod go= \"%s\"", shown);
	}
	return 0;
}

static int open_own(int at, const char *path, struct pb_err *e)
{
	autoclose int fd = path_open(at, path, O_PATH | O_DIRECTORY);
	int saved = errno;
	struct stat st;

	if (fd < 0) {
		pb_err_set(e, PB_ERR_SETUP, saved, "cannot open the state directory \"%s\"", path);
		if (saved == ELOOP)
			pb_err_hint(
				e,
				"it leads through a symbolic link, which is not followed: name the "
				"real directory with --state-dir");
		return -1;
	}
	if (check_own(fd, path, S_IFDIR, S_IRWXG | S_IRWXO, &st, e) < 0)
		return -1;
	return take_fd(&fd);
}

int state_open(const char *option, bool make, struct pb_err *e)
{
	autofree char *path = state_path(option, e);
	int fd;

	if (!path)
		return -1;
	fd = open_own(AT_FDCWD, path, e);
	if (fd >= 0 || !make || e->sys != ENOENT)
		return fd;
	{
		autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (root < 0 || path_make(root, path, false, 0700) < 0) {
			pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the state directory \"%s\"",
				   path);
			return pb_err_hint(e, "name another with --state-dir DIR");
		}
	}
	*e = (struct pb_err){0};
	return open_own(AT_FDCWD, path, e);
}

int state_open_below(int state, const char *name, bool make, struct pb_err *e)
{
	int fd = open_own(state, name, e);

	if (fd >= 0 || !make || e->sys != ENOENT)
		return fd;
	*e = (struct pb_err){0};
	if (mkdirat(state, name, 0700) < 0 && errno != EEXIST)
		return pb_err_set(e, PB_ERR_SETUP, errno,
				  "cannot make \"%s\" in the state directory", name);
	return open_own(state, name, e);
}

int state_read(int dir, const char *name, size_t max, char **text, size_t *n, struct pb_err *e)
{
	autoclose int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	autofree char *buf = NULL;
	ssize_t got;
	struct stat st;

	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno,
				  "cannot open \"%s\" in the state directory", name);
	if (check_own(fd, name, S_IFREG, S_IWGRP | S_IWOTH, &st, e) < 0)
		return -1;
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return pb_err_set(e, PB_ERR_SETUP, EFBIG,
				  "cannot read \"%s\" in the state directory", name);
	buf = xcalloc(1, (size_t)st.st_size + 1);
	got = fd_read_all(fd, buf, (size_t)st.st_size);
	if (got < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno,
				  "cannot read \"%s\" in the state directory", name);
	buf[got] = '\0';
	*n = (size_t)got;
	*text = take_ptr(buf);
	return 0;
}

int state_write(int dir, const char *name, const void *text, size_t n, bool durable,
		struct pb_err *e)
{
	/* a name of our own process: a reader of the directory passes over what begins with a dot
	 */
	autofree char *temporary = xasprintf(".%s.%d", name, (int)getpid());
	autoclose int fd = -1;

	(void)unlinkat(dir, temporary, 0); /* of a process of this number that was killed */
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fd_write_all(fd, text, n) < 0 || (durable && fsync(fd) < 0) ||
	    renameat(dir, temporary, dir, name) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot write \"%s\" in the state directory",
			   name);
		(void)unlinkat(dir, temporary, 0);
		return -1;
	}
	if (durable) {
		autoclose int self = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (self < 0 || fsync(self) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno,
					  "cannot write the state directory to disk");
	}
	return 0;
}

int state_lock(int dir, struct pb_err *e)
{
	autoclose int fd =
		openat(dir, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno,
				  "cannot open the lock of the state directory");
	do {
		rc = flock(fd, LOCK_EX);
	} while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot lock the state directory");
	return take_fd(&fd);
}

/* Whether the directory what, or one above fd, is fd's: by number, whatever the names are. Takes
 * fd. -1: it cannot be told. */
static int lies_below(int fd, const struct stat *what)
{
	autoclose int at = fd;

	for (;;) {
		struct stat st;
		struct stat up;
		int parent;

		if (fstat(at, &st) < 0)
			return -1;
		if (st.st_dev == what->st_dev && st.st_ino == what->st_ino)
			return 1;
		if (!S_ISDIR(st.st_mode))
			return 0; /* what is a file holds nothing */
		parent = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (parent < 0)
			return -1;
		if (fstat(parent, &up) < 0) {
			close(parent);
			return -1;
		}
		if (up.st_dev == st.st_dev && up.st_ino == st.st_ino) {
			close(parent);
			return 0;
		}
		close(at);
		at = parent;
	}
}

/* The directory of path, or the deepest above it that is there: what is not there could be made
 * below it. *exists: path itself is. Returns -1 where it cannot be told. */
static int deepest(const char *path, bool *exists)
{
	autofree char *up = xstrdup(path);

	for (*exists = true;; *exists = false) {
		int fd = path_open_follow(up, O_PATH | O_DIRECTORY);
		char *slash = strrchr(up, '/');

		if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR) || !slash || !up[1])
			return fd;
		slash[slash == up] = '\0';
	}
}

int state_holds(const char *granted, const char *path)
{
	autofree char *real = realpath(granted, NULL);
	autoclose int fd = real ? open(real, O_PATH | O_CLOEXEC) : -1;
	bool exists = false;
	struct stat st;
	struct stat dir;
	int rc;
	int at;

	if (fd < 0) /* what is not there is not shown */
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	at = deepest(path, &exists);
	if (at < 0)
		return -1;
	if (fstat(fd, &st) < 0 || fstat(at, &dir) < 0) {
		close(at);
		return -1;
	}
	rc = lies_below(at, &st);
	/* what lies beside it, where it is not there itself, is no part of it */
	if (rc != 0 || !exists)
		return rc;
	if (!S_ISDIR(st.st_mode))
		*strrchr(real, '/') = '\0';
	at = open(real[0] ? real : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at < 0 ? -1 : lies_below(at, &dir);
}
