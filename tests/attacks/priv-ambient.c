/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raises an ambient capability.
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
	(void)syscall(SYS_capget, &h, d);
	d[0].inheritable = d[0].permitted;
	(void)syscall(SYS_capset, &h, d);
	outcome(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
}
