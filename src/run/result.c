/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void result_init(struct result *r)
{
	unsigned char b[8] = {0};

	*r = (struct result){.outcome = OUTCOME_FAILED};
	(void)!getrandom(b, sizeof(b), 0);
	for (size_t i = 0; i < sizeof(b); i++)
		(void)snprintf(r->run_id + 2 * i, 3, "%02x", b[i]);
}

void result_free(struct result *r)
{
	for (size_t i = 0; i < r->n_traced; i++) {
		free(r->traced[i].path);
		free(r->traced[i].argument);
	}
	free(r->traced);
	free(r->denials);
}

void result_finish(struct result *r)
{
	switch (r->outcome) {
	case OUTCOME_FAILED:
		r->code = pb_err_exit_code(&r->err);
		break;
	case OUTCOME_EXITED:
		break; /* the plugin's own */
	case OUTCOME_TIMEOUT:
		r->code = PB_EXIT_TIMEOUT;
		break;
	case OUTCOME_SIGNALED:
	case OUTCOME_OOM:
	case OUTCOME_LIMIT:
	case OUTCOME_ABANDONED:
		r->code = 128 + r->signal;
		break;
	}
}

const char *result_outcome_name(const struct result *r)
{
	switch (r->outcome) {
	case OUTCOME_EXITED:
		return "exited";
	case OUTCOME_SIGNALED:
		return "signaled";
	case OUTCOME_TIMEOUT:
		return "timeout";
	case OUTCOME_OOM:
		return "oom";
	case OUTCOME_LIMIT:
		return "limit";
	case OUTCOME_ABANDONED:
		return "abandoned";
	case OUTCOME_FAILED:
		break;
	}
	switch (r->err.kind) {
	case PB_ERR_USAGE:
	case PB_ERR_MANIFEST:
		return "usage";
	case PB_ERR_POLICY:
		return "refused";
	case PB_ERR_NOTFOUND:
		return "not-found";
	case PB_ERR_NOEXEC:
		return "not-executable";
	default:
		return "setup-failed";
	}
}

char *result_reason(const struct result *r, char *buf, size_t size)
{
	switch (r->outcome) {
	case OUTCOME_FAILED:
		(void)snprintf(buf, size, "%s", r->err.msg);
		break;
	case OUTCOME_EXITED:
		(void)snprintf(buf, size, "exited with code %d", r->code);
		break;
	case OUTCOME_SIGNALED:
		(void)snprintf(buf, size, "killed by signal %d (%s)", r->signal,
			       sigdescr_np(r->signal) ? sigdescr_np(r->signal) : "unknown");
		break;
	case OUTCOME_TIMEOUT:
	case OUTCOME_LIMIT:
		(void)snprintf(buf, size, "stopped at its %s limit", r->limit ? r->limit : "own");
		break;
	case OUTCOME_OOM:
		(void)snprintf(buf, size, "%s",
			       r->limit ? "stopped at its memory limit"
					: "killed for lack of memory outside, below its own limit");
		break;
	case OUTCOME_ABANDONED:
		(void)snprintf(buf, size, "the process that started plugbox is gone");
		break;
	}
	return buf;
}
