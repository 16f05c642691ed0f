/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/profile_diff.h"

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
	/* an application permission needs the caller's word in any case */
	return perm_find(name) >= 0 && profile_gives(p, name, arg) ? BY_ITSELF : WITH_ALLOW;
}

struct comparison {
	const struct profile *a, *b;
	struct strv *more, *less;
	struct strv seen;
};

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

void profile_diff(const struct profile *a, const struct profile *b, struct strv *more,
		  struct strv *less)
{
	struct comparison c = {.a = a, .b = b, .more = more, .less = less};

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
	strv_free(&c.seen);
}
