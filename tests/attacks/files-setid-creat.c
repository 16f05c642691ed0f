/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same by the old call.
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
	umask(0);
	outcome(syscall(SYS_creat, in_dir("grant", "tool"), 04755));
}
