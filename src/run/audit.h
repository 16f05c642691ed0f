/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of the audit log when a plugin starts and one when it has ended, or was refused. The
 * format is documented in plugbox-audit(7). */
#pragma once

#include "base/err.h"
#include "run/prepare.h"
#include "run/result.h"
#include "spec/hostconf.h"
#include "spec/launch.h"

struct audit {
	int state; /* the state directory, -1: nothing is written */
	bool syslog;
};

#define AUDIT_INIT ((struct audit){.state = -1})

/* What the caller and plugbox.yaml together want. */
enum demand audit_demand(const struct launch *l, const struct hostpolicy *h);

/* Before the plugin is started: writes the first line. Where it cannot be written and demand is
 * DEMAND_REQUIRED, returns -1 with *e; where it is not required a note is printed. */
int audit_start(struct audit *a, const struct launch *l, const struct prepared *p,
		const struct result *r, struct pb_err *e);

/* The last line. One without a first is of a launch that was refused or failed before: it is
 * written wherever a log is wanted, by plugbox.yaml too where the launch ended before that was read.
 * What cannot be written is told on standard error. */
void audit_end(struct audit *a, const struct launch *l, struct prepared *p, const struct result *r);

/* The only line of a launch whose options were wrong, which *e says; l is as far as they were read. */
void audit_usage(const struct launch *l, struct result *r, const struct pb_err *e);

void audit_close(struct audit *a);
