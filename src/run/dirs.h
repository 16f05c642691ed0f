/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where plugbox.yaml wants plugins' data and plugbox's caches kept: the user's file before the
 * system's, and --data-dir before both. A directory that the system's file names is root's; another
 * user has one in it that is called like the user's number.
 *
 * As for all that plugbox believes, it and what leads to it belong to root or the user, and nobody
 * else can write it. No environment variable has a say in such a place.
 */
#pragma once

#include "base/err.h"
#include "spec/hostconf.h"

enum dir_use { DIR_DATA, DIR_CACHE, DIR_N };

struct dir {
	char *path;	  /* NULL: no file says anything */
	const char *file; /* that does, of the hostpolicy */
	struct src_pos pos;
};

/* Finds all of them; dirs_free releases in any case. Returns 0, or -1 with *e. */
int dirs_find(const struct hostpolicy *h, struct dir dirs[DIR_N], struct pb_err *e);
void dirs_free(struct dir dirs[DIR_N]);

/* Whether it can be used, as far as it is there; makes nothing. Returns 0, or -1 with *e. */
int dirs_check(const struct dir *d, enum dir_use use, struct pb_err *e);

/* Opens it, and makes it where it is not there. Returns an O_PATH descriptor, or -1 with *e. */
int dirs_open(const struct dir *d, enum dir_use use, struct pb_err *e);

/* "PATH (FILE:LINE:COLUMN)", the caller's to free; NULL where no file says anything. */
char *dirs_text(const struct dir *d);
