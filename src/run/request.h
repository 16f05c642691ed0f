/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host's JSON-RPC request, as far as an answer to it needs: where it ends, and its id. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "spec/manifest.h"

#define REQUEST_MAX_BYTES (1U << 20)

/* Whether b, in which no NUL stands, holds a whole message; *at and *n delimit its JSON text. */
bool request_complete(enum framing f, const struct strbuf *b, size_t *at, size_t *n);

/* The request's id as JSON text, owned by the caller; "null" where it cannot be told, as JSON-RPC
 * wants it; NULL for a notification, which gets no answer. Otherwise a string or number as RFC 8259
 * has them, which can be put into an answer as it is. */
char *request_id(const char *text, size_t n);
