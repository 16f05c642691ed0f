/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the fuzz targets share: a target states what has to be true of whatever the input is, with
 * must(), and ends the program where it is not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define must(truth) ((truth) ? (void)0 : abort())
#define UNUSED __attribute__((unused))

/* Text that may reach a terminal or another program. */
static UNUSED void must_be_clean(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(s + i, n - i, &cp);

		must(len && !utf8_is_unsafe(cp));
		i += len;
	}
}

/* The input as a string, up to its first NUL; freed by the caller. */
static UNUSED char *as_text(const uint8_t *data, size_t n)
{
	return xstrndup((const char *)data, strnlen((const char *)data, n));
}

/* The NUL-separated words of the input behind name, a NULL at their end; they point into *copy,
 * which the caller frees, as well as the vector. */
static UNUSED char **as_words(const uint8_t *data, size_t n, const char *name, char **copy, int *argc)
{
	char **argv;
	size_t words = 1;

	*copy = xcalloc(n + 1, 1);
	memcpy(*copy, data, n);
	for (size_t i = 0; i < n; i++)
		words += data[i] == 0;
	argv = xcalloc(words + 2, sizeof(*argv));
	argv[0] = (char *)name;
	*argc = 1;
	for (size_t at = 0; at < n; at += strlen(*copy + at) + 1)
		argv[(*argc)++] = *copy + at;
	return argv;
}
