/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/launch.h"

#include <stdlib.h>

void launch_init(struct launch *l)
{
	*l = (struct launch){
		.kill_after = 3000,
		.die_with_parent = true,
		.status_fd = -1,
		.info_fd = -1,
	};
}

void launch_free(struct launch *l)
{
	free(l->target);
	strv_free(&l->args);
	free(l->bundle_dir);
	requests_free(&l->allow);
	for (size_t i = 0; i < l->n_mounts; i++) {
		free(l->mounts[i].src);
		free(l->mounts[i].dst);
	}
	free(l->mounts);
	for (size_t i = 0; i < l->n_env; i++) {
		free(l->env[i].name);
		free(l->env[i].value);
	}
	free(l->env);
	free(l->profile);
	free(l->chdir);
	free(l->hostname);
	free(l->run_as);
	free(l->runtime);
	strv_free(&l->runtime_add);
	free(l->data_dir);
	free(l->cgroup);
	free(l->keep_fds);
	free(l->status_file);
	free(l->state_dir);
	free(l->correlation_id);
	launch_init(l);
}

bool launch_shapes(const struct launch *l)
{
	for (int id = 0; id < LIMIT_N; id++)
		if (id != LIMIT_TIMEOUT && l->limits.l[id].set)
			return true;
	return l->n_mounts || l->n_env || l->profile || l->chdir || l->hostname || l->runtime ||
	       l->runtime_add.n || l->data_dir || l->cgroup || l->as_pid_1 || l->debug ||
	       l->limits_given || l->isolation != ISOLATION_NAMESPACES;
}
