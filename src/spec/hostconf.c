/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/hostconf.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/decode.h"
#include "spec/permission.h"
#include "spec/profile.h"
#include "spec/value.h"

#define HOLD_MAX 1000000

static void rules_free(struct plugin_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		plugin_rule_free(&rules->v[i]);
	free(rules->v);
}

void hostconf_free(struct hostconf *h)
{
	if (!h)
		return;
	free(h->file);
	free(h->audit_file);
	free(h->data.path);
	free(h->cache.path);
	free(h->profile);
	signers_free(&h->signers);
	rules_free(&h->trusted);
	rules_free(&h->untrusted);
	free(h);
}

void hostpolicy_free(struct hostpolicy *h)
{
	hostconf_free(h->system);
	hostconf_free(h->user);
	hostconf_free(h->profile);
	*h = (struct hostpolicy){0};
}

static void read_profile(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->h->profile = decode_checked(d, &item->value, item->key, value_plugin_name, false);
	d->h->profile_pos = item->value.pos;
}

static void read_backend(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const char *const words[] = {"native"};

	(void)arg;
	(void)decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words), "native");
}

static void read_demand(struct decoder *d, const struct yaml_item *item, int audit)
{
	demand_read(d, item, audit, audit ? &d->h->audit : &d->h->consent,
		    audit ? &d->h->audit_pos : &d->h->consent_pos);
}

static void read_hold(struct decoder *d, const struct yaml_item *item, int denials)
{
	char quoted[YAML_QUOTE_SIZE];
	const char *why = NULL;

	if (item->value.kind != YAML_SCALAR || item->value.type != YAML_NUMBER)
		(void)decode_wrong_type(d, &item->value, item->key, "a number");
	else if (value_uint(item->value.text, 1, HOLD_MAX,
			    denials ? &d->h->hold_denials : &d->h->hold_kills, &why) < 0)
		ydoc_error(d->errs, item->value.pos, NULL, "%s %s: %s", item->key,
			   ydoc_quote(quoted, item->value.text), why);
}

static void read_misuse(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"kills", read_hold, false},
						 {"denials", read_hold, true}};

	(void)arg;
	d->h->misuse_pos = item->key_pos;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static int check_directory(const char *s, const char **why)
{
	const char *path = str_starts(s, "~/") ? s + 1 : s;

	*why = "expected a path that begins with \"/\" or \"~/\", without \"//\", \".\", \"..\" and "
	       "\"/\" at its end";
	return path_is_normal(path) && path[1] ? 0 : -1;
}

static void read_directory(struct decoder *d, const struct yaml_item *item, int cache)
{
	struct host_dir *to = cache ? &d->h->cache : &d->h->data;

	to->path = decode_checked(d, &item->value, item->key, check_directory, false);
	to->pos = item->value.pos;
}

static void read_limits_by(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_limits_by(d, item, &d->h->limits_by);
}

static void read_floor(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_isolation(d, item, &d->h->namespaces);
	d->h->isolation_pos = item->value.pos;
}

static void read_signers(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	signers_read(d, item, &d->h->signers);
}

static void read_rules(struct decoder *d, const struct yaml_item *item, int trusted)
{
	struct plugin_rules *rules = trusted ? &d->h->trusted : &d->h->untrusted;

	rules->present = true;
	if (trusted && !d->h->untrusted_pos.line)
		d->h->untrusted_pos = item->key_pos;
	if (!decode_want(d, &item->value, YAML_LIST, item->key))
		return;
	for (size_t i = 0; i < item->value.n; i++) {
		grow(&rules->v, &rules->cap, rules->n, sizeof(*rules->v));
		plugin_rule_read(d, &item->value.items[i].value, item->key, !trusted,
				 &rules->v[rules->n++]);
	}
}

static void read_allow_untrusted(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->h->says_untrusted = decode_bool(d, &item->value, item->key, &d->h->allow_untrusted);
	d->h->untrusted_pos = item->value.pos;
}

/* ---- plugins.isolation ---- */

static void read_enabled(struct decoder *d, const struct yaml_item *item, int arg)
{
	bool enabled = true;

	(void)arg;
	d->h->unconfined_pos = item->value.pos;
	if (decode_bool(d, &item->value, item->key, &enabled))
		d->h->unconfined = !enabled;
}

static void read_network_enabled(struct decoder *d, const struct yaml_item *item, int arg)
{
	bool enabled = true;

	(void)arg;
	d->h->network_pos = item->value.pos;
	if (decode_bool(d, &item->value, item->key, &enabled))
		d->h->no_network = !enabled;
}

static void read_isolation_limits(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"max_cpu", decode_limit, LIMIT_CPU},
						 {"max_memory", decode_limit, LIMIT_MEMORY}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static void read_isolation(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"enabled", read_enabled, 0},
						 {"backend", read_backend, 0},
						 {"network_enabled", read_network_enabled, 0},
						 {"timeout", decode_limit, LIMIT_TIMEOUT},
						 {"limits", read_isolation_limits, 0}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static void read_plugins(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"isolation", read_isolation, 0}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static const char *home_of(const char *key)
{
	static const char *const isolation[] = {"enabled", "network_enabled", "timeout", "max_cpu",
						"max_memory"};

	for (size_t i = 0; i < ARRAY_SIZE(isolation); i++)
		if (strcmp(isolation[i], key) == 0)
			return i < 3 ? "plugins: isolation" : "plugins: isolation: limits";
	return NULL;
}

struct hostconf *hostconf_parse(const char *text, size_t n, const char *name,
				struct manifest_errors *errs)
{
	static const struct decode_key keys[] = {
		{"profile", read_profile, 0},
		{"backend", read_backend, 0},
		{"allow_untrusted", read_allow_untrusted, 0},
		/* before what names them: a mapping is read in the order of this table */
		{"signers", read_signers, 0},
		{"trusted", read_rules, true},
		{"untrusted", read_rules, false},
		{"consent", read_demand, false},
		{"audit", read_demand, true},
		{"data", read_directory, false},
		{"cache", read_directory, true},
		{"misuse", read_misuse, 0},
		{"limits", read_limits_by, 0},
		{"isolation", read_floor, 0},
		{"plugins", read_plugins, 0},
	};
	struct hostconf *h = xcalloc(1, sizeof(*h));
	struct decoder d = {.errs = errs, .h = h, .limits = &h->max, .home_of = home_of};
	struct yaml_node root;
	size_t first = errs->n;

	h->file = xstrdup(name);
	(void)ydoc_read(text, n, decode_is_json(text, n, name), &root, errs);
	if (root.kind != YAML_BROKEN)
		(void)decode_map(&d, &root, "the configuration", keys, ARRAY_SIZE(keys));
	ydoc_free(&root);
	decode_finish(errs, first);
	if (errs->n == first)
		return h;
	hostconf_free(h);
	return NULL;
}

struct profile *hostconf_ceiling(const struct hostconf *h)
{
	struct profile *p;
	bool any = h->no_network || h->namespaces || h->limits_by != LIMITS_BEST_EFFORT;

	for (int i = 0; i < LIMIT_N; i++)
		any |= h->max.l[i].set;
	if (!any)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->file = xstrdup(h->file);
	p->unbounded = p->silent = true;
	p->max = h->max;
	p->limits_by = h->limits_by;
	p->namespaces = h->namespaces;
	p->isolation_pos = h->isolation_pos;
	if (h->no_network) {
		struct request *q = requests_add(&p->deny, perm_table[PERM_NETWORK].name);

		strv_add(&q->args, "host");
		q->pos = h->network_pos;
	}
	return p;
}

static enum demand higher(const struct hostpolicy *h, bool audit, const struct hostconf **by)
{
	const struct hostconf *files[] = {h->system, h->user, h->profile};
	enum demand most = DEMAND_OFF;

	*by = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		enum demand own = !files[i] ? DEMAND_OFF
				  : audit   ? files[i]->audit
					    : files[i]->consent;

		if (own <= most)
			continue;
		most = own;
		*by = files[i];
	}
	return most;
}

enum demand hostpolicy_consent(const struct hostpolicy *h, const struct hostconf **by)
{
	return higher(h, false, by);
}

enum demand hostpolicy_audit(const struct hostpolicy *h, const struct hostconf **by)
{
	return higher(h, true, by);
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

uint64_t hostpolicy_hold_kills(const struct hostpolicy *h)
{
	return lower(h->system ? h->system->hold_kills : 0, h->user ? h->user->hold_kills : 0);
}

uint64_t hostpolicy_hold_denials(const struct hostpolicy *h)
{
	return lower(h->system ? h->system->hold_denials : 0, h->user ? h->user->hold_denials : 0);
}
