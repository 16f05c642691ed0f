/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plugin that runs in no sandbox: root's plugbox.yaml turned isolation off for those that it lists
 * as trusted, by a directory or a digest that nobody else can bring another plugin under.
 *
 * It is a child of plugbox with the caller's environment and stdio, in its bundle. What is left of
 * plugbox's work: the manifest's environment and its timeout, signals passed on, the end of the child
 * with plugbox's own, the exit codes and the status stream. Started by root it is whom --run-as
 * names, as in a sandbox.
 */
#pragma once

#include <sys/types.h>

#include "run/caller.h"
#include "run/result.h"
#include "run/status.h"
#include "spec/launch.h"
#include "spec/manifest.h"

struct exempt_opts {
	const struct manifest *m;
	const struct launch *launch;
	const struct status *status;
	const struct caller *caller;
	int bundle_fd; /* kept by the caller */
	bool root;     /* becomes run_uid:run_gid */
	uid_t run_uid;
	gid_t run_gid;
};

/* Runs it to its end and fills *r but for its code. Returns 0, or -1 where it was not started: r->err
 * says why. */
int exempt_run(const struct exempt_opts *o, struct result *r);
