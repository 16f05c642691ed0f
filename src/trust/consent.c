/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/consent.h"

#include <string.h>

#include "base/cleanup.h"
#include "spec/permission.h"

static void copy(struct requests *to, const struct request *q)
{
	struct request *new = requests_add(to, q->name);

	new->required = q->required;
	new->pos = q->pos;
	for (size_t i = 0; i < q->args.n; i++)
		strv_add(&new->args, q->args.v[i]);
}

void consent_asked(const struct manifest *m, struct requests *asked)
{
	for (size_t i = 0; i < m->requests.n; i++)
		copy(asked, &m->requests.v[i]);
	for (int id = 0; id < REG_N; id++)
		for (size_t i = 0; i < m->registrations[id].names.n; i++) {
			const struct request *q = &m->registrations[id].names.v[i];
			autofree char *name = xasprintf("%s:%s", registration_kinds[id], q->name);

			requests_add(asked, name)->required = q->required;
		}
}

static bool leaves(const struct profile *p, const char *name, const char *arg)
{
	return !p || (profile_allows(p, name, arg) && !profile_denies(p, name, arg));
}

void consent_granted(const struct requests *asked, const struct profile *profile,
		     struct requests *granted)
{
	for (size_t i = 0; i < asked->n; i++) {
		const struct request *q = &asked->v[i];
		struct request *to = NULL;

		if (q->args.n == 0 && leaves(profile, q->name, NULL))
			copy(granted, q);
		for (size_t k = 0; k < q->args.n; k++) {
			if (!leaves(profile, q->name, q->args.v[k]))
				continue;
			if (!to)
				to = requests_add(granted, q->name);
			to->required = q->required;
			strv_add(&to->args, q->args.v[k]);
		}
	}
}

/* arg NULL: the permission without arguments. That is all of an application's, and of one of the
 * kernel's that takes some, nothing. */
static bool covered(const struct requests *have, const char *name, const char *arg)
{
	for (size_t i = 0; i < have->n; i++) {
		const struct request *q = &have->v[i];

		if (!perm_name_covers(q->name, name))
			continue;
		if (q->args.n == 0 && (!arg || perm_find(name) < 0))
			return true;
		for (size_t k = 0; arg && k < q->args.n; k++)
			if (perm_arg_covers(name, q->args.v[k], arg))
				return true;
	}
	return false;
}

void consent_difference(const struct requests *have, const struct requests *more, struct strv *out)
{
	for (size_t i = 0; i < more->n; i++) {
		const struct request *q = &more->v[i];
		const int id = perm_find(q->name);

		/* an empty list asks for nothing */
		if (q->args.n == 0 && (id < 0 || perm_table[id].arg == PERM_ARG_NONE) &&
		    !covered(have, q->name, NULL))
			strv_add(out, q->name);
		for (size_t k = 0; k < q->args.n; k++)
			if (!covered(have, q->name, q->args.v[k]))
				strv_take(out, xasprintf("%s: %s", q->name, q->args.v[k]));
	}
}

static int refuse(const char *why, const struct strv *what, const char *plugin, const char *shown,
		  struct pb_err *e)
{
	struct strbuf b = {0};

	strbuf_printf(&b, "\"%s\" %s", plugin, why);
	for (size_t i = 0; what && i < what->n; i++)
		strbuf_printf(&b, "%s%s", i ? ", " : ": ", what->v[i]);
	pb_err_set(e, PB_ERR_POLICY, 0, "%s", b.s);
	strbuf_free(&b);
	return pb_err_hint(e, "to see what it wants and approve it: plugbox approve %s", shown);
}

int consent_check(const struct record *r, const struct manifest *m, const char *shown,
		  struct pb_err *e)
{
	struct requests asked = {0};
	struct strv more = {0};
	int rc = 0;

	if (!r || !r->approved)
		return refuse("was not approved", NULL, m->name, shown, e);
	consent_asked(m, &asked);
	consent_difference(&r->asked, &asked, &more);
	if (more.n)
		rc = refuse("asks for more than was approved", &more, m->name, shown, e);
	requests_free(&asked);
	strv_free(&more);
	return rc;
}

int consent_same(const struct record *r, const struct manifest *m, const char *digest,
		 const char *shown, struct pb_err *e)
{
	const char *known = record_digest(r, m->version);

	if (!known || strcmp(known, digest) == 0)
		return 0;
	return refuse("changed since it was approved, under the same version", NULL, m->name, shown,
		      e);
}

int consent_held(const struct record *r, struct pb_err *e)
{
	if (!r->held)
		return 0;
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" is on hold since %s: %s", r->plugin, r->held,
		   r->reason);
	return pb_err_hint(e, "to let it run again: plugbox release %s", r->plugin);
}

int consent_covers(const struct record *r, const struct rights *rights,
		   const struct requests *allow, const char *shown, struct pb_err *e)
{
	struct requests given = {0};
	struct strv more = {0};
	int rc = 0;

	consent_difference(&r->granted, allow, &more);
	if (more.n)
		rc = refuse("is allowed by --allow what was not approved", &more, r->plugin, shown,
			    e);
	for (int id = 0; id < PERM_N; id++) {
		struct request *q;

		if (!rights->perm[id].given)
			continue;
		q = requests_add(&given, perm_table[id].name);
		for (size_t i = 0; i < rights->perm[id].args.n; i++)
			strv_add(&q->args, rights->perm[id].args.v[i]);
	}
	for (int id = 0; id < REG_N; id++)
		for (size_t i = 0; i < rights->registrations[id].args.n; i++) {
			autofree char *name =
				xasprintf("%s:%s", registration_kinds[id],
					  rights->registrations[id].args.v[i]);

			(void)requests_add(&given, name);
		}
	if (rc == 0)
		consent_difference(&r->granted, &given, &more);
	if (rc == 0 && more.n)
		rc = refuse("would have what was not approved", &more, r->plugin, shown, e);
	requests_free(&given);
	strv_free(&more);
	return rc;
}
