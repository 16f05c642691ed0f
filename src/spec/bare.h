/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --isolation landlock: a plugin on a host that forbids user namespaces, with no namespace at all.
 * It sees the host's own paths, of which Landlock opens those that the plan lists; the system call
 * filter takes what Landlock does not ask about, and a keeper in the place of pid 1 ends whatever the
 * plugin started. In the source this is "bare".
 *
 * It is weaker. What it cannot express is refused before anything starts; what it does not keep is
 * told at each launch.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "spec/launch.h"
#include "spec/permission.h"

/* The first Landlock that keeps signals in, without which no promise about processes holds. */
#define BARE_LANDLOCK_ABI 6

/* A promise of plugbox-security(7) that does not hold. */
struct bare_promise {
	const char *id;	  /* stable: hosts read it in the status stream */
	const char *lack; /* what is not kept, one clause */
};

const struct bare_promise *bare_promises(size_t *n);

/* The clause of an id, or NULL where there is no such promise. */
const char *bare_lack(const char *id);

/* Whether the permission can be given, with that argument where it takes one. */
bool bare_expresses(enum perm_id id, const char *arg);

/* Adds the options that ask for a file system, a name or a process number of the plugin's own, as
 * they were written. */
void bare_options(const struct launch *l, struct strv *to);
