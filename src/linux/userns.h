/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the plugin is, outside and inside its user namespace. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Whether id 0 here is an ordinary user in a user namespace of that id alone (unshare -r, a container
 * of one id): there is no other to run a plugin as, and the host's root is not this one. */
bool userns_lone_root(void);

/* Maps PLAN_INNER_ID of the child's new user namespace to uid:gid of the host, and
 * nothing else. Written by the parent: mapping another id than its own takes privileges there. uid
 * and gid are 0 for a lone root only. Returns 0 or -1 with *e. */
int userns_map(pid_t child, uid_t uid, gid_t gid, struct pb_err *e);

/* For a launch by root: becomes the plugin's user, by its ids inside, with no supplementary group. The
 * capabilities inside the namespace stay, since host uid 0 is not its uid 0; on_host says that there is
 * no such namespace, and they are kept all the same, to be dropped later. */
int userns_become(uid_t uid, gid_t gid, bool on_host, struct pb_err *e);

/* A user namespace for idmapped mounts, in which files of owner:group appear as those of
 * uid:gid. Returns its descriptor, or -1 with *e. *holder is the process that was the first in it and
 * ends now, for userns_reap, or -1. */
int userns_for_idmap(uid_t owner, gid_t group, uid_t uid, gid_t gid, pid_t *holder, struct pb_err *e);

/* Waits for its end, and makes it -1. */
void userns_reap(pid_t *holder);

/* Reads --run-as USER[:GROUP] (names or numbers; NULL: nobody and its group). Ids 0 are refused.
 * Returns 0 or -1 with *e. */
int userns_run_as(const char *text, uid_t *uid, gid_t *gid, struct pb_err *e);
