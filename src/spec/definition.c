/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/definition.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/decode.h"

#define DEFINITIONS_MAX 128
#define DESCRIPTION_MAX 1024
#define METHOD_MAX 128

void definitions_free(struct definitions *defs)
{
	for (size_t i = 0; i < defs->n; i++) {
		free(defs->v[i].name);
		free(defs->v[i].description);
		requests_free(&defs->v[i].includes);
		strv_free(&defs->v[i].send);
		strv_free(&defs->v[i].receive);
	}
	free(defs->v);
	*defs = (struct definitions){0};
}

const struct definition *definitions_find(const struct definitions *defs, const char *name)
{
	for (size_t i = 0; i < defs->n; i++)
		if (perm_name_covers(defs->v[i].name, name))
			return &defs->v[i];
	return NULL;
}

static void read_description(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	if (decode_want_string(d, &item->value, item->key, DESCRIPTION_MAX, false))
		d->definition->description = xstrdup(item->value.text);
}

static void read_risk(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const char *const words[] = {
		[RISK_LOW] = "low", [RISK_MEDIUM] = "medium", [RISK_HIGH] = "high"};
	int word = decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words),
			       "low, medium or high");

	(void)arg;
	if (word >= 0)
		d->definition->risk = (enum perm_risk)word;
}

static void read_includes(struct decoder *d, const struct yaml_item *item, int arg)
{
	struct requests *to = &d->definition->includes;
	struct requests *saved = d->requests;
	bool grant = d->grant;

	(void)arg;
	/* what is included is asked for, with its arguments */
	d->requests = to;
	d->grant = false;
	decode_requests(d, &item->value, item->key, true);
	d->requests = saved;
	d->grant = grant;
	for (size_t i = 0; i < to->n; i++)
		if (perm_find(to->v[i].name) < 0)
			ydoc_error(d->errs, to->v[i].pos,
				   "plugbox permissions lists those that can be",
				   "\"%s\" cannot be included: it is no kernel permission",
				   to->v[i].name);
}

/* What JSON-RPC calls a method: "event.message", "tools/list", with a "*" at its end perhaps */
static bool check_method(struct decoder *d, const struct yaml_node *v)
{
	char quoted[YAML_QUOTE_SIZE];
	size_t n = strspn(v->text,
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/$");

	if (n <= METHOD_MAX && n > 0 && (!v->text[n] || (v->text[n] == '*' && !v->text[n + 1])))
		return true;
	ydoc_error(d->errs, v->pos,
		   "write letters, digits, \".\", \"_\", \"-\", \"/\" and \"$\", and \"*\" at the "
		   "end for all "
		   "that begin so",
		   "invalid method %s", ydoc_quote(quoted, v->text));
	return false;
}

static void read_methods(struct decoder *d, const struct yaml_item *item, int send)
{
	decode_strings(d, &item->value, item->key, check_method, false,
		       send ? &d->definition->send : &d->definition->receive);
}

static void read_channel(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"send", read_methods, true},
						 {"receive", read_methods, false}};

	(void)arg;
	d->definition->channel = true;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

void definitions_read(struct decoder *d, const struct yaml_item *item, struct definitions *to)
{
	static const struct decode_key keys[] = {{"description", read_description, 0},
						 {"risk", read_risk, 0},
						 {"includes", read_includes, 0},
						 {"channel", read_channel, 0}};
	char quoted[YAML_QUOTE_SIZE];

	if (!decode_want(d, &item->value, YAML_MAP, item->key))
		return;
	for (size_t i = 0; i < item->value.n && to->n < DEFINITIONS_MAX; i++) {
		const struct yaml_item *one = &item->value.items[i];

		if (!one->key || str_starts(one->key, "x-"))
			continue;
		if (!perm_is_application(one->key)) {
			ydoc_error(d->errs, one->key_pos,
				   "one of the application's own has a \".\" in it, as music.play",
				   "%s is no name of an application permission",
				   ydoc_quote(quoted, one->key));
			continue;
		}
		grow(&to->v, &to->cap, to->n, sizeof(*to->v));
		d->definition = &to->v[to->n++];
		d->definition->name = xstrdup(one->key);
		d->definition->pos = one->key_pos;
		d->definition->risk = RISK_MEDIUM;
		(void)decode_map(d, &one->value, one->key, keys, ARRAY_SIZE(keys));
	}
}
