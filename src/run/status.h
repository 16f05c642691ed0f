/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status stream: one JSON object a line, to --status-fd and --status-file. The format is
 * documented in plugbox-status(7). */
#pragma once

#include "base/err.h"
#include "base/json.h"
#include "run/result.h"
#include "spec/launch.h"
#include "spec/plan.h"

struct status {
	int fd;	  /* -1: none */
	int file; /* -1: none */
	int info; /* --info-fd, -1: none */
};

/* Opens the file. Returns 0 or -1 with *e (PB_ERR_USAGE). */
int status_open(struct status *s, const struct launch *l, struct pb_err *e);
void status_close(struct status *s);

/* p is NULL where the plugin is exempt from the sandbox. */
void status_start(const struct status *s, const struct result *r, const struct plan *p);
/* child is pid 1 of the sandbox as the host sees it. Writes --info-fd as well. */
void status_child(const struct status *s, pid_t child);
void status_ready(const struct status *s, const struct result *r, pid_t child);
/* Dropped at once where the reader does not keep up (the others wait a bounded time): a plugin
 * must not stall its supervisor. */
void status_denied(const struct status *s, const struct denial *d);
void status_traced(const struct status *s, const struct traced *t);
/* A limit was reached: key as in the manifest. */
void status_limit(const struct status *s, const char *key, const char *action);
/* p may be NULL: the launch ended before there was a plan. */
void status_exit(const struct status *s, const struct result *r, const struct plan *p);

/* The members that the events share with the audit log, added to an open object: run_id and the
 * like, the limits in force, and all that exit says. */
void status_identity(struct json *j, const struct result *r);
void status_limits(struct json *j, const struct plan *p);
void status_result(struct json *j, const struct result *r, const struct plan *p);
