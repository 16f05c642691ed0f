/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this host offers. probe_facts is on the path of every launch and makes a
 * handful of system calls; the rest is doctor's. */
#pragma once

#include "base/err.h"
#include "spec/facts.h"

/* Fills what the plan depends on. runtime is "host", "none" or a directory. Returns 0, or
 * -1 with *e where the runtime directory cannot be used; *f is released with facts_free in
 * either case. The cgroup facts are left to probe_cgroup. */
int probe_facts(struct host_facts *f, const char *runtime, struct pb_err *e);

struct cgroup_place;

/* Sets cgroup_controllers and cgroup_reason from what cgroup_probe found: the cgroup given with
 * --cgroup, or plugbox's own. */
void probe_cgroup(struct host_facts *f, const struct cgroup_place *p);

/* The Landlock ABI of the running kernel, 0 where there is none. */
int probe_landlock_abi(void);

/* Whether the kernel has that seccomp action (SECCOMP_RET_*). */
bool probe_seccomp_action(unsigned action);

/* Whether the running kernel is at least major.minor. */
bool probe_kernel_at_least(unsigned major, unsigned minor);
