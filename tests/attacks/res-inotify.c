/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the inotify instances that the user has.
 *
 * class: resource
 * verdict: inside
 * layers: UCOUNTS NS_USER
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int n = 0;

	(void)argc;
	start(argv);
	while (n < 64 && inotify_init() >= 0)
		n++;
	if (n == 64)
		success();
	failure(errno);
}
