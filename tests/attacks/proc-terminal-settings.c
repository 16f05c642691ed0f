/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the settings of the caller's terminal, which it was not granted.
 *
 * class: isolation
 * needs: tty
 * verdict: caller-terminal
 * layers: RELAY SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct termios t;

	(void)argc;
	start(argv);
	signal(SIGTTOU, SIG_IGN);
	if (tcgetattr(0, &t) < 0)
		failure(errno);
	t.c_iflag ^= ICRNL;
	outcome(tcsetattr(0, TCSANOW, &t));
}
