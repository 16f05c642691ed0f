/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as JSON and as text for a terminal: the JSON read again is what was written, with
 * U+FFFD for what was no UTF-8, and neither has a character in it that a terminal obeys. */
#include <stdio.h>

#include "base/json.h"
#include "fuzz.h"

static void add_utf8(struct strbuf *b, unsigned cp)
{
	char c[3];

	if (cp < 0x80) {
		c[0] = (char)cp;
		strbuf_add(b, c, 1);
	} else if (cp < 0x800) {
		c[0] = (char)(0xc0 | cp >> 6);
		c[1] = (char)(0x80 | (cp & 0x3f));
		strbuf_add(b, c, 2);
	} else {
		c[0] = (char)(0xe0 | cp >> 12);
		c[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		c[2] = (char)(0x80 | (cp & 0x3f));
		strbuf_add(b, c, 3);
	}
}

/* One JSON string, read by the letter of RFC 8259; the writer has no need of surrogates. */
static void read_json(const char *s, struct strbuf *out)
{
	must(*s++ == '"');
	strbuf_puts(out, "");
	while (*s != '"') {
		unsigned cp = 0;

		must((unsigned char)*s >= 0x20);
		if (*s != '\\') {
			strbuf_add(out, s++, 1);
			continue;
		}
		s += 2;
		switch (s[-1]) {
		case 'n':
			strbuf_puts(out, "\n");
			break;
		case 't':
			strbuf_puts(out, "\t");
			break;
		case 'u':
			must(strspn(s, "0123456789abcdef") >= 4 && sscanf(s, "%4x", &cp) == 1);
			must(cp < 0xd800 || cp > 0xdfff);
			add_utf8(out, cp);
			s += 4;
			break;
		default:
			must(s[-1] == '"' || s[-1] == '\\');
			strbuf_add(out, s - 1, 1);
		}
	}
	must(s[1] == '\0');
}

static void json(const char *text)
{
	struct json j = {0};
	struct strbuf back = {0};
	struct strbuf want = {0};
	size_t n = strlen(text);

	strbuf_puts(&want, "");
	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(text + i, n - i, &cp);

		if (len)
			strbuf_add(&want, text + i, len);
		else
			strbuf_puts(&want, "\xef\xbf\xbd");
		i += len ? len : 1;
	}
	json_str(&j, NULL, text);
	read_json(j.out.s, &back);
	must(back.n == want.n && memcmp(back.s, want.s, want.n) == 0);
	for (size_t i = 0; i < j.out.n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(j.out.s + i, j.out.n - i, &cp);

		must(len && !(utf8_is_unsafe(cp) && cp < 0x10000));
		i += len;
	}
	json_free(&j);
	strbuf_free(&back);
	strbuf_free(&want);
}

static void terminal(const char *text, size_t n, size_t size)
{
	char *out = xcalloc(size, 1);

	memset(out, 'x', size);
	must(str_escape(out, size, text, n) == out && memchr(out, 0, size));
	must_be_clean(out);
	must(!strpbrk(out, "\n\t"));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text;

	if (n < 1)
		return 0;
	terminal((const char *)data + 1, n - 1, 8 + data[0]);
	text = as_text(data + 1, n - 1);
	json(text);
	free(text);
	return 0;
}
