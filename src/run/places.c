/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/places.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/home.h"
#include "base/str.h"

#ifndef PB_DATADIR
#define PB_DATADIR "/usr/share/plugbox"
#endif

static char *own_directory(void)
{
	autofree char *home = home_of_user();

	return home ? xasprintf("%s/.config/plugbox", home) : NULL;
}

char *place_directory(enum place place)
{
	char *dir = place == PLACE_USER	    ? own_directory()
		    : place == PLACE_SYSTEM ? xstrdup("/etc/plugbox")
					    : xstrdup(PB_DATADIR);

	/* a home like "/home//x" is nothing that can be walked */
	if (dir && !path_is_normal(dir)) {
		free(take_ptr(dir));
		errno = 0;
	}
	return dir;
}
