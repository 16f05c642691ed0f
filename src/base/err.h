/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors are values.
 *
 * A struct pb_err is filled once, where the failing call stands, gains context
 * as it rises, and is printed once, in main. It holds no pointer, so the child
 * sends it to the parent unchanged over the status socket.
 *
 * Style of the text: lower case, no full stop, what failed first, subject in
 * quotes: cannot open "/x": Permission denied. The hint is the remedy, a full
 * clause of its own, printed on a second line.
 */
#pragma once

#include <stdbool.h>

/* What went wrong, and with it the exit code; the values are part of the
 * message from child to parent and never change their order. */
enum pb_err_kind {
	PB_ERR_NONE = 0,
	PB_ERR_USAGE,	 /* options wrong: exit 2 */
	PB_ERR_MANIFEST, /* manifest wrong: exit 2 */
	PB_ERR_POLICY,	 /* policy refused the launch: exit 77 */
	PB_ERR_SETUP,	 /* plugbox failed or a layer is missing: exit 125 */
	PB_ERR_NOEXEC,	 /* entrypoint found but not executable: exit 126 */
	PB_ERR_NOTFOUND, /* entrypoint not found: exit 127 */
};

#define PB_EXIT_USAGE 2
#define PB_EXIT_POLICY 77
#define PB_EXIT_TIMEOUT 124
#define PB_EXIT_SETUP 125
#define PB_EXIT_NOEXEC 126
#define PB_EXIT_NOTFOUND 127

struct pb_err {
	int kind;      /* enum pb_err_kind */
	int sys;       /* errno of the failing call, 0 where there is none */
	char step[32]; /* which step of the launch, "" outside of one */
	char msg[768];
	char hint[512];
};

/* Fills *e and returns -1, so that a failing function ends in
 * `return pb_err_set(e, …)`. sys is an errno value whose text is appended to
 * the message after ": ", or 0. The text is cut at the size of the field. */
int pb_err_set(struct pb_err *e, enum pb_err_kind kind, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Whether this errno value is trouble of the host's (no descriptors, no memory, a failing disk), not
 * of what somebody wrote or named. */
bool pb_err_of_host(int sys);

/* Puts `context: ` in front of the message. Returns -1. */
int pb_err_wrap(struct pb_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets the remedy. Returns -1. */
int pb_err_hint(struct pb_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Names the step unless an inner one is named already. Returns -1. */
int pb_err_step(struct pb_err *e, const char *step);

/* The exit code that the table in plugbox(1) gives for this error. */
int pb_err_exit_code(const struct pb_err *e);
