/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host program that starts the sandbox: caller REPORT_FD OPTIONS -- COMMAND... Options: "tty"
 * (the terminal on stdin becomes the controlling one), "key" (the session keyring gets a key with
 * $ATTACK_TOKEN, its number goes to $ATTACK_KEY), "core" (core dumps on), "stream" and "datagram" (the
 * command's stdin is one end of such a pair of local sockets), "pipe" (it is a pipe's, and the caller
 * keeps that end as well). The command is in the caller's own process group.
 * Reports "pid N", "signal N", "typed", "foreground", "terminal", "changed" (the kept end has other
 * flags) and "exit STATUS" on the descriptor, a line each.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int report = -1;

static void tell(const char *word, long n)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %ld\n", word, n);

	(void)!write(report, line, (size_t)len);
}

static void on_signal(int sig)
{
	tell("signal", sig);
}

static void terminal_taken(pid_t self, const struct termios *before)
{
	struct termios now;
	char c;

	if (tcgetpgrp(0) != self)
		tell("foreground", tcgetpgrp(0));
	if (tcgetattr(0, &now) == 0 && now.c_iflag != before->c_iflag)
		tell("terminal", 0);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	(void)tcsetpgrp(0, self);
	(void)fcntl(0, F_SETFL, O_NONBLOCK);
	while (read(0, &c, 1) == 1)
		tell("typed", c);
}

/* The command's stdin becomes one of the ends, and stays the caller's too where kept. */
static bool channel(int *ends, int type, int *other)
{
	if ((type ? socketpair(AF_UNIX, type, 0, ends) : pipe(ends)) < 0)
		return false;
	*other = ends[1];
	return dup2(ends[0], 0) == 0 && close(ends[0]) == 0 &&
	       fcntl(*other, F_SETFD, FD_CLOEXEC) == 0;
}

int main(int argc, char **argv)
{
	int ends[2], other = -1, flags = -1;
	struct termios raw = {0};
	bool tty = false;
	char number[32];
	int i, status = 0;
	pid_t pid;

	if (argc < 4)
		return 2;
	report = atoi(argv[1]);
	(void)fcntl(report, F_SETFD, FD_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (i = 2; argv[i] && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "tty") == 0) {
			tty = ioctl(0, TIOCSCTTY, 0) == 0 && tcgetattr(0, &raw) == 0;
			cfmakeraw(&raw);
			if (!tty || tcsetattr(0, TCSANOW, &raw) < 0)
				return 2;
			tcgetattr(0, &raw);
		} else if (strcmp(argv[i], "key") == 0) {
			const char *token = getenv("ATTACK_TOKEN");
			long key;

			syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
			key = syscall(SYS_add_key, "user", "plugbox-attack", token, strlen(token),
				      KEY_SPEC_SESSION_KEYRING);
			/* for whoever possesses it, and for all others of the user */
			syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f3f3f);
			snprintf(number, sizeof(number), "%ld", key);
			setenv("ATTACK_KEY", number, 1);
		} else if (strcmp(argv[i], "stream") == 0) {
			if (!channel(ends, SOCK_STREAM, &other))
				return 2;
		} else if (strcmp(argv[i], "datagram") == 0) {
			if (!channel(ends, SOCK_DGRAM, &other))
				return 2;
		} else if (strcmp(argv[i], "pipe") == 0) {
			if (!channel(ends, 0, &other))
				return 2;
			flags = fcntl(0, F_GETFL);
		} else if (strcmp(argv[i], "core") == 0) {
			struct rlimit r;

			getrlimit(RLIMIT_CORE, &r);
			r.rlim_cur = r.rlim_max;
			setrlimit(RLIMIT_CORE, &r);
		}
	}
	if (!argv[i])
		return 2;
	unsetenv("ATTACK_TOKEN");
	signal(SIGUSR2, on_signal);
	signal(SIGURG, on_signal);
	signal(SIGTTOU, SIG_IGN);
	pid = fork();
	if (pid == 0) {
		signal(SIGTTOU, SIG_DFL);
		signal(SIGUSR2, SIG_DFL);
		execvp(argv[i + 1], argv + i + 1);
		_exit(127);
	}
	tell("pid", pid);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (tty)
		terminal_taken(getpgrp(), &raw);
	if (flags >= 0 && fcntl(0, F_GETFL) != flags)
		tell("changed", fcntl(0, F_GETFL));
	tell("exit", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
