/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a set-user-ID file with fchmod.
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
	outcome(fchmod(open(in_dir("grant", "tool"), O_WRONLY | O_CREAT, 0755), 06755));
}
