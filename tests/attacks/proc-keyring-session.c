/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a key in the session keyring that the caller left.
 *
 * class: isolation
 * needs: key
 * verdict: secret
 * layers: KEYRING SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char buf[256] = "";
	long key = syscall(SYS_keyctl, 10 /* SEARCH */, -3 /* session */, "user", "plugbox-attack", 0);

	if (key < 0 || syscall(SYS_keyctl, 11 /* READ */, key, buf, sizeof(buf) - 1) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}
