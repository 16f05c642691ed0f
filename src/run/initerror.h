/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --init-error jsonrpc: a launch that failed answers the host's first request, instead of
 * leaving it to wait. */
#pragma once

#include "run/result.h"
#include "spec/manifest.h"

/* Reads the first message from stdin (at most 1 MiB, at most ten seconds), takes its id, and
 * writes a JSON-RPC error with it to stdout, in the channel's framing (raw is taken as lines).
 * Without a request there is no answer. */
void initerror_answer(enum framing framing, const struct result *r);
