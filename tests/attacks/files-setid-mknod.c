/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set-user-ID file made as a node.
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
	outcome(mknod(in_dir("grant", "tool"), S_IFREG | 04755, 0));
}
