/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

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

/* One argument of a request against one of an --allow: a path covers what lies
 * below it, a name ending in "*" what begins so. */
static bool covers(enum perm_arg kind, const char *allowed, const char *asked)
{
	size_t n = strlen(allowed);

	if (kind == PERM_ARG_PATHS)
		return path_below(asked, allowed);
	if (n && allowed[n - 1] == '*')
		return strncmp(asked, allowed, n - 1) == 0;
	return strcmp(asked, allowed) == 0;
}

static bool allowed_arg(const struct launch *l, const struct perm_info *p, const char *arg)
{
	const struct request *a;
	size_t at = 0;

	while ((a = allow_find(l, p->name, &at))) {
		if (a->args.n == 0)
			return true;
		for (size_t i = 0; i < a->args.n; i++)
			if (covers(p->arg, a->args.v[i], arg))
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

		if (!covers(PERM_ARG_NONE, a->name, name))
			continue;
		if (a->args.n == 0)
			return true;
		for (size_t k = 0; arg && k < a->args.n; k++)
			if (covers(PERM_ARG_NONE, a->args.v[k], arg))
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

static char *position(const struct manifest *m, struct src_pos pos)
{
	char shown[160];

	if (!m || !pos.line)
		return xstrdup("--allow");
	(void)str_escape(shown, sizeof(shown), m->file, strlen(m->file));
	return xasprintf("%s:%u:%u", shown, pos.line, pos.col);
}

static void refuse(struct rights *r, const struct manifest *m, const struct request *q,
		   const char *arg)
{
	autofree char *at = position(m, q->pos);

	if (!q->required) {
		strv_take(&r->dropped,
			  arg ? xasprintf("%s: %s", q->name, arg) : xstrdup(q->name));
		return;
	}
	strv_take(&r->refused, arg ? xasprintf("%s: %s (%s)", q->name, arg, at)
				   : xasprintf("%s (%s)", q->name, at));
	strv_take(&r->remedies, arg ? xasprintf("--allow %s=%s", q->name, arg)
				    : xasprintf("--allow %s", q->name));
}

static void give(struct rights *r, enum perm_id id, const char *arg, char *why)
{
	struct grant *g = &r->perm[id];

	g->given = true;
	if (arg && !strv_has(&g->args, arg))
		strv_add(&g->args, arg);
	if (!g->why)
		g->why = why;
	else
		free(why);
}

static bool given_for_asking(enum perm_id id, const char *arg, const struct host_facts *f)
{
	if (!perm_table[id].reaches_out)
		return true;
	if (id == PERM_NETWORK)
		return arg && strcmp(arg, "loopback") == 0;
	return id == PERM_FS_READ && arg && in_runtime(f, arg);
}

static void decide_kernel(const struct manifest *m, const struct launch *l,
			  const struct host_facts *f, const struct request *q, enum perm_id id,
			  struct rights *r)
{
	const struct perm_info *p = &perm_table[id];

	if (p->arg == PERM_ARG_NONE) {
		if (given_for_asking(id, NULL, f) || allowed_bare(l, p->name))
			give(r, id, NULL, position(m, q->pos));
		else
			refuse(r, m, q, NULL);
		return;
	}
	/* an empty list asks for nothing and is given nothing */
	for (size_t i = 0; i < q->args.n; i++) {
		if (given_for_asking(id, q->args.v[i], f) || allowed_arg(l, p, q->args.v[i]))
			give(r, id, q->args.v[i], position(m, q->pos));
		else
			refuse(r, m, q, q->args.v[i]);
	}
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
			       const struct request *q, struct rights *r)
{
	struct strv given = {0};

	if (q->args.n == 0 && allowed_application(l, q->name, NULL))
		strv_add(&r->host_enforced, q->name);
	else if (q->args.n == 0)
		refuse(r, m, q, NULL);
	for (size_t i = 0; i < q->args.n; i++) {
		if (allowed_application(l, q->name, q->args.v[i]))
			strv_add(&given, q->args.v[i]);
		else
			refuse(r, m, q, q->args.v[i]);
	}
	add_host_enforced(r, q->name, &given);
	strv_free(&given);
}

static void decide_manifest(const struct manifest *m, const struct launch *l,
			    const struct host_facts *f, struct rights *r)
{
	for (size_t i = 0; i < m->requests.n; i++) {
		const struct request *q = &m->requests.v[i];
		int id = perm_find(q->name);

		if (id >= 0)
			decide_kernel(m, l, f, q, (enum perm_id)id, r);
		else
			decide_application(m, l, q, r);
	}
	for (size_t i = 0; i < l->allow.n; i++) {
		const char *name = l->allow.v[i].name;
		bool asked = false;

		for (size_t k = 0; k < m->requests.n && !asked; k++)
			asked = covers(PERM_ARG_NONE, name, m->requests.v[k].name);
		if (!asked)
			strv_add(&r->unasked, name);
	}
}

static int decide_command(const struct launch *l, struct rights *r, struct pb_err *e)
{
	for (size_t i = 0; i < l->allow.n; i++) {
		const struct request *a = &l->allow.v[i];
		int id = perm_find(a->name);

		if (id < 0) {
			if (a->args.n)
				add_host_enforced(r, a->name, &a->args);
			else
				strv_add(&r->host_enforced, a->name);
			continue;
		}
		if (perm_table[id].arg == PERM_ARG_NONE) {
			give(r, (enum perm_id)id, NULL, xstrdup("--allow"));
			continue;
		}
		if (a->args.n == 0) {
			pb_err_set(e, PB_ERR_USAGE, 0, "--allow %s says not what", a->name);
			return pb_err_hint(e, "without a manifest there is no list to take it from: "
					      "write --allow %s=ARGUMENT", a->name);
		}
		for (size_t k = 0; k < a->args.n; k++)
			give(r, (enum perm_id)id, a->args.v[k], xstrdup("--allow"));
	}
	return 0;
}

static void decide_limits(const struct manifest *m, const struct launch *l, struct rights *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(default_limits); i++) {
		r->limits[default_limits[i].id] = (struct limit){.set = true, .v = default_limits[i].v};
		r->limit_from[default_limits[i].id] = FROM_DEFAULT;
	}
	for (int i = 0; i < LIMIT_N; i++) {
		struct limit *to = &r->limits[i];

		if (m && m->limits.l[i].set) {
			*to = m->limits.l[i];
			r->limit_from[i] = FROM_MANIFEST;
		}
		/* the caller's limit is a ceiling: a manifest that asks for less keeps its own */
		if (l->limits.l[i].set &&
		    (r->limit_from[i] != FROM_MANIFEST || l->limits.l[i].v < to->v)) {
			*to = l->limits.l[i];
			r->limit_from[i] = FROM_OPTION;
		}
	}
}

int policy_decide(const struct manifest *m, const struct launch *l, const struct host_facts *f,
		  struct rights *r, struct pb_err *e)
{
	const struct grant *net = &r->perm[PERM_NETWORK];

	*r = (struct rights){0};
	if (m) {
		r->plugin = xstrdup(m->name);
		r->version = xstrdup(m->version);
		decide_manifest(m, l, f, r);
	} else {
		const char *slash = l->args.n ? strrchr(l->args.v[0], '/') : NULL;

		r->plugin = xstrdup(slash ? slash + 1 : l->args.n ? l->args.v[0] : "command");
		if (decide_command(l, r, e) < 0)
			return -1;
		if (r->perm[PERM_STORAGE].given && !l->data_dir) {
			pb_err_set(e, PB_ERR_USAGE, 0, "storage: a command has no name to keep data under");
			return pb_err_hint(e, "name the directory with --data-dir DIR");
		}
	}
	if (net->given)
		r->network = strv_has(&net->args, "host") ? NETWORK_HOST : NETWORK_LOOPBACK;
	decide_limits(m, l, r);
	return 0;
}

int policy_refusal(const struct rights *r, struct pb_err *e)
{
	struct strbuf what = {0};
	struct strbuf remedy = {0};

	if (!r->refused.n)
		return 0;
	for (size_t i = 0; i < r->refused.n; i++) {
		strbuf_printf(&what, "%s%s", i ? ", " : "", r->refused.v[i]);
		strbuf_printf(&remedy, "%s%s", i ? " " : "", r->remedies.v[i]);
	}
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" requires what is not allowed: %s", r->plugin, what.s);
	pb_err_hint(e, "to allow it, add %s", remedy.s);
	strbuf_free(&what);
	strbuf_free(&remedy);
	return -1;
}

void rights_free(struct rights *r)
{
	free(r->plugin);
	free(r->version);
	for (int i = 0; i < PERM_N; i++) {
		strv_free(&r->perm[i].args);
		free(r->perm[i].why);
	}
	strv_free(&r->host_enforced);
	strv_free(&r->dropped);
	strv_free(&r->unasked);
	strv_free(&r->refused);
	strv_free(&r->remedies);
	*r = (struct rights){0};
}
