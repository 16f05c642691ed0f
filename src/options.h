/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options, as tables. A table row is all there is to an option: parsing, --help,
 * the completions and the options part of the manual's lint come from it.
 *
 * Syntax: --opt VALUE and --opt=VALUE; `--` ends options; options stop at the first
 * operand for `run` only where it is followed by nothing but `-- ARGS…`; --args FD inserts
 * NUL-separated options read from FD (once each, nested ones refused, at most 1 MiB).
 * An unknown option is an error with the nearest known one.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "spec/launch.h"

/* Reads the options and operands of `run` (or `explain`, with explain true) into *l,
 * which launch_init has prepared. Returns 0; 1 where --help was asked and printed; or
 * -1 with *e (PB_ERR_USAGE). */
int options_launch(struct launch *l, bool explain, int argc, char **argv, struct pb_err *e);

/* Likewise of `why`: the last two operands are the question, *question receives them. */
int options_why(struct launch *l, struct strv *question, int argc, char **argv, struct pb_err *e);

/* check and doctor: --json and --help only. operands receives the rest (pointers into argv
 * copied). Returns as options_launch. */
int options_simple(const char *command, bool *json, struct strv *operands, int argc, char **argv,
		   struct pb_err *e);

/* What the commands about plugbox's own state are told. */
struct options_state {
	struct launch l; /* what such an option says of a launch: --state-dir, --profile */
	bool json, follow, yes;
	char *plugin, *outcome; /* NULL: any */
	char *digest;		/* of the bundle that is approved, or NULL */
	char *write;		/* the file for what is to be signed, or NULL */
	char since[32];		/* as the audit log writes times, "" for the beginning */
	struct strv operands;
};

/* Returns as options_launch; options_state_free in any case. */
int options_state(const char *command, struct options_state *s, int argc, char **argv,
		  struct pb_err *e);
void options_state_free(struct options_state *s);

/* The completion script for "bash", "zsh" or "fish", on stdout. Returns 0, or -1 with *e. */
int options_completion(const char *shell, struct pb_err *e);

/* plugbox --help on stdout. */
void options_help(void);
