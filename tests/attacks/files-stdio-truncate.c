/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cuts the host's log short through its standard error.
 *
 * class: isolation
 * needs: log
 * verdict: log-changed
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(ftruncate(2, 0));
}
