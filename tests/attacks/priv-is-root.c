/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is user 0 of the host on files that it makes.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-root-file
 * control: root
 * layers: NS_USER
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(open(in_dir("grant", "file"), O_WRONLY | O_CREAT, 0644));
}
