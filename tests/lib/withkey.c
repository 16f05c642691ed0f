/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * withkey COMMAND ARG...: runs a command in a session keyring of its own, which holds the
 * user key "plugbox-test". Exits with 3 where the kernel has no keys to give.
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 ||
	    syscall(SYS_add_key, "user", "plugbox-test", "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0) {
		perror("withkey");
		return 3;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
