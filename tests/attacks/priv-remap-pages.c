/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Remaps pages of a file out of order.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_remap_file_pages, 1, 4096, 0, 0, 0));
}
