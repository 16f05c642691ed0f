/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a socket of any other family, each a subsystem of its own.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	bool any = false;

	(void)argc;
	start(argv);
	for (int family = 3; family < 48; family++) {
		if (family == AF_INET6)
			continue;
		for (int type = 1; type <= 5; type++)
			if (socket(family, type, 0) >= 0) {
				say("family %d type %d\n", family, type);
				any = true;
			}
	}
	outcome(any ? 0 : -1);
}
