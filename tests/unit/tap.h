/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit test prints TAP: ok(condition, name…) per assertion, and ends with
 * `return done_testing();`. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

/* Prints one line; name is a printf format. */
#define ok(condition, ...) tap_line((condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

#define is_str(found, expected, ...)                                                               \
	do {                                                                                       \
		const char *tap_f = (found);                                                       \
		const char *tap_e = (expected);                                                    \
		bool tap_same = tap_f && tap_e ? strcmp(tap_f, tap_e) == 0 : tap_f == tap_e;       \
		ok(tap_same, __VA_ARGS__);                                                         \
		if (!tap_same)                                                                     \
			printf("#   found    \"%s\"\n#   expected \"%s\"\n",                       \
			       tap_f ? tap_f : "(null)", tap_e ? tap_e : "(null)");                \
	} while (0)

__attribute__((format(printf, 5, 6))) static inline void
tap_line(bool good, const char *file, int line, const char *what, const char *name, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, name);
	(void)vprintf(name, ap);
	va_end(ap);
	(void)putchar('\n');
	if (!good) {
		tap_failed++;
		printf("#   %s:%d: %s\n", file, line, what);
	}
	(void)fflush(stdout);
}

static inline int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}
