/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every attack includes: the protocol of its output, the arguments that `run` passes as
 * NAME=VALUE, and the few steps that many attacks share.
 *
 * An attack prints "ATTACK started" first: one that never began proves nothing. At the end it
 * prints "ATTACK inside-success" or "ATTACK inside-failure: ERROR", which is its own opinion; the
 * verdict is what `run` sees from outside, wherever there is something to see.
 */
#pragma once

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAYBE __attribute__((unused))

static char **attack_args;

static MAYBE void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static MAYBE void say(const char *fmt, ...)
{
	char line[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* in one call, so that lines of several processes do not mix */
	(void)!write(1, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

/* First in main. An attack that waits for what never comes ends by itself. */
static MAYBE void start(char **argv)
{
	attack_args = argv + 1;
	alarm(20);
	say("ATTACK started\n");
}

static MAYBE _Noreturn void success(void)
{
	say("ATTACK inside-success\n");
	exit(0);
}

static MAYBE _Noreturn void failure(int err)
{
	say("ATTACK inside-failure: %s\n", err == 0 ? "no effect" : strerror(err));
	exit(0);
}

/* The surroundings are not what the attack needs: neither a success nor a failure. */
static MAYBE _Noreturn void broken(const char *why)
{
	say("ATTACK error: %s\n", why);
	exit(0);
}

static MAYBE const char *arg_or(const char *name, const char *other)
{
	size_t n = strlen(name);

	for (char **a = attack_args; *a; a++)
		if (strncmp(*a, name, n) == 0 && (*a)[n] == '=')
			return *a + n + 1;
	return other;
}

static MAYBE const char *arg(const char *name)
{
	const char *value = arg_or(name, NULL);

	if (!value)
		broken(name);
	return value;
}

static MAYBE long number(const char *name)
{
	return strtol(arg(name), NULL, 0);
}

/* The end of an attack that is one call. */
static MAYBE _Noreturn void outcome(long rc)
{
	if (rc >= 0)
		success();
	failure(errno);
}

/* For kernel surface: the arguments are such that the call can have no effect, and any
 * answer but the two of a filter shows that the kernel's code was reached. */
static MAYBE _Noreturn void reached(long rc)
{
	if (rc >= 0 || (errno != EPERM && errno != ENOSYS && errno != EACCES))
		success();
	failure(errno);
}

/* What would change the host is not tried in the host's own namespace, whoever asks.
 * run passes the host's namespaces as ns_mnt=inode and so on. */
static MAYBE void only_in_own(const char *ns)
{
	char path[64], name[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", ns);
	snprintf(name, sizeof(name), "ns_%s", ns);
	if (stat(path, &st) == 0 && (long)st.st_ino == number(name))
		broken("not tried in the host's own namespace");
}

/* Copies a descriptor's content to stdout, as far as it goes without waiting. */
static MAYBE bool show_fd(int fd)
{
	char buf[65536];
	ssize_t n, total = 0;

	while (total < (1 << 20) && (n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] == '\0')
				buf[i] = '\n';
		(void)!write(1, buf, (size_t)n);
		total += n;
	}
	return total > 0;
}

static MAYBE bool show(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool shown;

	if (fd < 0)
		return false;
	shown = show_fd(fd);
	close(fd);
	return shown;
}

/* Shows the host file of an argument below another root. */
static MAYBE bool show_below(const char *root, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", root, arg(name));
	return show(path);
}

static MAYBE const char *in_dir(const char *dir_arg, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", arg(dir_arg), name);
	return path;
}

/* Where the plugin may write: a path, or the variable that holds it where it is the run's own. */
static MAYBE const char *tmp_dir(void)
{
	const char *dir = arg("tmp");

	if (dir[0] == '$')
		dir = getenv(dir + 1);
	if (!dir)
		broken("tmp");
	return dir;
}

/* A place in /tmp that is nobody else's; run removes what is left there. */
static MAYBE const char *own_tmp(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/plugbox-attack-%s", tmp_dir(), arg("run"));
	return path;
}

static MAYBE int own_tmp_dir(void)
{
	(void)mkdir(own_tmp(), 0700);
	return open(own_tmp(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Says who the attack was, on a connected socket or to an address. */
static MAYBE bool tell_run(int fd, const struct sockaddr *to, socklen_t len)
{
	const char *id = arg("run");

	return sendto(fd, id, strlen(id), MSG_NOSIGNAL, to, len) == (ssize_t)strlen(id);
}

static MAYBE struct sockaddr_in inet4(const char *port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)number(port)),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static MAYBE struct sockaddr_in6 inet6(const char *port)
{
	return (struct sockaddr_in6){.sin6_family = AF_INET6,
				     .sin6_port = htons((uint16_t)number(port)),
				     .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

/* An address of AF_UNIX; a name that begins with '@' is abstract. */
static MAYBE socklen_t unix_address(struct sockaddr_un *a, const char *prefix, const char *name)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "%s%s", prefix, name);
	if (a->sun_path[0] == '@') {
		size_t n = strlen(a->sun_path);

		a->sun_path[0] = '\0';
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	}
	return sizeof(*a);
}

/* Roads to what lies outside, for attacks that take any: as it is, where an old root may have
 * been left, and through other processes. */
static MAYBE const char *const roads[] = {"", "/oldroot", "/.oldroot", "/old_root", "/run/host",
					  "/proc/1/root", "/proc/self/root", "/proc/1/cwd/../..",
					  NULL};

/* A child, where processes are allowed. fork() of the C library uses clone. */
static MAYBE pid_t fork_or_fail(void)
{
	pid_t pid = fork();

	if (pid < 0)
		failure(errno);
	return pid;
}

/* Waits until run has done its part: it writes a line to stdin. */
static MAYBE void await_run(const char *word)
{
	char c;

	say("ATTACK %s\n", word);
	while (read(0, &c, 1) == 1 && c != '\n')
		;
}

/* An effective, permitted or bounding capability. */
static MAYBE bool has_capabilities(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	if (syscall(SYS_capget, &h, d) < 0)
		return false;
	return d[0].effective || d[1].effective || d[0].permitted || d[1].permitted;
}

/* A copy of this program at PATH, executable. */
static MAYBE int copy_self(const char *path)
{
	char buf[65536];
	ssize_t n;
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (in < 0 || out < 0)
		failure(errno);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			failure(errno);
	close(in);
	(void)fchmod(out, 0755);
	return out;
}
