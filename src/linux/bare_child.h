/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The child's side of a launch without namespaces. */
#pragma once

#include "linux/child.h"

/* As child_main. */
_Noreturn void bare_main(struct child *c);

/* In the process that becomes the plugin, before its filter: behind Landlock's wall, and to be killed
 * with its keeper. Returns 0 or -1 with *e. */
int bare_enter(const struct child *c, struct pb_err *e);
