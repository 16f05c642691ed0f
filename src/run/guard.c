/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/guard.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/places.h"
#include "trust/state.h"

static int guard_path(const struct launch *l, const char *path, struct pb_err *e)
{
	struct pb_err ignored = {0};
	autofree char *state = state_path(NULL, &ignored);
	autofree char *other = l->state_dir ? xstrdup(l->state_dir) : NULL;
	autofree char *user = place_directory(PLACE_USER);
	autofree char *system = place_directory(PLACE_SYSTEM);
	const char *const own[] = {state, other, user, system};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		int held = own[i] ? state_holds(path, own[i]) : 0;

		if (held == 0)
			continue;
		if (held < 0) {
			pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell whether \"%s\" holds \"%s\"",
				   path, own[i]);
			return pb_err_step(e, "policy");
		}
		pb_err_set(e, PB_ERR_POLICY, 0,
			   "\"%s\" cannot be shown for writing: \"%s\" is plugbox's own", path,
			   own[i]);
		return pb_err_hint(
			e, "whoever writes there says what plugins may do: grant a directory that "
			   "does not hold it");
	}
	return 0;
}

int guard_plan(const struct launch *l, const struct plan *p, struct pb_err *e)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];

		if (s->op == STEP_BIND && s->source == SOURCE_PATH && s->writable &&
		    guard_path(l, s->src, e) < 0)
			return -1;
	}
	return 0;
}

int guard_data(const struct launch *l, int fd, struct pb_err *e)
{
	char self[32];
	char path[PATH_MAX];
	ssize_t n;

	/* the usual place is beside them */
	if (!l->data_dir)
		return 0;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = readlink(self, path, sizeof(path) - 1);
	if (n < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"%s\"", self);
		return pb_err_step(e, "data");
	}
	path[n] = '\0';
	return guard_path(l, path, e);
}
