/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/notify.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/seccomp.h"

/* A running kernel may have larger structures than the headers; it writes its own size. Room
 * for some growth, on the stack: this is on the path of a waiting plugin. */
union request {
	struct seccomp_notif n;
	char room[512];
};

union response {
	struct seccomp_notif_resp n;
	char room[256];
};

static int check_sizes(struct pb_err *e)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot ask for refused calls");
	if (sizes.seccomp_notif > sizeof(union request) ||
	    sizes.seccomp_notif_resp > sizeof(union response))
		return pb_err_set(e, PB_ERR_SETUP, EOVERFLOW, "cannot ask for refused calls");
	return 0;
}

/* 1: a call is waiting; 0: none; -1 with errno. The ioctl blocks, even on a descriptor set
 * non-blocking. */
static int is_waiting(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r;

	do {
		r = poll(&p, 1, 0);
	} while (r < 0 && errno == EINTR);
	if (r >= 0 && p.revents & POLLNVAL) {
		errno = EBADF;
		r = -1;
	}
	return r < 0 ? -1 : (p.revents & POLLIN) != 0;
}

static const char *remedy(const struct syscall_policy *policy, const struct notify_event *ev)
{
	unsigned long type = ev->args[1] & 0xf;

	/* the family may be had, this kind of socket may not */
	if (strcmp(ev->name, "socket") == 0 && type != SOCK_STREAM && type != SOCK_DGRAM)
		return NULL;
	return syscalls_remedy(policy, ev->name, ev->args[strcmp(ev->name, "ioctl") == 0]);
}

int notify_receive(int fd, const struct syscall_policy *policy, struct notify_event *ev, struct pb_err *e)
{
	union request request;
	union response response;
	int r;

	if (check_sizes(e) < 0)
		return -1;
	r = is_waiting(fd);
	if (r < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot wait for refused calls");
	if (r == 0)
		return 0;

	memset(&request, 0, sizeof(request)); /* EINVAL otherwise */
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) {
		/* it was killed, or interrupted, in between */
		if (errno == ENOENT || errno == EINTR)
			return 0;
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot receive a refused call");
	}

	*ev = (struct notify_event){.pid = (pid_t)request.n.pid, .nr = request.n.data.nr};
	for (size_t i = 0; i < 6; i++)
		ev->args[i] = (unsigned long)request.n.data.args[i];
	seccomp_call_name(ev->name, sizeof(ev->name), ev->nr);
	ev->answered = syscalls_errno(ev->name);
	ev->remedy = remedy(policy, ev);

	memset(&response, 0, sizeof(response));
	response.n.id = request.n.id;
	response.n.error = -ev->answered;
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 && errno != ENOENT)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot answer a refused call");
	return 1;
}
