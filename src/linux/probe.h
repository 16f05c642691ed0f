/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this host offers. probe_facts is on the path of every launch and makes a
 * handful of system calls; the rest is doctor's. */
#pragma once

#include "base/err.h"
#include "spec/facts.h"

/* Fills what the plan depends on. runtime is "host", "none" or a directory. Returns 0, or
 * -1 with *e where the runtime directory cannot be used. */
int probe_facts(struct host_facts *f, const char *runtime, struct pb_err *e);
