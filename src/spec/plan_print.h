/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan in words and in JSON. The text is for people and golden tests and may
 * change; the JSON keys are stable. */
#pragma once

#include "base/json.h"
#include "base/str.h"
#include "spec/plan.h"

void plan_print_text(const struct plan *p, const struct rights *r, struct strbuf *b);
void plan_print_json(const struct plan *p, const struct rights *r, struct json *j);
