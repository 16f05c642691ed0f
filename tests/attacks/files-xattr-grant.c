/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives a file in a granted directory a capability.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-capability
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static const uint32_t caps[5] = {0x02000001, 1 << 13, 0, 0, 0};

	(void)argc;
	start(argv);
	int fd = open(in_dir("grant", "capable"), O_RDWR | O_CREAT, 0700);

	outcome(fsetxattr(fd, "security.capability", caps, sizeof(caps), 0));
}
