/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a key of the caller's by its number.
 *
 * class: isolation
 * needs: key
 * verdict: secret
 * layers: KEYRING SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[256] = "";

	(void)argc;
	start(argv);
	if (syscall(SYS_keyctl, 11 /* READ */, number("key"), buf, sizeof(buf) - 1) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}
