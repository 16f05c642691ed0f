/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool request_complete(enum framing f, const struct strbuf *b, size_t *at, size_t *n)
{
	const char *end;

	if (!b->n)
		return false;
	if (f != FRAMING_HEADERS) {
		const char *s = b->s;

		while (*s == '\n' || *s == '\r')
			s++;
		end = strchr(s, '\n');
		*at = (size_t)(s - b->s);
		*n = end ? (size_t)(end - s) : 0;
		return end != NULL;
	}
	end = strstr(b->s, "\r\n\r\n");
	if (!end)
		return false;
	*at = (size_t)(end - b->s) + 4;
	for (const char *line = b->s; line < end; line = strchr(line, '\n') + 1) {
		unsigned long v;
		char *stop;

		if (strncasecmp(line, "Content-Length:", 15) == 0) {
			const char *number = line + 15 + strspn(line + 15, " \t");

			v = strtoul(number, &stop, 10);
			if (*number < '0' || *number > '9' || *stop != '\r' || v > REQUEST_MAX_BYTES)
				return false;
			*n = v;
			return b->n >= *at + v;
		}
		if (!strchr(line, '\n'))
			break;
	}
	return false;
}

/* A cursor over JSON text. It finds the end of values and checks no more of them than that. */
struct scan {
	const char *p, *end;
};

static void skip_blank(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p))
		s->p++;
}

static bool skip_string(struct scan *s)
{
	if (s->p == s->end || *s->p != '"')
		return false;
	for (s->p++; s->p < s->end; s->p++) {
		if (*s->p == '"') {
			s->p++;
			return true;
		}
		if ((unsigned char)*s->p < 0x20)
			return false;
		if (*s->p == '\\')
			s->p++;
	}
	return false;
}

/* Past one value: brackets are counted, strings are stepped over. */
static bool skip_value(struct scan *s)
{
	size_t depth = 0;

	do {
		skip_blank(s);
		if (s->p >= s->end)
			return false;
		if (*s->p == '"') {
			if (!skip_string(s))
				return false;
		} else if (*s->p == '{' || *s->p == '[') {
			depth++;
			s->p++;
		} else if (*s->p == '}' || *s->p == ']') {
			if (depth == 0)
				return false;
			depth--;
			s->p++;
		} else if (depth && (*s->p == ',' || *s->p == ':')) {
			s->p++;
		} else {
			size_t n = 0;

			while (s->p + n < s->end && !strchr(",:{}[]\" \t\r\n", s->p[n]))
				n++;
			if (n == 0)
				return false;
			s->p += n;
		}
	} while (depth);
	return true;
}

static size_t digits(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

/* RFC 8259: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *p, const char *end)
{
	size_t n;

	if (p < end && *p == '-')
		p++;
	n = digits(p, end);
	if (n == 0 || (n > 1 && *p == '0'))
		return false;
	p += n;
	if (p < end && *p == '.') {
		n = digits(p + 1, end);
		if (n == 0)
			return false;
		p += n + 1;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		n = digits(p, end);
		if (n == 0)
			return false;
		p += n;
	}
	return p == end;
}

/* RFC 8259 again; value is known to be quoted at both ends where it begins with a quote. */
static bool is_string(const char *p, const char *end)
{
	if (*p != '"')
		return false;
	for (p++; p < end - 1;) {
		unsigned cp;
		size_t n = utf8_decode(p, (size_t)(end - 1 - p), &cp);

		if (n == 0)
			return false;
		if (*p != '\\') {
			p += n;
			continue;
		}
		if (p + 1 < end - 1 && p[1] == 'u') {
			if (end - 1 - p < 6 || strspn(p + 2, "0123456789abcdefABCDEF") < 4)
				return false;
			p += 6;
		} else if (p + 1 < end - 1 && strchr("\"\\/bfnrt", p[1])) {
			p += 2;
		} else {
			return false;
		}
	}
	return true;
}

/* The messages of a host are longer and deeper than a manifest may be, and nothing but the id is
 * wanted of them: hence not the manifest's parser. */
char *request_id(const char *text, size_t n)
{
	struct scan s = {text, text + n};

	skip_blank(&s);
	if (s.p == s.end || *s.p != '{')
		return xstrdup("null");
	s.p++;
	for (;;) {
		const char *key;
		const char *value;
		bool id;

		skip_blank(&s);
		if (s.p < s.end && *s.p == '}')
			return NULL;
		key = s.p;
		if (!skip_string(&s))
			return xstrdup("null");
		id = s.p - key == 4 && memcmp(key, "\"id\"", 4) == 0;
		skip_blank(&s);
		if (s.p == s.end || *s.p++ != ':')
			return xstrdup("null");
		skip_blank(&s);
		value = s.p;
		if (!skip_value(&s))
			return xstrdup("null");
		if (id && (is_string(value, s.p) || is_number(value, s.p)))
			return xstrndup(value, (size_t)(s.p - value));
		if (id)
			return xstrdup("null");
		skip_blank(&s);
		if (s.p < s.end && *s.p == ',')
			s.p++;
	}
}
