/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a file that decides: nobody but root and the user may have had a hand in it. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Opens the regular file path (absolute and normal) for reading, component by component from the
 * root on, each looked at through the descriptor that the next is opened from. Each must belong to
 * root or to user and be writable by nobody else; a sticky directory is no exception, since anybody
 * can put a name there first. A symbolic link must be so too, and what it leads to is walked in the
 * same way. *admin receives whether all of it is root's. Returns the descriptor, or -1 with *e: sys
 * ENOENT where there is no such file nor link, PB_ERR_POLICY where it cannot be trusted.
 */
int owned_open(const char *path, uid_t user, bool *admin, struct pb_err *e);

/* The same for a directory: O_PATH. */
int owned_open_directory(const char *path, uid_t user, bool *admin, struct pb_err *e);
