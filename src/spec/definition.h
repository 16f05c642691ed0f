/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a profile defines an application permission to be: the `permissions` of a profile.
 *
 * One that includes kernel permissions is a name for them, and plugbox enforces it: whoever is
 * given the name is given its parts, as far as the profile allows and does not deny each. One with
 * rules for the channel needs somebody who reads the channel. Nobody does yet: it is read, narrowed
 * and shown, and a launch that would give it is refused.
 */
#pragma once

#include <stdbool.h>

#include "spec/manifest.h"
#include "spec/permission.h"

struct decoder;
struct yaml_item;

struct definition {
	char *name; /* may end in "*", as in a list of what is allowed */
	struct src_pos pos;
	char *description; /* or NULL */
	enum perm_risk risk;
	struct requests includes;  /* kernel permissions, with their arguments */
	struct strv send, receive; /* methods that the plugin may call, and be called by */
	bool channel;
};

struct definitions {
	struct definition *v;
	size_t n, cap;
};

/* Reads a mapping of names to definitions, added to to. */
void definitions_read(struct decoder *d, const struct yaml_item *item, struct definitions *to);
void definitions_free(struct definitions *defs);

/* The first that covers the name, or NULL. */
const struct definition *definitions_find(const struct definitions *defs, const char *name);
