/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns the host's name.
 *
 * class: information
 * verdict: host-name
 * landlock: host-identity
 * layers: NS_UTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct utsname u;

	(void)argc;
	start(argv);
	uname(&u);
	say("name <%s>\n", u.nodename);
	show("/proc/sys/kernel/hostname");
	show("/etc/hostname");
	success();
}
