/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parent reads from the sandbox: a message of the socket, or, where the first byte is
 * odd, the error on the exec pipe. Pid 1 is inside, and whoever took it over may say anything. */
#include <signal.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "linux/sync.h"

static void check_error(const struct pb_err *e)
{
	must(memchr(e->step, 0, sizeof(e->step)) && memchr(e->msg, 0, sizeof(e->msg)) &&
	     memchr(e->hint, 0, sizeof(e->hint)));
	/* a failed launch never ends as a success */
	must(pb_err_exit_code(e) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sync_msg m;
	struct pb_err e;

	if (n < 1)
		return 0;
	if (data[0] & 1) {
		if (sync_decode_error(data + 1, n - 1, &e) == 0)
			check_error(&e);
		else
			must(n - 1 != sizeof(e) || e.kind < PB_ERR_USAGE || e.kind > PB_ERR_NOTFOUND);
		return 0;
	}
	if (sync_decode(data + 1, n - 1, &m) < 0)
		return 0;
	must(n - 1 == sizeof(m));
	must(m.type >= SYNC_GO && m.type <= SYNC_TRACE);
	if (m.type == SYNC_ERROR)
		check_error(&m.err);
	if (m.type == SYNC_EXIT) {
		must(WIFEXITED(m.status) != WIFSIGNALED(m.status) && !WIFSTOPPED(m.status));
		if (WIFEXITED(m.status))
			must(m.status == W_EXITCODE(WEXITSTATUS(m.status), 0));
		else
			must(WTERMSIG(m.status) >= 1 && WTERMSIG(m.status) < NSIG);
	}
	return 0;
}
