/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/sync.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int sync_send_fds(int sock, const void *bytes, size_t n, const int *fds, size_t n_fds)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(SYNC_FDS_MAX * sizeof(int))] = {0};
	struct iovec iov = {.iov_base = (void *)bytes, .iov_len = n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t sent;

	if (n_fds > SYNC_FDS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (n_fds) {
		struct cmsghdr *c;

		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	do
		sent = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)n ? 0 : -1;
}

int sync_send(int sock, const struct sync_msg *m, int pass_fd)
{
	return sync_send_fds(sock, m, sizeof(*m), &pass_fd, pass_fd >= 0);
}

int sync_recv_fds(int sock, void *bytes, size_t n, int fds[SYNC_FDS_MAX], size_t *n_fds)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(SYNC_FDS_MAX * sizeof(int))] = {0};
	struct iovec iov = {.iov_base = bytes, .iov_len = n};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t k;

	*n_fds = 0;
	do
		k = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return -1;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		*n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), *n_fds * sizeof(int));
	}
	if ((size_t)k == n && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	while (*n_fds)
		close(fds[--*n_fds]);
	/* as many as were sent had no room in the table */
	errno = msg.msg_flags & MSG_CTRUNC ? EMFILE : EPROTO;
	return -1;
}

/* Text from the other side is text only up to its own end, and an error is one only with a kind:
 * without, a failed launch would end as a success. */
static int check_error(struct pb_err *e)
{
	e->step[sizeof(e->step) - 1] = '\0';
	e->msg[sizeof(e->msg) - 1] = '\0';
	e->hint[sizeof(e->hint) - 1] = '\0';
	return e->kind > PB_ERR_NONE && e->kind <= PB_ERR_NOTFOUND ? 0 : -1;
}

/* What wait4 gives pid 1 for a process that ended: not stopped, and a signal that exists. */
static bool is_wait_status(int status)
{
	if (status & ~0xffff)
		return false;
	if (WIFEXITED(status))
		return !WCOREDUMP(status);
	return WIFSIGNALED(status) && (status & 0xff00) == 0 && WTERMSIG(status) < NSIG;
}

int sync_decode(const void *bytes, size_t n, struct sync_msg *m)
{
	if (n != sizeof(*m))
		goto bad;
	memcpy(m, bytes, sizeof(*m));
	if (m->type < SYNC_GO || m->type > SYNC_BUILT)
		goto bad;
	if (check_error(&m->err) < 0 && m->type == SYNC_ERROR)
		goto bad;
	if (m->type == SYNC_EXIT && !is_wait_status(m->status))
		goto bad;
	return 0;
bad:
	errno = EPROTO;
	return -1;
}

int sync_decode_error(const void *bytes, size_t n, struct pb_err *e)
{
	if (n == sizeof(*e)) {
		memcpy(e, bytes, sizeof(*e));
		if (check_error(e) == 0)
			return 0;
	}
	errno = EPROTO;
	return -1;
}

int sync_recv(int sock, struct sync_msg *m, int *pass_fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {0};
	char bytes[sizeof(*m)];
	struct iovec iov = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	int fd = -1;
	ssize_t n;

	/* A peer that ends before it has read all that was sent to it leaves ECONNRESET, once, in
	 * front of what it had to say itself. */
	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n <= 0)
		return n < 0 ? -1 : 0;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	if ((msg.msg_flags & MSG_TRUNC) || sync_decode(bytes, (size_t)n, m) < 0) {
		if (fd >= 0)
			close(fd);
		errno = EPROTO;
		return -1;
	}
	if (pass_fd)
		*pass_fd = fd;
	else if (fd >= 0)
		close(fd);
	return 1;
}
