/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hard limit on a directory, kept by the file system: its project quota.
 *
 * Files carry the number of a project. A directory can hand its own on to what is made in it, and
 * refuses what is moved or linked into it from another project. The limit stands in the file system
 * until it is set again. Setting it takes CAP_SYS_ADMIN outside of all user namespaces; and from
 * inside of one nobody can change the project of a file, not even who owns it.
 *
 * The projects here are from a range of numbers of plugbox's own, one for each directory, found from
 * its inode number. That a directory is one of these, and its project has a limit, says that all
 * in it has been counted: the limit is set last.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* Below it are the data directories of root's plugins, unless --data-dir says otherwise. */
#define PROJQUOTA_ROOT_DATA "/var/lib/plugbox/data"

/* "no project quota: " and why the file system of path, or of the nearest directory above it that
 * there is, keeps no limit on it; NULL where it does. What belongs to a project of somebody else's,
 * or would get one, is left alone. Changes nothing. */
const char *projquota_lack(const char *path);

/* Limits the directory dir (of any kind) to bytes, in whole KiB, and a file for each KiB: it gets a
 * project of its own where it has none yet, and what is in it already too. Reads the limit back.
 * Returns 0, or -1 with *e, also where dir holds more: a limit that was there before stays. */
int projquota_set(int dir, uint64_t bytes, struct pb_err *e);

/* Takes back the limit that another run has set, if any. Returns 0, or -1 with *e. */
int projquota_lift(int dir, struct pb_err *e);
