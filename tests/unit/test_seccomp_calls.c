/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux/seccomp and linux/notify against the kernel: children load the programs and make
 * real calls, refused ones a second time without the filter, where the result must be
 * another. */
#include "linux/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/notify.h"
#include "spec/syscalls.h"

static const struct syscall_policy told_of = {.notify = true};
static int count, failed;

static void check(bool ok, const char *what)
{
	count++;
	if (!ok)
		failed++;
	printf("%sok %d - %s\n", ok ? "" : "not ", count, what);
	(void)fflush(stdout);
}

static void skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++count, what, why);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

enum {
	P_NONE = 0,
	P_SUBPROCESS = 1,
	P_INET = 2,
	P_TTY = 4,
	P_DEVICES = 8,
	P_NOTIFY = 16,
	P_PID_1 = 32,
	P_PAIRS = 64,
	P_BARE = 128
};

static struct {
	struct sock_filter *f;
	size_t n;
} programs[128];

static void build_programs(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(programs); i++) {
		struct syscall_policy p = {.subprocess = i & 1, .inet = i & 2, .tty = i & 4,
					   .devices = i & 8, .notify = i & 16, .pid_1 = i & 32, .pairs_only = i & 64};
		struct pb_err e;

		if (seccomp_build(&p, &programs[i].f, &programs[i].n, &e) < 0)
			programs[i].n = 0;
	}
}

static void enter(unsigned policy, int *listener)
{
	struct pb_err e;

	(void)alarm(10);
	if (policy & P_BARE)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    seccomp_install(programs[policy].f, programs[policy].n, listener, &e) < 0)
		_exit(255);
}

#define KILLED (256 + SIGSYS)

/* The exit status of a child; 256 + n where signal n ended it. */
static int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int in_child(unsigned policy, int (*f)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		enter(policy, NULL);
		_exit(f());
	}
	return reap(pid);
}

struct call {
	const char *what;
	unsigned policy;
	long nr;
	unsigned long args[5];
	int want; /* errno, or 0 */
};

static const struct call *current;

static int make_call(void)
{
	const unsigned long *a = current->args;
	pid_t self = getpid();
	long r = syscall(current->nr, a[0], a[1], a[2], a[3], a[4]);

	if (r < 0)
		return errno;
	if (current->nr == SYS_clone && getpid() != self)
		_exit(0);
	return 0;
}

#define HI(x) ((unsigned long)(uint32_t)(x) | 0xdeadbeef00000000UL)
#define P(p) ((unsigned long)(p))

static char text[64];

/* Each is made twice, the second time without the filter, where the result must be another. */
static const struct call refused_calls[] = {
	{"clone that forks", P_NONE, SYS_clone, {SIGCHLD}, EPERM},
	{"clone that forks, upper half set", P_NONE, SYS_clone, {HI(SIGCHLD)}, EPERM},
	{"clone like vfork", P_INET, SYS_clone, {CLONE_VFORK | SIGCHLD}, EPERM},
	{"clone with a namespace and CLONE_THREAD",
	 P_SUBPROCESS,
	 SYS_clone,
	 {CLONE_NEWNS | CLONE_THREAD},
	 EPERM},
	{"clone with a namespace, upper half set",
	 P_SUBPROCESS,
	 SYS_clone,
	 {HI(CLONE_NEWUSER | CLONE_THREAD)},
	 EPERM},
	{"unshare", P_SUBPROCESS, SYS_unshare, {0}, EPERM},
	{"setns", P_SUBPROCESS, SYS_setns, {P(-1), 0}, EPERM},
	{"mount", P_DEVICES, SYS_mount, {0}, EPERM},
	{"umount2", P_NONE, SYS_umount2, {0, 0x1000}, EPERM},
	{"ptrace", P_SUBPROCESS, SYS_ptrace, {0}, EPERM},
	{"process_vm_readv", P_SUBPROCESS, SYS_process_vm_readv, {P(-1)}, EPERM},
	{"pidfd_getfd", P_SUBPROCESS, SYS_pidfd_getfd, {P(-1), 0}, EPERM},
	{"add_key", P_NONE, SYS_add_key, {0}, EPERM},
	{"keyctl", P_NONE, SYS_keyctl, {9999}, EPERM},
	{"name_to_handle_at", P_NONE, SYS_name_to_handle_at, {P(-1), P(".")}, EPERM},
	{"setfsuid", P_NONE, SYS_setfsuid, {P(-1)}, EPERM},
	{"capset", P_NONE, SYS_capset, {0}, EPERM},
	{"chmod family: setuid", P_NONE, SYS_fchmodat, {P(AT_FDCWD), P("f"), 04755}, EPERM},
	{"fchmod: setgid", P_NONE, SYS_fchmod, {3, 02755}, EPERM},
	{"fchmod: setuid, upper half set", P_NONE, SYS_fchmod, {3, HI(04755)}, EPERM},
	{"openat: O_CREAT and setuid",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("n1"), O_CREAT | O_WRONLY, 04755},
	 EPERM},
	{"openat: O_CREAT and setgid, upper halves set",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("n2"), HI(O_CREAT | O_WRONLY), HI(02755)},
	 EPERM},
	{"openat: O_TMPFILE and setuid",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("."), O_TMPFILE | O_RDWR, 04755},
	 EPERM},
	{"mkdirat: setgid", P_NONE, SYS_mkdirat, {P(AT_FDCWD), P("d1"), 02755}, EPERM},
	{"mknodat: file, setuid",
	 P_NONE,
	 SYS_mknodat,
	 {P(AT_FDCWD), P("m1"), S_IFREG | 04755},
	 EPERM},
	{"mknodat: FIFO, setgid",
	 P_NONE,
	 SYS_mknodat,
	 {P(AT_FDCWD), P("m2"), S_IFIFO | 02755},
	 EPERM},
	{"mknodat: whiteout device", P_NONE, SYS_mknodat, {P(AT_FDCWD), P("m3"), S_IFCHR}, EPERM},
#ifdef __x86_64__
	{"fork", P_INET, SYS_fork, {0}, EPERM},
	{"chmod: setuid", P_NONE, SYS_chmod, {P("f"), 04755}, EPERM},
	{"open: O_CREAT and setgid", P_NONE, SYS_open, {P("n3"), O_CREAT | O_WRONLY, 02755}, EPERM},
	{"creat: setuid", P_NONE, SYS_creat, {P("n4"), 04755}, EPERM},
	{"mkdir: setgid", P_NONE, SYS_mkdir, {P("d2"), 02755}, EPERM},
	{"mknod: setuid", P_NONE, SYS_mknod, {P("m4"), S_IFREG | 04755}, EPERM},
#endif
	{"ioctl: TIOCSTI", P_NONE, SYS_ioctl, {3, TIOCSTI, P(text)}, EPERM},
	{"ioctl: TIOCSTI with tty, upper half set",
	 P_TTY,
	 SYS_ioctl,
	 {3, HI(TIOCSTI), P(text)},
	 EPERM},
	{"ioctl: TIOCSTI with devices", P_DEVICES, SYS_ioctl, {3, TIOCSTI, P(text)}, EPERM},
	{"ioctl: TIOCSTI with devices, upper half set",
	 P_DEVICES,
	 SYS_ioctl,
	 {3, HI(TIOCSTI), P(text)},
	 EPERM},
	{"ioctl: TIOCLINUX with devices, sign extended",
	 P_DEVICES | P_TTY,
	 SYS_ioctl,
	 {3, TIOCLINUX | 0xffffffff00000000UL, P(text)},
	 EPERM},
	{"ioctl: TIOCSETD with tty", P_TTY, SYS_ioctl, {3, TIOCSETD, P(text)}, EPERM},
	{"ioctl: terminal settings without tty", P_NONE, SYS_ioctl, {3, TCSETS, P(text)}, EPERM},
	{"ioctl: a device's request without devices",
	 P_TTY,
	 SYS_ioctl,
	 {3, 0xdead, P(text)},
	 EPERM},
	{"fcntl: F_SETOWN", P_NONE, SYS_fcntl, {3, F_SETOWN, 0}, EPERM},
	{"fcntl: F_SETSIG, upper half set", P_NONE, SYS_fcntl, {3, HI(F_SETSIG), SIGUSR1}, EPERM},
	{"fcntl: F_SETOWN_EX", P_NONE, SYS_fcntl, {3, F_SETOWN_EX, 0}, EPERM},
	{"fcntl: F_SETLEASE", P_NONE, SYS_fcntl, {3, F_SETLEASE, 99}, EPERM},
	{"fcntl: F_NOTIFY", P_NONE, SYS_fcntl, {3, F_NOTIFY, 0}, EPERM},
	{"fcntl: F_SETPIPE_SZ", P_NONE, SYS_fcntl, {3, F_SETPIPE_SZ, 1 << 20}, EPERM},
	{"prctl: PR_SET_SECCOMP", P_NONE, SYS_prctl, {PR_SET_SECCOMP, 99}, EPERM},
	{"prctl: PR_SET_PDEATHSIG of pid 1", P_PID_1, SYS_prctl, {PR_SET_PDEATHSIG, 0}, EPERM},
	{"socket: AF_UNIX where host paths are shown",
	 P_PAIRS,
	 SYS_socket,
	 {AF_UNIX, SOCK_STREAM},
	 EAFNOSUPPORT},
	{"socketpair: datagrams where host paths are shown",
	 P_PAIRS,
	 SYS_socketpair,
	 {AF_UNIX, SOCK_DGRAM, 0, P(text)},
	 EAFNOSUPPORT},
	{"inotify_add_watch: IN_OPEN", P_NONE, SYS_inotify_add_watch, {99, P("."), 0x20}, EPERM},
	{"renameat2: RENAME_WHITEOUT",
	 P_NONE,
	 SYS_renameat2,
	 {P(AT_FDCWD), P("none"), P(AT_FDCWD), P("nowhere"), 4},
	 EPERM},
	{"mmap: MAP_HUGETLB", P_NONE, SYS_mmap, {0, 4096, 0, 0x40022, ~0UL}, EPERM},
	{"mmap: MAP_HUGETLB, upper half set", P_NONE, SYS_mmap, {0, 4096, 0, HI(0x40022), ~0UL}, EPERM},
	{"prctl: PR_CAP_AMBIENT", P_NONE, SYS_prctl, {PR_CAP_AMBIENT, 99}, EPERM},
	{"prctl: PR_SET_SPECULATION_CTRL",
	 P_NONE,
	 SYS_prctl,
	 {HI(PR_SET_SPECULATION_CTRL), 99},
	 EPERM},
	{"personality: ADDR_NO_RANDOMIZE", P_NONE, SYS_personality, {0x0040000}, EPERM},
	{"personality: upper half set", P_NONE, SYS_personality, {HI(0x0400000)}, EPERM},
	{"sched_setscheduler: SCHED_FIFO",
	 P_NONE,
	 SYS_sched_setscheduler,
	 {0, SCHED_FIFO, 0},
	 EPERM},
	{"sched_setscheduler: SCHED_RR, reset on fork",
	 P_NONE,
	 SYS_sched_setscheduler,
	 {0, SCHED_RR | SCHED_RESET_ON_FORK, 0},
	 EPERM},
	{"seccomp: a listener",
	 P_NONE,
	 SYS_seccomp,
	 {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0},
	 EPERM},
	{"seccomp: an unknown operation", P_NONE, SYS_seccomp, {99}, EPERM},
	{"shared memory without subprocess", P_NONE, SYS_shmget, {0, 4096, 0600}, EPERM},
	{"socket: AF_INET", P_SUBPROCESS, SYS_socket, {AF_INET, SOCK_STREAM}, EAFNOSUPPORT},
	{"socket: AF_INET, upper half set",
	 P_NONE,
	 SYS_socket,
	 {HI(AF_INET), SOCK_DGRAM},
	 EAFNOSUPPORT},
	{"socket: AF_NETLINK", P_NONE, SYS_socket, {AF_NETLINK, SOCK_RAW}, EAFNOSUPPORT},
	{"socket: AF_NETLINK with inet",
	 P_INET,
	 SYS_socket,
	 {AF_NETLINK, SOCK_DGRAM},
	 EAFNOSUPPORT},
	{"socket: raw with inet", P_INET, SYS_socket, {AF_INET, SOCK_RAW, 1}, EAFNOSUPPORT},
	{"socket: unknown protocol with inet",
	 P_INET,
	 SYS_socket,
	 {AF_INET, SOCK_STREAM, 253},
	 EAFNOSUPPORT},
	{"socketpair: AF_INET",
	 P_INET,
	 SYS_socketpair,
	 {AF_INET, SOCK_STREAM, 0, P(text)},
	 EAFNOSUPPORT},
	{"clone3", P_SUBPROCESS, SYS_clone3, {0, 0}, ENOSYS},
	{"openat2", P_NONE, SYS_openat2, {P(AT_FDCWD), P("f"), 0, 0}, ENOSYS},
	{"memfd_create", P_DEVICES, SYS_memfd_create, {P(text), 0}, ENOSYS},
	{"io_setup", P_NONE, SYS_io_setup, {0, 0}, ENOSYS},
	{"sched_setattr", P_NONE, SYS_sched_setattr, {0, 0, 0}, ENOSYS},
};

static void test_refused_calls(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused_calls); i++) {
		int got, bare;
		char what[128];

		current = &refused_calls[i];
		got = in_child(current->policy, make_call);
		bare = in_child(P_BARE, make_call);
		if (got != current->want || bare == current->want)
			printf("# with the filter %d, without %d, expected %d\n", got, bare,
			       current->want);
		(void)snprintf(what, sizeof(what), "refused: %s", current->what);
		if (got == current->want && bare == got)
			skip(what, "the kernel refuses it too");
		else
			check(got == current->want, what);
	}
}

/* Where want is not 0 it is the kernel's own complaint, which shows that the call got there. */
static const struct call allowed_calls[] = {
	{"openat without O_CREAT, garbage for a mode",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("f"), O_RDONLY, HI(06777)},
	 0},
	{"openat with O_DIRECTORY, garbage for a mode",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("."), O_DIRECTORY, 06777},
	 0},
	{"openat with O_CREAT",
	 P_NONE,
	 SYS_openat,
	 {P(AT_FDCWD), P("a1"), O_CREAT | O_WRONLY, 0644},
	 0},
	{"fchmodat, upper half set", P_NONE, SYS_fchmodat, {P(AT_FDCWD), P("f"), HI(01755)}, 0},
	{"mkdirat", P_NONE, SYS_mkdirat, {P(AT_FDCWD), P("a2"), 0700}, 0},
	{"mknodat: FIFO", P_NONE, SYS_mknodat, {P(AT_FDCWD), P("a3"), S_IFIFO | 0600}, 0},
	{"mknodat: socket", P_NONE, SYS_mknodat, {P(AT_FDCWD), P("a4"), S_IFSOCK | 0600}, 0},
	{"mknodat: file", P_NONE, SYS_mknodat, {P(AT_FDCWD), P("a5"), 0600}, 0},
	{"clone for a thread reaches the kernel",
	 P_NONE,
	 SYS_clone,
	 {CLONE_THREAD | CLONE_FILES},
	 EINVAL},
	{"clone with subprocess", P_SUBPROCESS, SYS_clone, {SIGCHLD}, 0},
	{"ioctl: is it a terminal", P_NONE, SYS_ioctl, {3, TCGETS, P(text)}, ENOTTY},
	{"ioctl: FIONREAD, upper half set", P_NONE, SYS_ioctl, {3, HI(FIONREAD), P(text)}, 0},
	{"ioctl: terminal settings with tty", P_TTY, SYS_ioctl, {3, TCSETS, P(text)}, ENOTTY},
	{"ioctl: any request with devices", P_DEVICES, SYS_ioctl, {3, 0xdead, P(text)}, ENOTTY},
	{"ioctl: a neighbour of TIOCSTI with devices",
	 P_DEVICES,
	 SYS_ioctl,
	 {3, TIOCSTI + 1, P(text)},
	 ENOTTY},
	{"fcntl: F_GETFL, upper half set", P_NONE, SYS_fcntl, {3, HI(F_GETFL)}, 0},
	{"fcntl: F_DUPFD_CLOEXEC", P_NONE, SYS_fcntl, {3, F_DUPFD_CLOEXEC, 3}, 0},
	{"prctl: PR_SET_PDEATHSIG", P_NONE, SYS_prctl, {PR_SET_PDEATHSIG, 0}, 0},
	{"prctl: PR_SET_NAME", P_NONE, SYS_prctl, {PR_SET_NAME, P("name")}, 0},
	{"personality: query", P_NONE, SYS_personality, {0xffffffff}, 0},
	{"personality: query, sign extended", P_NONE, SYS_personality, {P(-1)}, 0},
	{"sched_setscheduler: SCHED_OTHER reaches the kernel",
	 P_NONE,
	 SYS_sched_setscheduler,
	 {0, SCHED_OTHER, 0},
	 EINVAL},
	{"seccomp: a filter reaches the kernel",
	 P_NONE,
	 SYS_seccomp,
	 {SECCOMP_SET_MODE_FILTER, 0, 0},
	 EFAULT},
	{"shared memory with subprocess", P_SUBPROCESS, SYS_shmctl, {P(-1), 0, 0}, EINVAL},
	{"socket: AF_UNIX", P_NONE, SYS_socket, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC}, 0},
	{"socket: AF_UNIX, upper half set", P_NONE, SYS_socket, {HI(AF_UNIX), SOCK_SEQPACKET}, 0},
	{"socketpair: AF_UNIX streams where host paths are shown",
	 P_PAIRS,
	 SYS_socketpair,
	 {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, P(text)},
	 0},
	{"socketpair: AF_UNIX", P_NONE, SYS_socketpair, {AF_UNIX, SOCK_DGRAM, 0, P(text)}, 0},
	{"socket: TCP with inet", P_INET, SYS_socket, {AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 6}, 0},
	{"socket: UDP with inet", P_INET, SYS_socket, {AF_INET, SOCK_DGRAM, 0}, 0},
	{"an unknown call", P_NONE, 2999, {0}, ENOSYS},
	{"getrandom", P_NONE, SYS_getrandom, {P(text), 8, 0}, 0},
	{"epoll_create1", P_NONE, SYS_epoll_create1, {0}, 0},
	{"eventfd2", P_NONE, SYS_eventfd2, {0, EFD_CLOEXEC}, 0},
	{"timerfd_create", P_NONE, SYS_timerfd_create, {CLOCK_MONOTONIC, TFD_CLOEXEC}, 0},
	{"inotify_init1", P_NONE, SYS_inotify_init1, {0}, 0},
	{"statx", P_NONE, SYS_statx, {P(AT_FDCWD), P("f"), 0, STATX_BASIC_STATS, P(NULL)}, EFAULT},
	{"membarrier", P_NONE, SYS_membarrier, {0, 0}, 0},
};

static void test_allowed_calls(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed_calls); i++) {
		char what[128];
		int got;

		current = &allowed_calls[i];
		got = in_child(current->policy, make_call);
		if (got != current->want)
			printf("# %d, expected %d\n", got, current->want);
		(void)snprintf(what, sizeof(what), "allowed: %s", current->what);
		check(got == current->want, what);
	}
}

static void *thread(void *arg)
{
	return arg;
}

static int use_threads(void)
{
	pthread_t t[4];
	char mark[4];
	void *result;
	int bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		if (pthread_create(&t[i], NULL, thread, &mark[i]) != 0)
			return 100;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		bad |= pthread_join(t[i], &result) != 0 || result != &mark[i];
	return bad;
}

static int use_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	return pid < 0 ? errno : reap(pid);
}

static int use_local_sockets(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte = 0;
	int peer;

	if (bind(s, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(s, 1) != 0 ||
	    connect(c, (struct sockaddr *)&a, sizeof(a)) != 0)
		return 1;
	peer = accept(s, NULL, NULL);
	return peer < 0 || write(c, "x", 1) != 1 || read(peer, &byte, 1) != 1 || byte != 'x';
}

static int use_exec(void)
{
	(void)execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
	return errno;
}

/* The plugin may narrow itself, and its own filter cannot widen what it has. */
static int stack_filter(void)
{
	struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog fprog = {1, all};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) != 0)
		return 1;
	return unshare(0) == 0 || errno != EPERM;
}

#ifdef __x86_64__
static int call_i386(void)
{
	long r = 20; /* getpid */

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory");
	return r == getpid() ? 0 : 1;
}

static int call_x32(void)
{
	return syscall(0x40000000 | SYS_getpid) < 0 ? errno : 0;
}
#endif

static void test_programs(void)
{
	check(in_child(P_NONE, use_threads) == 0, "threads without subprocess");
	check(in_child(P_NONE, use_fork) == EPERM, "fork() without subprocess: EPERM");
	check(in_child(P_SUBPROCESS, use_fork) == 7, "fork() with subprocess");
	check(in_child(P_NONE, use_local_sockets) == 0, "a local server and its client");
	check(in_child(P_NONE, use_exec) == 9, "exec under the filter");
	check(in_child(P_NONE, stack_filter) == 0, "a filter of the plugin's own changes nothing");
#ifdef __x86_64__
	check(in_child(P_SUBPROCESS | P_DEVICES, call_x32) == KILLED, "x32 call: killed");
	if (in_child(P_BARE, call_i386) == 0)
		check(in_child(P_SUBPROCESS | P_DEVICES, call_i386) == KILLED,
		      "32-bit call: killed");
	else
		skip("32-bit call: killed", "no 32-bit calls here");
#endif
}

/* ---- pid 1's filter ---- */

static int init_works(void)
{
	const struct timespec none = {0};
	sigset_t set;
	int sv[2];
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) != 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    seccomp_load_init(&(struct pb_err){0}) < 0)
		return 2;
	if (kill(getpid(), SIGUSR1) != 0 || sigtimedwait(&set, NULL, &none) != SIGUSR1)
		return 3;
	if (kill(pid, SIGKILL) != 0 || sigwaitinfo(&set, NULL) != SIGCHLD ||
	    waitpid(-1, NULL, WNOHANG) != pid)
		return 4;
	return send(sv[0], "x", 1, MSG_NOSIGNAL) == 1 && close(sv[0]) == 0 ? 0 : 5;
}

static int init_call(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    seccomp_load_init(&(struct pb_err){0}) < 0)
		return 255;
	return make_call();
}

static void test_init(void)
{
	static const struct call calls[] = {
		{"openat", 0, SYS_openat, {P(AT_FDCWD), P("f")}, 0},
		{"clone", 0, SYS_clone, {SIGCHLD}, 0},
		{"execve", 0, SYS_execve, {P("/bin/true")}, 0},
		{"mmap", 0, SYS_mmap, {0}, 0},
		{"socket", 0, SYS_socket, {AF_UNIX, SOCK_STREAM}, 0},
		{"prctl", 0, SYS_prctl, {PR_SET_DUMPABLE, 1}, 0},
		{"ptrace", 0, SYS_ptrace, {0}, 0},
		{"unshare", 0, SYS_unshare, {0}, 0},
		{"an unknown call", 0, 2999, {0}, 0},
#ifdef __x86_64__
		{"x32 getpid", 0, 0x40000000 | SYS_getpid, {0}, 0},
#endif
	};

	check(in_child(P_BARE, init_works) == 0, "pid 1: waits, signals, reaps, reports, leaves");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		char what[64];

		current = &calls[i];
		(void)snprintf(what, sizeof(what), "pid 1: killed for %s", current->what);
		check(in_child(P_BARE, init_call) == KILLED, what);
	}
#ifdef __x86_64__
	if (in_child(P_BARE, call_i386) == 0) {
		pid_t pid = fork();

		if (pid == 0) {
			(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			_exit(seccomp_load_init(&(struct pb_err){0}) < 0 ? 255 : call_i386());
		}
		check(reap(pid) == KILLED, "pid 1: killed for a 32-bit call");
	}
#endif
}

/* ---- notifications ---- */

static int send_fd(int to, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = {0}, byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(to, &m, 0) == 1 ? 0 : -1;
}

static int receive_fd(int from)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	int fd = -1;

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

/* Starts f under a filter that notifies; *listener receives the descriptor. */
static pid_t start_notifying(unsigned policy, int (*f)(void), int *listener)
{
	int sv[2];
	pid_t pid;

	*listener = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		int fd = -1;

		enter(policy | P_NOTIFY, &fd);
		if (send_fd(sv[1], fd) != 0)
			_exit(254);
		(void)close(fd);
		_exit(f());
	}
	(void)close(sv[1]);
	*listener = receive_fd(sv[0]);
	(void)close(sv[0]);
	return pid;
}

/* Receives one event, waiting at most 10 s. 1, 0 (nothing more will come) or -1. */
static int next_event(int fd, struct notify_event *ev)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct pb_err e;
	int r;

	do {
		if (poll(&p, 1, 10000) <= 0)
			return -1;
		if (!(p.revents & POLLIN))
			return 0;
		r = notify_receive(fd, &told_of, ev, &e);
	} while (r == 0);
	return r;
}

static const struct told {
	struct call call;
	const char *name, *remedy; /* name NULL: silent */
} told_calls[] = {
	{{"mount", P_NONE, SYS_mount, {1, 2, 3, 4, 5}, EPERM}, "mount", NULL},
	{{"fork", P_NONE, SYS_clone, {SIGCHLD}, EPERM}, "clone", "subprocess"},
	{{"namespace", P_SUBPROCESS, SYS_clone, {CLONE_NEWUSER}, EPERM}, "clone", NULL},
	{{"unshare", P_NONE, SYS_unshare, {CLONE_NEWUSER}, EPERM}, "unshare", NULL},
	{{"socket", P_NONE, SYS_socket, {AF_INET, SOCK_STREAM}, EAFNOSUPPORT}, "socket", "network"},
	{{"vsock", P_INET, SYS_socket, {AF_VSOCK, SOCK_STREAM}, EAFNOSUPPORT}, "socket", NULL},
	{{"raw", P_NONE, SYS_socket, {AF_INET, SOCK_RAW}, EAFNOSUPPORT}, "socket", NULL},
	{{"setuid bit", P_NONE, SYS_fchmod, {3, 04755}, EPERM}, "fchmod", NULL},
	{{"TIOCSTI", P_DEVICES, SYS_ioctl, {3, HI(TIOCSTI)}, EPERM}, "ioctl", NULL},
	{{"tty", P_NONE, SYS_ioctl, {3, TCSETS}, EPERM}, "ioctl", "tty"},
	{{"keyctl", P_NONE, SYS_keyctl, {0}, EPERM}, "keyctl", NULL},
	{{"clone3", P_NONE, SYS_clone3, {0}, ENOSYS}, NULL, NULL},
	{{"an unknown call", P_NONE, 2999, {0}, ENOSYS}, NULL, NULL},
	{{"netlink with inet", P_INET, SYS_socket, {AF_NETLINK, SOCK_RAW}, EAFNOSUPPORT},
	 NULL,
	 NULL},
};

static int die_waiting(void)
{
	(void)unshare(0);
	return 0;
}

static int call_refused(void)
{
	return unshare(0) == 0 ? 0 : errno;
}

static void test_notify(void)
{
	struct notify_event ev;
	struct pb_err e;
	pid_t pid;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(told_calls); i++) {
		const struct told *t = &told_calls[i];
		bool ok = true;
		char what[64];
		int events = 0;

		current = &t->call;
		pid = start_notifying(current->policy, make_call, &fd);
		while (next_event(fd, &ev) == 1) {
			events++;
			ok &= t->name && strcmp(ev.name, t->name) == 0 && ev.pid == pid &&
			      ev.nr == current->nr && ev.answered == current->want &&
			      same(ev.remedy, t->remedy) &&
			      memcmp(ev.args, current->args, sizeof(current->args)) == 0;
		}
		(void)snprintf(what, sizeof(what), "%s: %s", t->name ? "told" : "silent",
			       current->what);
		check(ok && reap(pid) == current->want && events == !!t->name, what);
		(void)close(fd);
	}

	pid = start_notifying(P_NONE, die_waiting, &fd);
	check(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 10000) == 1, "notify: waiting");
	(void)kill(pid, SIGKILL);
	(void)reap(pid);
	check(notify_receive(fd, &told_of, &ev, &e) == 0, "notify: a vanished caller is no error");
	(void)close(fd);

	pid = start_notifying(P_NONE, call_refused, &fd);
	(void)close(fd);
	check(reap(pid) == ENOSYS, "notify: without a listener the call fails");

	check(notify_receive(fd, &told_of, &ev, &e) == -1 && e.sys == EBADF, "notify: a closed descriptor");
}

static int enter_directory(char *dir)
{
	int fd;

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return -1;
	fd = open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, 3) != 3)
		return -1;
	if (fd != 3)
		(void)close(fd);
	return 0;
}

int main(void)
{
	char dir[] = "/tmp/test_seccomp.XXXXXX", command[64];

	build_programs();
	if (enter_directory(dir) != 0) {
		printf("Bail out! no directory to work in\n");
		return 1;
	}
	test_refused_calls();
	test_allowed_calls();
	test_programs();
	test_init();
	test_notify();
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (chdir("/") != 0 || system(command) != 0)
		printf("# %s is left behind\n", dir);
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
