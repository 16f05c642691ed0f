/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes all processes of its user slow, by the user.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-nice
 * control: no: it would reach every process of the user
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	outcome(setpriority(PRIO_USER, 0, 7));
}
