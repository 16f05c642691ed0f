/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/users.h"
#include "linux/probe.h"
#include "linux/userns.h"
#include "run/data.h"
#include "run/guard.h"
#include "run/place.h"

/* "/export/home/NAME" is one of the deeper ones */
#define HOME_DEPTH 3

static int canonical_path(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	struct stat open_dir;
	struct stat named;
	char self[32];
	char path[PATH_MAX];
	ssize_t n;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", p->bundle_fd);
	n = readlink(self, path, sizeof(path) - 1);
	if (n < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"%s\"", self);
	path[n] = '\0';
	/* a directory that was deleted has no name to be shown at */
	if (l->command && !path_is_normal(path))
		return pb_err_set(e, PB_ERR_USAGE, 0, "the working directory has no path");
	if (l->command && (fstat(p->bundle_fd, &open_dir) < 0 || stat(path, &named) < 0 ||
		      open_dir.st_dev != named.st_dev || open_dir.st_ino != named.st_ino))
		return pb_err_set(e, PB_ERR_USAGE, ENOENT, "cannot use the working directory \"%s\"",
				  path);
	p->bundle_path = xstrdup(path);
	return 0;
}

/* Whether the home directory is this directory or lies below it. */
static bool holds_home(int fd, const char *home)
{
	struct stat dir;
	struct stat st;
	autoclose int at = -1;

	if (!home || fstat(fd, &dir) < 0)
		return false;
	at = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && fstat(at, &st) == 0) {
		struct stat up;
		int parent;

		if (st.st_dev == dir.st_dev && st.st_ino == dir.st_ino)
			return true;
		parent = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (parent < 0)
			return false;
		if (fstat(parent, &up) < 0 || (up.st_dev == st.st_dev && up.st_ino == st.st_ino)) {
			close(parent);
			return false;
		}
		close(at);
		at = parent;
	}
	return false;
}

/* The home directories that must not be shown: of the caller, and of the user who called sudo. Who
 * they are can take a name service to find out, over the network even, so it is asked only where a
 * directory is as near to the root as homes and what holds them are. */
static bool is_or_holds_home(int fd, const char *path)
{
	const char *home = getenv("HOME");
	const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	struct user u;
	int depth = 0;
	bool held;

	if (holds_home(fd, home))
		return true;
	for (const char *p = path; *p; p++)
		depth += *p == '/' && p[1];
	if (depth > HOME_DEPTH)
		return false;
	if (user_by_id(getuid(), &u) > 0) {
		held = (!home || strcmp(home, u.home) != 0) && holds_home(fd, u.home);
		user_free(&u);
		if (held)
			return true;
	}
	if (!sudo || user_by_name(sudo, &u) <= 0)
		return false;
	held = holds_home(fd, u.home);
	user_free(&u);
	return held;
}

/* The bundle is shown to the plugin whole: not by accident all that the user has, as where a manifest
 * was saved in the home directory. */
static int check_bundle(const struct prepared *p, struct pb_err *e)
{
	struct stat st;

	if (strcmp(p->bundle_path, "/") == 0) {
		pb_err_set(e, PB_ERR_USAGE, 0, "\"/\" cannot be the bundle");
	} else if (is_or_holds_home(p->bundle_fd, p->bundle_path)) {
		pb_err_set(e, PB_ERR_USAGE, 0, "the home directory, or one above it, cannot be the bundle");
	} else if (p->root && fstat(p->bundle_fd, &st) == 0 && (st.st_mode & S_IWOTH)) {
		pb_err_set(e, PB_ERR_USAGE, 0, "the bundle can be written by everybody, and root would run it");
		return pb_err_hint(e, "chmod o-w, or copy it to a directory of its own");
	} else {
		return 0;
	}
	return pb_err_hint(e, "put the plugin into a directory of its own, or change to it, or name it "
			      "with --bundle DIR, or use --no-bundle");
}

static int read_manifest(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	struct manifest_errors errs = {0};
	autofree char *file = NULL;
	autoclose int fd = manifest_open(l->target, &file, &p->bundle_fd, e);

	if (fd < 0 || canonical_path(l, p, e) < 0 || check_bundle(p, e) < 0)
		return -1;
	if (fstat(fd, &p->manifest_stat) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", file);
	p->m = manifest_read(fd, file, &errs);
	if (!p->m)
		(void)manifest_errors_raise(&errs, file, "plugbox check", e);
	manifest_errors_free(&errs);
	return p->m ? 0 : -1;
}

static int open_working_bundle(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	const char *dir = l->bundle_dir ? l->bundle_dir : ".";

	if (l->no_bundle)
		return 0;
	p->bundle_fd = path_open_follow(dir, O_PATH | O_DIRECTORY);
	if (p->bundle_fd < 0)
		return pb_err_set(e, PB_ERR_USAGE, errno, "cannot open the bundle \"%s\"", dir);
	if (canonical_path(l, p, e) < 0 || check_bundle(p, e) < 0)
		return -1;
	return 0;
}

static int identity(const struct launch *l, struct prepared *p, struct pb_err *e)
{
	p->root = geteuid() == 0 && (l->run_as || !userns_lone_root());
	if (p->root)
		return userns_run_as(l->run_as, &p->run_uid, &p->run_gid, e);
	if (l->run_as) {
		pb_err_set(e, PB_ERR_USAGE, 0, "--run-as is for root");
		return pb_err_hint(e, "without it the plugin runs with your own user id outside");
	}
	p->run_uid = geteuid();
	p->run_gid = getegid();
	return 0;
}

int prepare(const struct launch *l, const char *run_id, struct prepared *p, struct pb_err *e)
{
	const struct launch *given;
	struct plugin_seen seen;
	const char *runtime;
	int rc;

	*p = PREPARED_INIT;
	if (identity(l, p, e) < 0)
		return -1;
	if (l->command ? open_working_bundle(l, p, e) < 0 : read_manifest(l, p, e) < 0)
		return -1;
	seen = (struct plugin_seen){.name = p->m ? p->m->name : NULL,
				    .bundle_fd = p->bundle_fd,
				    .path = p->bundle_path,
				    .manifest = p->m ? p->m->file : NULL,
				    .as_read = &p->manifest_stat};
	rc = authority_find(l, &seen, &p->authority, e);
	memcpy(p->digest, seen.digest, sizeof(p->digest));
	seen_free(&seen);
	if (rc < 0)
		return pb_err_step(e, "profile");
	if (dirs_find(&p->authority.host, p->dirs, e) < 0)
		return -1;
	given = approval_find(l, p, run_id, e);
	if (!given)
		return -1;
	if (p->authority.exempt)
		return 0;
	runtime = l->runtime ? l->runtime
		  : p->authority.profile ? profile_runtime(p->authority.profile) : NULL;
	if (probe_facts(&p->facts, runtime ? runtime : "host", e) < 0)
		return pb_err_step(e, "facts");
	if (place_look(l, p, e) < 0)
		return -1;
	if (policy_decide(p->m, given, p->authority.profile, &p->facts, &p->rights, e) < 0 ||
	    approval_check(l, p, e) < 0)
		return -1;
	p->rights.data = dirs_text(&p->dirs[DIR_DATA]);
	p->rights.cache = dirs_text(&p->dirs[DIR_CACHE]);
	p->rights.trust = p->authority.trust ? xstrdup(p->authority.trust) : NULL;
	data_look(l->data_dir ? l->data_dir : p->dirs[DIR_DATA].path, &p->rights, p->root, &p->facts);
	/* nothing is asked for a launch that is refused */
	if (p->rights.refused.n == 0)
		place_ask_systemd(l, run_id, p);
	if (plan_make(p->m, given, &p->rights, &p->facts, p->bundle_path, &p->plan, e) < 0) {
		/* what may not be had at all is the first thing to be told */
		(void)policy_refusal(&p->rights, e);
		return -1;
	}
	p->have_plan = true;
	if (guard_plan(l, p->dirs, &p->plan, e) < 0)
		return -1;
	if (p->plan.storage && !l->data_dir && p->dirs[DIR_DATA].path &&
	    dirs_check(&p->dirs[DIR_DATA], DIR_DATA, e) < 0)
		return pb_err_step(e, "data");
	return authority_check_whole(&p->authority, p->plan.plugin, &p->plan.missing, e);
}

void prepare_free(struct prepared *p)
{
	plan_free(&p->plan);
	rights_free(&p->rights);
	facts_free(&p->facts);
	cgroup_place_free(&p->place);
	dirs_free(p->dirs);
	authority_free(&p->authority);
	approval_free(&p->approval);
	manifest_free(p->m);
	close_fd(&p->bundle_fd);
	free(p->bundle_path);
}
