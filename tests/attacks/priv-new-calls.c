/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes every call that is newer than the filter can know.
 *
 * class: surface
 * verdict: inside
 * control: maybe: this kernel may have none
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (long nr = 471; nr < 512; nr++)
		if (syscall(nr, -1, -1, -1, -1, -1, -1) >= 0 || errno != ENOSYS)
			success();
	failure(errno);
}
