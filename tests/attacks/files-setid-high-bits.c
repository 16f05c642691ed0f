/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chmod with rubbish in the upper half of the argument.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-setid
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	const char *path = in_dir("grant", "tool");

	close(open(path, O_WRONLY | O_CREAT, 0755));
	outcome(syscall(SYS_chmod, path, 0x5a5a5a5a00000000UL | 04755));
}
