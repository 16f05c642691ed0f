/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes process 1 of the sandbox, which has no filter of the plugin's, call the kernel in its
 * place.
 *
 * class: isolation
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: SECCOMP INIT_DUMPABLE INIT_FILTER
 */
#include "attack.h"

#if defined(__x86_64__)
#include <sys/user.h>

/* Stops process 1 where it waits for signals; it may be on its way there. */
static void stop_waiting(struct user_regs_struct *r)
{
	int status;

	for (int i = 0; i < 10000; i++) {
		if (ptrace(PTRACE_INTERRUPT, 1, NULL, NULL) < 0 || waitpid(1, &status, __WALL) != 1 ||
		    ptrace(PTRACE_GETREGS, 1, NULL, r) < 0)
			failure(errno);
		if (r->orig_rax == SYS_rt_sigtimedwait)
			return;
		(void)ptrace(PTRACE_CONT, 1, NULL, NULL);
		sched_yield();
	}
	failure(EAGAIN);
}

static long call_there(void)
{
	struct user_regs_struct r;
	int status;

	if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) < 0)
		failure(errno);
	stop_waiting(&r);
	/* the instruction before where it goes on is "syscall", two bytes */
	r.rip -= 2;
	r.orig_rax = (unsigned long long)-1; /* the call it was in is not to begin again */
	r.rax = SYS_socket;
	r.rdi = AF_INET;
	r.rsi = SOCK_STREAM;
	r.rdx = 0;
	if (ptrace(PTRACE_SETREGS, 1, NULL, &r) < 0 ||
	    ptrace(PTRACE_SINGLESTEP, 1, NULL, NULL) < 0 || waitpid(1, &status, __WALL) != 1 ||
	    !WIFSTOPPED(status) || ptrace(PTRACE_GETREGS, 1, NULL, &r) < 0)
		failure(ESRCH);
	return (long)r.rax;
}
#else
static long call_there(void)
{
	failure(ENOSYS);
}
#endif

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	if (call_there() < 0)
		failure(EACCES);
	success();
}
