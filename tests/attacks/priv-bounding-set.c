/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has a capability left in its bounding set.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the caller may have emptied its own
 * landlock: second-wall? an ordinary user cannot empty it, who may be run with an empty one
 * layers: CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1 ? 0 : -1);
}
