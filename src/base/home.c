/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/home.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/users.h"

static char *home_of(uid_t uid)
{
	struct user u;
	char *dir;

	if (!user_by_id(uid, &u))
		return NULL;
	dir = take_ptr(u.home);
	user_free(&u);
	if (dir[0] != '/')
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
