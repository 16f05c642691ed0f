/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Climbs out of the working directory and the root.
 *
 * class: isolation
 * verdict: secret
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[4096] = "";

	(void)argc;
	start(argv);
	for (int i = 0; i < 32; i++)
		strcat(path, "../");
	strcat(path, arg("secret"));
	if (show(path))
		success();
	if (chdir("/proc/self/cwd/../../../..") == 0 && show(arg("secret") + 1))
		success();
	failure(errno);
}
