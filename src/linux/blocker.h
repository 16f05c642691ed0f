/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why this host gives no namespaces, found out after it has refused: nothing here is on the path of
 * a launch that succeeds. All text is constant. */
#pragma once

#include <stdbool.h>

/* What a container's filter hides, and how to have it shown. */
extern const char blocker_in_container[];

/* What stands in the way of user namespaces where making one failed with err: "switched off by …",
 * what they are said to be. *remedy receives what to do about it. */
const char *blocker_userns(int err, const char **remedy);

/* The same for a launch, which makes other namespaces in the same call. */
const char *blocker_namespaces(int err, const char **remedy);

/* Why the id could not be mapped into one: file is uid_map or gid_map. */
const char *blocker_map(const char *file, unsigned id, const char **remedy);

/* Why what is done in one is refused, where AppArmor gave it but withholds its capabilities; NULL
 * where it does not. */
const char *blocker_withheld(const char **remedy);
