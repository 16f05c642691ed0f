/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the audit netlink family.
 *
 * class: surface
 * verdict: inside
 * control: maybe: audit may be absent
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_NETLINK, SOCK_RAW, 9));
}
