/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/home.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"

/* More users than this are the name services' matter. */
#define PASSWD_BYTES 16384

/* The line's field of that number, from 0, ended in place; NULL where it has not so many. */
static char *field(char *line, int number)
{
	while (number-- > 0) {
		line = strchr(line, ':');
		if (!line++)
			return NULL;
	}
	*strchrnul(line, ':') = '\0';
	return line;
}

/* Read by hand, since fgetpwent costs a tenth of all that a launch computes. Returns the home
 * directory, owned, or NULL. */
static char *in_file(const char *path, uid_t uid)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	autofree char *text = xcalloc(1, PASSWD_BYTES);
	char *next;
	char want[16];
	ssize_t n;

	n = fd < 0 ? -1 : fd_read_all(fd, text, PASSWD_BYTES);
	if (n < 0 || n == PASSWD_BYTES)
		return NULL;
	text[n] = '\0';
	(void)snprintf(want, sizeof(want), "%u", (unsigned)uid);
	for (char *line = text; *line; line = next) {
		char *home;
		const char *id;

		next = strchrnul(line, '\n');
		if (*next)
			*next++ = '\0';
		/* from the last field on: the others are ended by it */
		home = field(line, 5);
		id = field(line, 2);
		if (home && id && strcmp(id, want) == 0)
			return xstrdup(home);
	}
	return NULL;
}

/* A launch always asks, and name services can be slow or far away: they are asked only for a user
 * that the file does not know. */
static char *home_of(uid_t uid)
{
	char *dir = in_file("/etc/passwd", uid);

	if (!dir) {
		const struct passwd *pw = getpwuid(uid);

		dir = pw ? xstrdup(pw->pw_dir) : NULL;
	}
	if (dir && dir[0] != '/')
		free(take_ptr(dir));
	return dir;
}

/* Whether root here is an ordinary user of the host, alone in a user namespace of the host's files
 * (unshare -r): then root's home is somebody else's. *uid receives who it is outside. */
static bool is_other_roots(const char *dir, uid_t *uid)
{
	unsigned inner, outer, count;
	char text[256];
	struct stat st;

	if (!dir || geteuid() != 0 || stat(dir, &st) < 0 || st.st_uid == 0)
		return false;
	*uid = (uid_t)-1; /* without /proc that is nobody, who has no home */
	if (fd_read_file(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) < 0)
		return true;
	if (sscanf(text, "%u %u %u", &inner, &outer, &count) != 3 || inner != 0 || count != 1)
		return false;
	*uid = outer;
	return true;
}

char *home_of_user(void)
{
	char *dir = home_of(geteuid());
	uid_t uid;

	if (is_other_roots(dir, &uid)) {
		free(dir);
		dir = home_of(uid);
	}
	return dir;
}
