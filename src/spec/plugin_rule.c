/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/plugin_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/decode.h"
#include "spec/value.h"

enum rule_key { KEY_NAME, KEY_PATH, KEY_DIGEST };

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

static const struct {
	const char *name;
	int (*check)(const char *s, const char **why);
} rule_keys[] = {
	[KEY_NAME] = {"name", value_plugin_name},
	[KEY_PATH] = {"path", check_path},
	[KEY_DIGEST] = {"digest", check_digest},
};

static void read_value(struct decoder *d, const struct yaml_node *v, int key)
{
	char **to = key == KEY_NAME   ? &d->rule->name
		    : key == KEY_PATH ? &d->rule->path
				      : &d->rule->digest;

	*to = decode_checked(d, v, rule_keys[key].name, rule_keys[key].check, false);
}

static void read_key(struct decoder *d, const struct yaml_item *item, int key)
{
	read_value(d, &item->value, key);
}

static void read_signer(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	ydoc_error(d->errs, item->key_pos, "name the plugin by path or digest",
		   "signer is not supported: plugbox checks no signatures");
}

void plugin_rule_read(struct decoder *d, const struct yaml_node *v, const char *what, bool by_name,
		      struct plugin_rule *r)
{
	static const struct decode_key keys[] = {{"name", read_key, KEY_NAME},
						 {"path", read_key, KEY_PATH},
						 {"digest", read_key, KEY_DIGEST},
						 {"signer", read_signer, 0}};
	size_t before = d->errs->n;

	*r = (struct plugin_rule){.pos = v->pos};
	d->rule = r;
	if (v->kind == YAML_MAP)
		(void)decode_map(d, v, what, keys, ARRAY_SIZE(keys));
	else if (v->kind == YAML_SCALAR)
		read_value(d, v,
			   v->text[0] == '/'		    ? KEY_PATH
			   : str_starts(v->text, "b2:") ? KEY_DIGEST
							    : KEY_NAME);
	else
		(void)decode_wrong_type(d, v, what, "a plugin");
	if (d->errs->n > before || v->kind == YAML_BROKEN)
		return;
	if (!r->name && !r->path && !r->digest)
		ydoc_error(d->errs, v->pos, "write its path or digest", "%s names no plugin", what);
	else if (!by_name && !r->path && !r->digest)
		ydoc_error(d->errs, v->pos,
			   "add its path or digest: {name: weather, path: /srv/weather}",
			   "a name alone is what any plugin can call itself");
}

void plugin_rule_free(struct plugin_rule *r)
{
	free(r->name);
	free(r->path);
	free(r->digest);
	*r = (struct plugin_rule){0};
}
