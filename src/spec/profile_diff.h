/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one profile gives that another does not, in words. */
#pragma once

#include "base/str.h"
#include "spec/profile.h"

/* Adds a line to more for what b gives beyond a, to less for what a gives beyond b, and to other for
 * what is neither: permissions with the arguments that either names, limits, floors, and whatever else
 * a profile can say. Both are asked with all that they extend. Nothing is added only where they say
 * the same; a word that is what holds without it, and the order of a list, are no difference. */
void profile_diff(const struct profile *a, const struct profile *b, struct strv *more,
		  struct strv *less, struct strv *other);
