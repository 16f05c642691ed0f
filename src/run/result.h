/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record says how a run ended. The exit code, the status stream and what is printed are
 * views of it. The JSON keys are documented in plugbox-status(7). */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "linux/usage.h"
#include "spec/plan.h"

_Static_assert(LIMIT_N <= 32, "a bit of result.reached for each limit");

enum outcome {
	OUTCOME_FAILED,	  /* err says why and of what kind */
	OUTCOME_EXITED,	  /* code is the plugin's own */
	OUTCOME_SIGNALED, /* signal */
	OUTCOME_TIMEOUT,  /* limit says which */
	OUTCOME_OOM,	  /* the memory limit killed it or, without limit, lack of memory outside */
	OUTCOME_LIMIT,	  /* another limit killed it: limit says which */
	OUTCOME_ABANDONED, /* the process that started plugbox is gone */
};

/* A refused system call, counted. */
struct denial {
	char call[32];
	char remedy[32]; /* permission that would allow it, "" where none does */
	int err;
	pid_t pid;
	uint64_t count;
	bool socket;	      /* then family tells one refusal from another; DENIAL_OTHER for those
			       * that no kernel has */
	unsigned long family;
};

/* What --debug saw beside these: a refusal that is nobody's to answer. The strings that are not
 * constant are the result's. */
struct traced {
	struct denial denial;
	const char *by;	   /* what refused it, as plugbox-status(7) has it */
	const char *limit; /* key of the limit that was reached, or NULL */
	char *path;	   /* that was asked for, or NULL */
	char *argument;	   /* of the permission, or NULL */
};

/* What both bring into a line of the audit log, its reader takes (YAML_MAX_EVENTS) */
#define RESULT_MAX_DENIALS 128
#define RESULT_MAX_TRACED 64
#define DENIAL_OTHER ULONG_MAX

struct result {
	enum outcome outcome;
	struct pb_err err;
	int code;	    /* exit code of plugbox */
	int signal;	    /* 0: none */
	const char *limit;  /* key of the limit that ended it, or NULL */
	uint32_t reached;   /* 1 << enum limit_id: those that a limit event was for */
	char run_id[17];
	const struct rights *rights; /* borrowed, or NULL before there are any */
	const char *correlation_id; /* the host's own name of the run, borrowed, or NULL */
	const char *plugin, *version; /* borrowed from the rights, or NULL before there are any */
	double wall_seconds, cpu_seconds;
	uint64_t peak_memory; /* bytes: of all processes where usage has it, or of the largest */
	struct usage usage;
	struct denial *denials; /* room for RESULT_MAX_DENIALS from the first on; NULL before */
	size_t n_denials;
	struct traced *traced; /* NULL without --debug, or where nothing was refused */
	size_t n_traced;
	uint64_t denials_lost; /* kinds of refusals that found no room */
	bool untold;	    /* refusals could not be reported: denials is empty for that reason */
	bool exempt;	    /* it ran in no sandbox: authority.exempt */
	bool bare;	    /* --isolation landlock */
	bool ready;	    /* the plugin was executed */
	char hint[256];	    /* what may have been missing where the plugin failed; "" for none */
};

/* Fills run_id from the kernel's random numbers. */
void result_init(struct result *r);

void result_free(struct result *r);

/* Sets code (and the text of reason) from the outcome. */
void result_finish(struct result *r);

/* The outcome's stable word: "exited", "signaled", "timeout", "oom", "limit", "abandoned",
 * "setup-failed", "refused", "not-found", "not-executable", "usage". */
const char *result_outcome_name(const struct result *r);

/* One line for a person: why it ended. Returns buf. */
char *result_reason(const struct result *r, char *buf, size_t size);
