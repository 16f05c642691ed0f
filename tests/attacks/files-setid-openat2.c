/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same where the mode lies in memory.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-setid
 * layers: SECCOMP
 */
#include "attack.h"

#include <linux/openat2.h>

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct open_how how = {.flags = O_WRONLY | O_CREAT, .mode = 04755};

	umask(0);
	outcome(syscall(SYS_openat2, AT_FDCWD, in_dir("grant", "tool"), &how, sizeof(how)));
}
