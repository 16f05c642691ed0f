/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one profile gives that another does not, in words. */
#pragma once

#include "base/str.h"
#include "spec/profile.h"

/* Adds a line to more for what b gives beyond a, and to less for what a gives beyond b: permissions
 * with the arguments that either names, and limits. Both are asked with all that they extend. */
void profile_diff(const struct profile *a, const struct profile *b, struct strv *more,
		  struct strv *less);
