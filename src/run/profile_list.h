/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The profiles that there are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "run/places.h"

struct profile_entry {
	char *name; /* as --profile takes it, or the plugin's */
	char *path;
	enum place place;
	bool plugin;	/* of profiles/plugins: holds for the plugin of that name */
	size_t shadows; /* index + 1 of the next of that name, which does not count for it; 0: none
			 */
};

struct profile_entries {
	struct profile_entry *v;
	size_t n, cap;
};

/* Adds all files NAME.yaml of the three places, by kind, name and place. Whether they are right, or
 * to be trusted, is not looked at. Returns 0, or -1 with *e where a directory cannot be read. */
int profile_list(struct profile_entries *list, struct pb_err *e);
void profile_entries_free(struct profile_entries *list);
