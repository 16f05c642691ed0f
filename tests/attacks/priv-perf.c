/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a performance counter.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_perf_event_open, NULL, 0, -1, -1, ~0UL));
}
