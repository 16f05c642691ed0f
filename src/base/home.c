/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/home.h"

#include <errno.h>
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
	int rc = user_by_id(uid, &u);

	if (rc < 0)
		return NULL;
	dir = rc > 0 ? take_ptr(u.home) : NULL;
	if (rc > 0)
		user_free(&u);
	if (dir && dir[0] != '/')
		free(take_ptr(dir));
	errno = 0;
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
