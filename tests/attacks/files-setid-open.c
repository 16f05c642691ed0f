/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Creates a file that is set-user-ID from the start.
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
	outcome(open(in_dir("grant", "tool"), O_WRONLY | O_CREAT | O_EXCL, 06755));
}
