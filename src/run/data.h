/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin's own directory on the host, shown as /data. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Opens (and makes, mode 0700) the directory of the plugin named name below base, which is
 * --data-dir, or where that is NULL /var/lib/plugbox/data for root and
 * $XDG_DATA_HOME/plugbox/data (~/.local/share) for a user. It must be a real directory owned by
 * uid: a link or somebody else's directory is an error. name is a single path component. Returns an
 * O_PATH descriptor, or -1 with *e.
 */
int data_open(const char *base, const char *name, uid_t uid, gid_t gid, struct pb_err *e);

/* Whether the directory holds no more than limit bytes. Returns 0, or -1 with *e where it does, or
 * cannot be measured. */
int data_fits(int dir, uint64_t limit, struct pb_err *e);
