/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define ERROR_WAIT_MS 2000

static enum log_level current = LOG_NORMAL;

void log_set_level(enum log_level level)
{
	current = level;
}

enum log_level log_get_level(void)
{
	return current;
}

/* One write per line: lines of several processes on one stderr stay whole. A reader that does not
 * read must not stop a supervisor: the line waits for room that long and is dropped then. */
__attribute__((format(printf, 2, 0))) static void emit(int wait_ms, const char *fmt, va_list ap)
{
	struct pollfd room = {.fd = 2, .events = POLLOUT};
	char raw[2048];
	char line[2400];
	size_t n;

	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	memcpy(line, "plugbox: ", 9);
	(void)str_escape(line + 9, sizeof(line) - 10, raw, strlen(raw));
	n = strlen(line);
	line[n++] = '\n';
	if (poll(&room, 1, wait_ms) == 1)
		(void)!write(2, line, n);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(ERROR_WAIT_MS, fmt, ap);
	va_end(ap);
}

void log_note(const char *fmt, ...)
{
	va_list ap;

	if (current < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	emit(0, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (current < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	emit(0, fmt, ap);
	va_end(ap);
}
