/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin's own directory on the host, shown as /data. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "spec/plan.h"

/* Where the data of all plugins is kept unless somebody says: /var/lib/plugbox/data for root and
 * $XDG_DATA_HOME/plugbox/data (~/.local/share) for a user. Owned; NULL with *e where there is no
 * such place. */
char *data_usual_base(struct pb_err *e);

/* Opens (and makes) the directory of all of it: --data-dir, or where that is NULL the usual one.
 * Returns an O_PATH descriptor, or -1 with *e. */
int data_open_base(const char *base, struct pb_err *e);

/*
 * Opens (and makes, mode 0700) the directory of the plugin named name in it. It must be a real
 * directory owned by uid: a link or somebody else's directory is an error. name is a single path
 * component. Returns an O_PATH descriptor, or -1 with *e.
 */
int data_open(int parent, const char *name, uid_t uid, gid_t gid, struct pb_err *e);

/* Asks whether a project quota can limit the directory that data_open would open, where the rights
 * have such a limit; the answer is put among the facts. root: as in struct prepared. */
void data_look(const char *base, const struct rights *r, bool root, struct host_facts *f);

/* Has the file system keep the limit of the plan, and takes back that of a run before where it is not to.
 * Returns 0, or -1 with *e, also where the directory holds more than a limit already. */
int data_limit(int dir, const struct plan *p, bool root, struct pb_err *e);
