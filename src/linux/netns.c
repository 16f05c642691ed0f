/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/netns.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

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
