/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/bare.h"

/* What a plugin gets that names no limit: room for a usual runtime, and an end
 * to a fork bomb or a full /tmp. */
static const struct {
	enum limit_id id;
	uint64_t v;
} default_limits[] = {
	{LIMIT_PIDS, 128},
	/* below the usual soft limit of the user's other programs: descriptors in flight are
	 * counted for the user as a whole, against each sender's own limit */
	{LIMIT_OPEN_FILES, 512},
	{LIMIT_TMP_SIZE, 64U << 20},
};

static const struct request *allow_find(const struct launch *l, const char *name, size_t *from)
{
	for (; *from < l->allow.n; (*from)++)
		if (strcmp(l->allow.v[*from].name, name) == 0)
			return &l->allow.v[(*from)++];
	return NULL;
}

static bool allowed_arg(const struct launch *l, const struct perm_info *p, const char *arg)
{
	const struct request *a;
	size_t at = 0;

	while ((a = allow_find(l, p->name, &at))) {
		if (a->args.n == 0)
			return true;
		for (size_t i = 0; i < a->args.n; i++)
			if (perm_arg_covers(p->name, a->args.v[i], arg))
				return true;
	}
	return false;
}

static bool allowed_bare(const struct launch *l, const char *name)
{
	size_t at = 0;

	return allow_find(l, name, &at) != NULL;
}

/* An application permission may be allowed by its name or by a trailing "*" at the
 * end of a KIND:PREFIX; a request that itself ends in "*" is covered by the same text only
 * or by a shorter prefix. arg is NULL for a request without arguments, which an --allow with some does
 * not cover: it asks for more. */
static bool allowed_application(const struct launch *l, const char *name, const char *arg)
{
	for (size_t i = 0; i < l->allow.n; i++) {
		const struct request *a = &l->allow.v[i];

		if (!perm_name_covers(a->name, name))
			continue;
		if (a->args.n == 0)
			return true;
		for (size_t k = 0; arg && k < a->args.n; k++)
			if (perm_arg_covers(name, a->args.v[k], arg))
				return true;
	}
	return false;
}

/* A path that the runtime shows anyway needs nobody's leave. */
static bool in_runtime(const struct host_facts *f, const char *path)
{
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct runtime_entry *en = &f->entries[i];

		if (en->kind == ENTRY_DIR && strcmp(en->path, en->source) == 0 &&
		    path_below(path, en->path))
			return true;
	}
	return false;
}

/* A line of a file, for people. */
static char *file_position(const char *file, struct src_pos pos)
{
	char shown[160];

	(void)str_escape(shown, sizeof(shown), file, strlen(file));
	return xasprintf("%s:%u:%u", shown, pos.line, pos.col);
}

static char *position(const struct manifest *m, struct src_pos pos)
{
	return m && pos.line ? file_position(m->file, pos) : xstrdup("--allow");
}

/* profile: what it is beyond, or NULL where --allow would help. */
static void refuse(struct rights *r, const struct manifest *m, const struct request *q,
		   const char *arg, const struct profile *profile)
{
	autofree char *at = position(m, q->pos);
	const struct profile *in;
	struct src_pos pos;

	if (!q->required) {
		strv_take(&r->dropped,
			  arg ? xasprintf("%s: %s", q->name, arg) : xstrdup(q->name));
		return;
	}
	strv_take(&r->refused, arg ? xasprintf("%s: %s (%s)", q->name, arg, at)
				   : xasprintf("%s (%s)", q->name, at));
	in = profile ? profile_obstacle(profile, q->name, arg, &pos) : NULL;
	if (!in) {
		strv_take(&r->remedies, arg ? xasprintf("--allow %s=%s", q->name, arg)
					    : xasprintf("--allow %s", q->name));
		return;
	}
	strv_add(&r->remedies, "");
	if (!r->obstacle)
		r->obstacle = pos.line ? xasprintf("%s:%u:%u", in->file, pos.line, pos.col)
				       : xstrdup(in->file);
}

/* No allowance helps where there are no namespaces. */
static void cannot_express(struct rights *r, const struct manifest *m, const struct request *q,
			   const char *arg)
{
	autofree char *at = position(m, q->pos);

	if (!q->required)
		strv_take(&r->dropped, arg ? xasprintf("%s: %s", q->name, arg) : xstrdup(q->name));
	else
		strv_take(&r->inexpressible, arg ? xasprintf("%s: %s (%s)", q->name, arg, at)
						 : xasprintf("%s (%s)", q->name, at));
}

/* Whether the profile bounds it away, whatever --allow says. */
static const struct profile *beyond_profile(const struct profile *p, const char *name, const char *arg)
{
	struct src_pos pos;

	return p && profile_obstacle(p, name, arg, &pos) ? p : NULL;
}

/* by: who gives it, owned; NULL where nobody has to. */
static void give(struct rights *r, enum perm_id id, const char *arg, const char *asked, char *by)
{
	struct grant *g = &r->perm[id];

	if (!g->given || (arg && !strv_has(&g->args, arg))) {
		strv_take(&g->origins, by && strcmp(by, asked) != 0 ? xasprintf("%s, %s", asked, by)
								    : xstrdup(asked));
		if (arg)
			strv_add(&g->args, arg);
	}
	g->given = true;
	free(by);
}

/* Who gives it by itself, where the profile does. */
static char *given_by_profile(const struct profile *p, const char *name, const char *arg)
{
	struct src_pos pos;
	const struct profile *in = p && profile_gives(p, name, arg) ? profile_giver(p, name, arg, &pos)
								     : NULL;

	return in ? file_position(in->file, pos) : NULL;
}

static bool given_for_asking(enum perm_id id, const char *arg, const struct host_facts *f)
{
	if (!perm_table[id].reaches_out)
		return true;
	if (id == PERM_NETWORK)
		return arg && strcmp(arg, "loopback") == 0;
	return id == PERM_FS_READ && arg && in_runtime(f, arg);
}

/* One argument, or NULL, of a kernel permission. */
static void decide_one(const struct manifest *m, const struct launch *l, const struct profile *profile,
		       const struct host_facts *f, const struct request *q, enum perm_id id,
		       const char *arg, struct rights *r)
{
	const struct perm_info *p = &perm_table[id];
	bool shown = id == PERM_FS_READ && arg && in_runtime(f, arg);
	const struct profile *beyond = shown ? NULL : beyond_profile(profile, p->name, arg);
	autofree char *asked = position(m, q->pos);
	char *by;

	if (l->isolation == ISOLATION_LANDLOCK && !bare_expresses(id, arg)) {
		cannot_express(r, m, q, arg);
		return;
	}
	if (beyond) {
		refuse(r, m, q, arg, beyond);
		return;
	}
	if (given_for_asking(id, arg, f)) {
		give(r, id, arg, asked, NULL);
		return;
	}
	by = given_by_profile(profile, p->name, arg);
	if (!by && (arg ? allowed_arg(l, p, arg) : allowed_bare(l, p->name)))
		by = xstrdup("--allow");
	if (by)
		give(r, id, arg, asked, by);
	else
		refuse(r, m, q, arg, NULL);
}

static void decide_kernel(const struct manifest *m, const struct launch *l,
			  const struct profile *profile, const struct host_facts *f,
			  const struct request *q, enum perm_id id, struct rights *r)
{
	if (perm_table[id].arg == PERM_ARG_NONE)
		decide_one(m, l, profile, f, q, id, NULL, r);
	/* an empty list asks for nothing and is given nothing */
	for (size_t i = 0; perm_table[id].arg != PERM_ARG_NONE && i < q->args.n; i++)
		decide_one(m, l, profile, f, q, id, q->args.v[i], r);
}

/* "NAME: ARG, ARG" */
static void add_host_enforced(struct rights *r, const char *name, const struct strv *args)
{
	struct strbuf b = {0};

	if (!args->n)
		return;
	strbuf_puts(&b, name);
	for (size_t i = 0; i < args->n; i++)
		strbuf_printf(&b, "%s%s", i ? ", " : ": ", args->v[i]);
	strv_take(&r->host_enforced, b.s);
}

static void decide_application(const struct manifest *m, const struct launch *l,
			       const struct profile *profile, const struct request *q,
			       struct rights *r)
{
	struct strv given = {0};
	const struct profile *beyond = beyond_profile(profile, q->name, NULL);

	if (q->args.n == 0 && !beyond && allowed_application(l, q->name, NULL))
		strv_add(&r->host_enforced, q->name);
	else if (q->args.n == 0)
		refuse(r, m, q, NULL, beyond);
	for (size_t i = 0; i < q->args.n; i++) {
		beyond = beyond_profile(profile, q->name, q->args.v[i]);
		if (!beyond && allowed_application(l, q->name, q->args.v[i]))
			strv_add(&given, q->args.v[i]);
		else
			refuse(r, m, q, q->args.v[i], beyond);
	}
	add_host_enforced(r, q->name, &given);
	strv_free(&given);
}

/* ---- what a profile defines ---- */

static void refuse_unenforced(struct rights *r, const struct manifest *m, const struct request *q,
			      const struct profile *in, const struct definition *def, const char *what)
{
	autofree char *at = position(m, q->pos);
	autofree char *where = file_position(in->file, def->pos);

	if (q->required)
		strv_take(&r->unenforced, xasprintf("%s (%s): %s %s", q->name, at, where, what));
	else
		strv_add(&r->dropped, q->name);
}

/* One part of a group, or one argument of it. Who gives the whole gives the part, but what the profile
 * gives only with --allow takes that. */
static void decide_part(const struct manifest *m, const struct launch *l, const struct profile *profile,
			const struct request *q, const struct request *part, const char *arg,
			bool allowed, struct rights *r)
{
	enum perm_id id = (enum perm_id)perm_find(part->name);
	const struct perm_info *p = &perm_table[id];
	struct request named = {.name = part->name, .required = q->required, .pos = q->pos};
	const struct profile *beyond = beyond_profile(profile, p->name, arg);
	autofree char *at = position(m, q->pos);
	autofree char *asked = xasprintf("%s in %s", q->name, at);
	char *by;

	if (l->isolation == ISOLATION_LANDLOCK && !bare_expresses(id, arg)) {
		cannot_express(r, m, &named, arg);
		return;
	}
	by = beyond ? NULL : allowed ? xstrdup("--allow") : given_by_profile(profile, p->name, arg);
	if (by)
		give(r, id, arg, asked, by);
	else
		refuse(r, m, &named, arg, beyond);
}

/* Returns whether the profile defines the name in a way that plugbox has to do with. */
static bool decide_defined(const struct manifest *m, const struct launch *l,
			   const struct profile *profile, const struct request *q, struct rights *r)
{
	const struct profile *in = NULL;
	const struct definition *def = profile ? profile_definition(profile, q->name, &in) : NULL;
	const struct profile *by = NULL;
	const struct definition *channel = profile ? profile_channel(profile, q->name, &by) : NULL;
	const struct profile *beyond;
	bool allowed;

	if (!channel && (!def || def->includes.n == 0))
		return false;
	beyond = beyond_profile(profile, q->name, NULL);
	allowed = allowed_application(l, q->name, NULL);
	if (beyond || (!allowed && !profile_gives(profile, q->name, NULL))) {
		refuse(r, m, q, NULL, beyond);
	} else if (channel) {
		refuse_unenforced(r, m, q, by, channel, "has rules for the channel");
	} else if (q->args.n) {
		refuse_unenforced(r, m, q, in, def, "takes no arguments");
	} else {
		for (size_t i = 0; i < def->includes.n; i++) {
			const struct request *part = &def->includes.v[i];

			if (part->args.n == 0)
				decide_part(m, l, profile, q, part, NULL, allowed, r);
			for (size_t k = 0; k < part->args.n; k++)
				decide_part(m, l, profile, q, part, part->args.v[k], allowed, r);
		}
	}
	return true;
}

static void decide_manifest(const struct manifest *m, const struct launch *l,
			    const struct profile *profile, const struct host_facts *f,
			    struct rights *r)
{
	for (size_t i = 0; i < m->requests.n; i++) {
		const struct request *q = &m->requests.v[i];
		int id = perm_find(q->name);

		if (id >= 0)
			decide_kernel(m, l, profile, f, q, (enum perm_id)id, r);
		else if (!decide_defined(m, l, profile, q, r))
			decide_application(m, l, profile, q, r);
	}
	for (size_t i = 0; i < l->allow.n; i++) {
		const char *name = l->allow.v[i].name;
		bool asked = false;

		for (size_t k = 0; k < m->requests.n && !asked; k++)
			asked = perm_name_covers(name, m->requests.v[k].name);
		if (!asked)
			strv_add(&r->unasked, name);
	}
}

/* ---- what it may register ---- */

/* name with its kind; asked by whom. */
static void give_name(const struct profile *p, const char *name, const char *asked, struct grant *g)
{
	struct src_pos pos;
	const struct profile *in = p ? profile_allower(p, name, &pos) : NULL;
	autofree char *at = in ? file_position(in->file, pos) : NULL;

	strv_add(&g->args, strchr(name, ':') + 1);
	strv_take(&g->origins, xasprintf("%s%s%s; the host enforces it", asked, at ? ", " : "",
					 at ? at : ""));
}

/* Of a list that is not there: whatever the profile allows of the kind wholly. */
static void give_open(const struct profile *p, enum registration id, struct grant *g)
{
	struct strv names = {0};

	g->given = true;
	profile_allowed_names(p, registration_kinds[id], &names);
	for (size_t i = 0; i < names.n; i++)
		give_name(p, names.v[i], "registration: open", g);
	strv_free(&names);
}

static void decide_registrations(const struct manifest *m, const struct profile *profile,
				 struct rights *r)
{
	const bool open = profile && profile_registration_open(profile);

	for (int id = 0; id < REG_N; id++) {
		const struct requests *names = &m->registrations[id].names;
		struct grant *g = &r->registrations[id];

		g->given = m->registrations[id].present;
		if (!g->given && open)
			give_open(profile, (enum registration)id, g);
		for (size_t i = 0; i < names->n; i++) {
			autofree char *name =
				xasprintf("%s:%s", registration_kinds[id], names->v[i].name);
			const struct request q = {.name = name,
						  .required = names->v[i].required,
						  .pos = names->v[i].pos};
			const struct profile *beyond = beyond_profile(profile, name, NULL);
			autofree char *at = position(m, q.pos);

			if (beyond)
				refuse(r, m, &q, NULL, beyond);
			else
				give_name(profile, name, at, g);
		}
	}
}

static int decide_command(const struct launch *l, const struct profile *profile,
			  const struct host_facts *f, struct rights *r, struct pb_err *e)
{
	for (size_t i = 0; i < l->allow.n; i++) {
		const struct request *a = &l->allow.v[i];
		int id = perm_find(a->name);

		if (id < 0) {
			if (!decide_defined(NULL, l, profile, a, r))
				decide_application(NULL, l, profile, a, r);
			continue;
		}
		if (perm_table[id].arg != PERM_ARG_NONE && a->args.n == 0) {
			pb_err_set(e, PB_ERR_USAGE, 0, "--allow %s says not what", a->name);
			return pb_err_hint(e, "without a manifest there is no list to take it from: "
					      "write --allow %s=ARGUMENT", a->name);
		}
		decide_kernel(NULL, l, profile, f, a, (enum perm_id)id, r);
	}
	return 0;
}

/* at is owned */
static void set_limit(struct rights *r, enum limit_id id, uint64_t v, enum limit_origin from, char *at)
{
	r->limits[id] = (struct limit){.set = true, .v = v};
	r->limit_from[id] = from;
	free(r->limit_at[id]);
	r->limit_at[id] = at;
}

static char *profile_line(const struct profile *p, enum limit_id id, bool max)
{
	struct src_pos pos;
	const struct profile *in = profile_limiter(p, id, max, &pos);

	return in ? file_position(in->file, pos) : NULL;
}

static void bound_limit(const struct profile *p, enum limit_id id, struct rights *r)
{
	const struct limit *l = &r->limits[id];
	uint64_t max;

	if (!profile_max(p, id, &max) || (l->set && limit_lower(id, l->v, max) == l->v))
		return;
	set_limit(r, id, l->set ? limit_lower(id, l->v, max) : max, FROM_PROFILE,
		  profile_line(p, id, true));
}

/* The caller's limit is a ceiling: a manifest that asks for less keeps its own. Of processors, those
 * stay that both name. */
static void narrow(struct rights *r, enum limit_id id, const struct limit *option)
{
	const struct limit *l = &r->limits[id];
	uint64_t v = option->v;

	if (r->limit_from[id] == FROM_MANIFEST) {
		v = limit_lower(id, v, l->v);
		if (v == l->v)
			return;
	}
	set_limit(r, id, v, FROM_OPTION, xasprintf("--%s", limit_table[id].option));
}

static void decide_limits(const struct manifest *m, const struct launch *l,
			  const struct profile *profile, struct rights *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(default_limits); i++)
		set_limit(r, default_limits[i].id, default_limits[i].v, FROM_DEFAULT, NULL);
	for (int i = 0; i < LIMIT_N; i++) {
		enum limit_id id = (enum limit_id)i;
		uint64_t usual;

		if (profile && profile_usual(profile, id, &usual))
			set_limit(r, id, usual, FROM_PROFILE, profile_line(profile, id, false));
		if (m && m->limits.l[i].set)
			set_limit(r, id, m->limits.l[i].v, FROM_MANIFEST,
				  file_position(m->file, m->limits.l[i].pos));
		if (l->limits.l[i].set)
			narrow(r, id, &l->limits.l[i]);
		if (profile)
			bound_limit(profile, id, r);
	}
}

static void list_bounds(const struct profile *p, struct strv *files)
{
	for (size_t i = 0; i < p->n_ceilings; i++) {
		strv_add(files, p->ceilings[i]->file);
		list_bounds(p->ceilings[i], files);
	}
}

int policy_decide(const struct manifest *m, const struct launch *l, const struct profile *profile,
		  const struct host_facts *f, struct rights *r, struct pb_err *e)
{
	const struct grant *net = &r->perm[PERM_NETWORK];

	*r = (struct rights){.profile = profile ? xstrdup(profile->file) : NULL};
	if (profile) {
		list_bounds(profile, &r->bounds);
		profile_environment(profile, &r->env_set);
		profile_calls(profile, &r->calls_added, &r->calls_removed);
		r->limits_by = profile_limits_by(profile);
	}
	if (m) {
		r->plugin = xstrdup(m->name);
		r->version = xstrdup(m->version);
		decide_manifest(m, l, profile, f, r);
		decide_registrations(m, profile, r);
	} else {
		const char *slash = l->args.n ? strrchr(l->args.v[0], '/') : NULL;

		r->plugin = xstrdup(slash ? slash + 1 : l->args.n ? l->args.v[0] : "command");
		if (decide_command(l, profile, f, r, e) < 0)
			return -1;
		if (r->perm[PERM_STORAGE].given && !l->data_dir) {
			pb_err_set(e, PB_ERR_USAGE, 0, "storage: a command has no name to keep data under");
			return pb_err_hint(e, "name the directory with --data-dir DIR");
		}
	}
	if (net->given)
		r->network = strv_has(&net->args, "host") ? NETWORK_HOST : NETWORK_LOOPBACK;
	decide_limits(m, l, profile, r);
	if (l->isolation == ISOLATION_LANDLOCK)
		bare_options(l, &r->inexpressible);
	if (r->limits[LIMIT_CPUS].set && !r->limits[LIMIT_CPUS].v) {
		strv_add(&r->refused, "cpus: none that the manifest names may be used");
		strv_add(&r->remedies, "one of them to --cpus, or to the profile's limits");
	}
	return 0;
}

static int unenforced(const struct rights *r, struct pb_err *e)
{
	struct strbuf what = {0};

	for (size_t i = 0; i < r->unenforced.n; i++)
		strbuf_printf(&what, "%s%s", i ? ", " : "", r->unenforced.v[i]);
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" requires what nothing here enforces: %s", r->plugin, what.s);
	strbuf_free(&what);
	return pb_err_hint(e, "plugbox does not read the channel: let the host enforce it, and take the rules "
			      "for the channel out of the profile");
}

static int inexpressible(const struct rights *r, struct pb_err *e)
{
	struct strbuf what = {0};

	for (size_t i = 0; i < r->inexpressible.n; i++)
		strbuf_printf(&what, "%s%s", i ? ", " : "", r->inexpressible.v[i]);
	pb_err_set(e, PB_ERR_POLICY, 0, "--isolation landlock cannot give \"%s\": %s", r->plugin, what.s);
	pb_err_hint(e, "run it without --isolation landlock, on a host that allows user namespaces, or "
		       "without these");
	strbuf_free(&what);
	return -1;
}

int policy_refusal(const struct rights *r, struct pb_err *e)
{
	struct strbuf what = {0};
	struct strbuf remedy = {0};
	bool beyond = false;

	if (r->inexpressible.n)
		return inexpressible(r, e);
	if (r->unenforced.n)
		return unenforced(r, e);
	if (!r->refused.n)
		return 0;
	strbuf_puts(&remedy, "");
	for (size_t i = 0; i < r->refused.n; i++) {
		strbuf_printf(&what, "%s%s", i ? ", " : "", r->refused.v[i]);
		beyond |= !r->remedies.v[i][0];
		if (r->remedies.v[i][0])
			strbuf_printf(&remedy, "%s%s", remedy.n ? " " : "", r->remedies.v[i]);
	}
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" requires what is not allowed: %s", r->plugin, what.s);
	if (beyond)
		pb_err_hint(e, "--allow cannot go beyond the profile \"%s\": %s%s", r->obstacle,
			    remedy.n ? "another profile is needed, and " : "another profile is needed",
			    remedy.s);
	else
		pb_err_hint(e, "to allow it, add %s", remedy.s);
	strbuf_free(&what);
	strbuf_free(&remedy);
	return -1;
}

void rights_free(struct rights *r)
{
	free(r->plugin);
	free(r->version);
	for (int i = 0; i < LIMIT_N; i++)
		free(r->limit_at[i]);
	free(r->profile);
	free(r->obstacle);
	free(r->trust);
	free(r->data);
	free(r->cache);
	env_pairs_free(&r->env_set);
	strv_free(&r->bounds);
	for (int i = 0; i < PERM_N; i++) {
		strv_free(&r->perm[i].args);
		strv_free(&r->perm[i].origins);
	}
	for (int i = 0; i < REG_N; i++) {
		strv_free(&r->registrations[i].args);
		strv_free(&r->registrations[i].origins);
	}
	strv_free(&r->host_enforced);
	strv_free(&r->dropped);
	strv_free(&r->unasked);
	strv_free(&r->refused);
	strv_free(&r->remedies);
	strv_free(&r->inexpressible);
	strv_free(&r->unenforced);
	*r = (struct rights){0};
}
