/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a plugin could do one thing, by which line of its plan, and what would have to change: an
 * answer of the plan that would be launched, and nothing else. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "spec/plan.h"
#include "spec/profile.h"

enum act { ACT_READ, ACT_WRITE, ACT_EXEC, ACT_CONNECT, ACT_LISTEN, ACT_SYSCALL, ACT_ENV, ACT_N };

/* "read", …; what the subject is called in messages: "PATH", "HOST:PORT" … */
extern const struct act_info {
	const char *name, *subject;
} act_table[ACT_N];

/* Returns 0, or -1 with *e where there is no action of that name. */
int why_find(const char *name, enum act *act, struct pb_err *e);

struct why {
	bool yes;
	char *reason; /* one clause */
	char *rule;   /* the line of the plan that decides */
	char *change; /* what would allow it, or NULL: nothing does, or it is allowed */
};

/* What was decided, and from what. */
struct why_input {
	const struct plan *plan;
	const struct rights *rights;
	const struct profile *profile; /* or NULL */
	const struct manifest *m;      /* or NULL */
	const char *bundle_path;       /* on the host, or NULL */
};

/* Answers for a subject: a path inside the sandbox (without namespaces, of the host, and free of
 * links), HOST:PORT, a port, the name of a system call or
 * of a variable. Fills *w, which why_free releases. Returns 0, or -1 with *e where the subject is
 * none. */
int why_ask(const struct why_input *in, enum act act, const char *subject, struct why *w,
	    struct pb_err *e);
void why_free(struct why *w);
