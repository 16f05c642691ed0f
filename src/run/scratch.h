/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory for temporary files of a plugin that has no /tmp of its own (--isolation landlock): in
 * /run/plugbox/scratch where root runs it, otherwise in /tmp, for that plugin's user alone. It is locked
 * while plugbox lives, and goes with the run; one that a killed plugbox left goes when the same user
 * runs the next one.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct scratch {
	int base, fd; /* -1: there is none; fd holds the lock */
	char name[64];
	char *path;
};

#define SCRATCH_INIT ((struct scratch){.base = -1, .fd = -1})

/* Makes it for the user uid:gid, who is not the caller where root says so, after having removed what
 * is left of runs that are gone. run_id is that of the run. Returns 0, or -1 with *e; scratch_remove in
 * either case. */
int scratch_open(struct scratch *s, const char *run_id, bool root, uid_t uid, gid_t gid,
		 struct pb_err *e);

/* Removes it with all that is in it, following no link, once nobody is left who could write to it. Of
 * more than a million files some stay for the next run. Safe on SCRATCH_INIT. */
void scratch_remove(struct scratch *s);
