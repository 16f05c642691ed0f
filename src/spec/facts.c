/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/facts.h"

#include <stdlib.h>

void facts_free(struct host_facts *f)
{
	for (size_t i = 0; i < f->n_entries; i++) {
		free(f->entries[i].path);
		free(f->entries[i].source);
	}
	free(f->entries);
	free(f->cgroup_reason);
	free(f->lang);
	free(f->tz);
	free(f->runtime);
	*f = (struct host_facts){0};
}
