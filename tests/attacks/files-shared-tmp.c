/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a file in the host's /tmp.
 *
 * class: isolation
 * verdict: host-tmp
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[4096];

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/tmp/plugbox-attack-%s", arg("run"));
	outcome(open(path, O_WRONLY | O_CREAT, 0644));
}
