/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugbox's own directory, in which it keeps what it must remember between runs: approvals and
 * holds (grants/), the audit log, and cached digests (cache/). It is --state-dir, or
 * /var/lib/plugbox/state for root and .local/state/plugbox of the user's home, which the password
 * database says: no environment variable has a say.
 *
 * Whoever could write here could approve plugins. So it must be the user's own, mode 0700, and is
 * reached through no symbolic link; and no plugin is granted a directory that holds it (see
 * state_holds).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The path (owned) of the directory: option, or where that is NULL the usual one; NULL with *e
 * where the user has no home. */
char *state_path(const char *option, struct pb_err *e);

/* Opens the directory, and makes it where make says so. Returns an O_PATH descriptor, or -1 with *e
 * (sys ENOENT where it is not there). */
int state_open(const char *option, bool make, struct pb_err *e);

/* The same of a directory in it. */
int state_open_below(int state, const char *name, bool make, struct pb_err *e);

/* Reads the file name in dir, which must be regular, the user's own and at most max bytes. The text
 * is the caller's to free, with a NUL after it. Returns 0, or -1 with *e (sys ENOENT: there is
 * none). */
int state_read(int dir, const char *name, size_t max, char **text, size_t *n, struct pb_err *e);

/* Replaces the file name in dir: whoever reads it finds the old text or the new one, also after a
 * crash where durable says so (which costs a wait for the disk). Returns 0, or -1 with *e. */
int state_write(int dir, const char *name, const void *text, size_t n, bool durable,
		struct pb_err *e);

/* Waits until nobody else holds the lock of dir. Returns a descriptor to be closed, or -1 with *e.
 */
int state_lock(int dir, struct pb_err *e);

/* Whether somebody who can write granted, a path of the host, could change path, or make it where
 * it is not there yet: one lies below the other. What is granted and is not there does not. Returns 1,
 * 0, or -1 with errno where it cannot be told. */
int state_holds(const char *granted, const char *path);
