/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bundle holds a symbolic link to a file of the host.
 *
 * class: isolation
 * needs: symlink
 * verdict: secret
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (show("link"))
		success();
	failure(errno);
}
