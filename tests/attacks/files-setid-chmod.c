/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a set-user-ID file with chmod in a directory that it may write.
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
	outcome(chmod(path, 04755));
}
