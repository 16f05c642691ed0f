/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/permission.h"
#include "spec/value.h"

#define LIST_MAX 256
#define ERRORS_SHOWN 50

struct request *requests_add(struct requests *rs, const char *name)
{
	grow(&rs->v, &rs->cap, rs->n, sizeof(*rs->v));
	rs->v[rs->n] = (struct request){.name = xstrdup(name), .required = true};
	return &rs->v[rs->n++];
}

void requests_free(struct requests *rs)
{
	for (size_t i = 0; i < rs->n; i++) {
		free(rs->v[i].name);
		strv_free(&rs->v[i].args);
	}
	free(rs->v);
	*rs = (struct requests){0};
}

void env_pairs_free(struct env_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++) {
		free(pairs->v[i].name);
		free(pairs->v[i].value);
	}
	free(pairs->v);
	*pairs = (struct env_pairs){0};
}

void manifest_errors_free(struct manifest_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++) {
		free(errs->v[i].text);
		free(errs->v[i].hint);
	}
	free(errs->v);
	*errs = (struct manifest_errors){0};
}

bool decode_before(struct src_pos a, struct src_pos b)
{
	if (a.line != b.line)
		return a.line < b.line;
	return a.col < b.col;
}

bool decode_wrong_type(struct decoder *d, const struct yaml_node *v, const char *what,
		       const char *wanted)
{
	char quoted[YAML_QUOTE_SIZE];
	char hint[YAML_QUOTE_SIZE + 32];
	bool quotable = v->kind == YAML_SCALAR && v->plain && v->type != YAML_NULL;

	if (v->kind == YAML_BROKEN)
		return false;
	(void)snprintf(hint, sizeof(hint), "write %s, in quotes",
		       ydoc_quote(quoted, v->text ? v->text : ""));
	ydoc_error(d->errs, v->pos, quotable && strcmp(wanted, "a string") == 0 ? hint : NULL,
		   "%s must be %s, not %s", what, wanted, ydoc_describe(v));
	return false;
}

/* Is v a list or mapping of bearable size? */
bool decode_want(struct decoder *d, const struct yaml_node *v, enum yaml_kind kind,
		 const char *what)
{
	if (v->kind != kind)
		return decode_wrong_type(d, v, what, kind == YAML_LIST ? "a list" : "a mapping");
	if (v->n > LIST_MAX) {
		ydoc_error(d->errs, v->pos, NULL, "%s has more than %d entries", what, LIST_MAX);
		return false;
	}
	return true;
}

static size_t count_chars(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Is v a string of at most max characters? A number in plain style is none, since
 * other readers of the file see a number, but for keys that take its text. */
bool decode_want_string(struct decoder *d, const struct yaml_node *v, const char *what, size_t max,
			bool number_ok)
{
	if (v->kind != YAML_SCALAR ||
	    (v->type != YAML_STRING && !(number_ok && v->type == YAML_NUMBER)))
		return decode_wrong_type(d, v, what, "a string");
	if (strlen(v->text) > STRING_MAX || count_chars(v->text) > max) {
		ydoc_error(d->errs, v->pos, NULL, "%s is longer than %zu characters", what,
			   max < STRING_MAX ? max : STRING_MAX);
		return false;
	}
	return true;
}

bool decode_bool(struct decoder *d, const struct yaml_node *v, const char *what, bool *to)
{
	if (v->kind != YAML_SCALAR || !v->plain ||
	    (strcmp(v->text, "true") != 0 && strcmp(v->text, "false") != 0))
		return decode_wrong_type(d, v, what, "true or false");
	*to = strcmp(v->text, "true") == 0;
	return true;
}

int decode_word(struct decoder *d, const struct yaml_node *v, const char *what,
		const char *const *words, size_t n, const char *choices)
{
	char quoted[YAML_QUOTE_SIZE];

	if (v->kind != YAML_SCALAR) {
		(void)decode_wrong_type(d, v, what, choices);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (strcmp(v->text, words[i]) == 0)
			return (int)i;
	ydoc_error(d->errs, v->pos, NULL, "%s is %s, not %s", what, choices,
		   ydoc_quote(quoted, v->text));
	return -1;
}

/* Every entry of v that is a string, once, is added to out. */
void decode_strings(struct decoder *d, const struct yaml_node *v, const char *what,
			 bool (*check)(struct decoder *d, const struct yaml_node *v), bool repeat,
			 struct strv *out)
{
	char entry[96];
	char quoted[YAML_QUOTE_SIZE];

	if (!decode_want(d, v, YAML_LIST, what))
		return;
	(void)snprintf(entry, sizeof(entry), "an entry of %s", what);
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_node *s = &v->items[i].value;

		if (!decode_want_string(d, s, entry, STRING_MAX, false) || (check && !check(d, s)))
			continue;
		if (!repeat && strv_has(out, s->text)) {
			ydoc_error(d->errs, s->pos, "remove one of them", "%s names %s twice", what,
				   ydoc_quote(quoted, s->text));
			continue;
		}
		strv_add(out, s->text);
	}
}

bool decode_env_name(struct decoder *d, const char *name, struct src_pos pos)
{
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;

	if (value_env_name(name, &why) == 0)
		return true;
	ydoc_error(d->errs, pos, NULL, "variable %s: %s", ydoc_quote(quoted, name), why);
	return false;
}

void decode_env_set(struct decoder *d, const struct yaml_node *v, struct env_pairs *to)
{
	if (!decode_want(d, v, YAML_MAP, "set"))
		return;
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_item *pair = &v->items[i];
		char what[64];

		if (!pair->key || str_starts(pair->key, "x-") ||
		    !decode_env_name(d, pair->key, pair->key_pos))
			continue;
		(void)snprintf(what, sizeof(what), "%.40s", pair->key);
		if (!decode_want_string(d, &pair->value, what, STRING_MAX, false))
			continue;
		grow(&to->v, &to->cap, to->n, sizeof(*to->v));
		to->v[to->n++] = (struct env_pair){.name = xstrdup(pair->key),
						   .value = xstrdup(pair->value.text),
						   .pos = pair->key_pos};
	}
}

static void unknown_key(struct decoder *d, const struct yaml_item *item, const struct decode_key *keys,
			size_t n)
{
	const char *names[32] = {0};
	char quoted[YAML_QUOTE_SIZE];
	char hint[96];
	const char *home = d->home_of ? d->home_of(item->key) : NULL;
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = keys[i].name;
	near = str_nearest(item->key, names, n);
	if (home)
		(void)snprintf(hint, sizeof(hint), "it stands below %s", home);
	else if (near)
		(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	ydoc_error(d->errs, item->key_pos, home || near ? hint : NULL, "unknown key %s",
		   ydoc_quote(quoted, item->key));
}

const struct yaml_item *decode_find(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].key && strcmp(map->items[i].key, key) == 0)
			return &map->items[i];
	return NULL;
}

/* Reads a mapping by its table, in the table's order. Returns whether it was one. Of a
 * duplicate key, which ydoc_read has told, the first is read. */
bool decode_map(struct decoder *d, const struct yaml_node *v, const char *what,
		     const struct decode_key *keys, size_t n)
{
	if (!decode_want(d, v, YAML_MAP, what))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_item *item = &v->items[i];
		size_t k = 0;

		/* x- keys belong to others: hosts, editors, registries */
		if (!item->key || str_starts(item->key, "x-"))
			continue;
		while (k < n && strcmp(keys[k].name, item->key) != 0)
			k++;
		if (k == n)
			unknown_key(d, item, keys, n);
	}
	for (size_t k = 0; k < n; k++) {
		const struct yaml_item *item = decode_find(v, keys[k].name);

		if (item)
			keys[k].read(d, item, keys[k].arg);
	}
	return true;
}

/* A string that one of value_* judges; NULL with the error told. */
char *decode_checked(struct decoder *d, const struct yaml_node *v, const char *what,
			  int (*check)(const char *s, const char **why), bool number_ok)
{
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;

	if (!decode_want_string(d, v, what, STRING_MAX, number_ok))
		return NULL;
	if (check(v->text, &why) == 0)
		return xstrdup(v->text);
	ydoc_error(d->errs, v->pos, NULL, "%s %s: %s", what, ydoc_quote(quoted, v->text), why);
	return NULL;
}

/* The arguments of a request: one string, or a list of them. */
static void read_args(struct decoder *d, const struct yaml_node *v, const char *name,
		      struct strv *out)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "%.40s", name);
	if (v->kind == YAML_LIST)
		decode_strings(d, v, what, NULL, false, out);
	else if (v->kind != YAML_SCALAR)
		(void)decode_wrong_type(d, v, what, "a string or a list");
	else if (decode_want_string(d, v, what, STRING_MAX, false))
		strv_add(out, v->text);
}

static int check_network_arg(const char *s, const char **why)
{
	if (strcmp(s, "host") == 0 || strcmp(s, "loopback") == 0)
		return 0;
	*why = "expected host or loopback";
	return -1;
}

static const struct {
	int (*check)(const char *s, const char **why);
	const char *missing; /* what to write where there is no argument */
} perm_args[] = {
	[PERM_ARG_NONE] = {NULL, NULL},
	[PERM_ARG_PATHS] = {value_grant_path, "[/usr/share/zoneinfo]"},
	[PERM_ARG_NETWORK] = {check_network_arg, "host"},
	[PERM_ARG_ENV] = {value_env_name, "[EDITOR]"},
	[PERM_ARG_DEVICES] = {value_device, "[dri/renderD128]"},
};

/* v is the argument, or NULL where the request is a bare name. */
static void check_kernel_args(struct decoder *d, const struct perm_info *info,
			      const struct request *rq, const struct yaml_node *v)
{
	char quoted[YAML_QUOTE_SIZE];
	char hint[96];

	if (info->arg == PERM_ARG_NONE) {
		if (v && v->kind != YAML_BROKEN)
			ydoc_error(d->errs, v->pos, "write the name alone",
				   "permission %s takes no argument", info->name);
		return;
	}
	/* in a profile: whatever it is asked for */
	if (!v && d->grant)
		return;
	if (!v || (v->kind == YAML_LIST && v->n == 0)) {
		(void)snprintf(hint, sizeof(hint), "write \"%s: %s\"", info->name,
			       perm_args[info->arg].missing);
		ydoc_error(d->errs, v ? v->pos : rq->pos, hint, "permission %s needs an argument",
			   info->name);
		return;
	}
	if (info->arg == PERM_ARG_NETWORK && v->kind == YAML_LIST && v->n > 1)
		ydoc_error(d->errs, v->pos, "write host or loopback", "network takes one argument");
	for (size_t i = 0; i < (v->kind == YAML_LIST ? v->n : 1); i++) {
		const struct yaml_node *a = v->kind == YAML_LIST ? &v->items[i].value : v;
		const char *why = NULL;

		if (a->kind == YAML_SCALAR && a->type == YAML_STRING &&
		    strlen(a->text) <= STRING_MAX && perm_args[info->arg].check(a->text, &why) < 0)
			ydoc_error(d->errs, a->pos, NULL, "%s %s: %s", info->name,
				   ydoc_quote(quoted, a->text), why);
	}
}

static void unknown_permission(struct decoder *d, const char *name, const struct yaml_node *arg,
			       struct src_pos pos)
{
	static const char *const kinds[] = {"tool", "channel", "cli", "service", "hook", "rpc"};
	char quoted[YAML_QUOTE_SIZE];
	char hint[160];
	size_t n;
	const char *const *known = perm_names(&n);
	const char *near = str_nearest(name, known, n);
	const char *colon = strchr(name, ':');
	bool kind = false;

	hint[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i]);

		kind |= strncmp(name, kinds[i], len) == 0 && (!name[len] || name[len] == ':');
	}
	if (kind && !colon)
		(void)snprintf(hint, sizeof(hint), "write %s:%s, without a blank", name,
			       arg && arg->kind == YAML_SCALAR && *arg->text
				       ? str_escape(quoted, sizeof(quoted), arg->text,
						    strlen(arg->text))
				       : "NAME");
	else if (kind)
		(void)snprintf(hint, sizeof(hint),
			       "after the colon stands a name of letters, digits, \".\", \"_\" and "
			       "\"-\", or a beginning of it and \"*\"");
	else if (colon)
		(void)snprintf(hint, sizeof(hint),
			       "before the colon stands tool, channel, cli, service, hook or rpc");
	else if (near)
		(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	ydoc_error(d->errs, pos, hint[0] ? hint : NULL, "unknown permission %s",
		   ydoc_quote(quoted, name));
}

static void check_hosts(struct decoder *d, const char *name, const struct yaml_node *v)
{
	char quoted[YAML_QUOTE_SIZE];

	for (size_t i = 0; i < (v->kind == YAML_LIST ? v->n : 1); i++) {
		const struct yaml_node *a = v->kind == YAML_LIST ? &v->items[i].value : v;
		const char *why = NULL;

		if (a->kind == YAML_SCALAR && a->type == YAML_STRING &&
		    strlen(a->text) <= STRING_MAX && value_host(a->text, &why) < 0)
			ydoc_error(d->errs, a->pos, NULL, "%s %s: %s", name,
				   ydoc_quote(quoted, a->text), why);
	}
}

/* One request: its name, and its argument or NULL. */
static void read_request(struct decoder *d, const char *name, const struct yaml_node *arg,
			 struct src_pos pos, bool required)
{
	struct requests *rs = d->requests;
	int id = perm_find(name);
	struct request *rq;

	if (id < 0 && !perm_is_application(name)) {
		unknown_permission(d, name, arg, pos);
		return;
	}
	for (size_t i = 0; i < rs->n; i++) {
		if (strcmp(rs->v[i].name, name) != 0)
			continue;
		ydoc_error(d->errs, pos,
			   arg && perm_find(name) != PERM_NETWORK
				   ? "write all its arguments in one list"
				   : "remove one of them",
			   "\"%s\" is requested twice", name);
		return;
	}
	rq = requests_add(rs, name);
	rq->pos = pos;
	rq->required = required;
	/* before the arguments are read: a list where there should be none is one error */
	if (id >= 0)
		check_kernel_args(d, &perm_table[id], rq, arg);
	else if (arg && arg->kind == YAML_LIST && arg->n == 0)
		/* kept without arguments it would stand for all there is */
		ydoc_error(d->errs, arg->pos, "write the name alone to mean all, or nothing",
			   "\"%s\" is an empty list", name);
	if (arg && (id < 0 || perm_table[id].arg != PERM_ARG_NONE))
		read_args(d, arg, name, &rq->args);
	if (arg && perm_takes_hosts(name))
		check_hosts(d, name, arg);
}

static void read_request_map(struct decoder *d, const struct yaml_node *v, bool required)
{
	const struct yaml_item *only = NULL;

	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_item *item = &v->items[i];

		if (!item->key) /* told already */
			return;
		if (str_starts(item->key, "x-"))
			continue;
		if (only) {
			ydoc_error(d->errs, item->key_pos,
				   "begin it with \"- \" on a line of its own",
				   "more than one request in an entry");
			return;
		}
		only = item;
	}
	if (only)
		read_request(d, only->key, &only->value, only->key_pos, required);
	else
		ydoc_error(d->errs, v->pos, NULL, "an entry names no request");
}

void decode_requests(struct decoder *d, const struct yaml_node *v, const char *what,
			  bool required)
{
	char entry[96];

	if (!decode_want(d, v, YAML_LIST, what))
		return;
	(void)snprintf(entry, sizeof(entry), "an entry of %s", what);
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_node *e = &v->items[i].value;

		if (e->kind == YAML_MAP)
			read_request_map(d, e, required);
		else if (decode_want_string(d, e, entry, STRING_MAX, false))
			read_request(d, e->text, NULL, e->pos, required);
	}
}

void decode_limit(struct decoder *d, const struct yaml_item *item, int id)
{
	const struct yaml_node *v = &item->value;
	const struct limit_info *info = &limit_table[id];
	bool text = info->unit == UNIT_BYTES || info->unit == UNIT_MS || info->unit == UNIT_CPUS;
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;
	uint64_t n = 0;

	/* quotes around a size or time are JSON's way to write it */
	if (v->kind != YAML_SCALAR || v->type == YAML_NULL || v->type == YAML_BOOL ||
	    (!v->plain && !text)) {
		if (v->kind == YAML_SCALAR && v->type == YAML_STRING)
			ydoc_error(d->errs, v->pos, "remove the quotes",
				   "%s must be a number, not a string", item->key);
		else
			(void)decode_wrong_type(d, v, item->key,
					 info->unit == UNIT_BYTES ? "a size like 64M"
					 : info->unit == UNIT_MS  ? "a time like 30s"
					 : info->unit == UNIT_CPUS
						 ? "a list of processors like 0-3,6"
						 : "a number");
		return;
	}
	if (value_limit((enum limit_id)id, v->text, &n, &why) < 0) {
		ydoc_error(d->errs, v->pos, NULL, "%s %s: %s", item->key,
			   ydoc_quote(quoted, v->text), why);
		return;
	}
	d->limits->l[id] = (struct limit){.set = true, .v = n, .pos = v->pos};
}

void decode_limits_by(struct decoder *d, const struct yaml_item *item, enum limits_by *to)
{
	int word = decode_word(d, &item->value, item->key, limits_by_words, ARRAY_SIZE(limits_by_words),
			       "best-effort, enforced or strict");

	if (word >= 0)
		*to = (enum limits_by)word;
}

void decode_isolation(struct decoder *d, const struct yaml_item *item, bool *namespaces)
{
	static const char *const words[] = {"landlock", "namespaces"};
	int word = decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words),
			       "namespaces or landlock");

	*namespaces = word != 0;
}

/* The limits that are keys of resources, or (rate) of resources.rate_limits. */
static size_t limit_keys(struct decode_key *keys, bool rate)
{
	size_t n = 0;

	for (int i = 0; i < LIMIT_N; i++)
		if ((limit_table[i].unit == UNIT_RATE) == rate)
			keys[n++] = (struct decode_key){limit_table[i].key, decode_limit, i};
	return n;
}

static void read_rate_limits(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct decode_key keys[LIMIT_N];
	size_t n = limit_keys(keys, true);

	(void)arg;
	(void)decode_map(d, &item->value, "rate_limits", keys, n);
}

void decode_limits(struct decoder *d, const struct yaml_node *v, const char *what)
{
	struct decode_key keys[LIMIT_N + 1];
	size_t n = limit_keys(keys, false);

	keys[n++] = (struct decode_key){"rate_limits", read_rate_limits, 0};
	(void)decode_map(d, v, what, keys, n);
}

/* In order of position; what was found first stays first of those at one place. */
static void sort_errors(struct manifest_error *v, size_t n)
{
	/* binary insertion: the errors come nearly sorted, and there are few */
	for (size_t i = 1; i < n; i++) {
		struct manifest_error e = v[i];
		size_t lo = 0;
		size_t hi = i;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (decode_before(e.pos, v[mid].pos))
				hi = mid;
			else
				lo = mid + 1;
		}
		memmove(&v[lo + 1], &v[lo], (i - lo) * sizeof(*v));
		v[lo] = e;
	}
}

void decode_finish(struct manifest_errors *errs, size_t first)
{
	if (errs->n == first)
		return;
	sort_errors(errs->v + first, errs->n - first);
	if (errs->n - first <= ERRORS_SHOWN)
		return;
	while (errs->n - first >= ERRORS_SHOWN) {
		struct manifest_error *e = &errs->v[--errs->n];

		free(e->text);
		free(e->hint);
	}
	/* the last place that is shown says that there are more */
	errs->n++;
	errs->v[errs->n - 1].text = xstrdup("too many errors: the rest is not shown");
	errs->v[errs->n - 1].hint = NULL;
}

bool decode_is_json(const char *text, size_t n, const char *name)
{
	size_t len = strlen(name);
	size_t i = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (len >= 5 && strcmp(name + len - 5, ".json") == 0)
		return true;
	while (i < n && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i < n && text[i] == '{';
}
