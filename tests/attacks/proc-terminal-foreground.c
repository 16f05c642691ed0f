/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes itself the foreground of the caller's terminal.
 *
 * class: isolation
 * needs: tty
 * allow: tty
 * verdict: caller-foreground
 * layers: SESSION
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	signal(SIGTTOU, SIG_IGN);
	setpgid(0, 0);
	outcome(tcsetpgrp(0, getpgrp()));
}
