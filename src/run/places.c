/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/places.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

#ifndef PB_DATADIR
#define PB_DATADIR "/usr/share/plugbox"
#endif

/* A launch always asks, and name services can be slow or far away: they are asked only for a user
 * that the file does not know. */
static const struct passwd *who_am_i(FILE *file)
{
	const uid_t uid = geteuid();
	const struct passwd *pw;

	while (file && (pw = fgetpwent(file)))
		if (pw->pw_uid == uid)
			return pw;
	return getpwuid(uid);
}

static char *own_directory(void)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw = who_am_i(file);
	char *dir = pw && pw->pw_dir[0] == '/' ? xasprintf("%s/.config/plugbox", pw->pw_dir) : NULL;

	if (file)
		(void)fclose(file);
	return dir;
}

char *place_directory(enum place place)
{
	char *dir = place == PLACE_USER	    ? own_directory()
		    : place == PLACE_SYSTEM ? xstrdup("/etc/plugbox")
					    : xstrdup(PB_DATADIR);

	/* a home like "/home//x" is nothing that can be walked */
	if (dir && !path_is_normal(dir))
		free(take_ptr(dir));
	return dir;
}
