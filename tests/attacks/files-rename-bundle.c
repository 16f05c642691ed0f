/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts another file in its entrypoint's place.
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
	outcome(rename("plugin.yaml", "plugin.old"));
}
