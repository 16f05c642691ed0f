/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <string.h>

/* The characters that stand there as they are. */
static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void quoted(struct strbuf *b, const char *s)
{
	strbuf_puts(b, "\"");
	for (;;) {
		unsigned cp = 0;
		size_t len = 0;

		while (is_plain(s[len]))
			len++;
		strbuf_add(b, s, len);
		s += len;
		if (!*s)
			break;
		len = utf8_decode(s, strnlen(s, 4), &cp);
		if (!len) {
			strbuf_puts(b, "\\ufffd");
			len = 1;
		} else if (cp == '"' || cp == '\\') {
			strbuf_printf(b, "\\%c", (int)cp);
		} else if (cp == '\n') {
			strbuf_puts(b, "\\n");
		} else if (cp == '\t') {
			strbuf_puts(b, "\\t");
		} else if (utf8_is_unsafe(cp) && cp < 0x10000) {
			/* a status line read on a terminal is no place for ESC either */
			strbuf_printf(b, "\\u%04x", cp);
		} else {
			strbuf_add(b, s, len);
		}
		s += len;
	}
	strbuf_puts(b, "\"");
}

/* In one piece: a line of the audit log has a hundred of them. */
static void name(struct json *j, const char *key)
{
	const size_t n = key ? strlen(key) : 0;
	char *to = strbuf_space(&j->out, j->comma + n + (key ? 3 : 0));

	if (j->comma)
		*to++ = ',';
	j->comma = true;
	if (!key)
		return;
	*to++ = '"';
	memcpy(to, key, n);
	to += n;
	*to++ = '"';
	*to = ':';
}

static void begin(struct json *j, const char *key, const char *open)
{
	name(j, key);
	strbuf_puts(&j->out, open);
	j->comma = false;
}

static void end(struct json *j, const char *close)
{
	strbuf_puts(&j->out, close);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	begin(j, key, "{");
}

void json_end_object(struct json *j)
{
	end(j, "}");
}

void json_array(struct json *j, const char *key)
{
	begin(j, key, "[");
}

void json_end_array(struct json *j)
{
	end(j, "]");
}

void json_null(struct json *j, const char *key)
{
	json_raw(j, key, "null");
}

void json_raw(struct json *j, const char *key, const char *text)
{
	name(j, key);
	strbuf_puts(&j->out, text);
}

void json_str(struct json *j, const char *key, const char *s)
{
	if (!s) {
		json_null(j, key);
		return;
	}
	name(j, key);
	quoted(&j->out, s);
}

void json_int(struct json *j, const char *key, int64_t v)
{
	name(j, key);
	if (v < 0)
		strbuf_puts(&j->out, "-");
	strbuf_decimal(&j->out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void json_uint(struct json *j, const char *key, uint64_t v)
{
	name(j, key);
	strbuf_decimal(&j->out, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	json_raw(j, key, v ? "true" : "false");
}

void json_fixed(struct json *j, const char *key, double v, int digits)
{
	uint64_t one = 1;
	uint64_t all;
	char part[20];

	name(j, key);
	for (int i = 0; i < digits; i++)
		one *= 10;
	all = (uint64_t)(v * (double)one + 0.5);
	strbuf_decimal(&j->out, all / one);
	all %= one;
	for (int i = digits; i > 0; all /= 10)
		part[i--] = (char)('0' + all % 10);
	part[0] = '.';
	strbuf_add(&j->out, part, (size_t)digits + 1);
}

void json_strv(struct json *j, const char *key, const struct strv *sv)
{
	json_array(j, key);
	for (size_t i = 0; i < sv->n; i++)
		json_str(j, NULL, sv->v[i]);
	json_end_array(j);
}

void json_free(struct json *j)
{
	strbuf_free(&j->out);
	j->comma = false;
}
