/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/guard.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/data.h"
#include "run/places.h"
#include "trust/state.h"

/* Refuses the path where it holds own, or lies in it. */
static int guard_one(const char *path, const char *own, const char *what, const char *hint,
		     struct pb_err *e)
{
	int held = own ? state_holds(path, own) : 0;

	if (held == 0)
		return 0;
	if (held < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell whether \"%s\" holds \"%s\"", path, own);
		return pb_err_step(e, "policy");
	}
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" cannot be shown for writing: \"%s\" is %s", path, own, what);
	return pb_err_hint(e, "%s: grant a directory that does not hold it", hint);
}

static int guard_path(const struct launch *l, const struct dir dirs[DIR_N], const char *path,
		      struct pb_err *e)
{
	struct pb_err ignored = {0};
	autofree char *state = state_path(NULL, &ignored);
	autofree char *user = place_directory(PLACE_USER);
	autofree char *system = place_directory(PLACE_SYSTEM);
	const char *const own[] = {state, l->state_dir, user, system, dirs[DIR_CACHE].path};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (guard_one(path, own[i], "plugbox's own",
			      "whoever writes there says what plugins may do", e) < 0)
			return -1;
	return 0;
}

/* The data of all plugins. What --data-dir names, the caller knows. */
static int guard_others(const struct launch *l, const struct dir dirs[DIR_N], const char *path,
			struct pb_err *e)
{
	struct pb_err ignored = {0};
	autofree char *usual = l->data_dir || dirs[DIR_DATA].path ? NULL : data_usual_base(&ignored);

	return guard_one(path, usual ? usual : dirs[DIR_DATA].path, "where the data of plugins is kept",
			 "no plugin is given another's", e);
}

int guard_plan(const struct launch *l, const struct dir dirs[DIR_N], const struct plan *p,
	       struct pb_err *e)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];

		if (s->op == STEP_BIND && s->source == SOURCE_PATH && s->writable &&
		    (guard_path(l, dirs, s->src, e) < 0 || guard_others(l, dirs, s->src, e) < 0))
			return -1;
	}
	return 0;
}

int guard_data(const struct launch *l, const struct dir dirs[DIR_N], int fd, struct pb_err *e)
{
	char self[32];
	char path[PATH_MAX];
	ssize_t n;

	/* the usual place is beside them */
	if (!l->data_dir && !dirs[DIR_DATA].path && !dirs[DIR_CACHE].path)
		return 0;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = readlink(self, path, sizeof(path) - 1);
	if (n < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"%s\"", self);
		return pb_err_step(e, "data");
	}
	path[n] = '\0';
	return guard_path(l, dirs, path, e);
}
