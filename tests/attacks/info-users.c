/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns who has an account.
 *
 * class: information
 * verdict: host-users
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/etc/passwd");
	show("/etc/shadow");
	success();
}
