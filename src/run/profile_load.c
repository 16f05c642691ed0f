/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/profile_load.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/owned.h"
#include "run/places.h"
#include "spec/value.h"

static struct profile *load_chain(const char *path, enum place place, unsigned depth,
				  struct pb_err *e);

/* The first of that name from the place on. */
static struct profile *load_name(const char *name, enum place from, unsigned depth,
				 struct pb_err *e)
{
	const char *why = NULL;

	if (value_plugin_name(name, &why) < 0) {
		pb_err_set(e, PB_ERR_USAGE, 0, "profile \"%s\": %s", name, why);
		return NULL;
	}
	for (enum place place = from; place < PLACE_N; place++) {
		autofree char *dir = place_directory(place);
		autofree char *path = dir ? xasprintf("%s/profiles/%s.yaml", dir, name) : NULL;
		struct profile *p;

		if (!path)
			continue;
		p = load_chain(path, place, depth, e);
		if (p || e->sys != ENOENT)
			return p;
		*e = (struct pb_err){0};
	}
	pb_err_set(e, PB_ERR_USAGE, 0, "there is no profile \"%s\"", name);
	pb_err_hint(e, "it is NAME.yaml in .config/plugbox/profiles of your home, in "
		       "/etc/plugbox/profiles or in the profiles of the "
		       "installation; a path has a \"/\" in it");
	return NULL;
}

/* Reads the parent of p and links the two. */
static int load_parent(struct profile *p, enum place place, unsigned depth, struct pb_err *e)
{
	const char *slash = strrchr(p->file, '/');
	autofree char *own = xasprintf("%s.yaml", p->extends);
	/* a plugin's own may extend the profile of its name */
	bool same = strcmp(slash ? slash + 1 : p->file, own) == 0 &&
		    !strstr(p->file, "/profiles/plugins/");
	struct manifest_errors errs = {0};
	struct profile *parent;
	int rc;

	if (depth + 1 >= PROFILE_MAX_CHAIN) {
		pb_err_set(e, PB_ERR_MANIFEST, 0,
			   "%s:%u:%u: more than %d profiles extend one another", p->file,
			   p->extends_pos.line, p->extends_pos.col, PROFILE_MAX_CHAIN);
		return pb_err_hint(e, "a profile cannot extend itself, over others neither");
	}
	parent = load_name(p->extends, same ? place + 1 : place, depth + 1, e);
	if (!parent) {
		e->sys = 0; /* the child is there */
		if (depth == 0)
			(void)pb_err_wrap(e, "extended by %s:%u:%u", p->file, p->extends_pos.line,
					  p->extends_pos.col);
		return -1;
	}
	rc = profile_link(p, parent, &errs);
	if (rc < 0)
		(void)manifest_errors_raise(&errs, p->file, NULL, e);
	manifest_errors_free(&errs);
	return rc;
}

static struct profile *load_chain(const char *path, enum place place, unsigned depth,
				  struct pb_err *e)
{
	struct manifest_errors errs = {0};
	bool admin = false;
	autoclose int fd = owned_open(path, geteuid(), &admin, e);
	autofree char *text = NULL;
	struct profile *p = NULL;
	size_t n = 0;

	if (fd < 0) {
		(void)pb_err_wrap(e, "profile");
		return NULL;
	}
	text = manifest_text(fd, &n, &errs);
	if (text)
		p = profile_parse(text, n, path, admin, &errs);
	if (!p)
		(void)manifest_errors_raise(&errs, path, NULL, e);
	manifest_errors_free(&errs);
	if (p && p->extends && load_parent(p, place, depth, e) < 0) {
		profile_free(p);
		return NULL;
	}
	return p;
}

struct profile *profile_load_from(enum place place, const char *name, struct pb_err *e)
{
	return load_name(name, place, 0, e);
}

int profile_load_plugin(enum place place, const char *name, struct profile **p, struct pb_err *e)
{
	autofree char *dir = place_directory(place);
	autofree char *path = dir ? xasprintf("%s/profiles/plugins/%s.yaml", dir, name) : NULL;

	*p = path ? load_chain(path, place, 0, e) : NULL;
	if (*p || !path)
		return 0;
	if (e->sys != ENOENT)
		return -1;
	*e = (struct pb_err){0};
	return 0;
}

struct profile *profile_load(const char *what, struct pb_err *e)
{
	autofree char *path = NULL;

	if (!strchr(what, '/'))
		return load_name(what, PLACE_USER, 0, e);
	/* links that the caller named are the caller's; where they lead must be trusted */
	path = realpath(what, NULL);
	if (!path) {
		pb_err_set(e, PB_ERR_USAGE, errno, "cannot open the profile \"%s\"", what);
		return NULL;
	}
	return load_chain(path, PLACE_USER, 0, e);
}
