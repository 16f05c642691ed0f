/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin: one JSON-RPC 2.0 request per line on stdin, one answer per line on stdout.
 *
 * JSON is not decoded: a value is the piece of the line that it was written as, so that it can
 * be given back as it came. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "/data/" /* writable and kept between runs: the manifest asks for `storage` */
#define MAX_DEPTH 64

/* A piece of the line; p is NULL where the member is absent. */
struct slice {
	const char *p;
	size_t n;
};

static const char *space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Each skip_ function returns what follows the thing, or NULL where it is malformed. */
static const char *skip_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		p++;
		if (*p == '\0' || !strchr("\"\\/bfnrtu", *p))
			return NULL;
		if (*p == 'u') {
			for (int i = 0; i < 4; i++)
				if (!isxdigit((unsigned char)*++p))
					return NULL;
		}
	}
	return p + 1;
}

static const char *digits(const char *p)
{
	size_t n = strspn(p, "0123456789");

	return n ? p + n : NULL;
}

static const char *skip_number(const char *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if (!(p = digits(p)))
		return NULL;
	if (*p == '.' && !(p = digits(p + 1)))
		return NULL;
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		p = digits(p);
	}
	return p;
}

static const char *skip_value(const char *p, int depth);

/* An array or object, with the member named want of an object, if any, put in *found. */
static const char *skip_list(const char *p, int depth, const char *want, struct slice *found)
{
	bool object = *p == '{';
	char end = object ? '}' : ']';
	const char *key, *value;

	if (depth > MAX_DEPTH)
		return NULL;
	p = space(p + 1);
	if (*p == end)
		return p + 1;
	for (;; p = space(p + 1)) {
		key = p;
		if (object) {
			if (!(p = skip_string(p)) || *(p = space(p)) != ':')
				return NULL;
			p = space(p + 1);
		}
		value = p;
		if (!(p = skip_value(p, depth + 1)))
			return NULL;
		if (want && !strncmp(key + 1, want, strlen(want)) && key[1 + strlen(want)] == '"')
			*found = (struct slice){value, (size_t)(p - value)};
		p = space(p);
		if (*p == end)
			return p + 1;
		if (*p != ',')
			return NULL;
	}
}

static const char *skip_value(const char *p, int depth)
{
	if (*p == '{' || *p == '[')
		return skip_list(p, depth, NULL, NULL);
	if (*p == '"')
		return skip_string(p);
	if (!strncmp(p, "true", 4) || !strncmp(p, "null", 4))
		return p + 4;
	if (!strncmp(p, "false", 5))
		return p + 5;
	return skip_number(p);
}

/* The member of an object that is known to be well-formed. */
static struct slice member(struct slice object, const char *name)
{
	struct slice found = {0};

	if (object.p && *object.p == '{')
		skip_list(object.p, 0, name, &found);
	return found;
}

static bool is(struct slice s, const char *text)
{
	return s.p && s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

/* Answers {…,"result":VALUE} or {…,"error":…}; nothing where there was no id. */
static void reply(struct slice id, const char *what, const char *value, size_t n)
{
	if (!id.p)
		return;
	printf("{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"%s\":", (int)id.n, id.p, what);
	fwrite(value, 1, n, stdout);
	puts("}");
}

static void fail(struct slice id, int code, const char *message)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"code\":%d,\"message\":\"%s\"}", code, message);
	reply(id, "error", text, strlen(text));
}

/* Writes the value to the file and reads it back into buf; returns the length or -1. */
static long keep(const char *path, struct slice value, char *buf)
{
	FILE *f = fopen(path, "w");
	size_t n;

	if (!f)
		return -1;
	n = fwrite(value.p, 1, value.n, f);
	if (fclose(f) || n != value.n || !(f = fopen(path, "r")))
		return -1;
	n = fread(buf, 1, value.n, f);
	fclose(f);
	return (long)n;
}

static void store(struct slice id, struct slice params)
{
	struct slice key = member(params, "key"), value = member(params, "value");
	char path[sizeof(DATA) + 64], *out = NULL, *back = NULL, why[128];
	size_t size;
	long n;

	if (!key.p || key.n < 3 || key.n > 66 || *key.p != '"' ||
	    strspn(key.p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
		    key.n - 2) {
		fail(id, -32602, "key must be 1 to 64 of A-Z a-z 0-9 _ -");
		return;
	}
	if (!value.p || *value.p != '"') {
		fail(id, -32602, "value must be a string");
		return;
	}
	snprintf(path, sizeof(path), "%s%.*s", DATA, (int)key.n - 2, key.p + 1);
	size = key.n + value.n + 32;
	back = malloc(value.n);
	out = malloc(size);
	if (!back || !out || (n = keep(path, value, back)) < 0) {
		snprintf(why, sizeof(why), "cannot store: %s", strerror(errno));
		fail(id, -32000, why);
	} else {
		n = snprintf(out, size, "{\"key\":%.*s,\"value\":%.*s}", (int)key.n, key.p, (int)n, back);
		reply(id, "result", out, (size_t)n);
	}
	free(out);
	free(back);
}

/* Answers one line; returns false after shutdown. */
static bool answer(const char *line, size_t n)
{
	static const struct slice null = {"null", 4};
	static const char about[] = "{\"name\":\"echo-c\",\"version\":\"1.0.0\",\"methods\":"
				    "[\"initialize\",\"echo\",\"store\",\"shutdown\"]}";
	struct slice request = {space(line), 0}, id, method, params;
	const char *end = skip_value(request.p, 0);

	if (!end || *space(end) != '\0' || strlen(line) != n) {
		fail(null, -32700, "Parse error");
		return true;
	}
	id = member(request, "id");
	method = member(request, "method");
	params = member(request, "params");
	if (!method.p || *method.p != '"') {
		fail(id.p ? id : null, -32600, "Invalid Request");
	} else if (is(method, "\"initialize\"")) {
		reply(id, "result", about, strlen(about));
	} else if (is(method, "\"echo\"")) {
		if (!params.p)
			params = null;
		reply(id, "result", params.p, params.n);
	} else if (is(method, "\"store\"")) {
		store(id, params);
	} else if (is(method, "\"shutdown\"")) {
		reply(id, "result", "null", 4);
		return false;
	} else {
		fail(id, -32601, "Method not found");
	}
	return true;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool more = true;

	while (more && (n = getline(&line, &size, stdin)) >= 0) {
		more = answer(line, (size_t)n);
		if (fflush(stdout))
			return 1;
	}
	free(line);
	return 0;
}
