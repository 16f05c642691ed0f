/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the kernel's log.
 *
 * class: information
 * verdict: inside
 * control: maybe: only root may
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[4096];

	(void)argc;
	start(argv);
	outcome(syscall(SYS_syslog, 3, buf, sizeof(buf)));
}
