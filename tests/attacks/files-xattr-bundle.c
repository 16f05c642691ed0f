/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets an extended attribute in its bundle.
 *
 * class: isolation
 * verdict: bundle-changed
 * layers: MOUNT_RO
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(setxattr("plugin.yaml", "user.plugin", "x", 1, 0));
}
