/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/place.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "linux/probe.h"
#include "linux/sdscope.h"

int place_look(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	(void)cgroup_probe(l->cgroup, &p->place);
	if (l->cgroup && p->place.dirfd < 0) {
		pb_err_set(e, PB_ERR_SETUP, 0, "--cgroup %s cannot be used: %s", l->cgroup,
			   p->place.reason ? p->place.reason : "it is not a delegated cgroup");
		if (p->place.remedy)
			pb_err_hint(e, "%s", p->place.remedy);
		return pb_err_step(e, "cgroup");
	}
	probe_cgroup(&p->facts, &p->place);
	return 0;
}

static int count(unsigned bits)
{
	return __builtin_popcount(bits);
}

/* Moves there, and looks at it as at any cgroup of plugbox's own. */
static int enter(const char *run_id, struct prepared *p)
{
	struct pb_err e;

	if (sdscope_enter(p->rights.plugin, run_id, &e) < 0) {
		p->facts.scope_reason = xstrdup(e.msg);
		return -1;
	}
	cgroup_place_free(&p->place);
	(void)cgroup_probe(NULL, &p->place);
	p->place.transient = true;
	if (p->place.dirfd < 0)
		p->facts.scope_reason = xstrdup(p->place.reason);
	return p->place.dirfd < 0 ? -1 : 0;
}

void place_ask_systemd(const struct launch *l, const char *run_id, struct prepared *p)
{
	struct host_facts *f = &p->facts;
	const unsigned needs = plan_cgroup_needs(&p->rights);
	unsigned have = f->cgroup_controllers;
	struct sdscope_offer offer;
	autofree char *own = NULL;

	/* what was given is what the caller wants, and a launch without such limits asks nobody */
	if (l->cgroup || !(needs & ~have))
		return;
	own = f->cgroup_reason ? xstrdup(f->cgroup_reason)
			       : xasprintf("%s has no %s controller", p->place.shown,
					   facts_controller(needs & ~have));
	sdscope_probe(&offer);
	if (count(offer.controllers & needs) <= count(have & needs)) {
		f->scope_reason = offer.reason ? take_ptr(offer.reason)
					       : xasprintf("its manager was not given the %s controller",
							   facts_controller(needs & ~have &
									    ~offer.controllers));
		sdscope_offer_free(&offer);
		return;
	}
	have = offer.controllers;
	sdscope_offer_free(&offer);
	if (run_id) {
		const bool entered = enter(run_id, p) == 0;

		if (!entered && p->place.transient) {
			/* moved, and nothing gained: there is no way back that is sure */
			have = 0;
		} else if (!entered) {
			return;
		} else {
			have = p->place.controllers;
		}
	}
	free(f->cgroup_reason);
	f->cgroup_reason = take_ptr(own);
	f->cgroup_scope = true;
	f->cgroup_controllers = have;
}
