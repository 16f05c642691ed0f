/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/err.h"
#include "run/prepare.h"
#include "run/result.h"

/* Where the entrypoint was not found inside: says where the caller's PATH has it and which option
 * would show it. Looks, and binds nothing. Leaves a hint that is there already. */
void hint_entrypoint(const struct prepared *p, struct pb_err *e);

/* Where the launch failed for want of a user namespace: says what forbids it here, and what to do
 * about it. Leaves a hint that is there already. */
void hint_namespaces(struct pb_err *e);

/* Where a plugin ended badly by itself, has no /data, and its command or a script of its bundle that
 * the command names speaks of /data: fills r->hint. A path that is missing is no refused call, so
 * nothing else tells of it. What the plugin wrote decides no more than whether this is said. */
void hint_storage(const struct prepared *p, struct result *r);
