/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux/sync: which messages of the sandbox the parent believes. */
#include "linux/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static bool taken(const struct sync_msg *m, size_t n)
{
	struct sync_msg out;

	errno = 0;
	return sync_decode(m, n, &out) == 0 || errno != EPROTO;
}

static bool status_taken(int status)
{
	const struct sync_msg m = {.type = SYNC_EXIT, .status = status};

	return taken(&m, sizeof(m));
}

static void statuses(void)
{
	ok(status_taken(W_EXITCODE(0, 0)) && status_taken(W_EXITCODE(255, 0)), "an exit code");
	ok(status_taken(W_EXITCODE(0, 9)) && status_taken(SIGSEGV | WCOREFLAG), "a signal, a core");
	ok(!status_taken(W_STOPCODE(19)), "no stop: nothing has ended");
	ok(!status_taken(0xffff), "nor a continuation");
	ok(!status_taken(W_EXITCODE(1, 0) | WCOREFLAG), "no core of what exited");
	ok(!status_taken(W_EXITCODE(1, 9)), "not both");
	ok(!status_taken(0x10000) && !status_taken(-1), "nothing above sixteen bits");
}

static void errors(void)
{
	struct sync_msg m = {.type = SYNC_ERROR};
	struct sync_msg out;
	struct pb_err e;

	m.err.kind = PB_ERR_SETUP;
	memset(m.err.msg, 'm', sizeof(m.err.msg));
	memset(m.err.step, 's', sizeof(m.err.step));
	memset(m.err.hint, 'h', sizeof(m.err.hint));
	ok(sync_decode(&m, sizeof(m), &out) == 0 && strlen(out.err.msg) == sizeof(out.err.msg) - 1 &&
		   strlen(out.err.step) == sizeof(out.err.step) - 1 &&
		   strlen(out.err.hint) == sizeof(out.err.hint) - 1,
	   "text ends within its field");
	ok(sync_decode_error(&m.err, sizeof(m.err), &e) == 0 &&
		   strlen(e.msg) == sizeof(e.msg) - 1,
	   "on the exec pipe too");
	ok(!taken(&m, sizeof(m) - 1) && !taken(&m, sizeof(m) + 1) && !taken(&m, 0),
	   "the size is exact");
	ok(sync_decode_error(&m.err, sizeof(m.err) - 1, &e) < 0 && errno == EPROTO,
	   "on the exec pipe too");
	m.err.kind = PB_ERR_NONE;
	ok(!taken(&m, sizeof(m)) && sync_decode_error(&m.err, sizeof(m.err), &e) < 0,
	   "an error without a kind is none: it would end as a success");
	m.err.kind = PB_ERR_NOTFOUND + 1;
	ok(!taken(&m, sizeof(m)), "nor is one of another kind");
	m.err.kind = -1;
	ok(!taken(&m, sizeof(m)), "whatever its sign");
	m.type = SYNC_GO;
	ok(taken(&m, sizeof(m)), "a message of another type has no error to look at");
	m.type = 0;
	ok(!taken(&m, sizeof(m)), "there is no type 0");
	m.type = SYNC_BUILT + 1;
	ok(!taken(&m, sizeof(m)), "nor one beyond the last");
}

/* One that is too long would be cut to size by the kernel. */
static void over_the_socket(void)
{
	struct sync_msg m[2] = {{.type = SYNC_GO}};
	struct sync_msg out;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		ok(false, "a socket pair");
		return;
	}
	ok(sync_send(pair[0], m, -1) == 0 && sync_recv(pair[1], &out, NULL) == 1, "a message arrives");
	ok(send(pair[0], m, sizeof(m), 0) == (ssize_t)sizeof(m) &&
		   sync_recv(pair[1], &out, NULL) < 0 && errno == EPROTO,
	   "a longer one is refused");
	ok(send(pair[0], m, 5, 0) == 5 && sync_recv(pair[1], &out, NULL) < 0 && errno == EPROTO,
	   "a shorter one as well");
	close(pair[0]);
	ok(sync_recv(pair[1], &out, NULL) == 0, "then the end");
	close(pair[1]);
}

/* Of each that arrives the pipe is kept open. */
static bool all_closed(int pipe_end)
{
	char c;

	return read(pipe_end, &c, 1) == 0;
}

static void descriptors(void)
{
	int fds[SYNC_FDS_MAX + 1];
	int got[SYNC_FDS_MAX];
	char bytes[16];
	size_t n = 99;
	int pair[2];
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		ok(false, "a socket pair and a pipe");
		return;
	}
	for (size_t i = 0; i < SYNC_FDS_MAX + 1; i++)
		fds[i] = ends[1];
	ok(sync_send_fds(pair[0], "some bytes", 10, fds, SYNC_FDS_MAX) == 0 &&
		   sync_recv_fds(pair[1], bytes, 10, got, &n) == 0 && n == SYNC_FDS_MAX &&
		   memcmp(bytes, "some bytes", 10) == 0 && (fcntl(got[63], F_GETFD) & FD_CLOEXEC),
	   "as many descriptors as fit, close on exec");
	while (n)
		close(got[--n]);
	ok(sync_send_fds(pair[0], "some bytes", 10, fds, SYNC_FDS_MAX + 1) < 0 && errno == E2BIG,
	   "one more does not");
	ok(sync_send_fds(pair[0], "some bytes", 10, NULL, 0) == 0 &&
		   sync_recv_fds(pair[1], bytes, 10, got, &n) == 0 && n == 0,
	   "bytes alone");
	ok(sync_send_fds(pair[0], "some bytes", 10, fds, 2) == 0 &&
		   sync_recv_fds(pair[1], bytes, 9, got, &n) < 0 && errno == EPROTO && n == 0,
	   "more bytes than were awaited are refused");
	ok(sync_send_fds(pair[0], "some bytes", 10, fds, 2) == 0 &&
		   sync_recv_fds(pair[1], bytes, 11, got, &n) < 0 && errno == EPROTO && n == 0,
	   "and fewer");
	close(pair[0]);
	close(ends[1]);
	ok(all_closed(ends[0]), "of what is refused none stays open");
	ok(sync_recv_fds(pair[1], bytes, 10, got, &n) < 0 && errno == EPROTO, "then the end");
	close(pair[1]);
	close(ends[0]);
}

int main(void)
{
	statuses();
	errors();
	over_the_socket();
	descriptors();
	return done_testing();
}
