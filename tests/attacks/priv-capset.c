/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raises every capability.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: CAPS SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	(void)argc;
	start(argv);
	d[0].effective = d[0].permitted = d[0].inheritable = ~0U;
	(void)syscall(SYS_capset, &h, d);
	d[0].effective = d[0].permitted = 1 << CAP_SYS_CHROOT;
	d[0].inheritable = 0;
	outcome(syscall(SYS_capset, &h, d) == 0 && has_capabilities() ? 0 : -1);
}
