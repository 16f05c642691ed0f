/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a file of its own bundle.
 *
 * class: isolation
 * verdict: bundle-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(open("written", O_WRONLY | O_CREAT, 0644));
}
