/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a higher priority.
 *
 * class: resource
 * verdict: inside
 * control: root
 * layers: RLIMITS CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int before, rc;

	(void)argc;
	start(argv);
	/* the caller may have a high one already, or the highest */
	before = getpriority(PRIO_PROCESS, 0);
	rc = setpriority(PRIO_PROCESS, 0, before - 5);
	errno = rc == 0 ? EINVAL : errno;
	outcome(rc == 0 && getpriority(PRIO_PROCESS, 0) < before ? 0 : -1);
}
