/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/initerror.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/json.h"

#define MAX_BYTES (1U << 20)
#define WAIT_MS 10000
#define SERVER_ERROR (-32000) /* JSON-RPC 2.0: reserved for implementation-defined errors */

/* Whether buf holds a whole message; *at and *n delimit its JSON text. */
static bool complete(enum framing f, const struct strbuf *b, size_t *at, size_t *n)
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
			if (*number < '0' || *number > '9' || *stop != '\r' || v > MAX_BYTES)
				return false;
			*n = v;
			return b->n >= *at + v;
		}
		if (!strchr(line, '\n'))
			break;
	}
	return false;
}

static bool read_request(enum framing f, struct strbuf *b, size_t *at, size_t *n)
{
	struct timespec start;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	while (b->n < MAX_BYTES) {
		struct pollfd p = {.fd = 0, .events = POLLIN};
		char chunk[4096];
		long spent;
		ssize_t k;

		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		spent = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
		if (spent >= WAIT_MS || poll(&p, 1, (int)(WAIT_MS - spent)) <= 0)
			return false;
		k = read(0, chunk, sizeof(chunk));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			/* a last line without its end is a message all the same */
			if (f == FRAMING_HEADERS || !b->n)
				return false;
			strbuf_puts(b, "\n");
			return complete(f, b, at, n);
		}
		/* a NUL is no part of any JSON text, and would hide what follows */
		if (memchr(chunk, 0, (size_t)k))
			return false;
		strbuf_add(b, chunk, (size_t)k);
		if (complete(f, b, at, n))
			return true;
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

/* The request's id as JSON text; "null" where it cannot be told, as JSON-RPC wants it; NULL for a
 * notification, which gets no answer. The messages of a host are longer and deeper than a
 * manifest may be, and nothing but the id is wanted of them: hence not the manifest's parser. */
static char *request_id(const char *text, size_t n)
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

void initerror_answer(enum framing framing, const struct result *r)
{
	struct strbuf in = {0};
	struct json j = {0};
	struct strbuf out = {0};
	char reason[1024];
	char *id = NULL;
	size_t at = 0;
	size_t n = 0;

	if (!read_request(framing, &in, &at, &n) || !(id = request_id(in.s + at, n))) {
		strbuf_free(&in);
		return;
	}
	json_object(&j, NULL);
	json_str(&j, "jsonrpc", "2.0");
	json_raw(&j, "id", id);
	json_object(&j, "error");
	json_int(&j, "code", SERVER_ERROR);
	json_str(&j, "message", result_reason(r, reason, sizeof(reason)));
	json_object(&j, "data");
	json_str(&j, "outcome", result_outcome_name(r));
	json_int(&j, "code", r->code);
	json_str(&j, "step", r->err.step[0] ? r->err.step : NULL);
	json_str(&j, "hint", r->err.hint[0] ? r->err.hint : NULL);
	json_str(&j, "run_id", r->run_id);
	json_end_object(&j);
	json_end_object(&j);
	json_end_object(&j);
	if (framing == FRAMING_HEADERS)
		strbuf_printf(&out, "Content-Length: %zu\r\n\r\n", j.out.n);
	strbuf_add(&out, j.out.s, j.out.n);
	if (framing != FRAMING_HEADERS)
		strbuf_puts(&out, "\n");
	(void)fd_write_all(1, out.s, out.n);
	strbuf_free(&in);
	strbuf_free(&out);
	json_free(&j);
	free(id);
}
