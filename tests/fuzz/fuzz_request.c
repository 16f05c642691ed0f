/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host's first request, of which --init-error jsonrpc wants the end and the id. The first byte
 * says the framing. What is taken as the id has to be one JSON string or number, for it goes
 * into the answer as it is. */
#include "fuzz.h"
#include "run/request.h"

static void check_number(const char *s)
{
	size_t n = strspn(s, "0123456789+-.eE");

	must(n > 0 && s[n] == '\0' && strspn(s + n - 1, "0123456789") == 1);
	must(*s == '-' || (*s >= '0' && *s <= '9'));
}

static void check_string(const char *s)
{
	size_t n = strlen(s);

	must(n >= 2 && s[0] == '"' && s[n - 1] == '"');
	for (size_t i = 1; i < n - 1;) {
		unsigned cp = 0;
		size_t len = utf8_decode(s + i, n - 1 - i, &cp);

		must(len && cp >= 0x20 && cp != '"');
		i += len;
		if (cp != '\\')
			continue;
		must(i < n - 1 && strchr("\"\\/bfnrtu", s[i]));
		if (s[i] == 'u')
			must(strspn(s + i + 1, "0123456789abcdefABCDEF") >= 4);
		i++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct strbuf b = {0};
	size_t at = 0;
	size_t len = 0;
	enum framing f;

	if (n < 1)
		return 0;
	f = (enum framing)(data[0] % 3);
	/* as the reader does, which refuses a NUL */
	strbuf_add(&b, (const char *)data + 1, strnlen((const char *)data + 1, n - 1));
	if (request_complete(f, &b, &at, &len)) {
		char *id;

		must(at <= b.n && len <= b.n - at);
		must(f == FRAMING_HEADERS || !memchr(b.s + at, '\n', len));
		id = request_id(b.s + at, len);
		if (id && *id == '"')
			check_string(id);
		else if (id && strcmp(id, "null") != 0)
			check_number(id);
		free(id);
	}
	strbuf_free(&b);
	return 0;
}
