/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads what stands before the position at which the host handed its input over.
 *
 * class: isolation
 * needs: stdin-file
 * verdict: secret
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[4096];
	ssize_t n = pread(0, buf, sizeof(buf), 0);

	(void)argc;
	start(argv);
	if (n < 0)
		failure(errno);
	(void)!write(1, buf, (size_t)n);
	success();
}
