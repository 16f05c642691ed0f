/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox's own words. They go to stderr, one line each, with the program's
 * name in front and everything unsafe for a terminal escaped. The level is the
 * only static state of the program. */
#pragma once

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Always printed: the reason for a non-zero exit. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Printed unless --quiet: what the caller should know, but nothing failed. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Printed with --verbose only. */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
