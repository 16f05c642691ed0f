/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growing strings and string vectors. Out of memory ends the process: a
 * launcher that cannot allocate a few bytes has nothing better to do, and says
 * so with exit code 125 (see str_oom). */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prints "out of memory" and ends the process with code 125 by _exit. */
_Noreturn void str_oom(void);

void *xcalloc(size_t n, size_t size);
void *xmalloc(size_t n); /* with whatever was there: a buffer that is not touched costs no page */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more element in an array that grows by doubling:
 * `grow(&items, &cap, n, sizeof(*items))` before items[n++] = …; new memory is zeroed. */
void grow(void *items, size_t *cap, size_t n, size_t size);

/* A NULL-terminated vector of owned strings; zero-initialise it. */
struct strv {
	char **v;
	size_t n, cap;
};

void strv_add(struct strv *sv, const char *s); /* copies s */
void strv_take(struct strv *sv, char *s);      /* owns s */
bool strv_has(const struct strv *sv, const char *s);
void strv_free(struct strv *sv);

/* A growing byte string, always NUL-terminated; zero-initialise it. */
struct strbuf {
	char *s;
	size_t n, cap;
};

/* Adds n bytes, which the caller fills: returns the first of them. */
char *strbuf_space(struct strbuf *b, size_t n);
void strbuf_add(struct strbuf *b, const char *s, size_t n);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_decimal(struct strbuf *b, uint64_t v);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_free(struct strbuf *b);

/* Copies n bytes of in to out (size bytes, size >= 8) so that they are safe on
 * a terminal: printable UTF-8 as it is; control, ESC, bidirectional and
 * invalid bytes as \n, \t, \x1b, \u202e; cut with "..." where it does not fit.
 * Returns out. */
char *str_escape(char *out, size_t size, const char *in, size_t n);

/* Decodes one UTF-8 sequence at s (n bytes left). Returns its length 1..4 and
 * the code point in *cp, or 0 where it is invalid (overlong, surrogate, above
 * 10FFFF, cut short). */
size_t utf8_decode(const char *s, size_t n, unsigned *cp);

/* Control characters (C0 but for tab and line feed, DEL, C1), line and
 * paragraph separators, bidirectional controls, byte order mark, and
 * noncharacters: what may not stand in a manifest or reach a terminal. */
bool utf8_is_unsafe(unsigned cp);

bool str_starts(const char *s, const char *prefix);

/* True where path is prefix itself or lies below it, by components. Both are
 * absolute and normalised. */
bool path_below(const char *path, const char *prefix);

/* True where path is absolute, without empty, "." and ".." components and
 * without a trailing slash ("/" itself is normal). */
bool path_is_normal(const char *path);

/* The entry of names (n of them) nearest to s by edit distance, or NULL where
 * none is near enough to be meant. */
const char *str_nearest(const char *s, const char *const *names, size_t n);
