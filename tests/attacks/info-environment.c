/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the caller's environment in its own.
 *
 * class: information
 * needs: environment
 * verdict: secret
 * layers: ENVIRONMENT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (char **v = environ; *v; v++)
		say("%s\n", *v);
	success();
}
