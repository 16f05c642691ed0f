/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and reading a profile, with all that it extends. */
#pragma once

#include "base/err.h"
#include "run/places.h"
#include "spec/profile.h"

/*
 * what is a path, where it has a "/" in it, or a name. A name is looked up in the user's own
 * .config/plugbox/profiles, /etc/plugbox/profiles and the directory of the installation, each as
 * NAME.yaml; the first that there is counts, and is an error where it cannot be trusted (see
 * linux/owned.h). Where the user's home is, the password database says: no environment variable
 * has a say. A parent is looked up from the place of its child on, so that a file of root's never
 * extends a user's; under its own name, in the places after it.
 *
 * Returns the profile, which profile_free frees, or NULL with *e.
 */
struct profile *profile_load(const char *what, struct pb_err *e);

/* The same of a name, from a place on. */
struct profile *profile_load_from(enum place place, const char *name, struct pb_err *e);

/* profiles/plugins/NAME.yaml of that place, for the plugin that calls itself name. *p receives it,
 * NULL where there is none. Returns 0, or -1 with *e. */
int profile_load_plugin(enum place place, const char *name, struct profile **p, struct pb_err *e);
