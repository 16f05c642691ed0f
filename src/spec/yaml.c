/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Positions. libyaml counts characters of the text it is given and reports them as
 * an index from 0. The text it is given is not always the one in the file: a byte
 * order mark is left out, a surrogate pair of JSON becomes one character. So the
 * copy is made one character at a time, and at[] keeps for each of them the line and
 * column it has in the file. libyaml's own lines and columns are not used.
 */
#include "spec/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"

#define ERRORS_KEPT 1000

struct reader {
	yaml_parser_t parser;
	struct manifest_errors *errs;
	struct strbuf text; /* what libyaml reads */
	struct src_pos *at; /* of each character in text, and of its end */
	size_t n_at;
	unsigned events;
	unsigned depth;
	bool failed; /* the rest cannot be read, and why is told */
};

void ydoc_error(struct manifest_errors *errs, struct src_pos pos, const char *hint, const char *fmt,
		...)
{
	char buf[512];
	va_list ap;

	if (errs->n >= ERRORS_KEPT)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	grow(&errs->v, &errs->cap, errs->n, sizeof(*errs->v));
	errs->v[errs->n++] = (struct manifest_error){.pos = pos,
						     .text = xstrdup(buf),
						     .hint = hint ? xstrdup(hint) : NULL};
}

const char *ydoc_describe(const struct yaml_node *node)
{
	static const char *const types[] = {
		[YAML_STRING] = "a string",
		[YAML_NUMBER] = "a number",
		[YAML_BOOL] = "true or false",
		[YAML_NULL] = "empty",
	};

	switch (node->kind) {
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a mapping";
	case YAML_SCALAR:
		return types[node->type];
	case YAML_BROKEN:
		break;
	}
	return "not readable";
}

char *ydoc_quote(char *buf, const char *text)
{
	char body[YAML_QUOTE_SIZE - 3];

	(void)str_escape(body, sizeof(body), text, strlen(text));
	(void)snprintf(buf, YAML_QUOTE_SIZE, "\"%s\"", body);
	return buf;
}

__attribute__((format(printf, 4, 5))) static void fail(struct reader *r, struct src_pos pos,
						       const char *hint, const char *fmt, ...)
{
	char buf[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	r->failed = true;
	ydoc_error(r->errs, pos, hint, "%s", buf);
}

static const char *unsafe_kind(unsigned cp)
{
	if (cp == 0)
		return "NUL";
	if (cp == '\r')
		return "carriage return without a line feed";
	if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f))
		return "control character";
	if (cp == 0x2028 || cp == 0x2029)
		return "line separator";
	if (cp == 0xfeff)
		return "byte order mark";
	if ((cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef))
		return "noncharacter";
	return "bidirectional control character";
}

/* Room for the copy of n bytes, and for the position of each character and of the end: the copy is
 * never longer than the text. */
static void make_room(struct reader *r, size_t n)
{
	r->text = (struct strbuf){.s = xcalloc(n + 1, 1), .cap = n + 1};
	r->at = xcalloc(n + 1, sizeof(*r->at));
}

static void put(struct reader *r, const char *s, size_t len, struct src_pos pos)
{
	memcpy(r->text.s + r->text.n, s, len);
	r->text.n += len;
	r->at[r->n_at++] = pos;
}

static struct src_pos at(const struct reader *r, size_t index)
{
	return r->at[index < r->n_at ? index : r->n_at - 1];
}

/* The value of \uXXXX at s, or 0x110000 where there is none. */
static unsigned escape_value(const char *s, size_t n)
{
	unsigned v = 0;

	if (n < 6 || s[0] != '\\' || s[1] != 'u')
		return 0x110000;
	for (int i = 2; i < 6; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return 0x110000;
	}
	return v;
}

/*
 * A backslash in a double-quoted string of JSON: copies the escape and returns its
 * length. Half a pair is no character, and must not reach a reader that would make
 * one of it: refused.
 */
static size_t copy_escape(struct reader *r, const char *s, size_t n, struct src_pos pos)
{
	unsigned hi = escape_value(s, n);
	unsigned lo;
	unsigned cp;
	char u[4];

	if (hi < 0xd800 || hi > 0xdfff) {
		put(r, s, 1, pos);
		/* a backslash or quote after it is taken along, so that it is not read anew */
		if (n < 2 || (s[1] != '\\' && s[1] != '"'))
			return 1;
		put(r, s + 1, 1, (struct src_pos){pos.line, pos.col + 1});
		return 2;
	}
	lo = escape_value(s + 6, n - 6);
	if (hi > 0xdbff || lo < 0xdc00 || lo > 0xdfff) {
		fail(r, pos, "write the pair of them, or the character itself",
		     "half a surrogate pair: \"%.6s\"", s);
		return 6;
	}
	cp = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	u[0] = (char)(0xf0 | cp >> 18);
	u[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	u[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	u[3] = (char)(0x80 | (cp & 0x3f));
	put(r, u, 4, pos);
	return 12;
}

/* Where the copy stands: outside ('\0'), in a string (its quote) or in a comment ('#'). */
static char quote_state(char state, char prev, char c)
{
	bool after_blank = prev == ' ' || prev == '\t' || prev == '\n' || prev == '\0';

	if (state == '#')
		return c == '\n' ? '\0' : '#';
	if (state)
		return c == state ? '\0' : state;
	if (c == '#')
		return after_blank ? '#' : '\0';
	if (c == '"' || c == '\'')
		return after_blank || strchr("{[,:", prev) ? c : '\0';
	return '\0';
}

static bool check_char(struct reader *r, const char *s, size_t n, size_t len, unsigned cp,
		       struct src_pos pos)
{
	if (!len) {
		fail(r, pos, "save the file as UTF-8", "invalid UTF-8: byte 0x%02x",
		     (unsigned)(unsigned char)s[0]);
		return false;
	}
	/* the line ends of Windows are the only use of a carriage return */
	if (!utf8_is_unsafe(cp) || (cp == '\r' && n > 1 && s[1] == '\n'))
		return true;
	fail(r, pos,
	     cp == 0	  ? "save the file as UTF-8 text"
	     : cp == '\r' ? "end the lines with LF, or with CR LF"
			  : "remove it: it hides or changes what is shown",
	     "%s U+%04X in the text", unsafe_kind(cp), cp);
	return false;
}

/* The number of white-space bytes at the start of text. */
static size_t blank_span(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
		i++;
	return i;
}

/* Checks every character, and copies the text with the position of each. */
static bool scan(struct reader *r, const char *text, size_t n, bool json)
{
	struct src_pos pos = {1, 1};
	size_t first = blank_span(text, n);
	size_t last = n;
	char state = '\0';
	char prev = '\0';

	make_room(r, n);
	while (last > first && blank_span(text + last - 1, 1))
		last--;
	for (size_t i = 0; i < n;) {
		unsigned cp = (unsigned char)text[i];
		size_t len = 1;

		/* nearly all of a manifest is plain, and a launch reads it each time */
		if (cp < 0x20 || cp > 0x7e) {
			len = utf8_decode(text + i, n - i, &cp);
			if (!check_char(r, text + i, n - i, len, cp, pos))
				return false;
		}
		if (json && state == '"' && cp == '\\') {
			len = copy_escape(r, text + i, n - i, pos);
			if (r->failed)
				return false;
			pos.col += (uint32_t)len;
			i += len;
			prev = '\0';
			continue;
		}
		/* libyaml takes tabs between the tokens of a flow mapping, not around it */
		if (json && cp == '\t' && (i < first || i >= last))
			put(r, " ", 1, pos);
		else
			put(r, text + i, len, pos);
		state = quote_state(state, prev, text[i]);
		prev = text[i];
		i += len;
		if (cp == '\n')
			pos = (struct src_pos){pos.line + 1, 1};
		else
			pos.col++;
	}
	put(r, "", 0, pos); /* the end has a position too */
	return true;
}

/* %YAML and %TAG stand in front of the document. libyaml compares every %TAG with
 * all before it, and neither means anything where tags are refused. */
static bool check_directives(struct reader *r)
{
	const char *s = r->text.s;
	size_t chars = 0;

	for (bool start = true; *s; s++) {
		if (start && *s == '%') {
			fail(r, at(r, chars), "remove the line", "directives are not allowed");
			return false;
		}
		if (start && *s != '#' && *s != '\n' && *s != '\r' && *s != ' ')
			return true;
		if (*s == '#')
			start = false;
		else if (*s == '\n')
			start = true;
		else if (start && *s == ' ' && s[strspn(s, " ")] == '%')
			return true; /* not in the first column: a syntax error, told by libyaml */
		chars += ((unsigned char)*s & 0xc0) != 0x80;
	}
	return true;
}

/* What libyaml says, in other words where those do not tell what to do. */
static const struct {
	const char *problem;
	const char *text;
	const char *hint;
	bool context; /* the place where it began tells more than where it was noticed */
} problems[] = {
	{"found unexpected end of stream", "a string is not closed", "add the closing quote", true},
	{"could not find expected ':'", "a key without \":\"", "write KEY: VALUE", true},
	{"mapping values are not allowed in this context", "\": \" is not expected here",
	 "put the value in quotes, or check the indentation", false},
	{"found invalid Unicode character escape code", "an escape that is no character", NULL,
	 false},
	{"found unknown escape character", "unknown escape in a double-quoted string",
	 "write \\\\ for a backslash", false},
	{"found a tab character that violates indentation", "a tab in the indentation",
	 "indent with spaces", false},
	{"found undefined tag handle", "tags are not allowed", "remove the tag", false},
	{"did not find expected alphabetic or numeric character",
	 "anchors and aliases are not allowed", "put a value that begins with & or * in quotes",
	 false},
};

/* Where the character of that index begins in the text. */
static size_t byte_of(const struct reader *r, size_t index)
{
	size_t i = 0;

	for (; index && i < r->text.n; index--)
		do
			i++;
		while (((unsigned char)r->text.s[i] & 0xc0) == 0x80);
	return i;
}

/* The reader's mark is always the start of the text: count the characters to the byte. */
static void reader_error(struct reader *r)
{
	size_t chars = 0;

	for (size_t i = 0; i < r->parser.problem_offset && i < r->text.n; i++)
		chars += ((unsigned char)r->text.s[i] & 0xc0) != 0x80;
	fail(r, at(r, chars), NULL, "%s", r->parser.problem);
}

/* "did not find expected ',' or ']'": where the list or mapping began helps more than
 * the place where the next key did not fit into it. */
static void unexpected(struct reader *r, const char *problem, struct src_pos pos)
{
	static const char missing[] = "did not find expected ";
	const yaml_parser_t *p = &r->parser;
	char hint[64] = "";

	if (p->context && p->context_mark.index < p->problem_mark.index) {
		struct src_pos from = at(r, p->context_mark.index);
		const char *what = NULL;

		if (strstr(p->context, "mapping"))
			what = "mapping";
		else if (strstr(p->context, "sequence") || strstr(p->context, "collection"))
			what = "list";
		if (what)
			(void)snprintf(hint, sizeof(hint), "the %s begins at %u:%u", what,
				       from.line, from.col);
	}
	if (str_starts(problem, missing)) {
		const char *what = problem + sizeof(missing) - 1;

		if (strcmp(what, "node content") == 0)
			what = "a value";
		else if (strcmp(what, "key") == 0)
			what = "a key";
		fail(r, pos, hint[0] ? hint : NULL, "syntax error: expected %s here", what);
	} else {
		fail(r, pos, hint[0] ? hint : NULL, "syntax error: %s", problem);
	}
}

static void syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "cannot be read";
	struct src_pos pos = at(r, p->problem_mark.index);

	if (p->error == YAML_MEMORY_ERROR)
		str_oom();
	if (p->error == YAML_READER_ERROR) {
		reader_error(r);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(problems); i++) {
		if (strcmp(problem, problems[i].problem) != 0)
			continue;
		if (problems[i].context && p->context)
			pos = at(r, p->context_mark.index);
		fail(r, pos, problems[i].hint, "%s", problems[i].text);
		return;
	}
	if (strcmp(problem, "found character that cannot start any token") == 0) {
		char c = r->text.s[byte_of(r, p->problem_mark.index)];

		if (c == '\t')
			fail(r, pos, "indent with spaces", "a tab in the indentation");
		else
			fail(r, pos, "put the value in quotes",
			     "a plain value cannot begin with \"%c\"", c);
		return;
	}
	unexpected(r, problem, pos);
}

/* Fetches the next event; the caller deletes it. */
static bool next(struct reader *r, yaml_event_t *ev)
{
	if (r->failed)
		return false;
	if (!yaml_parser_parse(&r->parser, ev)) {
		syntax_error(r);
		return false;
	}
	if (++r->events > YAML_MAX_EVENTS) {
		fail(r, at(r, ev->start_mark.index), NULL,
		     "the text has more than %d keys, values and brackets", YAML_MAX_EVENTS);
		yaml_event_delete(ev);
		return false;
	}
	return true;
}

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/* Every notation of a number in YAML 1.1 and 1.2: what a plain scalar of it means is
 * for the other readers of the file not a string. */
static bool looks_like_number(const char *s)
{
	static const char *const words[] = {".inf", ".nan"};
	bool digit = false;

	if (*s == '+' || *s == '-')
		s++;
	if (is_one_of(s, words, ARRAY_SIZE(words)))
		return true;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'o' || s[1] == 'b')) {
		const char *digits = s[1] == 'x'   ? "0123456789abcdefABCDEF_"
				     : s[1] == 'o' ? "01234567_"
						   : "01_";

		return s[2] && s[2 + strspn(s + 2, digits)] == '\0';
	}
	for (; (*s >= '0' && *s <= '9') || *s == '_' || *s == ','; s++) {
		if (*s == ',' && !digit)
			return false;
		digit |= *s != '_' && *s != ',';
	}
	if (*s == '.')
		for (s++; (*s >= '0' && *s <= '9') || *s == '_'; s++)
			digit |= *s != '_';
	if (digit && (*s == 'e' || *s == 'E')) {
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if (!*s)
			return false;
		s += strspn(s, "0123456789");
	}
	return digit && !*s;
}

static enum yaml_type plain_type(const char *s)
{
	static const char *const bools[] = {"true", "false", "yes", "no", "on", "off"};

	if (!*s || strcmp(s, "~") == 0 || strcasecmp(s, "null") == 0)
		return YAML_NULL;
	if (is_one_of(s, bools, ARRAY_SIZE(bools)))
		return YAML_BOOL;
	return looks_like_number(s) ? YAML_NUMBER : YAML_STRING;
}

/* An escape can make what the text itself may not hold. The value may have a NUL in
 * it, so its length decides. */
static bool check_string(struct reader *r, const yaml_event_t *ev)
{
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;

	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(s + i, n - i, &cp);

		if (!len || utf8_is_unsafe(cp)) {
			ydoc_error(r->errs, at(r, ev->start_mark.index), "remove the escape",
				   "%s U+%04X in a string", unsafe_kind(cp), cp);
			return false;
		}
		i += len;
	}
	return true;
}

/* Anchor or tag on a node: told, and false. */
static bool check_properties(struct reader *r, const yaml_event_t *ev)
{
	const yaml_char_t *anchor = NULL;
	const yaml_char_t *tag = NULL;
	struct src_pos pos = at(r, ev->start_mark.index);

	if (ev->type == YAML_ALIAS_EVENT) {
		ydoc_error(r->errs, pos, "write the value out", "aliases are not allowed");
		return false;
	}
	if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (anchor)
		ydoc_error(r->errs, pos, "remove it, and write each value out",
			   "anchors are not allowed");
	else if (tag)
		ydoc_error(r->errs, pos, "remove the tag; quotes make a string of a number",
			   "tags are not allowed");
	return !anchor && !tag;
}

static int compare_keys(const void *a, const void *b)
{
	const struct yaml_item *x = *(const struct yaml_item *const *)a;
	const struct yaml_item *y = *(const struct yaml_item *const *)b;
	int c = strcmp(x->key, y->key);

	/* the address is the order in the file */
	return c ? c : (x > y) - (x < y);
}

/* By sorting: comparing each with all is quadratic in the attacker's hands. */
static void check_duplicates(struct reader *r, const struct yaml_node *map)
{
	autofree const struct yaml_item **v = xcalloc(map->n, sizeof(*v));
	size_t n = 0;
	char quoted[YAML_QUOTE_SIZE];
	char hint[64];

	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].key)
			v[n++] = &map->items[i];
	if (n)
		qsort(v, n, sizeof(*v), compare_keys);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(v[i - 1]->key, v[i]->key) != 0)
			continue;
		(void)snprintf(hint, sizeof(hint), "it is written at %u:%u already",
			       v[i - 1]->key_pos.line, v[i - 1]->key_pos.col);
		ydoc_error(r->errs, v[i]->key_pos, hint, "duplicate key %s",
			   ydoc_quote(quoted, v[i]->key));
	}
}

static void read_node(struct reader *r, yaml_event_t *ev, struct yaml_node *node);

/* Reads a key, which ev begins; a refused one leaves item->key NULL. */
static void read_key(struct reader *r, yaml_event_t *ev, struct yaml_item *item)
{
	struct yaml_node key = {0};
	bool scalar = ev->type == YAML_SCALAR_EVENT;

	item->key_pos = at(r, ev->start_mark.index);
	read_node(r, ev, &key);
	if (!scalar && key.kind != YAML_BROKEN)
		ydoc_error(r->errs, item->key_pos, NULL, "a key must be a string, not %s",
			   ydoc_describe(&key));
	else if (scalar && key.plain && strcmp(key.text, "<<") == 0)
		ydoc_error(r->errs, item->key_pos, "write the keys out",
			   "merge keys are not allowed");
	else if (scalar && key.plain && !key.text[0])
		ydoc_error(r->errs, item->key_pos, "write KEY: VALUE", "a key is missing");
	else if (key.kind == YAML_SCALAR)
		item->key = take_ptr(key.text);
	ydoc_free(&key);
}

static void read_items(struct reader *r, struct yaml_node *node)
{
	yaml_event_type_t end =
		node->kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	yaml_event_t ev;

	while (next(r, &ev)) {
		struct yaml_item *item;

		if (ev.type == end) {
			yaml_event_delete(&ev);
			return;
		}
		grow(&node->items, &node->cap, node->n, sizeof(*node->items));
		item = &node->items[node->n++];
		item->value.kind = YAML_BROKEN; /* until it is there: the text may end here */
		if (node->kind == YAML_MAP) {
			read_key(r, &ev, item);
			if (!next(r, &ev))
				break;
		}
		read_node(r, &ev, &item->value);
	}
	/* what stood last before the error may be half of what was meant */
	if (node->n && node->items[node->n - 1].value.kind == YAML_SCALAR)
		node->items[node->n - 1].value.kind = YAML_BROKEN;
}

/* Reads the node that ev begins, and deletes ev. */
static void read_node(struct reader *r, yaml_event_t *ev, struct yaml_node *node)
{
	bool good = check_properties(r, ev);
	yaml_event_type_t type = ev->type;

	node->pos = at(r, ev->start_mark.index);
	if (type == YAML_SCALAR_EVENT) {
		good = check_string(r, ev) && good;
		node->kind = YAML_SCALAR;
		node->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		node->text = xstrndup((const char *)ev->data.scalar.value, ev->data.scalar.length);
		node->type = node->plain ? plain_type(node->text) : YAML_STRING;
	}
	yaml_event_delete(ev);
	if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT) {
		if (r->depth >= YAML_MAX_DEPTH) {
			fail(r, node->pos, NULL, "nested deeper than %d levels", YAML_MAX_DEPTH);
			return;
		}
		r->depth++;
		node->kind = type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
		read_items(r, node);
		r->depth--;
		if (node->kind == YAML_MAP)
			check_duplicates(r, node);
	}
	if (!good)
		node->kind = YAML_BROKEN;
}

/* Only white space, comments and the end mark "..." may follow the document. libyaml
 * is not asked: it would take what follows for a document of its own. */
static void check_rest(struct reader *r, size_t index)
{
	const char *s = r->text.s + byte_of(r, index);

	while (*s) {
		if (*s == '#') {
			size_t n = strcspn(s, "\n");

			for (size_t i = 0; i < n; i++)
				index += ((unsigned char)s[i] & 0xc0) != 0x80;
			s += n;
		} else if (strncmp(s, "...", 3) == 0 && at(r, index).col == 1) {
			s += 3;
			index += 3;
		} else if (blank_span(s, 1)) {
			s++;
			index++;
		} else if (strncmp(s, "---", 3) == 0 || *s == '%') {
			fail(r, at(r, index), "one file holds one document",
			     "a second document is not allowed");
			return;
		} else {
			fail(r, at(r, index), NULL, "text after the end of the document");
			return;
		}
	}
}

static void read_document(struct reader *r, struct yaml_node *root)
{
	yaml_event_t ev;

	while (next(r, &ev)) {
		yaml_event_type_t type = ev.type;
		size_t end = ev.end_mark.index;

		switch (type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_START_EVENT:
			yaml_event_delete(&ev);
			break;
		case YAML_STREAM_END_EVENT:
			yaml_event_delete(&ev);
			fail(r, at(r, 0), NULL, "the document is empty");
			return;
		case YAML_DOCUMENT_END_EVENT:
			yaml_event_delete(&ev);
			if (root->kind == YAML_SCALAR && root->type == YAML_NULL) {
				root->kind = YAML_BROKEN;
				fail(r, at(r, 0), NULL, "the document is empty");
				return;
			}
			check_rest(r, end);
			return;
		default:
			read_node(r, &ev, root);
		}
	}
}

/* UTF-16 and UTF-32 are told by their name, not as a NUL in the text. */
static bool check_encoding(struct reader *r, const char *text, size_t n)
{
	static const char *const marks[] = {"\xff\xfe", "\xfe\xff"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (n < 2 || memcmp(text, marks[i], 2) != 0)
			continue;
		fail(r, (struct src_pos){1, 1}, "save the file as UTF-8",
		     "the text is UTF-16 or UTF-32");
		return false;
	}
	if (n >= 4 && memcmp(text, "\0\0\xfe\xff", 4) == 0) {
		fail(r, (struct src_pos){1, 1}, "save the file as UTF-8", "the text is UTF-32");
		return false;
	}
	return true;
}

int ydoc_read(const char *text, size_t n, bool json, struct yaml_node *root,
	      struct manifest_errors *errs)
{
	struct reader r = {.errs = errs};
	int rc;

	*root = (struct yaml_node){.kind = YAML_BROKEN, .pos = {1, 1}};
	if (n > YAML_MAX_BYTES) {
		fail(&r, (struct src_pos){1, 1}, NULL, "the text is larger than %d bytes",
		     YAML_MAX_BYTES);
		return -1;
	}
	/* the mark that editors of Windows put in front of UTF-8 is no character */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	if (check_encoding(&r, text, n) && scan(&r, text, n, json) && check_directives(&r)) {
		if (!yaml_parser_initialize(&r.parser))
			str_oom();
		yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text.s, r.text.n);
		read_document(&r, root);
		yaml_parser_delete(&r.parser);
	}
	rc = r.failed ? -1 : 0;
	strbuf_free(&r.text);
	free(r.at);
	return rc;
}

void ydoc_free(struct yaml_node *node)
{
	/* at most YAML_MAX_DEPTH deep */
	for (size_t i = 0; i < node->n; i++) {
		free(node->items[i].key);
		ydoc_free(&node->items[i].value);
	}
	free(node->items);
	free(node->text);
	*node = (struct yaml_node){0};
}
