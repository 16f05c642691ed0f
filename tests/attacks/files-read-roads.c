/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a host file where an old root may have been left.
 *
 * class: isolation
 * verdict: secret
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (int i = 0; roads[i]; i++)
		if (show_below(roads[i], "secret"))
			success();
	failure(errno);
}
