/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run --debug: what the sandbox refused a plugin, told to its author call by call. */
#pragma once

#include "linux/trace.h"
#include "run/result.h"
#include "run/status.h"
#include "spec/plan.h"

struct debug;

/* r receives in traced what is not among its denials already. All three are borrowed. */
struct debug *debug_new(const struct plan *p, const struct status *st, struct result *r);
/* For trace_new; arg is a struct debug. Prints a line on standard error for what the sandbox may
 * have had a hand in, each thing once, and records it. */
void debug_tell(void *arg, const struct trace_event *ev);
/* Prints how much was not told. d may be NULL. */
void debug_free(struct debug *d);
