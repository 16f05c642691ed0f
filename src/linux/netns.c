/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/netns.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/raw.h"

#define STACK_BYTES 8192

#if HAVE_RAW
/* In the thread. Its stack is none that a sanitizer knows. A socket leads to the namespace that it was
 * made in, also when the root of the mounts is another by then. */
__attribute__((no_sanitize("address", "undefined"))) static int make(void *arg)
{
	struct netns_maker *m = arg;
	long sock;

	if (raw(SYS_unshare, CLONE_NEWNET, 0, 0) < 0)
		return 0;
	sock = raw(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return 0;
	atomic_store(&m->found, (int)raw(SYS_ioctl, sock, SIOCGSKNS, 0));
	(void)raw(SYS_close, sock, 0, 0);
	return 0;
}

void netns_begin(struct netns_maker *m)
{
	static _Alignas(64) unsigned char stack[STACK_BYTES];
	const int flags = CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			  CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;

	atomic_store(&m->found, -1);
	m->begun = clone(make, stack + sizeof(stack), flags, m, &m->tid, NULL, &m->tid) > 0;
}
#else
void netns_begin(struct netns_maker *m)
{
	m->begun = false;
}
#endif

static void await_end(struct netns_maker *m)
{
	int tid;

	while ((tid = atomic_load(&m->tid)))
		(void)syscall(SYS_futex, &m->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
}

int netns_enter(struct netns_maker *m, struct pb_err *e)
{
	autoclose int fd = -1;

	if (m->begun) {
		await_end(m);
		fd = atomic_load(&m->found);
	}
	/* what kept the thread from it is found again, and told, by trying */
	if ((fd < 0 || setns(fd, CLONE_NEWNET) < 0) && unshare(CLONE_NEWNET) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot create the sandbox's network namespace");
	return 0;
}

int netns_loopback_up(struct pb_err *e)
{
	/* lo is always the first interface of a new namespace */
	struct ifinfomsg up = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = 1,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nl_sock *sock = nl_socket_alloc();
	int rc;

	if (!sock)
		return pb_err_set(e, PB_ERR_SETUP, 0, "cannot allocate a netlink socket");
	rc = nl_connect(sock, NETLINK_ROUTE);
	if (rc == 0)
		rc = nl_send_simple(sock, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
	if (rc >= 0)
		rc = nl_wait_for_ack(sock);
	nl_socket_free(sock);
	if (rc < 0)
		return pb_err_set(e, PB_ERR_SETUP, 0, "cannot bring the loopback interface up: %s",
				  nl_geterror(rc));
	return 0;
}
