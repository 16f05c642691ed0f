/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/hostlib.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

/* The program, as it was linked. */
__asm__(".pushsection .rodata,\"a\",%progbits\n"
	".balign 16\n"
	".globl hostlib_image\n"
	".hidden hostlib_image\n"
	"hostlib_image:\n"
	".incbin \"" PB_HOSTLIB "\"\n"
	".globl hostlib_image_end\n"
	".hidden hostlib_image_end\n"
	"hostlib_image_end:\n"
	".byte 0\n"
	".popsection\n");
extern const unsigned char hostlib_image[], hostlib_image_end[];

/* The program in memory, sealed. Returns a descriptor above the standard ones, or -1 with errno. */
static int image(void)
{
	const size_t n = (size_t)((uintptr_t)hostlib_image_end - (uintptr_t)hostlib_image);
	autoclose int fd = memfd_create("plugbox-hostlib", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL) /* before 6.3 all can be executed */
		fd = memfd_create("plugbox-hostlib", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || fd_write_all(fd, hostlib_image, n) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

_Noreturn static void become(int program, int out, const char *const args[], pid_t asker)
{
	static char *const env[] = {NULL};
	char *argv[8] = {(char[]){"plugbox-hostlib"}};
	int err;

	/* a plugbox that is killed meanwhile must not get its scope afterwards */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != asker)
		_exit(1);
	for (size_t i = 0; args[i] && i + 2 < ARRAY_SIZE(argv); i++)
		argv[i + 1] = (char *)(uintptr_t)args[i];
	(void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	if (out == STDOUT_FILENO ? fcntl(out, F_SETFD, 0) < 0 : dup2(out, STDOUT_FILENO) < 0)
		_exit(1);
	(void)syscall(SYS_execveat, program, "", argv, env, AT_EMPTY_PATH);
	err = errno;
	(void)fd_write_all(STDOUT_FILENO, &(char){HOSTLIB_FAILED}, 1);
	(void)fd_write_all(STDOUT_FILENO, &err, sizeof(err));
	_exit(1);
}

/* Reads to the end of file: the program's word and what follows. Returns the length, or -1 with
 * errno. */
static ssize_t hear(int fd, int ms, char *text)
{
	const int64_t end = clock_ms() + ms;
	size_t n = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = end - clock_ms();
		int rc = left > 0 ? poll(&p, 1, (int)left) : 0;
		ssize_t k;

		if (rc == 0)
			errno = ETIMEDOUT;
		if (rc == 0 || (rc < 0 && errno != EINTR))
			return -1;
		if (rc < 0)
			continue;
		k = n < HOSTLIB_MAX ? read(fd, text + n, HOSTLIB_MAX - n) : 0;
		if (k == 0)
			return (ssize_t)n;
		if (k < 0 && errno != EINTR)
			return -1;
		n += k > 0 ? (size_t)k : 0;
	}
}

int hostlib_ask(const char *const args[], int ms, char *answer)
{
	const pid_t self = getpid();
	autoclose int program = image();
	char verdict;
	int err, fds[2];
	ssize_t n;
	pid_t pid;

	answer[0] = '\0';
	if (program < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(program, fds[1], args, self);
	err = errno;
	(void)close(fds[1]);
	errno = err;
	n = pid < 0 ? -1 : hear(fds[0], ms, answer);
	err = errno;
	(void)close(fds[0]);
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		/* who ignores SIGCHLD has it reaped already */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	verdict = n > 0 && n < HOSTLIB_MAX ? answer[0] : '\0';
	if (n >= 0 && verdict != HOSTLIB_YES && verdict != HOSTLIB_NO) {
		if (verdict != HOSTLIB_FAILED || n != 1 + (ssize_t)sizeof(err))
			err = ECHILD;
		else
			memcpy(&err, answer + 1, sizeof(err));
		n = -1;
	}
	if (n < 0) {
		answer[0] = '\0';
		errno = err;
		return -1;
	}
	memmove(answer, answer + 1, (size_t)n - 1);
	answer[n - 1] = '\0';
	return verdict == HOSTLIB_YES;
}
