/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the mode of the host's file on its standard input.
 *
 * class: isolation
 * needs: stdin-file
 * verdict: stdin-changed
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(fchmod(0, 0666));
}
