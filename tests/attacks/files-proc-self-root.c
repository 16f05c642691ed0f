/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a host file through the magic link of its own root.
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
	if (show_below("/proc/self/root", "secret") || show_below("/proc/self/cwd/../../..", "secret"))
		success();
	failure(errno);
}
