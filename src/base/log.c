/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static enum log_level current = LOG_NORMAL;

void log_set_level(enum log_level level)
{
	current = level;
}

enum log_level log_get_level(void)
{
	return current;
}

/* One write per line: lines of several processes on one stderr stay whole. */
__attribute__((format(printf, 1, 0))) static void emit(const char *fmt, va_list ap)
{
	char raw[2048];
	char line[2400];
	size_t n;

	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	memcpy(line, "plugbox: ", 9);
	(void)str_escape(line + 9, sizeof(line) - 10, raw, strlen(raw));
	n = strlen(line);
	line[n++] = '\n';
	(void)!write(2, line, n);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(fmt, ap);
	va_end(ap);
}

void log_note(const char *fmt, ...)
{
	va_list ap;

	if (current < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	emit(fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (current < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	emit(fmt, ap);
	va_end(ap);
}
