/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/facts.h"

#include <stdlib.h>

const char *facts_controller(unsigned bits)
{
	return bits & CG_CPU	  ? "cpu"
	       : bits & CG_MEMORY ? "memory"
	       : bits & CG_PIDS	  ? "pids"
	       : bits & CG_IO	  ? "io"
				  : "cpuset";
}

void facts_free(struct host_facts *f)
{
	for (size_t i = 0; i < f->n_entries; i++) {
		free(f->entries[i].path);
		free(f->entries[i].source);
	}
	free(f->entries);
	free(f->cgroup_reason);
	free(f->scope_reason);
	free(f->lang);
	free(f->tz);
	free(f->runtime);
	*f = (struct host_facts){0};
}
