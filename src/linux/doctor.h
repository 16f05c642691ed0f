/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this host offers, tried and not guessed: every check does the thing itself where
 * that is harmless, in a child process that is gone afterwards. Nothing needs privileges, nothing
 * is left behind, and all of it is over within seconds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spec/facts.h"

enum doctor_status {
	DOCTOR_OK,
	DOCTOR_WEAK,	/* there is less than there could be; plugbox runs with what there is */
	DOCTOR_MISSING, /* not there */
};

struct doctor_check {
	const char *id;	     /* stable: hosts read it from --json */
	const char *section; /* heading of the printed form */
	enum doctor_status status;
	bool required; /* a full-strength run needs it */
	bool untried;  /* something else that it builds on is missing */
	char *found;   /* what the host has */
	char *uses;    /* what plugbox does with it, or instead; may be NULL */
	char *remedy;  /* for what is lacking; NULL where there is none to give */
};

struct doctor {
	struct doctor_check *v;
	size_t n, cap;
	bool full_strength; /* nothing that is required is missing */
	bool data_quota;    /* of the file system where root's plugins have their data */
	unsigned lacking;   /* CG_*: the controllers that are not to be had here */
};

/* Runs every check. *d is the caller's, to be ended with doctor_free. */
void doctor_run(struct doctor *d);
void doctor_free(struct doctor *d);

/* Adds a finding and returns it; section and id are constants, uses and remedy may be NULL. */
struct doctor_check *doctor_add(struct doctor *d, const char *section, const char *id,
				enum doctor_status status, const char *found, const char *uses,
				const char *remedy);

/* "ok", "weak" or "missing". */
const char *doctor_status_name(enum doctor_status status);
