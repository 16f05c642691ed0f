/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a file of the host by its own path.
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
	if (show(arg("secret")))
		success();
	failure(errno);
}
