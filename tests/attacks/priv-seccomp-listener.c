/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Becomes the judge of its own calls.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct {
		unsigned short code;
		unsigned char jt, jf;
		unsigned k;
	} allow = {6, 0, 0, 0x7fff0000};
	struct {
		unsigned short len;
		void *filter;
	} prog = {1, &allow};

	(void)argc;
	start(argv);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	outcome(syscall(SYS_seccomp, 1, 8 /* NEW_LISTENER */, &prog));
}
