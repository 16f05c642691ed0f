/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox profile: which there are, whether one is right, what it says with all that it extends, and
 * what another gives more or less. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "options.h"
#include "run/profile_list.h"
#include "run/profile_load.h"
#include "spec/profile_diff.h"

/* From a file to a terminal: nothing raw. */
static void put(const char *text)
{
	char shown[1200];

	(void)fputs(str_escape(shown, sizeof(shown), text, strlen(text)), stdout);
}

static void show_list(const char *title, const struct requests *rs, bool present)
{
	if (!present)
		return;
	(void)printf("  %s:%s\n", title, rs->n ? "" : " nothing");
	for (size_t i = 0; i < rs->n; i++) {
		(void)fputs("    ", stdout);
		put(rs->v[i].name);
		for (size_t k = 0; k < rs->v[i].args.n; k++) {
			(void)fputs(k ? ", " : ": ", stdout);
			put(rs->v[i].args.v[k]);
		}
		(void)putchar('\n');
	}
}

static void show_limits(const struct profile *p)
{
	for (int id = 0; id < LIMIT_N; id++) {
		char text[32];
		uint64_t v;

		if (profile_max(p, (enum limit_id)id, &v))
			(void)printf("  %s: at most %s\n", limit_table[id].key,
				     limit_format(text, sizeof(text), (enum limit_id)id, v));
		if (profile_usual(p, (enum limit_id)id, &v))
			(void)printf("  %s: %s where none is named\n", limit_table[id].key,
				     limit_format(text, sizeof(text), (enum limit_id)id, v));
	}
}

static void show_calls(const char *title, const struct syscall_set *set)
{
	const char *name;

	if (syscall_set_empty(set))
		return;
	(void)printf("  %s:", title);
	for (int i = 0; (name = syscalls_name(i)); i++)
		if (syscall_set_has(set, i))
			(void)printf(" %s", name);
	(void)putchar('\n');
}

static void show_plugin(const struct plugin_rule *rule)
{
	const struct {
		const char *key, *value;
	} parts[] = {{"name", rule->name},
		     {"path", rule->path},
		     {"digest", rule->digest},
		     {"signer", rule->signer}};

	(void)fputs("  for the plugin of", stdout);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!parts[i].value)
			continue;
		(void)printf(" %s ", parts[i].key);
		put(parts[i].value);
	}
	(void)putchar('\n');
}

/* What is no permission and no limit */
static void show_rest(const struct profile *p)
{
	static const char *const words[] = {
		[DEMAND_OFF] = "off", [DEMAND_ON] = "on", [DEMAND_REQUIRED] = "required"};

	if (p->bound)
		show_plugin(&p->plugin);
	for (size_t i = 0; i < p->env_set.n; i++) {
		(void)printf("  %s is set to ", p->env_set.v[i].name);
		put(p->env_set.v[i].value);
		(void)putchar('\n');
	}
	for (size_t i = 0; i < p->definitions.n; i++) {
		const struct definition *def = &p->definitions.v[i];

		(void)fputs("  ", stdout);
		put(def->name);
		(void)fputs(def->channel ? " has rules for the channel" : " is defined", stdout);
		for (size_t k = 0; k < def->includes.n; k++) {
			(void)fputs(k ? ", " : ", and includes ", stdout);
			put(def->includes.v[k].name);
			for (size_t n = 0; n < def->includes.v[k].args.n; n++) {
				(void)putchar(' ');
				put(def->includes.v[k].args.v[n]);
			}
		}
		(void)fputs(def->description ? ": " : "", stdout);
		put(def->description ? def->description : "");
		(void)putchar('\n');
	}
	if (p->runtime) {
		(void)fputs("  runtime: ", stdout);
		put(p->runtime);
		(void)putchar('\n');
	}
	if (p->consent_pos.line)
		(void)printf("  consent: %s\n", words[p->consent]);
	if (p->audit_pos.line)
		(void)printf("  audit: %s\n", words[p->audit]);
	if (p->limits_by != LIMITS_BEST_EFFORT)
		(void)printf("  limits: by %s\n", limits_by_words[p->limits_by]);
	if (p->namespaces)
		(void)puts("  isolation: namespaces");
	if (p->has_registration)
		(void)printf("  registration: %s\n", p->registration_open ? "open" : "listed");
	show_calls("system calls added", &p->calls_allowed);
	show_calls("system calls taken away", &p->calls_denied);
}

static void show(const struct profile *profile)
{
	for (const struct profile *p = profile; p; p = p->parent) {
		if (p != profile)
			(void)fputs(p == profile->parent ? "extends " : "which extends ", stdout);
		put(p->file);
		(void)fputs(p->widen ? ", and adds to it\n" : "\n", stdout);
		if (p->description) {
			(void)fputs("  ", stdout);
			put(p->description);
			(void)putchar('\n');
		}
		show_list("allow", &p->allow, p->has_allow || !p->parent);
		show_list("given without --allow", &p->defaults, p->has_defaults);
		show_list("deny", &p->deny, p->deny.n > 0);
		show_rest(p);
	}
	(void)puts("limits of all together");
	show_limits(profile);
}

/* ---- list ---- */

static void list_one(const struct profile_entries *list, const struct profile_entry *entry,
		     const struct profile *p, struct json *j)
{
	const char *shadows = entry->shadows ? list->v[entry->shadows - 1].path : NULL;

	if (j) {
		json_object(j, NULL);
		json_str(j, "name", entry->name);
		json_str(j, "kind", entry->plugin ? "plugin" : "profile");
		json_str(j, "file", entry->path);
		json_str(j, "description", p->description);
		json_str(j, "extends", p->extends);
		json_str(j, "shadows", shadows);
		json_end_object(j);
		return;
	}
	(void)printf("%s%-18s ", entry->plugin ? "plugin " : "", entry->name);
	put(entry->path);
	(void)putchar('\n');
	if (p->description) {
		(void)fputs("    ", stdout);
		put(p->description);
		(void)putchar('\n');
	}
	if (shadows) {
		(void)fputs("    instead of ", stdout);
		put(shadows);
		(void)putchar('\n');
	}
}

/* One that cannot be used is told, and the others are listed. */
static int list(struct json *j, struct pb_err *e)
{
	struct profile_entries entries = {0};
	int rc = profile_list(&entries, e);

	for (size_t i = 0; i < entries.n; i++) {
		struct pb_err bad = {0};
		struct profile *p = profile_load(entries.v[i].path, &bad);

		if (p) {
			list_one(&entries, &entries.v[i], p, j);
		} else if (rc == 0) {
			*e = bad;
			rc = -1;
		} else {
			log_error("%s", bad.msg);
		}
		profile_free(p);
	}
	profile_entries_free(&entries);
	return rc;
}

/* ---- diff ---- */

static void print_lines(const char *title, const struct strv *lines)
{
	if (!lines->n)
		return;
	(void)puts(title);
	for (size_t i = 0; i < lines->n; i++) {
		(void)fputs("  ", stdout);
		put(lines->v[i]);
		(void)putchar('\n');
	}
}

static int diff(const char *first, const char *second, struct json *j, struct pb_err *e)
{
	struct profile *a = profile_load(first, e);
	struct profile *b = a ? profile_load(second, e) : NULL;
	struct strv more = {0};
	struct strv less = {0};
	struct strv other = {0};

	if (b) {
		profile_diff(a, b, &more, &less, &other);
		if (j) {
			json_str(j, "first", a->file);
			json_str(j, "second", b->file);
			json_strv(j, "more", &more);
			json_strv(j, "less", &less);
			json_strv(j, "other", &other);
		} else {
			put(b->file);
			(void)fputs(more.n || less.n || other.n ? ", compared with " : " says the same as ", stdout);
			put(a->file);
			(void)putchar('\n');
			print_lines("gives more", &more);
			print_lines("gives less", &less);
			print_lines("says otherwise", &other);
		}
	}
	strv_free(&more);
	strv_free(&less);
	strv_free(&other);
	profile_free(a);
	profile_free(b);
	return b ? 0 : -1;
}

/* ---- check, show ---- */

static int each(const struct strv *words, bool check, struct pb_err *e)
{
	for (size_t i = 1; i < words->n; i++) {
		struct profile *p = profile_load(words->v[i], e);

		if (!p)
			return -1;
		if (check) {
			put(p->file);
			(void)puts(": ok");
		} else {
			show(p);
		}
		profile_free(p);
	}
	return 0;
}

static int usage(const struct strv *words, bool json, struct pb_err *e)
{
	static const char *const verbs[] = {"check", "diff", "list", "show"};
	const char *verb = words->n ? words->v[0] : "";
	const char *nearest = str_nearest(verb, verbs, ARRAY_SIZE(verbs));

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verb, verbs[i]) != 0)
			continue;
		if (json && (strcmp(verb, "check") == 0 || strcmp(verb, "show") == 0))
			return pb_err_set(e, PB_ERR_USAGE, 0, "profile %s: there is no --json", verb);
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "profile %s: expected %s", verb,
				 strcmp(verb, "list") == 0   ? "nothing more"
				 : strcmp(verb, "diff") == 0 ? "two profiles"
							      : "a profile");
		return pb_err_hint(e, "write: plugbox profile %s%s", verb,
				   strcmp(verb, "list") == 0   ? ""
				   : strcmp(verb, "diff") == 0 ? " NAME|PATH NAME|PATH"
								: " NAME|PATH");
	}
	(void)pb_err_set(e, PB_ERR_USAGE, 0, "profile: expected check, diff, list or show");
	if (nearest && *verb)
		return pb_err_hint(e, "did you mean \"%s\"?", nearest);
	return pb_err_hint(e, "write: plugbox profile show NAME|PATH");
}

int cmd_profile(int argc, char **argv, struct pb_err *e)
{
	struct strv words = {0};
	struct json j = {0};
	bool json = false;
	int rc = options_simple("profile", &json, &words, argc, argv, e);
	const char *verb = words.n ? words.v[0] : "";
	bool is_list = strcmp(verb, "list") == 0;
	bool is_diff = strcmp(verb, "diff") == 0;
	bool is_check = strcmp(verb, "check") == 0;

	if (rc) {
		strv_free(&words);
		return rc < 0 ? pb_err_exit_code(e) : 0;
	}
	if (json && is_list)
		json_array(&j, NULL);
	else if (json)
		json_object(&j, NULL);
	if (is_list && words.n == 1)
		rc = list(json ? &j : NULL, e);
	else if (is_diff && words.n == 3)
		rc = diff(words.v[1], words.v[2], json ? &j : NULL, e);
	else if ((is_check || strcmp(verb, "show") == 0) && words.n > 1 && !json)
		rc = each(&words, is_check, e);
	else
		rc = usage(&words, json, e);
	if (json && is_list)
		json_end_array(&j);
	else if (json)
		json_end_object(&j);
	if (json && (rc == 0 || is_list) && e->kind != PB_ERR_USAGE)
		(void)puts(j.out.s);
	json_free(&j);
	strv_free(&words);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
