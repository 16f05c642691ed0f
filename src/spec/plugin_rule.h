/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which plugin is meant, where an administrator or a user says so. */
#pragma once

#include <stdbool.h>

#include "spec/limits.h"

struct decoder;
struct yaml_node;

/* All that is there must hold. A name is what the plugin calls itself: a rule that gives something
 * has a path or a digest too. */
struct plugin_rule {
	char *name;   /* or NULL */
	char *path;   /* of the bundle, absolute and normal, or NULL */
	char *digest; /* "b2:" and 64 digits in lower case, or NULL */
	struct src_pos pos;
};

/* Reads a mapping of these, or one of them alone: "/path", "b2:…" or a name. what is the key,
 * for messages; by_name says that a name alone will do. */
void plugin_rule_read(struct decoder *d, const struct yaml_node *v, const char *what, bool by_name,
		      struct plugin_rule *r);
void plugin_rule_free(struct plugin_rule *r);
