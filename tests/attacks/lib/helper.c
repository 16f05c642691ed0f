/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attack has executed: tells which rights it came to. */
#include <linux/capability.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};
	const char *name = argc > 0 ? argv[0] : "";

	printf("HELPER RAN\n");
	printf("HELPER UID %u\n", geteuid());
	(void)syscall(SYS_capget, &h, d);
	if (name[0] == 'f' && (d[0].permitted || d[1].permitted))
		printf("HELPER CAPS %x\n", d[0].permitted);
	return 0;
}
