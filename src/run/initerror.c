/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/initerror.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/json.h"
#include "run/request.h"

#define WAIT_MS 10000
#define SERVER_ERROR (-32000) /* JSON-RPC 2.0: reserved for implementation-defined errors */

static bool read_request(enum framing f, struct strbuf *b, size_t *at, size_t *n)
{
	struct timespec start;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	while (b->n < REQUEST_MAX_BYTES) {
		struct pollfd p = {.fd = 0, .events = POLLIN};
		char chunk[4096];
		long spent;
		ssize_t k;

		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		spent = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
		if (spent >= WAIT_MS || poll(&p, 1, (int)(WAIT_MS - spent)) <= 0)
			return false;
		k = read(0, chunk, sizeof(chunk));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			/* a last line without its end is a message all the same */
			if (f == FRAMING_HEADERS || !b->n)
				return false;
			strbuf_puts(b, "\n");
			return request_complete(f, b, at, n);
		}
		/* a NUL is no part of any JSON text, and would hide what follows */
		if (memchr(chunk, 0, (size_t)k))
			return false;
		strbuf_add(b, chunk, (size_t)k);
		if (request_complete(f, b, at, n))
			return true;
	}
	return false;
}

void initerror_answer(enum framing framing, const struct result *r)
{
	struct strbuf in = {0};
	struct json j = {0};
	struct strbuf out = {0};
	char reason[1024];
	char *id = NULL;
	size_t at = 0;
	size_t n = 0;

	if (!read_request(framing, &in, &at, &n) || !(id = request_id(in.s + at, n))) {
		strbuf_free(&in);
		return;
	}
	json_object(&j, NULL);
	json_str(&j, "jsonrpc", "2.0");
	json_raw(&j, "id", id);
	json_object(&j, "error");
	json_int(&j, "code", SERVER_ERROR);
	json_str(&j, "message", result_reason(r, reason, sizeof(reason)));
	json_object(&j, "data");
	json_str(&j, "outcome", result_outcome_name(r));
	json_int(&j, "code", r->code);
	json_str(&j, "step", r->err.step[0] ? r->err.step : NULL);
	json_str(&j, "hint", r->err.hint[0] ? r->err.hint : NULL);
	json_str(&j, "run_id", r->run_id);
	json_end_object(&j);
	json_end_object(&j);
	json_end_object(&j);
	if (framing == FRAMING_HEADERS)
		strbuf_printf(&out, "Content-Length: %zu\r\n\r\n", j.out.n);
	strbuf_add(&out, j.out.s, j.out.n);
	if (framing != FRAMING_HEADERS)
		strbuf_puts(&out, "\n");
	(void)fd_write_all(1, out.s, out.n);
	strbuf_free(&in);
	strbuf_free(&out);
	json_free(&j);
	free(id);
}
