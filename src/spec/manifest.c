/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the tree of spec/yaml to struct manifest. Every mapping has a table of its
 * keys, and what is not in the table is an error: a key that plugbox does not know
 * may be a restriction that it would not enforce. All errors are collected, so
 * every function here goes on after one.
 */
#include "spec/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/permission.h"
#include "spec/value.h"
#include "spec/yaml.h"

#define LIST_MAX 256
#define STRING_MAX 4096
#define TEXT_MAX_CHARS 1024
#define ERRORS_SHOWN 50

const char *const registration_keys[REG_N] = {
	[REG_TOOLS] = "tools",	     [REG_CHANNELS] = "channels", [REG_COMMANDS] = "commands",
	[REG_SERVICES] = "services", [REG_HOOKS] = "hooks",
};

struct decoder {
	struct manifest *m;
	struct manifest_errors *errs;
	struct src_pos entry_key; /* of entrypoint, or line 0 */
};

struct key {
	const char *name;
	void (*read)(struct decoder *d, const struct yaml_item *item, int arg);
	int arg;
};

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

void manifest_errors_free(struct manifest_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++) {
		free(errs->v[i].text);
		free(errs->v[i].hint);
	}
	free(errs->v);
	*errs = (struct manifest_errors){0};
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	free(m->file);
	free(m->name);
	free(m->version);
	free(m->author);
	free(m->description);
	strv_free(&m->entrypoint);
	requests_free(&m->requests);
	strv_free(&m->env_pass);
	for (size_t i = 0; i < m->n_env_set; i++) {
		free(m->env_set[i].name);
		free(m->env_set[i].value);
	}
	free(m->env_set);
	for (int i = 0; i < REG_N; i++)
		strv_free(&m->registrations[i].names);
	free(m);
}

static bool before(struct src_pos a, struct src_pos b)
{
	if (a.line != b.line)
		return a.line < b.line;
	return a.col < b.col;
}

static bool wrong_type(struct decoder *d, const struct yaml_node *v, const char *what,
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
static bool want(struct decoder *d, const struct yaml_node *v, enum yaml_kind kind,
		 const char *what)
{
	if (v->kind != kind)
		return wrong_type(d, v, what, kind == YAML_LIST ? "a list" : "a mapping");
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
static bool want_string(struct decoder *d, const struct yaml_node *v, const char *what, size_t max,
			bool number_ok)
{
	if (v->kind != YAML_SCALAR ||
	    (v->type != YAML_STRING && !(number_ok && v->type == YAML_NUMBER)))
		return wrong_type(d, v, what, "a string");
	if (strlen(v->text) > STRING_MAX || count_chars(v->text) > max) {
		ydoc_error(d->errs, v->pos, NULL, "%s is longer than %zu characters", what,
			   max < STRING_MAX ? max : STRING_MAX);
		return false;
	}
	return true;
}

/* Every entry of v that is a string, once, is added to out. */
static void read_strings(struct decoder *d, const struct yaml_node *v, const char *what,
			 bool (*check)(struct decoder *d, const struct yaml_node *v), bool repeat,
			 struct strv *out)
{
	char entry[96];
	char quoted[YAML_QUOTE_SIZE];

	if (!want(d, v, YAML_LIST, what))
		return;
	(void)snprintf(entry, sizeof(entry), "an entry of %s", what);
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_node *s = &v->items[i].value;

		if (!want_string(d, s, entry, STRING_MAX, false) || (check && !check(d, s)))
			continue;
		if (!repeat && strv_has(out, s->text)) {
			ydoc_error(d->errs, s->pos, "remove one of them", "%s names %s twice", what,
				   ydoc_quote(quoted, s->text));
			continue;
		}
		strv_add(out, s->text);
	}
}

/* The mapping in which a key is known that stands in the wrong one, or NULL. */
static const char *home_of(const char *key)
{
	static const struct {
		const char *key, *home;
	} others[] = {{"framing", "channel"},
		      {"rate_limits", "resources"},
		      {"pass", "environment"},
		      {"set", "environment"}};

	for (size_t i = 0; i < LIMIT_N; i++)
		if (strcmp(limit_table[i].key, key) == 0)
			return limit_table[i].unit == UNIT_RATE ? "resources: rate_limits"
								: "resources";
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(others[i].key, key) == 0)
			return others[i].home;
	return NULL;
}

static void unknown_key(struct decoder *d, const struct yaml_item *item, const struct key *keys,
			size_t n)
{
	const char *names[32] = {0};
	char quoted[YAML_QUOTE_SIZE];
	char hint[96];
	const char *home = home_of(item->key);
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

static const struct yaml_item *find_item(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].key && strcmp(map->items[i].key, key) == 0)
			return &map->items[i];
	return NULL;
}

/* Reads a mapping by its table, in the table's order. Returns whether it was one. Of a
 * duplicate key, which ydoc_read has told, the first is read. */
static bool read_map(struct decoder *d, const struct yaml_node *v, const char *what,
		     const struct key *keys, size_t n)
{
	if (!want(d, v, YAML_MAP, what))
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
		const struct yaml_item *item = find_item(v, keys[k].name);

		if (item)
			keys[k].read(d, item, keys[k].arg);
	}
	return true;
}

/* A string that one of value_* judges; NULL with the error told. */
static char *read_checked(struct decoder *d, const struct yaml_node *v, const char *what,
			  int (*check)(const char *s, const char **why), bool number_ok)
{
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;

	if (!want_string(d, v, what, STRING_MAX, number_ok))
		return NULL;
	if (check(v->text, &why) == 0)
		return xstrdup(v->text);
	ydoc_error(d->errs, v->pos, NULL, "%s %s: %s", what, ydoc_quote(quoted, v->text), why);
	return NULL;
}

static void read_name(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->m->name = read_checked(d, &item->value, "name", value_plugin_name, false);
}

static void read_version(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	/* `version: 1.2` is meant as it is written, whatever YAML makes of it */
	d->m->version = read_checked(d, &item->value, "version", value_version, true);
}

static void read_text(struct decoder *d, const struct yaml_item *item, int author)
{
	char **to = author ? &d->m->author : &d->m->description;

	if (want_string(d, &item->value, item->key, TEXT_MAX_CHARS, false))
		*to = xstrdup(item->value.text);
}

/* `entrypoint: python3 main.py`: shells split it, others do not, and a path may hold
 * blanks. A list leaves nothing to guess. */
static void refuse_blanks(struct decoder *d, const struct yaml_node *v)
{
	struct strbuf hint = {0};
	char quoted[YAML_QUOTE_SIZE];

	strbuf_puts(&hint, "write a list: [");
	if (strpbrk(v->text, "\"'\\,[]{}#&*!|>%@`:?\n") || strlen(v->text) > 200) {
		strbuf_puts(&hint, "program, argument]");
	} else {
		const char *s = v->text + strspn(v->text, " \t");

		while (*s) {
			size_t n = strcspn(s, " \t");

			strbuf_add(&hint, s, n);
			s += n;
			s += strspn(s, " \t");
			strbuf_puts(&hint, *s ? ", " : "]");
		}
	}
	ydoc_error(d->errs, v->pos, hint.s, "entrypoint %s is not split into words",
		   ydoc_quote(quoted, v->text));
	strbuf_free(&hint);
}

static bool check_program(struct decoder *d, const struct yaml_node *v)
{
	autofree char *program = read_checked(d, v, "entrypoint", value_program, false);

	return program != NULL;
}

static void read_entrypoint(struct decoder *d, const struct yaml_item *item, int arg)
{
	const struct yaml_node *v = &item->value;

	(void)arg;
	if (d->entry_key.line) {
		ydoc_error(d->errs,
			   before(item->key_pos, d->entry_key) ? d->entry_key : item->key_pos,
			   "remove one of them",
			   "\"entrypoint\" and \"entry_point\" are two spellings of one key");
		return;
	}
	d->entry_key = item->key_pos;
	d->m->entrypoint_pos = v->pos;
	if (v->kind == YAML_LIST) {
		if (v->n == 0) {
			ydoc_error(d->errs, v->pos, "write [program, argument]",
				   "%s is an empty list", item->key);
			return;
		}
		/* the program's fault hides those of its arguments, never the other way */
		if (check_program(d, &v->items[0].value))
			read_strings(d, v, item->key, NULL, true, &d->m->entrypoint);
		return;
	}
	if (v->kind != YAML_SCALAR) {
		(void)wrong_type(d, v, item->key, "a string or a list");
		return;
	}
	if (v->type == YAML_STRING && strpbrk(v->text, " \t\n"))
		refuse_blanks(d, v);
	else if (check_program(d, v))
		strv_add(&d->m->entrypoint, v->text);
}

static void read_framing(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const char *const words[] = {
		[FRAMING_RAW] = "raw", [FRAMING_LINES] = "lines", [FRAMING_HEADERS] = "headers"};
	char quoted[YAML_QUOTE_SIZE];

	(void)arg;
	if (!want_string(d, &item->value, "framing", STRING_MAX, false))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(item->value.text, words[i]) == 0) {
			d->m->framing = (enum framing)i;
			return;
		}
	}
	ydoc_error(d->errs, item->value.pos, "write raw, lines or headers", "unknown framing %s",
		   ydoc_quote(quoted, item->value.text));
}

static void read_channel(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct key keys[] = {{"framing", read_framing, 0}};

	(void)arg;
	(void)read_map(d, &item->value, "channel", keys, ARRAY_SIZE(keys));
}

/* The arguments of a request: one string, or a list of them. */
static void read_args(struct decoder *d, const struct yaml_node *v, const char *name,
		      struct strv *out)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "%.40s", name);
	if (v->kind == YAML_LIST)
		read_strings(d, v, what, NULL, false, out);
	else if (v->kind != YAML_SCALAR)
		(void)wrong_type(d, v, what, "a string or a list");
	else if (want_string(d, v, what, STRING_MAX, false))
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

/* One request: its name, and its argument or NULL. */
static void read_request(struct decoder *d, const char *name, const struct yaml_node *arg,
			 struct src_pos pos, bool required)
{
	struct requests *rs = &d->m->requests;
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
	if (arg && (id < 0 || perm_table[id].arg != PERM_ARG_NONE))
		read_args(d, arg, name, &rq->args);
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

static void read_requests(struct decoder *d, const struct yaml_node *v, const char *what,
			  bool required)
{
	char entry[96];

	if (!want(d, v, YAML_LIST, what))
		return;
	(void)snprintf(entry, sizeof(entry), "an entry of %s", what);
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_node *e = &v->items[i].value;

		if (e->kind == YAML_MAP)
			read_request_map(d, e, required);
		else if (want_string(d, e, entry, STRING_MAX, false))
			read_request(d, e->text, NULL, e->pos, required);
	}
}

static void read_permissions(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	read_requests(d, &item->value, "permissions", true);
}

static void read_capability_list(struct decoder *d, const struct yaml_item *item, int required)
{
	read_requests(d, &item->value, item->key, required);
}

static void read_capabilities(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct key keys[] = {{"required", read_capability_list, true},
					  {"optional", read_capability_list, false}};

	(void)arg;
	if (item->value.kind == YAML_LIST)
		read_requests(d, &item->value, "capabilities", true);
	else if (item->value.kind == YAML_MAP)
		(void)read_map(d, &item->value, "capabilities", keys, ARRAY_SIZE(keys));
	else
		(void)wrong_type(d, &item->value, "capabilities", "a list or a mapping");
}

static bool check_registration(struct decoder *d, const struct yaml_node *v)
{
	char quoted[YAML_QUOTE_SIZE];
	bool good = strlen(v->text) <= 128;

	if (good) {
		autofree char *probe = xasprintf("tool:%s", v->text);

		good = perm_is_application(probe);
	}
	if (!good)
		ydoc_error(
			d->errs, v->pos,
			"write letters, digits, \".\", \"_\" and \"-\", and \"*\" at the end for "
			"all that begin so",
			"invalid name %s", ydoc_quote(quoted, v->text));
	return good;
}

static void read_registration(struct decoder *d, const struct yaml_item *item, int id)
{
	d->m->registrations[id].present = true;
	read_strings(d, &item->value, item->key, check_registration, false,
		     &d->m->registrations[id].names);
}

static void read_limit(struct decoder *d, const struct yaml_item *item, int id)
{
	const struct yaml_node *v = &item->value;
	const struct limit_info *info = &limit_table[id];
	bool text = info->unit == UNIT_BYTES || info->unit == UNIT_MS;
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;
	uint64_t n = 0;

	/* quotes around a size or time are JSON's way to write it */
	if (v->kind != YAML_SCALAR || v->type == YAML_NULL || v->type == YAML_BOOL ||
	    (!v->plain && !text)) {
		if (v->kind == YAML_SCALAR && v->type == YAML_STRING)
			ydoc_error(d->errs, v->pos, "remove the quotes",
				   "%s must be a number, not a string", info->key);
		else
			(void)wrong_type(d, v, info->key,
					 info->unit == UNIT_BYTES ? "a size like 64M"
					 : info->unit == UNIT_MS  ? "a time like 30s"
								  : "a number");
		return;
	}
	if (value_limit((enum limit_id)id, v->text, &n, &why) < 0) {
		ydoc_error(d->errs, v->pos, NULL, "%s %s: %s", info->key,
			   ydoc_quote(quoted, v->text), why);
		return;
	}
	d->m->limits.l[id] = (struct limit){.set = true, .v = n, .pos = v->pos};
}

/* The limits that are keys of resources, or (rate) of resources.rate_limits. */
static size_t limit_keys(struct key *keys, bool rate)
{
	size_t n = 0;

	for (int i = 0; i < LIMIT_N; i++)
		if ((limit_table[i].unit == UNIT_RATE) == rate)
			keys[n++] = (struct key){limit_table[i].key, read_limit, i};
	return n;
}

static void read_rate_limits(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct key keys[LIMIT_N];
	size_t n = limit_keys(keys, true);

	(void)arg;
	(void)read_map(d, &item->value, "rate_limits", keys, n);
}

static void read_resources(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct key keys[LIMIT_N + 1];
	size_t n = limit_keys(keys, false);

	(void)arg;
	keys[n++] = (struct key){"rate_limits", read_rate_limits, 0};
	(void)read_map(d, &item->value, "resources", keys, n);
}

static bool check_env_name(struct decoder *d, const char *name, struct src_pos pos)
{
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;

	if (value_env_name(name, &why) == 0)
		return true;
	ydoc_error(d->errs, pos, NULL, "variable %s: %s", ydoc_quote(quoted, name), why);
	return false;
}

static bool check_env_node(struct decoder *d, const struct yaml_node *v)
{
	return check_env_name(d, v->text, v->pos);
}

static void read_pass(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct strv names = {0};
	struct request *rq = NULL;

	(void)arg;
	read_strings(d, &item->value, "pass", check_env_node, false, &names);
	for (size_t i = 0; i < names.n; i++) {
		/* language and time zone say nothing about the user that time does not */
		if (strcmp(names.v[i], "LANG") == 0 || strcmp(names.v[i], "TZ") == 0 ||
		    str_starts(names.v[i], "LC_")) {
			strv_add(&d->m->env_pass, names.v[i]);
			continue;
		}
		if (!rq) {
			rq = requests_add(&d->m->requests, perm_table[PERM_ENVIRONMENT].name);
			rq->pos = item->value.pos;
		}
		strv_add(&rq->args, names.v[i]);
	}
	strv_free(&names);
}

static void read_set(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct manifest *m = d->m;

	(void)arg;
	if (!want(d, &item->value, YAML_MAP, "set"))
		return;
	for (size_t i = 0; i < item->value.n; i++) {
		const struct yaml_item *pair = &item->value.items[i];
		char what[64];

		if (!pair->key || str_starts(pair->key, "x-") ||
		    !check_env_name(d, pair->key, pair->key_pos))
			continue;
		(void)snprintf(what, sizeof(what), "%.40s", pair->key);
		if (!want_string(d, &pair->value, what, STRING_MAX, false))
			continue;
		grow(&m->env_set, &m->cap_env_set, m->n_env_set, sizeof(*m->env_set));
		m->env_set[m->n_env_set++] = (struct env_pair){.name = xstrdup(pair->key),
							       .value = xstrdup(pair->value.text),
							       .pos = pair->key_pos};
	}
}

static bool is_passed(const struct manifest *m, const char *name)
{
	if (strv_has(&m->env_pass, name))
		return true;
	for (size_t i = 0; i < m->requests.n; i++)
		if (perm_find(m->requests.v[i].name) == PERM_ENVIRONMENT &&
		    strv_has(&m->requests.v[i].args, name))
			return true;
	return false;
}

static void read_environment(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct key keys[] = {{"pass", read_pass, 0}, {"set", read_set, 0}};

	(void)arg;
	if (!read_map(d, &item->value, "environment", keys, ARRAY_SIZE(keys)))
		return;
	for (size_t i = 0; i < d->m->n_env_set; i++)
		if (is_passed(d->m, d->m->env_set[i].name))
			ydoc_error(d->errs, d->m->env_set[i].pos, "remove one of them",
				   "%.60s is both set and passed", d->m->env_set[i].name);
}

static const struct key top_keys[] = {
	{"name", read_name, 0},
	{"version", read_version, 0},
	{"author", read_text, true},
	{"description", read_text, false},
	{"entrypoint", read_entrypoint, 0},
	{"entry_point", read_entrypoint, 0},
	{"channel", read_channel, 0},
	{"permissions", read_permissions, 0},
	{"capabilities", read_capabilities, 0},
	{"tools", read_registration, REG_TOOLS},
	{"channels", read_registration, REG_CHANNELS},
	{"commands", read_registration, REG_COMMANDS},
	{"services", read_registration, REG_SERVICES},
	{"hooks", read_registration, REG_HOOKS},
	{"resources", read_resources, 0},
	{"environment", read_environment, 0},
};

/* Of a text that was read to its end: of half a text nobody knows what is missing. */
static void check_required(struct decoder *d, const struct yaml_node *root)
{
	static const struct {
		const char *key;
		const char *hint;
	} needed[] = {{"name", "add a line like: name: weather"},
		      {"version", "add a line like: version: 1.0.0"},
		      {"entrypoint", "add a line like: entrypoint: [python3, main.py]"}};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!find_item(root, needed[i].key) &&
		    !(strcmp(needed[i].key, "entrypoint") == 0 && find_item(root, "entry_point")))
			ydoc_error(d->errs, root->pos, needed[i].hint, "missing key \"%s\"",
				   needed[i].key);
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

			if (before(e.pos, v[mid].pos))
				hi = mid;
			else
				lo = mid + 1;
		}
		memmove(&v[lo + 1], &v[lo], (i - lo) * sizeof(*v));
		v[lo] = e;
	}
}

static void finish_errors(struct manifest_errors *errs, size_t first)
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

static bool is_json(const char *text, size_t n, const char *name)
{
	size_t len = strlen(name);
	size_t i = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (len >= 5 && strcmp(name + len - 5, ".json") == 0)
		return true;
	while (i < n && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i < n && text[i] == '{';
}

struct manifest *manifest_parse(const char *text, size_t n, const char *name,
				struct manifest_errors *errs)
{
	struct manifest *m = xcalloc(1, sizeof(*m));
	struct decoder d = {.m = m, .errs = errs};
	struct yaml_node root;
	size_t first = errs->n;
	bool whole = ydoc_read(text, n, is_json(text, n, name), &root, errs) == 0;

	m->file = xstrdup(name);
	if (root.kind != YAML_BROKEN &&
	    read_map(&d, &root, "the manifest", top_keys, ARRAY_SIZE(top_keys)) && whole)
		check_required(&d, &root);
	ydoc_free(&root);
	finish_errors(errs, first);
	if (errs->n == first)
		return m;
	manifest_free(m);
	return NULL;
}
