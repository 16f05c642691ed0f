/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/approval.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "run/prepare.h"
#include "spec/permission.h"
#include "trust/consent.h"
#include "trust/digest.h"
#include "trust/state.h"

static bool counts_misuse(const struct prepared *p)
{
	return hostpolicy_hold_kills(&p->authority.host) ||
	       hostpolicy_hold_denials(&p->authority.host);
}

/* make: the directories are wanted whether they are there or not. */
static int open_store(const struct launch *l, struct approval *a, bool make, struct pb_err *e)
{
	a->state = state_open(l->state_dir, make, e);
	if (a->state >= 0)
		a->grants = state_open_below(a->state, "grants", make, e);
	if (a->grants >= 0)
		return 0;
	if (!make && e->sys == ENOENT) {
		*e = (struct pb_err){0};
		return 0;
	}
	/* what cannot be read is not "nobody approved" */
	return pb_err_step(e, "approval");
}

/* What was approved, as far as this manifest still asks for it: no more is to be told as unasked.
 */
static void stand_in(struct approval *a, const struct launch *l, const struct manifest *m)
{
	a->launch = *l;
	a->launch.allow = (struct requests){0};
	for (size_t i = 0; i < a->record.granted.n; i++) {
		const struct request *g = &a->record.granted.v[i];
		struct request *q = NULL;

		for (size_t k = 0; k < m->requests.n && !q; k++)
			if (perm_name_covers(g->name, m->requests.v[k].name))
				q = requests_add(&a->launch.allow, g->name);
		for (size_t k = 0; q && k < g->args.n; k++)
			strv_add(&q->args, g->args.v[k]);
	}
}

/* Where hashes of files are remembered. Without the usual place all are read, and that is all. Returns
 * -1 with *e where the one that plugbox.yaml names cannot be used. */
static int open_cache(const struct prepared *p, struct pb_err *e)
{
	struct pb_err ignored = {0};

	if (p->dirs[DIR_CACHE].path)
		return dirs_open(&p->dirs[DIR_CACHE], DIR_CACHE, e);
	return p->approval.state >= 0 ? state_open_below(p->approval.state, "cache", true, &ignored) : -1;
}

static int take_digest(struct prepared *p, struct pb_err *e)
{
	autoclose int cache = open_cache(p, e);

	if (e->kind == PB_ERR_NONE &&
	    digest_guarded(p->bundle_fd, p->m->file, &p->manifest_stat, cache, p->digest, e) == 0)
		return 0;
	return pb_err_step(e, "digest");
}

void approval_note_digest(struct prepared *p)
{
	struct pb_err ignored = {0};

	if (p->approval.required && p->m && !p->digest[0])
		(void)take_digest(p, &ignored);
}

/* What the user said to this bundle. */
static int ask_record(const struct launch *l, struct prepared *p, bool later, struct pb_err *e)
{
	const struct record *r = p->approval.found ? &p->approval.record : NULL;

	if (!later && !p->digest[0] && take_digest(p, e) < 0)
		return -1;
	if (consent_check(r, p->m, l->target, e) < 0) {
		struct pb_err none = {0};

		/* the log says which bundle was refused; and one that has no digest cannot be approved */
		if (!p->digest[0] && take_digest(p, &none) < 0)
			*e = none;
		return -1;
	}
	return p->digest[0] ? consent_same(r, p->m, p->digest, l->target, e) : 0;
}

const struct launch *approval_find(const struct launch *l, struct prepared *p, bool later,
				   struct pb_err *e)
{
	struct approval *a = &p->approval;
	const struct hostconf *by;
	const bool misuse = counts_misuse(p);
	int rc;

	a->required =
		!l->approving && (l->consent == DEMAND_REQUIRED ||
				  hostpolicy_consent(&p->authority.host, &by) == DEMAND_REQUIRED);
	if (!p->m && a->required) {
		pb_err_set(e, PB_ERR_POLICY, 0,
			   "consent is required, and a command cannot be approved");
		pb_err_hint(e, "write a manifest for it: plugbox-manifest(5)");
		return NULL;
	}
	if (!p->m || (!a->required && !misuse && !l->approving))
		return l;
	if (open_store(l, a, a->required || l->approving, e) < 0)
		return NULL;
	rc = a->grants >= 0 ? record_read(a->grants, p->m->name, &a->record, e) : 0;
	a->found = rc > 0;
	/* a record that cannot be understood is no obstacle to making a new one */
	if (rc < 0 && !l->approving)
		return NULL;
	*e = (struct pb_err){0};
	if (a->found && !l->approving && consent_held(&a->record, e) < 0)
		return NULL;
	if (l->approving) {
		if (!p->digest[0] && take_digest(p, e) < 0)
			return NULL;
		a->launch = *l;
		a->launch.allow = (struct requests){0};
		consent_granted(&p->m->requests, NULL, &a->launch.allow);
		return &a->launch;
	}
	if (!a->required)
		return l;
	if (ask_record(l, p, later, e) < 0)
		return NULL;
	stand_in(a, l, p->m);
	return &a->launch;
}

int approval_check(const struct launch *l, const struct prepared *p, struct pb_err *e)
{
	if (!p->approval.required)
		return 0;
	return consent_covers(&p->approval.record, &p->rights, &l->allow, l->target, e);
}

/* The record as it is now, under the lock. Returns the lock, or -1 with *e. */
static int again(const struct prepared *p, struct record *r, struct pb_err *e)
{
	int lock = state_lock(p->approval.grants, e);
	int rc;

	*r = (struct record){0};
	if (lock < 0)
		return -1;
	rc = record_read(p->approval.grants, p->m->name, r, e);
	if (rc >= 0) {
		if (rc == 0)
			r->plugin = xstrdup(p->m->name);
		return lock;
	}
	close_fd(&lock);
	return -1;
}

int approval_use(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	const struct approval *a = &p->approval;
	autoclose int lock = -1;
	struct record now;
	int rc;

	if (!a->required)
		return 0;
	if (!p->digest[0] && take_digest(p, e) < 0)
		return -1;
	if (consent_same(&a->record, p->m, p->digest, l->target, e) < 0)
		return pb_err_step(e, "approval");
	if (!record_digest(&a->record, p->m->version)) {
		lock = again(p, &now, e);
		rc = lock < 0 ? -1 : consent_check(&now, p->m, l->target, e);
		if (rc == 0)
			rc = consent_same(&now, p->m, p->digest, l->target, e);
		if (rc == 0 && !record_digest(&now, p->m->version)) {
			record_add_version(&now, p->m->version, p->digest);
			rc = record_write(a->grants, &now, e);
		}
		record_free(&now);
		if (rc < 0)
			return pb_err_step(e, "approval");
	}
	record_touch(a->grants, p->m->name);
	return 0;
}

/* What nobody is given, or what only a permission of high risk would give. */
static bool is_high_risk(const struct denial *d)
{
	const int id = perm_find(d->remedy);

	return id < 0 || perm_table[id].risk == RISK_HIGH;
}

static void hold(struct record *r, const char *what, uint64_t n, uint64_t most)
{
	char now[32];

	if (!most || n < most || r->held)
		return;
	record_now(now);
	r->held = xstrdup(now);
	r->reason = xasprintf("%" PRIu64 " %s, of %" PRIu64 " that plugbox.yaml suffers", n, what,
			      most);
	log_note("\"%s\" is on hold from now on: %s", r->plugin, r->reason);
}

void approval_judge(const struct launch *l, const struct prepared *p, const struct result *r)
{
	const bool killed = r->outcome == OUTCOME_TIMEOUT || r->outcome == OUTCOME_OOM ||
			    r->outcome == OUTCOME_LIMIT;
	struct approval store = APPROVAL_INIT;
	struct pb_err e = {0};
	uint64_t denials = 0;
	struct record now;
	struct prepared with;
	autoclose int lock = -1;

	if (!p->m || !counts_misuse(p) || !r->ready)
		return;
	/* one that tries again and again did one thing */
	for (size_t i = 0; i < r->n_denials; i++)
		denials += is_high_risk(&r->denials[i]);
	denials += r->denials_lost;
	if (!killed && !denials)
		return;
	if (open_store(l, &store, true, &e) < 0)
		goto out;
	with = (struct prepared){.m = p->m, .approval = store};
	lock = again(&with, &now, &e);
	if (lock < 0)
		goto out;
	now.kills += killed;
	now.denials += denials;
	hold(&now, "times killed at a limit", now.kills, hostpolicy_hold_kills(&p->authority.host));
	hold(&now, "refused acts of high risk", now.denials,
	     hostpolicy_hold_denials(&p->authority.host));
	(void)record_write(store.grants, &now, &e);
	record_free(&now);
out:
	if (e.kind != PB_ERR_NONE)
		log_error("what \"%s\" did is not counted: %s", p->m->name, e.msg);
	close_fd(&store.grants);
	close_fd(&store.state);
}

void approval_free(struct approval *a)
{
	record_free(&a->record);
	requests_free(&a->launch.allow);
	close_fd(&a->grants);
	close_fd(&a->state);
}
