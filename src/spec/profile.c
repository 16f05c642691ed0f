/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/decode.h"
#include "spec/permission.h"
#include "spec/value.h"

#define DESCRIPTION_MAX 1024

enum list { LIST_ALLOW, LIST_DENY, LIST_DEFAULTS };

static void read_description(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	if (decode_want_string(d, &item->value, item->key, DESCRIPTION_MAX, false))
		d->p->description = xstrdup(item->value.text);
}

static void read_extends(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->p->extends = decode_checked(d, &item->value, "extends", value_plugin_name, false);
	d->p->extends_pos = item->value.pos;
}

static void read_list(struct decoder *d, const struct yaml_item *item, int list)
{
	struct profile *p = d->p;

	p->has_allow |= list == LIST_ALLOW;
	p->has_defaults |= list == LIST_DEFAULTS;
	d->requests = list == LIST_ALLOW ? &p->allow : list == LIST_DENY ? &p->deny : &p->defaults;
	decode_requests(d, &item->value, item->key, true);
}

static void read_bounds(struct decoder *d, const struct yaml_item *item, int max)
{
	d->limits = max ? &d->p->max : &d->p->usual;
	decode_limits(d, &item->value, item->key);
}

static void read_limits_by(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_limits_by(d, item, &d->p->limits_by);
}

static void read_isolation(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_isolation(d, item, &d->p->namespaces);
	d->p->isolation_pos = item->value.pos;
}

static void read_limits(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"max", read_bounds, true},
						 {"default", read_bounds, false},
						 {"by", read_limits_by, 0}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

/* admin: whether the file may say so */
static void read_widen(struct decoder *d, const struct yaml_item *item, int admin)
{
	if (decode_bool(d, &item->value, item->key, &d->p->widen) && d->p->widen && !admin)
		ydoc_error(d->errs, item->value.pos, "remove the line, or let root own the file",
			   "only a file that is root's alone to write can widen");
}

static void read_plugin(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->p->bound = true;
	plugin_rule_read(d, &item->value, item->key, false, &d->p->plugin);
}

static void read_env_set(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	decode_env_set(d, &item->value, &d->p->env_set);
}

static int check_runtime(const char *s, const char **why)
{
	*why = "expected none, host or an absolute path";
	return strcmp(s, "none") == 0 || strcmp(s, "host") == 0 || (path_is_normal(s) && s[1]) ? 0 : -1;
}

static void read_definitions(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	definitions_read(d, item, &d->p->definitions);
}

static void read_environment(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"set", read_env_set, 0}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static void read_runtime(struct decoder *d, const struct yaml_item *item, int arg)
{
	(void)arg;
	d->p->runtime = decode_checked(d, &item->value, item->key, check_runtime, false);
}

static void read_backend(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const char *const words[] = {"native"};

	(void)arg;
	(void)decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words), "native");
}

static void read_demand(struct decoder *d, const struct yaml_item *item, int audit)
{
	demand_read(d, item, audit, audit ? &d->p->audit : &d->p->consent,
		    audit ? &d->p->audit_pos : &d->p->consent_pos);
}

/* admin: whether the file may say open */
static void read_registration(struct decoder *d, const struct yaml_item *item, int admin)
{
	static const char *const words[] = {"listed", "open"};
	int word = decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words), "listed or open");

	d->p->has_registration = word >= 0;
	d->p->registration_open = word == 1;
	if (word == 1 && !admin)
		ydoc_error(d->errs, item->value.pos, "remove the line, or let root own the file",
			   "only a file that is root's alone to write can open the registrations");
}

static void read_calls(struct decoder *d, const struct yaml_item *item, int allow)
{
	struct strv names = {0};
	char quoted[YAML_QUOTE_SIZE];

	if (allow) {
		d->p->has_calls = true;
		d->p->calls_pos = item->value.pos;
	}
	decode_strings(d, &item->value, item->key, NULL, false, &names);
	for (size_t i = 0; i < names.n; i++) {
		int call = syscalls_find(names.v[i]);
		struct src_pos pos = item->value.items[i].value.pos;

		(void)ydoc_quote(quoted, names.v[i]);
		if (call < 0)
			ydoc_error(d->errs, pos, allow ? NULL : "what no list names does not exist inside",
				   "no list names the system call %s", quoted);
		else if (allow && !syscalls_may_add(call))
			ydoc_error(d->errs, pos,
				   "what permissions bring is asked for by name; see plugbox-profile(5) "
				   "for the calls that a profile can add",
				   "the system call %s cannot be allowed", quoted);
		else
			syscall_set_add(allow ? &d->p->calls_allowed : &d->p->calls_denied, call);
	}
	strv_free(&names);
}

static void read_syscalls(struct decoder *d, const struct yaml_item *item, int arg)
{
	static const struct decode_key keys[] = {{"allow", read_calls, true},
						 {"deny", read_calls, false}};

	(void)arg;
	(void)decode_map(d, &item->value, item->key, keys, ARRAY_SIZE(keys));
}

static const char *home_of(const char *key)
{
	if (strcmp(key, "max") == 0 || strcmp(key, "default") == 0)
		return "limits";
	return strcmp(key, "set") == 0 ? "environment" : NULL;
}

struct profile *profile_parse(const char *text, size_t n, const char *name, bool admin,
			      struct manifest_errors *errs)
{
	const struct decode_key keys[] = {
		{"description", read_description, 0}, {"extends", read_extends, 0},
		{"plugin", read_plugin, 0},
		{"widen", read_widen, admin},	      {"allow", read_list, LIST_ALLOW},
		{"deny", read_list, LIST_DENY},	      {"defaults", read_list, LIST_DEFAULTS},
		{"limits", read_limits, 0},	      {"environment", read_environment, 0},
		{"runtime", read_runtime, 0},	      {"backend", read_backend, 0},
		{"consent", read_demand, false},      {"audit", read_demand, true},
		{"isolation", read_isolation, 0},     {"permissions", read_definitions, 0},
		{"syscalls", read_syscalls, 0},	      {"registration", read_registration, admin},
	};
	struct profile *p = xcalloc(1, sizeof(*p));
	struct decoder d = {.errs = errs, .p = p, .grant = true, .home_of = home_of};
	struct yaml_node root;
	size_t first = errs->n;

	p->file = xstrdup(name);
	(void)ydoc_read(text, n, decode_is_json(text, n, name), &root, errs);
	if (root.kind != YAML_BROKEN)
		(void)decode_map(&d, &root, "the profile", keys, ARRAY_SIZE(keys));
	if (p->widen && !p->extends)
		ydoc_error(errs, root.pos, "remove widen",
			   "there is nothing to widen without extends");
	ydoc_free(&root);
	decode_finish(errs, first);
	if (errs->n == first)
		return p;
	profile_free(p);
	return NULL;
}

void profile_bound(struct profile *p, struct profile *ceiling)
{
	grow((void *)&p->ceilings, &p->cap_ceilings, p->n_ceilings, sizeof(struct profile *));
	p->ceilings[p->n_ceilings++] = ceiling;
}

void profile_free(struct profile *p)
{
	while (p) {
		struct profile *parent = p->parent;

		free(p->file);
		free(p->description);
		free(p->extends);
		free(p->runtime);
		env_pairs_free(&p->env_set);
		definitions_free(&p->definitions);
		requests_free(&p->allow);
		requests_free(&p->deny);
		requests_free(&p->defaults);
		plugin_rule_free(&p->plugin);
		for (size_t i = 0; i < p->n_ceilings; i++)
			profile_free(p->ceilings[i]);
		free((void *)p->ceilings);
		free(p);
		p = parent;
	}
}

/* The line that covers it, or NULL. A name without arguments is all of it. */
static const struct request *covering(const struct requests *rs, const char *name, const char *arg)
{
	for (size_t i = 0; i < rs->n; i++) {
		const struct request *q = &rs->v[i];

		if (!perm_name_covers(q->name, name))
			continue;
		if (q->args.n == 0)
			return q;
		for (size_t k = 0; arg && k < q->args.n; k++)
			if (perm_arg_covers(name, q->args.v[k], arg))
				return q;
	}
	return NULL;
}

static bool list_covers(const struct requests *rs, const char *name, const char *arg)
{
	return covering(rs, name, arg) != NULL;
}

/* What the list says and what the parent says, as widen joins them. */
static bool chain(const struct profile *p, bool own, bool parent)
{
	return p->widen ? own || parent : own && parent;
}

/* The allow of the chain alone. */
static bool chain_allows(const struct profile *p, const char *name, const char *arg)
{
	bool own = p->has_allow && list_covers(&p->allow, name, arg);

	if (p->unbounded)
		return true;
	if (!p->parent)
		return own;
	if (!p->has_allow)
		return chain_allows(p->parent, name, arg);
	return chain(p, own, chain_allows(p->parent, name, arg));
}

bool profile_allows(const struct profile *p, const char *name, const char *arg)
{
	for (size_t i = 0; i < p->n_ceilings; i++)
		if (!profile_allows(p->ceilings[i], name, arg))
			return false;
	return chain_allows(p, name, arg);
}

bool profile_gives(const struct profile *p, const char *name, const char *arg)
{
	bool own = !p->has_defaults || list_covers(&p->defaults, name, arg);

	if (p->silent)
		return false;
	if (!p->parent)
		return own;
	if (!p->has_defaults)
		return profile_gives(p->parent, name, arg);
	return chain(p, own, profile_gives(p->parent, name, arg));
}

const struct profile *profile_giver(const struct profile *p, const char *name, const char *arg,
				    struct src_pos *pos)
{
	for (; p; p = p->parent) {
		const struct request *q = covering(p->has_defaults ? &p->defaults : &p->allow, name, arg);

		if (!q)
			continue;
		*pos = q->pos;
		return p;
	}
	return NULL;
}

const struct profile *profile_allower(const struct profile *p, const char *name, struct src_pos *pos)
{
	for (; p; p = p->parent) {
		const struct request *q = p->has_allow ? covering(&p->allow, name, NULL) : NULL;

		if (!q)
			continue;
		*pos = q->pos;
		return p;
	}
	return NULL;
}

/* The first line of rs that denies it, or NULL. */
static const struct request *denial(const struct requests *rs, const char *name, const char *arg)
{
	for (size_t i = 0; i < rs->n; i++) {
		const struct request *q = &rs->v[i];

		if (!perm_name_overlaps(q->name, name))
			continue;
		/* who asks for all asks for what is denied too */
		if (q->args.n == 0 || !arg)
			return q;
		for (size_t k = 0; k < q->args.n; k++)
			if (perm_arg_overlaps(name, q->args.v[k], arg))
				return q;
	}
	return NULL;
}

/* The same of a chain, and of what bounds it. *in receives the file. */
static const struct request *find_denial(const struct profile *p, const char *name, const char *arg,
					 const struct profile **in)
{
	const struct request *q = denial(&p->deny, name, arg);

	*in = p;
	if (!q && p->parent)
		q = find_denial(p->parent, name, arg, in);
	for (size_t i = 0; i < p->n_ceilings && !q; i++)
		q = find_denial(p->ceilings[i], name, arg, in);
	return q;
}

bool profile_denies(const struct profile *p, const char *name, const char *arg)
{
	const struct profile *in;

	return find_denial(p, name, arg, &in) != NULL;
}

const struct profile *profile_obstacle(const struct profile *p, const char *name, const char *arg,
				       struct src_pos *pos)
{
	const struct profile *in = NULL;
	const struct request *q = find_denial(p, name, arg, &in);

	*pos = q ? q->pos : (struct src_pos){0};
	if (q)
		return in;
	in = NULL;
	for (size_t i = 0; i < p->n_ceilings && !in; i++)
		in = profile_obstacle(p->ceilings[i], name, arg, pos);
	if (in || chain_allows(p, name, arg))
		return in;
	/* of a chain the one that says too little */
	while (p->parent && !p->widen && !chain_allows(p->parent, name, arg))
		p = p->parent;
	return p;
}

static void add_names(const struct profile *p, const struct profile *whole, const char *kind,
		      struct strv *names)
{
	const size_t n = strlen(kind);
	struct src_pos pos;

	for (size_t i = 0; i < p->allow.n; i++) {
		const char *name = p->allow.v[i].name;

		if (strncmp(name, kind, n) == 0 && name[n] == ':' && !strv_has(names, name) &&
		    !profile_obstacle(whole, name, NULL, &pos))
			strv_add(names, name);
	}
	if (p->parent)
		add_names(p->parent, whole, kind, names);
	for (size_t i = 0; i < p->n_ceilings; i++)
		add_names(p->ceilings[i], whole, kind, names);
}

static bool any_covers(const struct strv *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (perm_name_covers(names->v[i], name))
			return true;
	return false;
}

/* Leaves those of names that by itself, which bounds them, would give as well. What is denied in the
 * middle of a name takes the name from the one, and not from another that says less. */
static void keep_common(const struct profile *by, const char *kind, struct strv *names)
{
	struct strv theirs = {0};
	struct strv kept = {0};

	profile_allowed_names(by, kind, &theirs);
	for (size_t i = 0; i < names->n; i++)
		if (any_covers(&theirs, names->v[i]))
			strv_add(&kept, names->v[i]);
	strv_free(&theirs);
	strv_free(names);
	*names = kept;
}

void profile_allowed_names(const struct profile *p, const char *kind, struct strv *names)
{
	autofree char *all = xasprintf("%s:*", kind);
	struct src_pos pos;

	if (!profile_obstacle(p, all, NULL, &pos)) {
		strv_add(names, all);
		return;
	}
	add_names(p, p, kind, names);
	if (p->parent && !p->widen)
		keep_common(p->parent, kind, names);
	for (size_t i = 0; i < p->n_ceilings; i++)
		if (!p->ceilings[i]->unbounded)
			keep_common(p->ceilings[i], kind, names);
}

/* The lowest of the chain; a profile that widens speaks for its parents. */
static bool chain_bound(const struct profile *p, bool max, enum limit_id id, uint64_t *v)
{
	bool found = false;

	for (; p; p = p->parent) {
		const struct limit *l = max ? &p->max.l[id] : &p->usual.l[id];

		if (!l->set)
			continue;
		*v = found ? limit_lower(id, l->v, *v) : l->v;
		found = true;
		if (p->widen)
			break;
	}
	return found;
}

bool profile_max(const struct profile *p, enum limit_id id, uint64_t *v)
{
	bool found = chain_bound(p, true, id, v);

	for (size_t i = 0; i < p->n_ceilings; i++) {
		uint64_t other;

		if (!profile_max(p->ceilings[i], id, &other))
			continue;
		*v = found ? limit_lower(id, *v, other) : other;
		found = true;
	}
	return found;
}

bool profile_usual(const struct profile *p, enum limit_id id, uint64_t *v)
{
	bool found = chain_bound(p, false, id, v);

	for (size_t i = 0; i < p->n_ceilings && !found; i++)
		found = profile_usual(p->ceilings[i], id, v);
	return found;
}

/* Likewise the one that says so, with its line. */
static const struct profile *chain_limiter(const struct profile *p, enum limit_id id, bool max,
					   struct src_pos *pos, uint64_t *v)
{
	const struct profile *found = NULL;

	for (; p; p = p->widen ? NULL : p->parent) {
		const struct limit *l = max ? &p->max.l[id] : &p->usual.l[id];

		if (!l->set || (found && limit_lower(id, l->v, *v) == *v))
			continue;
		found = p;
		*v = l->v;
		*pos = l->pos;
	}
	return found;
}

const struct profile *profile_limiter(const struct profile *p, enum limit_id id, bool max,
				      struct src_pos *pos)
{
	uint64_t v = 0;
	const struct profile *found = chain_limiter(p, id, max, pos, &v);

	for (size_t i = 0; i < p->n_ceilings && (max || !found); i++) {
		const struct profile *c = p->ceilings[i];
		struct src_pos at;
		uint64_t other = 0;
		const struct profile *in = profile_limiter(c, id, max, &at);

		if (!in || !(max ? profile_max : profile_usual)(c, id, &other) ||
		    (found && limit_lower(id, other, v) == v))
			continue;
		found = in;
		v = other;
		*pos = at;
	}
	return found;
}

static void beyond(struct manifest_errors *errs, struct src_pos pos, const char *parent,
		   const char *name, const char *arg)
{
	char quoted[YAML_QUOTE_SIZE];
	char shown[YAML_QUOTE_SIZE];

	ydoc_error(errs, pos, "remove it, or write widen: true in a file of root's",
		   "%.60s%s%s is more than the profile %s allows", name, arg ? ": " : "",
		   arg ? ydoc_quote(quoted, arg) : "", ydoc_quote(shown, parent));
}

static void check_list(const struct profile *p, const struct requests *rs,
		       bool (*parent_says)(const struct profile *p, const char *name,
					   const char *arg),
		       struct manifest_errors *errs)
{
	for (size_t i = 0; i < rs->n; i++) {
		const struct request *q = &rs->v[i];

		if (q->args.n == 0 && !parent_says(p->parent, q->name, NULL))
			beyond(errs, q->pos, p->extends, q->name, NULL);
		for (size_t k = 0; k < q->args.n; k++)
			if (!parent_says(p->parent, q->name, q->args.v[k]))
				beyond(errs, q->pos, p->extends, q->name, q->args.v[k]);
	}
}

static void check_limits(const struct profile *p, struct manifest_errors *errs)
{
	char quoted[YAML_QUOTE_SIZE];

	for (int max = 0; max < 2; max++) {
		for (int id = 0; id < LIMIT_N; id++) {
			const struct limit *l = max ? &p->max.l[id] : &p->usual.l[id];
			uint64_t v;

			if (l->set && chain_bound(p->parent, max, (enum limit_id)id, &v) &&
			    limit_lower((enum limit_id)id, l->v, v) != l->v)
				ydoc_error(errs, l->pos,
					   "lower it, or write widen: true in a file of root's",
					   "%s is higher than in the profile %s",
					   limit_table[id].key, ydoc_quote(quoted, p->extends));
		}
	}
}

/* What a child says of the calls and of registrations beyond its parent. */
static void check_rest(const struct profile *p, struct manifest_errors *errs)
{
	char quoted[YAML_QUOTE_SIZE];
	struct syscall_set added = {0};
	struct syscall_set removed = {0};
	bool more = false;

	(void)ydoc_quote(quoted, p->extends);
	profile_calls(p->parent, &added, &removed);
	for (int i = 0; i < SYSCALL_SET_WORDS; i++)
		more |= (p->calls_allowed.bits[i] & ~added.bits[i]) != 0;
	if (more)
		ydoc_error(errs, p->calls_pos,
			   "remove it, or write widen: true in a file of root's",
			   "these are more system calls than the profile %s allows", quoted);
	if (p->registration_open && !profile_registration_open(p->parent))
		ydoc_error(errs, p->extends_pos, "remove registration: open, or write widen: true",
			   "the registrations are not open in the profile %s", quoted);
}

int profile_link(struct profile *p, struct profile *parent, struct manifest_errors *errs)
{
	size_t first = errs->n;

	p->parent = parent;
	if (p->widen)
		return 0;
	check_list(p, &p->allow, profile_allows, errs);
	check_list(p, &p->defaults, profile_gives, errs);
	check_limits(p, errs);
	check_rest(p, errs);
	decode_finish(errs, first);
	return errs->n == first ? 0 : -1;
}

void profile_environment(const struct profile *p, struct env_pairs *to)
{
	if (p->parent)
		profile_environment(p->parent, to);
	for (size_t i = 0; i < p->env_set.n; i++) {
		const struct env_pair *pair = &p->env_set.v[i];

		grow(&to->v, &to->cap, to->n, sizeof(*to->v));
		to->v[to->n++] = (struct env_pair){.name = xstrdup(pair->name),
						   .value = xstrdup(pair->value),
						   .pos = pair->pos};
	}
	for (size_t i = 0; i < p->n_ceilings; i++)
		profile_environment(p->ceilings[i], to);
}

const char *profile_runtime(const struct profile *p)
{
	const char *found = p->runtime;

	if (!found && p->parent)
		found = profile_runtime(p->parent);
	for (size_t i = 0; i < p->n_ceilings && !found; i++)
		found = profile_runtime(p->ceilings[i]);
	return found;
}

enum demand profile_demand(const struct profile *p, bool audit, const struct profile **by)
{
	enum demand most = audit ? p->audit : p->consent;
	const struct profile *other = NULL;

	*by = most == DEMAND_OFF ? NULL : p;
	for (size_t i = 0; i < p->n_ceilings + (p->parent != NULL); i++) {
		enum demand demand = profile_demand(
			i < p->n_ceilings ? p->ceilings[i] : p->parent, audit, &other);

		if (demand <= most)
			continue;
		most = demand;
		*by = other;
	}
	return most;
}

enum limits_by profile_limits_by(const struct profile *p)
{
	enum limits_by most = p->limits_by;

	for (size_t i = 0; i < p->n_ceilings + (p->parent != NULL); i++) {
		enum limits_by by =
			profile_limits_by(i < p->n_ceilings ? p->ceilings[i] : p->parent);

		most = by > most ? by : most;
	}
	return most;
}

const struct profile *profile_namespaces(const struct profile *p)
{
	const struct profile *found = p->namespaces ? p : NULL;

	for (size_t i = 0; i < p->n_ceilings + (p->parent != NULL) && !found; i++)
		found = profile_namespaces(i < p->n_ceilings ? p->ceilings[i] : p->parent);
	return found;
}

/* Whether nobody closes them; *opened: whether somebody opens them. */
static bool registration(const struct profile *p, bool *opened)
{
	bool own = !p->has_registration || p->registration_open;

	/* a child that only narrows opens nothing that its parent does not */
	*opened |= p->registration_open && (!p->parent || p->widen);
	if (p->parent)
		own = p->widen && p->registration_open ? true : registration(p->parent, opened) && own;
	for (size_t i = 0; i < p->n_ceilings; i++) {
		const struct profile *c = p->ceilings[i];
		bool open = false;

		/* a bound that is no profile says nothing of it */
		own = own && (c->unbounded || (registration(c, &open) && open));
	}
	return own;
}

bool profile_registration_open(const struct profile *p)
{
	bool opened = false;

	return registration(p, &opened) && opened;
}

static void combine_sets(struct syscall_set *a, const struct syscall_set *b, bool intersect)
{
	for (int i = 0; i < SYSCALL_SET_WORDS; i++)
		a->bits[i] = intersect ? a->bits[i] & b->bits[i] : a->bits[i] | b->bits[i];
}

void profile_calls(const struct profile *p, struct syscall_set *added, struct syscall_set *removed)
{
	struct syscall_set other = {0};

	*added = p->calls_allowed;
	*removed = p->calls_denied;
	if (p->parent) {
		struct syscall_set without = {0};

		profile_calls(p->parent, &other, &without);
		combine_sets(removed, &without, false);
		if (!p->has_calls)
			*added = other;
		else
			combine_sets(added, &other, !p->widen);
	}
	for (size_t i = 0; i < p->n_ceilings; i++) {
		struct syscall_set without = {0};

		if (p->ceilings[i]->unbounded)
			continue;
		profile_calls(p->ceilings[i], &other, &without);
		combine_sets(added, &other, true);
		combine_sets(removed, &without, false);
	}
}

const struct definition *profile_definition(const struct profile *p, const char *name,
					    const struct profile **in)
{
	const struct definition *def = NULL;

	for (; p && !def; p = p->parent) {
		def = definitions_find(&p->definitions, name);
		*in = p;
	}
	return def;
}

const struct definition *profile_channel(const struct profile *p, const char *name,
					 const struct profile **in)
{
	const struct definition *def = definitions_find(&p->definitions, name);

	*in = p;
	if (def && def->channel)
		return def;
	def = p->parent ? profile_channel(p->parent, name, in) : NULL;
	for (size_t i = 0; i < p->n_ceilings && !def; i++)
		def = profile_channel(p->ceilings[i], name, in);
	return def;
}
