/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By which way the plugin gets a cgroup, and the limits that only a cgroup keeps. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "spec/plan_build.h"

static const char *controller_name(unsigned bit)
{
	return bit == CG_CPU	  ? "cpu"
	       : bit == CG_MEMORY ? "memory"
	       : bit == CG_PIDS	  ? "pids"
	       : bit == CG_IO	  ? "io"
				  : "cpuset";
}

unsigned plan_cgroup(struct plan *p, const struct plan_input *in)
{
	if (in->f->cgroup_controllers)
		p->cgroup_way = in->l->cgroup ? CGROUP_GIVEN : CGROUP_OWN;
	return in->f->cgroup_controllers;
}

char *plan_cgroup_lack(const struct plan_input *in, unsigned controller)
{
	if (in->f->cgroup_reason)
		return xstrdup(in->f->cgroup_reason);
	return xasprintf("the cgroup %s has no %s controller",
			 in->l->cgroup ? in->l->cgroup : "of plugbox", controller_name(controller));
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
