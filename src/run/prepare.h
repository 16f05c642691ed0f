/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the command line to a plan: what `run` and `explain` share, so that they give the
 * same verdicts. Starts nothing, and changes nothing but the cgroup of plugbox itself. */
#pragma once

#include <sys/stat.h>

#include "base/err.h"
#include "linux/cgroup.h"
#include "run/approval.h"
#include "run/authority.h"
#include "run/dirs.h"
#include "spec/facts.h"
#include "spec/launch.h"
#include "spec/manifest.h"
#include "spec/plan.h"
#include "spec/policy.h"
#include "trust/hash.h"

struct prepared {
	struct manifest *m; /* NULL in command mode */
	struct stat manifest_stat; /* of its file, as it was read */
	struct authority authority;
	struct dir dirs[DIR_N]; /* that plugbox.yaml names */
	struct approval approval;
	struct host_facts facts;
	struct rights rights;
	struct plan plan;
	bool have_plan;
	struct cgroup_place place;
	int bundle_fd;	    /* O_PATH, -1 without a bundle */
	char *bundle_path;  /* canonical */
	char digest[HASH_TEXT]; /* of the bundle, "" where it was not taken */
	bool root;	    /* the caller is uid 0 */
	uid_t run_uid;	    /* of the plugin, outside */
	gid_t run_gid;
};

#define PREPARED_INIT                                                                              \
	((struct prepared){.bundle_fd = -1, .place = {.dirfd = -1}, .approval = APPROVAL_INIT})

/* Fills *p, which prepare_free releases in any case. run_id is that of the run which follows and
 * for which a cgroup may be asked of systemd, or NULL: then nothing changes at all. A refused
 * request is no error here: see policy_refusal. Where authority.exempt is set there are no rights
 * and no plan. Returns 0 or -1 with *e. */
int prepare(const struct launch *l, const char *run_id, struct prepared *p, struct pb_err *e);
void prepare_free(struct prepared *p);
