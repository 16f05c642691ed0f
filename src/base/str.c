/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

_Noreturn void str_oom(void)
{
	static const char msg[] = "plugbox: out of memory\n";

	(void)!write(2, msg, sizeof(msg) - 1);
	_exit(PB_EXIT_SETUP);
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		str_oom();
	return p;
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		str_oom();
	return p;
}

char *xstrdup(const char *s)
{
	char *p = strdup(s);

	if (!p)
		str_oom();
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	char small[256];
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		str_oom();
	if ((size_t)n < sizeof(small))
		return xstrndup(small, (size_t)n);
	s = xcalloc((size_t)n + 1, 1);
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

void grow(void *items, size_t *cap, size_t n, size_t size)
{
	void **p = items;
	size_t want;

	if (n < *cap)
		return;
	want = *cap ? *cap * 2 : 8;
	*p = reallocarray(*p, want, size);
	if (!*p)
		str_oom();
	memset((char *)*p + *cap * size, 0, (want - *cap) * size);
	*cap = want;
}

void strv_take(struct strv *sv, char *s)
{
	grow(&sv->v, &sv->cap, sv->n + 1, sizeof(*sv->v));
	sv->v[sv->n++] = s;
	sv->v[sv->n] = NULL;
}

void strv_add(struct strv *sv, const char *s)
{
	strv_take(sv, xstrdup(s));
}

bool strv_has(const struct strv *sv, const char *s)
{
	for (size_t i = 0; i < sv->n; i++)
		if (strcmp(sv->v[i], s) == 0)
			return true;
	return false;
}

void strv_free(struct strv *sv)
{
	for (size_t i = 0; i < sv->n; i++)
		free(sv->v[i]);
	free(sv->v);
	*sv = (struct strv){0};
}

char *strbuf_space(struct strbuf *b, size_t n)
{
	const size_t at = b->n;

	if (at + n + 1 > b->cap) {
		size_t want = (at + n + 1) * 2;
		char *p = realloc(b->s, want);

		if (!p)
			str_oom();
		b->s = p;
		b->cap = want;
	}
	b->n += n;
	b->s[b->n] = '\0';
	return b->s + at;
}

void strbuf_add(struct strbuf *b, const char *s, size_t n)
{
	char *to = strbuf_space(b, n);

	if (n)
		memcpy(to, s, n);
}

void strbuf_puts(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_decimal(struct strbuf *b, uint64_t v)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	strbuf_add(b, text + at, sizeof(text) - at);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(small)) {
		strbuf_add(b, small, (size_t)n);
		return;
	}
	char *big = xcalloc((size_t)n + 1, 1);

	va_start(ap, fmt);
	(void)vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	strbuf_add(b, big, (size_t)n);
	free(big);
}

void strbuf_free(struct strbuf *b)
{
	free(b->s);
	*b = (struct strbuf){0};
}

size_t utf8_decode(const char *s, size_t n, unsigned *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned min, c;
	size_t len;

	if (n == 0)
		return 0;
	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] <= 0xdf) {
		len = 2;
		c = u[0] & 0x1f;
		min = 0x80;
	} else if ((u[0] & 0xf0) == 0xe0) {
		len = 3;
		c = u[0] & 0x0f;
		min = 0x800;
	} else if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		len = 4;
		c = u[0] & 0x07;
		min = 0x10000;
	} else {
		return 0;
	}
	if (n < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

bool utf8_is_unsafe(unsigned cp)
{
	if (cp >= 0x20 && cp < 0x7f) /* nearly all there is */
		return false;
	if (cp < 0x20)
		return cp != '\t' && cp != '\n';
	if (cp >= 0x7f && cp <= 0x9f)
		return true;
	if (cp == 0x061c || (cp >= 0x200e && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff)
		return true;
	return (cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef);
}

char *str_escape(char *out, size_t size, const char *in, size_t n)
{
	size_t o = 0;
	size_t i = 0;

	while (i < n) {
		char piece[16];
		unsigned cp = 0;
		size_t len = utf8_decode(in + i, n - i, &cp);
		int k;

		if (!len) {
			k = snprintf(piece, sizeof(piece), "\\x%02x", (unsigned char)in[i]);
			len = 1;
		} else if (cp == '\n') {
			k = snprintf(piece, sizeof(piece), "\\n");
		} else if (cp == '\t') {
			k = snprintf(piece, sizeof(piece), "\\t");
		} else if (utf8_is_unsafe(cp)) {
			k = snprintf(piece, sizeof(piece), cp < 0x100 ? "\\x%02x" : "\\u%04x", cp);
		} else {
			memcpy(piece, in + i, len);
			k = (int)len;
		}
		/* the last four bytes are kept for the mark of the cut */
		if (o + (size_t)k + 4 > size) {
			if (i + len >= n && o + (size_t)k < size) {
				memcpy(out + o, piece, (size_t)k);
				o += (size_t)k;
			} else {
				memcpy(out + o, "...", 3);
				o += 3;
			}
			break;
		}
		memcpy(out + o, piece, (size_t)k);
		o += (size_t)k;
		i += len;
	}
	out[o] = '\0';
	return out;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool path_below(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	if (n == 1 && prefix[0] == '/')
		return path[0] == '/';
	return strncmp(path, prefix, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

bool path_is_normal(const char *path)
{
	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	for (const char *p = path; *p;) {
		size_t n = strcspn(++p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += n;
	}
	return true;
}

/* Levenshtein distance with transposition, for short names only. */
static size_t edit_distance(const char *a, const char *b)
{
	enum { MAX = 40 };
	size_t d[MAX + 1][MAX + 1];
	size_t n = strlen(a);
	size_t m = strlen(b);

	if (n > MAX || m > MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t v = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < v)
				v = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < v)
				v = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < v)
				v = d[i - 2][j - 2] + 1;
			d[i][j] = v;
		}
	}
	return d[n][m];
}

const char *str_nearest(const char *s, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t best_d = SIZE_MAX;
	size_t len = strlen(s);

	for (size_t i = 0; i < n; i++) {
		size_t d = edit_distance(s, names[i]);

		if (d < best_d) {
			best_d = d;
			best = names[i];
		}
	}
	return best && best_d <= (len <= 4 ? 1 : len / 3 + 1) ? best : NULL;
}
