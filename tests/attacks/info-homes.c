/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the home directories and what runs on the host.
 *
 * class: information
 * verdict: inside
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(opendir("/home") || opendir("/var/lib") || opendir("/run") || opendir("/root") ? 0 : -1);
}
