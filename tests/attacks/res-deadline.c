/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the processor for a deadline, where the policy lies in memory.
 *
 * class: resource
 * verdict: inside
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} a = {.size = 48, .policy = 2 /* RR */, .priority = 1};

	(void)argc;
	start(argv);
	outcome(syscall(SYS_sched_setattr, 0, &a, 0));
}
