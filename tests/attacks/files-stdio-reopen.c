/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens its standard error again for reading: earlier lines of the host's log.
 *
 * class: isolation
 * needs: log
 * verdict: secret
 * layers: RELAY LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (show("/proc/self/fd/2") || show("/dev/stderr"))
		success();
	failure(errno);
}
