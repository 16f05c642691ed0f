/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a permission means in the sandbox: the difference that it makes to the plan of a plugin that
 * asks for nothing else. Taken from the plan itself, so that it cannot say anything else. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "spec/permission.h"

/* Adds a line for each thing that is there with the permission ("+ …") or no longer there ("- …"):
 * namespaces, mounts, limits, variables, denials, in the words of explain, and system calls. arg
 * is an argument of it, NULL for one that takes none. Returns 0, or -1 with *e. */
int expansion(enum perm_id id, const char *arg, struct strv *lines, struct pb_err *e);
