/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/err.h"
#include "run/prepare.h"

/* Where the entrypoint was not found inside: says where the caller's PATH has it and which option
 * would show it. Looks, and binds nothing. Leaves a hint that is there already. */
void hint_entrypoint(const struct prepared *p, struct pb_err *e);
