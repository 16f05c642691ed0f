/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/plugin_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/decode.h"
#include "spec/hostconf.h"
#include "spec/value.h"

#define KEY_DIGITS 56

enum rule_key { KEY_NAME, KEY_PATH, KEY_DIGEST, KEY_SIGNER };

static int check_path(const char *s, const char **why)
{
	*why = "expected an absolute path without \"//\", \".\", \"..\" and \"/\" at its end";
	return path_is_normal(s) && s[1] ? 0 : -1;
}

static int check_digest(const char *s, const char **why)
{
	static const char prefix[] = "b2:";
	const char *digits = s + strlen(prefix);

	*why = "expected b2: and 64 digits of 0-9a-f";
	return str_starts(s, prefix) && strlen(digits) == 64 &&
			       strspn(digits, "0123456789abcdef") == 64
		       ? 0
		       : -1;
}

bool plugin_rule_is_key(const char *s)
{
	/* 42 bytes fill their digits wholly, so that each key is written in one way; the third
	 * digit holds the last two bits of "Ed" */
	return strlen(s) == KEY_DIGITS && str_starts(s, "RW") && strchr("QRST", s[2]) &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
		       KEY_DIGITS;
}

static int check_key(const char *s, const char **why)
{
	*why = "expected RW and 54 more digits of base64, the second line of minisign.pub";
	return plugin_rule_is_key(s) ? 0 : -1;
}

/* A key, or the name of one. */
static int check_signer(const char *s, const char **why)
{
	if (value_plugin_name(s, why) == 0)
		return 0;
	return check_key(s, why);
}

static const struct {
	const char *name;
	int (*check)(const char *s, const char **why);
} rule_keys[] = {
	[KEY_NAME] = {"name", value_plugin_name},
	[KEY_PATH] = {"path", check_path},
	[KEY_DIGEST] = {"digest", check_digest},
	[KEY_SIGNER] = {"signer", check_signer},
};

static const char *find_signer(const struct decoder *d, const char *name)
{
	for (size_t i = 0; d->h && i < d->h->signers.n; i++)
		if (strcmp(d->h->signers.v[i].name, name) == 0)
			return d->h->signers.v[i].key;
	return NULL;
}

/* A name is another key of the same file, so that the one who gives it says whose it is. */
static void resolve_signer(struct decoder *d, const struct yaml_node *v)
{
	struct plugin_rule *r = d->rule;
	char quoted[YAML_QUOTE_SIZE];
	const char *key;

	if (!r->signer || plugin_rule_is_key(r->signer))
		return;
	key = find_signer(d, r->signer);
	if (!key)
		ydoc_error(d->errs, v->pos,
			   d->h ? "write NAME: KEY below signers in this file"
				: "write the key itself: the second line of minisign.pub",
			   "there is no signer %s", ydoc_quote(quoted, r->signer));
	free(r->signer);
	r->signer = key ? xstrdup(key) : NULL;
}

static void read_value(struct decoder *d, const struct yaml_node *v, int key)
{
	char **to = key == KEY_NAME     ? &d->rule->name
		    : key == KEY_PATH   ? &d->rule->path
		    : key == KEY_DIGEST ? &d->rule->digest
					: &d->rule->signer;

	*to = decode_checked(d, v, rule_keys[key].name, rule_keys[key].check, false);
	if (key == KEY_SIGNER)
		resolve_signer(d, v);
}

static void read_key(struct decoder *d, const struct yaml_item *item, int key)
{
	read_value(d, &item->value, key);
}

void signers_read(struct decoder *d, const struct yaml_item *item, struct signers *to)
{
	if (!decode_want(d, &item->value, YAML_MAP, item->key))
		return;
	for (size_t i = 0; i < item->value.n; i++) {
		const struct yaml_item *one = &item->value.items[i];
		const char *why = NULL;
		char *key;

		if (!one->key || str_starts(one->key, "x-"))
			continue;
		if (value_plugin_name(one->key, &why) < 0) {
			ydoc_error(d->errs, one->key_pos, NULL, "the name of a signer: %s", why);
			continue;
		}
		key = decode_checked(d, &one->value, one->key, check_key, false);
		if (!key)
			continue;
		grow(&to->v, &to->cap, to->n, sizeof(*to->v));
		to->v[to->n++] = (struct signer){.name = xstrdup(one->key), .key = key};
	}
}

void signers_free(struct signers *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].key);
	}
	free(s->v);
	*s = (struct signers){0};
}

void plugin_rule_read(struct decoder *d, const struct yaml_node *v, const char *what, bool by_name,
		      struct plugin_rule *r)
{
	static const struct decode_key keys[] = {{"name", read_key, KEY_NAME},
						 {"path", read_key, KEY_PATH},
						 {"digest", read_key, KEY_DIGEST},
						 {"signer", read_key, KEY_SIGNER}};
	size_t before = d->errs->n;

	*r = (struct plugin_rule){.pos = v->pos};
	d->rule = r;
	if (v->kind == YAML_MAP)
		(void)decode_map(d, v, what, keys, ARRAY_SIZE(keys));
	else if (v->kind == YAML_SCALAR)
		read_value(d, v,
			   v->text[0] == '/'		       ? KEY_PATH
			   : str_starts(v->text, "b2:")	       ? KEY_DIGEST
			   : plugin_rule_is_key(v->text) ? KEY_SIGNER
							       : KEY_NAME);
	else
		(void)decode_wrong_type(d, v, what, "a plugin");
	if (d->errs->n > before || v->kind == YAML_BROKEN)
		return;
	if (!r->name && !r->path && !r->digest && !r->signer)
		ydoc_error(d->errs, v->pos, "write its path or digest", "%s names no plugin", what);
	else if (!by_name && !r->path && !r->digest && !r->signer)
		ydoc_error(d->errs, v->pos,
			   "add its path, digest or signer: {name: weather, path: /srv/weather}",
			   "a name alone is what any plugin can call itself");
}

void plugin_rule_free(struct plugin_rule *r)
{
	free(r->name);
	free(r->path);
	free(r->digest);
	free(r->signer);
	*r = (struct plugin_rule){0};
}
