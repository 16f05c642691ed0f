/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and reading a profile, with all that it extends. */
#pragma once

#include "base/err.h"
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
