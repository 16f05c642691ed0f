/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has signals of a descriptor sent by number of a real-time signal.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(fcntl(0, 10 /* F_SETSIG */, SIGRTMIN));
}
