/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process of the host that attacks aim at: victim TOKEN TOKENFILE [UID]. It keeps the token
 * in its memory, its arguments, its environment and an open file, and tells what was done to it.
 * Prints "ADDRESS FD" when it is ready; at the end of stdin the signals it got and its memory.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char memory[4096];
static volatile sig_atomic_t signals[65];

static void on_signal(int sig)
{
	signals[sig] = 1;
}

int main(int argc, char **argv)
{
	struct pollfd p = {.fd = 0, .events = POLLIN};
	int fd;

	if (argc < 3)
		return 2;
	if (argc > 3) {
		uid_t uid = (uid_t)strtoul(argv[3], NULL, 10);

		if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
			return 2;
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* as any process of that user */
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	snprintf(memory, sizeof(memory), "%s", argv[1]);
	for (int s = 1; s < 65; s++)
		if (s != SIGALRM && s != SIGSEGV && s != SIGBUS && s != SIGABRT)
			signal(s, on_signal);
	alarm(120);
	fd = open(argv[2], O_RDONLY);
	printf("%p %d\n", (void *)memory, fd);
	fflush(stdout);
	while (poll(&p, 1, -1) < 0 || !p.revents)
		;
	for (int s = 1; s < 65; s++)
		if (signals[s])
			printf("signal %d\n", s);
	printf("memory %s\n", strcmp(memory, argv[1]) == 0 ? "intact" : "changed");
	return 0;
}
