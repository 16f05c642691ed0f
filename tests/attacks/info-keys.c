/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the keys of the user's.
 *
 * class: information
 * verdict: inside
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (open("/proc/keys", O_RDONLY) >= 0 || open("/proc/key-users", O_RDONLY) >= 0)
		success();
	failure(errno);
}
