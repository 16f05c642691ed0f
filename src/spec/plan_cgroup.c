/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By which way the plugin gets a cgroup, and the limits that only a cgroup keeps. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "spec/plan_build.h"

const char *plan_cgroup_name(enum cgroup_way way)
{
	switch (way) {
	case CGROUP_GIVEN:
		return "given";
	case CGROUP_OWN:
		return "own";
	case CGROUP_SCOPE:
		return "scope";
	case CGROUP_NONE:
		break;
	}
	return NULL;
}

/* Which controller each limit is kept by. */
static const struct {
	enum limit_id id;
	unsigned controller;
} kept_by[] = {
	{LIMIT_CPU, CG_CPU},	       {LIMIT_CPU_WEIGHT, CG_CPU}, {LIMIT_CPUS, CG_CPUSET},
	{LIMIT_MEMORY, CG_MEMORY},     {LIMIT_MEMORY_HIGH, CG_MEMORY}, {LIMIT_SWAP, CG_MEMORY},
	{LIMIT_PIDS, CG_PIDS},	       {LIMIT_IO_WEIGHT, CG_IO},   {LIMIT_IO_READ, CG_IO},
	{LIMIT_IO_WRITE, CG_IO},
};

unsigned plan_cgroup_needs(const struct rights *r)
{
	unsigned needs = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept_by); i++)
		if (r->limits[kept_by[i].id].set && r->limit_from[kept_by[i].id] != FROM_DEFAULT)
			needs |= kept_by[i].controller;
	return needs;
}

unsigned plan_cgroup(struct plan *p, const struct plan_input *in)
{
	const struct host_facts *f = in->f;

	if (f->cgroup_controllers)
		p->cgroup_way = in->l->cgroup	? CGROUP_GIVEN
				: f->cgroup_scope ? CGROUP_SCOPE
						  : CGROUP_OWN;
	if (f->cgroup_reason)
		strv_take(&p->cgroup_notes, xasprintf("own: %s", f->cgroup_reason));
	if (f->scope_reason)
		strv_take(&p->cgroup_notes, xasprintf("scope: %s", f->scope_reason));
	return f->cgroup_controllers;
}

char *plan_cgroup_lack(const struct plan_input *in, unsigned controller)
{
	const struct host_facts *f = in->f;
	autofree char *own = NULL;

	if (f->cgroup_reason && !f->cgroup_controllers)
		own = xstrdup(f->cgroup_reason);
	else
		own = xasprintf("the cgroup %s has no %s controller",
				in->l->cgroup	? in->l->cgroup
				: f->cgroup_scope ? "from systemd"
						  : "of plugbox",
				facts_controller(controller));
	if (f->scope_reason)
		return xasprintf("%s; from systemd: %s", own, f->scope_reason);
	return take_ptr(own);
}

static int lacks(struct plan *p, const struct plan_input *in, enum limit_id id, unsigned controller,
		 struct pb_err *e)
{
	autofree char *why = plan_cgroup_lack(in, controller);

	return plan_limit_lacks(
		p, in, id, why,
		controller & (CG_IO | CG_CPUSET)
			? "have it delegated, as with Delegate=cpu cpuset io memory pids in the "
			  "unit above, or pass --best-effort to run without"
			: PLAN_CGROUP_REMEDY,
		e);
}

int plan_cgroup_limits(struct plan *p, const struct plan_input *in, unsigned have, struct pb_err *e)
{
	struct cgroup_limits *c = &p->cgroup;
	const struct {
		enum limit_id id;
		unsigned needs;
		uint64_t *to;
		const char *file;
	} rows[] = {
		{LIMIT_CPU_WEIGHT, CG_CPU, &c->cpu_weight, "cpu.weight"},
		{LIMIT_CPUS, CG_CPUSET, &c->cpus, "cpuset.cpus"},
		{LIMIT_MEMORY_HIGH, CG_MEMORY, &c->memory_high, "memory.high"},
		{LIMIT_SWAP, CG_MEMORY, &c->swap, "memory.swap.max"},
		{LIMIT_IO_WEIGHT, CG_IO, &c->io_weight, "io.weight"},
		{LIMIT_IO_READ, CG_IO, &c->io_read, "io.max"},
		{LIMIT_IO_WRITE, CG_IO, &c->io_write, "io.max"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct limit *l = &in->r->limits[rows[i].id];

		if (!l->set)
			continue;
		if (!(have & rows[i].needs)) {
			if (lacks(p, in, rows[i].id, rows[i].needs, e) < 0)
				return -1;
			continue;
		}
		*rows[i].to = l->v;
		c->has_swap |= rows[i].id == LIMIT_SWAP;
		plan_limit_add(p, in, rows[i].id, MEANS_CGROUP, rows[i].file);
	}
	return 0;
}
