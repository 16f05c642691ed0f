/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/home.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"

/* A launch always asks, and name services can be slow or far away: they are asked only for a user
 * that the file does not know. */
static char *home_of(FILE *file, uid_t uid)
{
	const struct passwd *pw = NULL;

	if (file)
		rewind(file);
	while (file && (pw = fgetpwent(file)))
		if (pw->pw_uid == uid)
			break;
	if (!pw)
		pw = getpwuid(uid);
	return pw && pw->pw_dir[0] == '/' ? xstrdup(pw->pw_dir) : NULL;
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
	if (fd_read_file(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) < 0 ||
	    sscanf(text, "%u %u %u", &inner, &outer, &count) != 3 || inner != 0 || count != 1)
		return false;
	*uid = outer;
	return true;
}

char *home_of_user(void)
{
	FILE *file = fopen("/etc/passwd", "re");
	char *dir = home_of(file, geteuid());
	uid_t uid;

	if (is_other_roots(dir, &uid)) {
		free(dir);
		dir = home_of(file, uid);
	}
	if (file)
		(void)fclose(file);
	return dir;
}
