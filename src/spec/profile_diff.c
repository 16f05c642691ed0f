/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/profile_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/permission.h"

/* How far a profile goes; of two the higher gives more. */
enum reach { NEVER, WITH_ALLOW, BY_ITSELF };

static const char *const reach_words[] = {
	[NEVER] = "never", [WITH_ALLOW] = "with --allow", [BY_ITSELF] = "without --allow"};

/* All of a permission is out of reach only where no part of it is left: a part that is denied is
 * compared by itself. */
static bool denied(const struct profile *p, const char *name, const char *arg)
{
	if (arg)
		return profile_denies(p, name, arg);
	for (; p; p = p->parent)
		for (size_t i = 0; i < p->deny.n; i++)
			if (p->deny.v[i].args.n == 0 && perm_name_overlaps(p->deny.v[i].name, name))
				return true;
	return false;
}

static enum reach reach_of(const struct profile *p, const char *name, const char *arg)
{
	if (!profile_allows(p, name, arg) || denied(p, name, arg))
		return NEVER;
	/* one of an application needs the caller's word, unless it is a name for some of the kernel's */
	if (perm_find(name) < 0) {
		const struct profile *in;
		const struct definition *def = profile_definition(p, name, &in);

		if (!def || !def->includes.n)
			return WITH_ALLOW;
	}
	return profile_gives(p, name, arg) ? BY_ITSELF : WITH_ALLOW;
}

static const char *const demand_words[] = {
	[DEMAND_OFF] = "off", [DEMAND_ON] = "on", [DEMAND_REQUIRED] = "required"};
static const char *const isolation_words[] = {"landlock", "namespaces"};

struct comparison {
	const struct profile *a, *b;
	struct strv *more, *less, *other;
	struct strv seen;
};

/* "KEY: b instead of a", where they are not the same. Takes both. */
static void tell(const char *key, char *a, char *b, struct strv *to)
{
	if (strcmp(a, b) != 0)
		strv_take(to, xasprintf("%s: %s instead of %s", key, b, a));
	free(a);
	free(b);
}

/* arg NULL: the permission without arguments, or all of one that has some. */
static void compare(struct comparison *c, const char *name, const char *arg)
{
	int id = perm_find(name);
	bool all = !arg && id >= 0 && perm_table[id].arg != PERM_ARG_NONE;
	autofree char *what = xasprintf("%s%s%s", name,
					arg   ? ": "
					: all ? ", any"
					      : "",
					arg ? arg : "");
	enum reach a = reach_of(c->a, name, arg);
	enum reach b = reach_of(c->b, name, arg);

	if (strv_has(&c->seen, what))
		return;
	strv_add(&c->seen, what);
	if (a != b)
		strv_take(b > a ? c->more : c->less,
			  xasprintf("%s: %s instead of %s", what, reach_words[b], reach_words[a]));
}

static void compare_list(struct comparison *c, const struct requests *rs)
{
	for (size_t i = 0; i < rs->n; i++) {
		int id = perm_find(rs->v[i].name);

		/* an application's arguments are names: without one it is the permission itself */
		if (rs->v[i].args.n == 0 || id < 0)
			compare(c, rs->v[i].name, NULL);
		for (size_t k = 0; k < rs->v[i].args.n; k++)
			compare(c, rs->v[i].name, rs->v[i].args.v[k]);
	}
}

static void compare_chain(struct comparison *c, const struct profile *p)
{
	for (; p; p = p->parent) {
		compare_list(c, &p->allow);
		compare_list(c, &p->defaults);
		compare_list(c, &p->deny);
	}
}

/* "at most 64", "64 where none is named", "no bound" */
static char *bound_text(bool max, enum limit_id id, bool set, uint64_t v)
{
	char text[LIMIT_TEXT_MAX];

	if (!set)
		return xstrdup(max ? "no bound" : "plugbox's own");
	(void)limit_format(text, sizeof(text), id, v);
	return max ? xasprintf("at most %s", text) : xasprintf("%s where none is named", text);
}

static void compare_limit(struct comparison *c, enum limit_id id, bool max)
{
	bool (*ask)(const struct profile *p, enum limit_id id, uint64_t *v) =
		max ? profile_max : profile_usual;
	uint64_t a = 0;
	uint64_t b = 0;
	bool in_a = ask(c->a, id, &a);
	bool in_b = ask(c->b, id, &b);

	if (in_a != in_b || a != b) {
		autofree char *was = bound_text(max, id, in_a, a);
		autofree char *is = bound_text(max, id, in_b, b);

		strv_take(!in_b || (in_a && limit_lower(id, a, b) == a) ? c->more : c->less,
			  xasprintf("%s: %s instead of %s", limit_table[id].key, is, was));
	}
}

static void compare_calls(struct comparison *c)
{
	struct syscall_set added[2] = {{{0}}};
	struct syscall_set removed[2] = {{{0}}};
	const char *name;

	profile_calls(c->a, &added[0], &removed[0]);
	profile_calls(c->b, &added[1], &removed[1]);
	for (int i = 0; (name = syscalls_name(i)); i++) {
		bool was = syscall_set_has(&added[0], i);
		bool is = syscall_set_has(&added[1], i);

		if (was != is)
			strv_take(is ? c->more : c->less, xasprintf("system call %s: %s", name,
								    is ? "added" : "not added"));
		was = syscall_set_has(&removed[0], i);
		is = syscall_set_has(&removed[1], i);
		if (was != is)
			strv_take(is ? c->less : c->more,
				  xasprintf("system call %s: %s", name,
					    is ? "taken away" : "not taken away"));
	}
}

/* ---- what is neither more nor less ---- */

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void join(struct strbuf *b, const char *before, const struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		strbuf_printf(b, "%s%s", i ? ", " : before, list->v[i]);
}

/* In an order of their own: that of the file says nothing. */
static void put_requests(struct strbuf *b, const char *before, const struct requests *rs)
{
	struct strv lines = {0};

	for (size_t i = 0; i < rs->n; i++) {
		const struct request *q = &rs->v[i];

		if (q->args.n == 0)
			strv_add(&lines, q->name);
		for (size_t k = 0; k < q->args.n; k++)
			strv_take(&lines, xasprintf("%s %s", q->name, q->args.v[k]));
	}
	if (lines.n)
		qsort(lines.v, lines.n, sizeof(*lines.v), by_bytes);
	join(b, before, &lines);
	strv_free(&lines);
}

static char *list_text(bool there, const struct requests *rs)
{
	struct strbuf b = {0};

	if (!there)
		return xstrdup("nothing said");
	strbuf_puts(&b, rs->n ? "" : "an empty list");
	put_requests(&b, "", rs);
	return b.s;
}

static char *limits_text(const struct limits *limits)
{
	struct strbuf b = {0};
	char v[LIMIT_TEXT_MAX];

	for (int id = 0; id < LIMIT_N; id++)
		if (limits->l[id].set)
			strbuf_printf(&b, "%s%s %s", b.n ? ", " : "", limit_table[id].key,
				      limit_format(v, sizeof(v), (enum limit_id)id, limits->l[id].v));
	if (!b.n)
		strbuf_puts(&b, "none");
	return b.s;
}

static char *rule_text(const struct profile *p, bool chain)
{
	struct strbuf b = {0};

	for (; p; p = chain ? p->parent : NULL) {
		const struct {
			const char *key, *value;
		} parts[] = {{"name", p->plugin.name},
			     {"path", p->plugin.path},
			     {"digest", p->plugin.digest},
			     {"signer", p->plugin.signer}};

		for (size_t i = 0; p->bound && i < ARRAY_SIZE(parts); i++)
			if (parts[i].value)
				strbuf_printf(&b, "%s%s %s", b.n ? ", " : "", parts[i].key,
					      parts[i].value);
	}
	if (!b.n)
		strbuf_puts(&b, "any");
	return b.s;
}

static void compare_plugin(struct comparison *c)
{
	char *a = rule_text(c->a, true);
	char *b = rule_text(c->b, true);
	struct strv *to = strcmp(a, "any") == 0	  ? c->less
			  : strcmp(b, "any") == 0 ? c->more
						  : c->other;

	tell("plugin", a, b, to);
}

static const char *variable(const struct env_pairs *env, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < env->n; i++)
		if (strcmp(env->v[i].name, name) == 0)
			value = env->v[i].value;
	return value;
}

static char *quoted(const char *s, const char *without)
{
	return s ? xasprintf("\"%s\"", s) : xstrdup(without);
}

static void compare_environment(struct comparison *c)
{
	struct env_pairs env[2] = {0};
	struct strv seen = {0};

	profile_environment(c->a, &env[0]);
	profile_environment(c->b, &env[1]);
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < env[i].n; k++) {
			const char *name = env[i].v[k].name;

			if (strv_has(&seen, name))
				continue;
			strv_add(&seen, name);
			tell(name, quoted(variable(&env[0], name), "not set"),
			     quoted(variable(&env[1], name), "not set"), c->other);
		}
	}
	strv_free(&seen);
	env_pairs_free(&env[0]);
	env_pairs_free(&env[1]);
}

static void put_definition(struct strbuf *b, const struct definition *def)
{
	static const char *const risks[] = {
		[RISK_LOW] = "low", [RISK_MEDIUM] = "medium", [RISK_HIGH] = "high"};

	strbuf_printf(b, "%srisk %s", b->n ? "; " : "", risks[def->risk]);
	if (def->description)
		strbuf_printf(b, " \"%s\"", def->description);
	put_requests(b, " with ", &def->includes);
	if (def->channel) {
		strbuf_puts(b, " by rules for the channel");
		join(b, " to send ", &def->send);
		join(b, " to receive ", &def->receive);
	}
}

/* All that is said of the name, by the chain or by p alone. */
static char *definition_text(const struct profile *p, const char *name, bool chain)
{
	struct strbuf b = {0};

	for (; p; p = chain ? p->parent : NULL)
		for (size_t i = 0; i < p->definitions.n; i++)
			if (strcmp(p->definitions.v[i].name, name) == 0)
				put_definition(&b, &p->definitions.v[i]);
	if (!b.n)
		strbuf_puts(&b, "not defined");
	return b.s;
}

static void compare_definitions(struct comparison *c, const struct profile *p)
{
	for (; p; p = p->parent) {
		for (size_t i = 0; i < p->definitions.n; i++) {
			const char *name = p->definitions.v[i].name;
			autofree char *key = xasprintf("permission %s", name);

			if (strv_has(&c->seen, key))
				continue;
			strv_add(&c->seen, key);
			tell(key, definition_text(c->a, name, true),
			     definition_text(c->b, name, true), c->other);
		}
	}
}

/* What is wanted at least, so that more of it is less for the plugin. */
static void compare_floors(struct comparison *c)
{
	const struct profile *by;
	const struct {
		const char *key;
		const char *const *words;
		int a, b;
	} floors[] = {
		{"limits by", limits_by_words, profile_limits_by(c->a), profile_limits_by(c->b)},
		{"isolation", isolation_words, profile_namespaces(c->a) != NULL,
		 profile_namespaces(c->b) != NULL},
		{"consent", demand_words, profile_demand(c->a, false, &by),
		 profile_demand(c->b, false, &by)},
		{"audit", demand_words, profile_demand(c->a, true, &by), profile_demand(c->b, true, &by)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(floors); i++)
		tell(floors[i].key, xstrdup(floors[i].words[floors[i].a]),
		     xstrdup(floors[i].words[floors[i].b]),
		     floors[i].b > floors[i].a ? c->less : c->more);
}

static void compare_rest(struct comparison *c)
{
	const struct profile *a = c->a;
	const struct profile *b = c->b;

	compare_environment(c);
	compare_definitions(c, a);
	compare_definitions(c, b);
	tell("runtime", quoted(profile_runtime(a), "the launch's own"),
	     quoted(profile_runtime(b), "the launch's own"), c->other);
	tell("description", quoted(a->description, "none"), quoted(b->description, "none"), c->other);
	tell("extends", quoted(a->parent ? a->parent->file : a->extends, "nothing"),
	     quoted(b->parent ? b->parent->file : b->extends, "nothing"), c->other);
	tell("widen", xstrdup(a->widen ? "true" : "false"), xstrdup(b->widen ? "true" : "false"),
	     c->other);
}

static char *calls_text(bool there, const struct syscall_set *set)
{
	struct strbuf b = {0};
	const char *name;

	for (int i = 0; (name = syscalls_name(i)); i++)
		if (syscall_set_has(set, i))
			strbuf_printf(&b, "%s%s", b.n ? ", " : "", name);
	if (!b.n)
		strbuf_puts(&b, there ? "an empty list" : "nothing said");
	return b.s;
}

/* What the file itself says, each as a key and a text: of all that has an effect only together with
 * what it extends. */
static void as_written(const struct profile *p, struct strv *out)
{
	const struct {
		const char *key;
		char *text;
	} words[] = {
		{"plugin", rule_text(p, false)},
		{"allow", list_text(p->has_allow, &p->allow)},
		{"defaults", list_text(p->has_defaults, &p->defaults)},
		{"deny", list_text(p->deny.n > 0, &p->deny)},
		{"upper limits", limits_text(&p->max)},
		{"usual limits", limits_text(&p->usual)},
		{"limits by", xstrdup(limits_by_words[p->limits_by])},
		{"isolation", xstrdup(isolation_words[p->namespaces])},
		{"consent", xstrdup(demand_words[p->consent])},
		{"audit", xstrdup(demand_words[p->audit])},
		{"registration", xstrdup(p->registration_open	? "open"
					 : p->has_registration ? "listed"
							       : "nothing said")},
		{"runtime", quoted(p->runtime, "nothing said")},
		{"system calls added", calls_text(p->has_calls, &p->calls_allowed)},
		{"system calls taken away", calls_text(false, &p->calls_denied)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		strv_add(out, words[i].key);
		strv_take(out, words[i].text);
	}
	for (size_t i = 0; i < p->env_set.n; i++) {
		strv_add(out, p->env_set.v[i].name);
		strv_take(out, quoted(p->env_set.v[i].value, ""));
	}
	for (size_t i = 0; i < p->definitions.n; i++) {
		strv_add(out, p->definitions.v[i].name);
		strv_take(out, definition_text(p, p->definitions.v[i].name, false));
	}
}

static const char *text_of(const struct strv *words, const char *key)
{
	for (size_t i = 0; i < words->n; i += 2)
		if (strcmp(words->v[i], key) == 0)
			return words->v[i + 1];
	return "nothing said";
}

/* Of two that come to the same, what they write otherwise. */
static void compare_as_written(struct comparison *c)
{
	struct strv words[2] = {0};

	as_written(c->a, &words[0]);
	as_written(c->b, &words[1]);
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < words[i].n; k += 2) {
			autofree char *key = xasprintf("to the same effect, %s", words[i].v[k]);

			if (strv_has(&c->seen, key))
				continue;
			strv_add(&c->seen, key);
			tell(key, xstrdup(text_of(&words[0], words[i].v[k])),
			     xstrdup(text_of(&words[1], words[i].v[k])), c->other);
		}
	}
	strv_free(&words[0]);
	strv_free(&words[1]);
}

void profile_diff(const struct profile *a, const struct profile *b, struct strv *more,
		  struct strv *less, struct strv *other)
{
	struct comparison c = {.a = a, .b = b, .more = more, .less = less, .other = other};

	compare_plugin(&c);
	compare_chain(&c, a);
	compare_chain(&c, b);
	for (int id = 0; id < LIMIT_N; id++)
		for (int max = 0; max < 2; max++)
			compare_limit(&c, (enum limit_id)id, max);
	compare_calls(&c);
	if (profile_registration_open(a) != profile_registration_open(b))
		strv_add(profile_registration_open(b) ? more : less,
			 profile_registration_open(b) ? "registration: open instead of listed"
						      : "registration: listed instead of open");
	compare_floors(&c);
	compare_rest(&c);
	if (!more->n && !less->n && !other->n)
		compare_as_written(&c);
	strv_free(&c.seen);
}
