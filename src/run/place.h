/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Below which cgroup the plugin's own is made: the one given, plugbox's own, or a scope that systemd
 * makes. Each that does not fit leaves its reason in the facts. */
#pragma once

#include "base/err.h"
#include "run/prepare.h"

/* Looks at the cgroup given, or at plugbox's own. One that is given and cannot be used is an
 * error. */
int place_look(const struct launch *l, struct prepared *p, struct pb_err *e);

/*
 * Where the limits of the rights need controllers that are not there, turns to systemd. Without
 * run_id (explain) the facts become what they would be; with it plugbox moves into the scope. What
 * fails leaves the place as it was, and is for the plan to judge.
 */
void place_ask_systemd(const struct launch *l, const char *run_id, struct prepared *p);
