/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lowers the limits of a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-limit
 * control: maybe: a container's root may not
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct rlimit r = {17, 17};

	(void)argc;
	start(argv);
	outcome(prlimit((pid_t)number("victim"), RLIMIT_NOFILE, &r, NULL));
}
