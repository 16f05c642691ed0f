/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills the host's audit log: a filter of its own that logs each call.
 *
 * class: resource
 * verdict: inside
 * accepted: a plugin may filter its own calls, and crashes of its processes are logged as well
 * layers: SECCOMP
 */
#include "attack.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {4, filter};

	(void)argc;
	start(argv);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		failure(errno);
	/* one record stands for any number */
	outcome(getppid());
}
