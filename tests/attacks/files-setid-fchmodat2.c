/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same by a call that older filters do not know.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-setid
 * control: maybe: the call is new in Linux 6.6
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	const char *path = in_dir("grant", "tool");

	close(open(path, O_WRONLY | O_CREAT, 0755));
	outcome(syscall(452, AT_FDCWD, path, 04755, 0));
}
