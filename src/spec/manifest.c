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
#include "spec/decode.h"
#include "spec/permission.h"
#include "spec/value.h"
#include "spec/yaml.h"

#define TEXT_MAX_CHARS 1024

const char *const registration_keys[REG_N] = {
	[REG_TOOLS] = "tools",	     [REG_CHANNELS] = "channels", [REG_COMMANDS] = "commands",
	[REG_SERVICES] = "services", [REG_HOOKS] = "hooks",
};

const char *const registration_kinds[REG_N] = {
	[REG_TOOLS] = "tool",	    [REG_CHANNELS] = "channel", [REG_COMMANDS] = "cli",
	[REG_SERVICES] = "service", [REG_HOOKS] = "hook",
};

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
	env_pairs_free(&m->env_set);
	for (int i = 0; i < REG_N; i++)
		requests_free(&m->registrations[i].names);
	free(m);
}

static void read_name(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->m->name = decode_checked(d, &item->value, "name", value_plugin_name, false);
}

static void read_version(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	/* `version: 1.2` is meant as it is written, whatever YAML makes of it */
	d->m->version = decode_checked(d, &item->value, "version", value_version, true);
}

static void read_text(struct decoder *d, const struct yaml_item *item, int author)
{
	char **to = author ? &d->m->author : &d->m->description;

	if (decode_want_string(d, &item->value, item->key, TEXT_MAX_CHARS, false))
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
	autofree char *program = decode_checked(d, v, "entrypoint", value_program, false);

	return program != NULL;
}

static void read_entrypoint(struct decoder *d, const struct yaml_item *item, int arg)
{
	const struct yaml_node *v = &item->value;

	(void)arg;
	if (d->entry_key.line) {
		ydoc_error(d->errs,
			   decode_before(item->key_pos, d->entry_key) ? d->entry_key : item->key_pos,
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
			decode_strings(d, v, item->key, NULL, true, &d->m->entrypoint);
		return;
	}
	if (v->kind != YAML_SCALAR) {
		(void)decode_wrong_type(d, v, item->key, "a string or a list");
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
	if (!decode_want_string(d, &item->value, "framing", STRING_MAX, false))
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
	static const struct decode_key keys[] = {{"framing", read_framing, 0}};

	(void)arg;
	(void)decode_map(d, &item->value, "channel", keys, ARRAY_SIZE(keys));
}

static void read_permissions(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_requests(d, &item->value, "permissions", true);
}

static void read_capability_list(struct decoder *d, const struct yaml_item *item, int required)
{
	decode_requests(d, &item->value, item->key, required);
}

static void read_capabilities(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"required", read_capability_list, true},
					  {"optional", read_capability_list, false}};

	(void)arg;
	if (item->value.kind == YAML_LIST)
		decode_requests(d, &item->value, "capabilities", true);
	else if (item->value.kind == YAML_MAP)
		(void)decode_map(d, &item->value, "capabilities", keys, ARRAY_SIZE(keys));
	else
		(void)decode_wrong_type(d, &item->value, "capabilities", "a list or a mapping");
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

/* d->requests is where the list is read to. */
static void read_names(struct decoder *d, const struct yaml_item *item, int required)
{
	struct strv names = {0};
	char quoted[YAML_QUOTE_SIZE];

	decode_strings(d, &item->value, item->key, check_registration, false, &names);
	for (size_t i = 0; i < names.n; i++) {
		const struct src_pos pos = item->value.items[i].value.pos;
		struct request *q;

		for (size_t k = 0; k < d->requests->n; k++)
			if (strcmp(d->requests->v[k].name, names.v[i]) == 0)
				ydoc_error(d->errs, pos, NULL, "%s stands under required too",
					   ydoc_quote(quoted, names.v[i]));
		q = requests_add(d->requests, names.v[i]);
		q->required = required;
		/* where one was wrong the positions are, too, and nobody uses them */
		q->pos = pos;
	}
	strv_free(&names);
}

static void read_registration(struct decoder *d, const struct yaml_item *item, int id)
{
	static const struct decode_key keys[] = {{"required", read_names, true},
						 {"optional", read_names, false}};

	d->m->registrations[id].present = true;
	d->requests = &d->m->registrations[id].names;
	if (item->value.kind == YAML_MAP)
		(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
	else
		read_names(d, item, true);
	d->requests = &d->m->requests;
}

static void read_resources(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_limits(d, &item->value, "resources");
}

static bool check_env_node(struct decoder *d, const struct yaml_node *v)
{
	return decode_env_name(d, v->text, v->pos);
}

static void read_pass(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct strv names = {0};
	struct request *rq = NULL;

	(void)arg;
	decode_strings(d, &item->value, "pass", check_env_node, false, &names);
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
	(void)arg;
	decode_env_set(d, &item->value, &d->m->env_set);
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
	static const struct decode_key keys[] = {{"pass", read_pass, 0}, {"set", read_set, 0}};

	(void)arg;
	if (!decode_map(d, &item->value, "environment", keys, ARRAY_SIZE(keys)))
		return;
	for (size_t i = 0; i < d->m->env_set.n; i++)
		if (is_passed(d->m, d->m->env_set.v[i].name))
			ydoc_error(d->errs, d->m->env_set.v[i].pos, "remove one of them",
				   "%.60s is both set and passed", d->m->env_set.v[i].name);
}

static const struct decode_key top_keys[] = {
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
		if (!decode_find(root, needed[i].key) &&
		    !(strcmp(needed[i].key, "entrypoint") == 0 && decode_find(root, "entry_point")))
			ydoc_error(d->errs, root->pos, needed[i].hint, "missing key \"%s\"",
				   needed[i].key);
}

struct manifest *manifest_parse(const char *text, size_t n, const char *name,
				struct manifest_errors *errs)
{
	struct manifest *m = xcalloc(1, sizeof(*m));
	struct decoder d = {.m = m, .errs = errs, .requests = &m->requests, .limits = &m->limits,
			    .home_of = home_of};
	struct yaml_node root;
	size_t first = errs->n;
	bool whole = ydoc_read(text, n, decode_is_json(text, n, name), &root, errs) == 0;

	m->file = xstrdup(name);
	if (root.kind != YAML_BROKEN &&
	    decode_map(&d, &root, "the manifest", top_keys, ARRAY_SIZE(top_keys)) && whole)
		check_required(&d, &root);
	ydoc_free(&root);
	decode_finish(errs, first);
	if (errs->n == first)
		return m;
	manifest_free(m);
	return NULL;
}
