/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tries system calls and prints what came of it, one line each:
 *
 *     NAME=ok | NAME=ERRNO
 *
 *     probe [-f] [NAME...]
 *
 * -f: each in a process of its own, for where they succeed. Without names, all of them but
 * those that kill ("abi_..."), which have to be named. A name may end in "*".
 *
 * It runs outside too, as root, to show what the sandbox changes. So every attempt has
 * arguments that cannot succeed (paths that are not there, descriptor -1, options that do not
 * exist) or that touch nothing but its own process: what shows is another error than the
 * filter's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif
#define CLONE_TIME 0x80
#define UFFD_USER_MODE 1
#define BPF_GET_OBJECT 7
#define X32 0x40000000

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	return syscall(nr, a, b, c, d, e, f);
}

#define CALL(nr, a, b, c, d, e) call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

/* what a call without harm or help is */
#define PLAIN(name, ...)                                                                           \
	static long try_##name(void)                                                               \
	{                                                                                          \
		return __VA_ARGS__;                                                                \
	}

/* namespaces */
PLAIN(unshare_user, CALL(SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0))
PLAIN(unshare_mnt, CALL(SYS_unshare, CLONE_NEWNS, 0, 0, 0, 0))
PLAIN(unshare_pid, CALL(SYS_unshare, CLONE_NEWPID, 0, 0, 0, 0))
PLAIN(unshare_net, CALL(SYS_unshare, CLONE_NEWNET, 0, 0, 0, 0))
PLAIN(unshare_ipc, CALL(SYS_unshare, CLONE_NEWIPC, 0, 0, 0, 0))
PLAIN(unshare_uts, CALL(SYS_unshare, CLONE_NEWUTS, 0, 0, 0, 0))
PLAIN(unshare_cgroup, CALL(SYS_unshare, CLONE_NEWCGROUP, 0, 0, 0, 0))
PLAIN(unshare_time, CALL(SYS_unshare, CLONE_TIME, 0, 0, 0, 0))
PLAIN(unshare_files, CALL(SYS_unshare, CLONE_FILES, 0, 0, 0, 0))

static long try_setns(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	/* subset=pid leaves /proc/self/ns: without it any number shows the refusal as well */
	return CALL(SYS_setns, fd, 0, 0, 0, 0);
}

static long clone_with(unsigned long flags)
{
	/* x86-64 and aarch64 have the flags first, and the rest is 0 */
	long pid = CALL(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
	return pid;
}

PLAIN(clone_user, clone_with(CLONE_NEWUSER))
PLAIN(clone_mnt, clone_with(CLONE_NEWNS))
PLAIN(clone_pid, clone_with(CLONE_NEWPID))
PLAIN(clone_net, clone_with(CLONE_NEWNET))
PLAIN(clone_ipc, clone_with(CLONE_NEWIPC))
PLAIN(clone_uts, clone_with(CLONE_NEWUTS))
PLAIN(clone_cgroup, clone_with(CLONE_NEWCGROUP))
/* garbage in the upper half, which the kernel drops */
PLAIN(clone_user_high, clone_with(CLONE_NEWUSER | 0xdead00000000UL))

static long try_clone3(void)
{
	uint64_t args[11] = {0, 0, 0, 0, SIGCHLD};
	long pid = CALL(SYS_clone3, args, 64, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
	return pid;
}

/* mounts */
PLAIN(mount, CALL(SYS_mount, "none", "/nowhere/at/all", "tmpfs", 0, 0))
PLAIN(umount2, CALL(SYS_umount2, "/nowhere", 2, 0, 0, 0))
PLAIN(pivot_root, CALL(SYS_pivot_root, "/nowhere", "/nowhere", 0, 0, 0))
PLAIN(chroot, CALL(SYS_chroot, "/", 0, 0, 0, 0))
PLAIN(open_tree, CALL(SYS_open_tree, AT_FDCWD, "/", 0, 0, 0))
PLAIN(move_mount, CALL(SYS_move_mount, -1, "", -1, "", 0))
PLAIN(fsopen, CALL(SYS_fsopen, "tmpfs", 0, 0, 0, 0))
PLAIN(fspick, CALL(SYS_fspick, AT_FDCWD, "/nowhere", 0, 0, 0))
PLAIN(mount_setattr, CALL(SYS_mount_setattr, -1, "", 0, 0, 0))
PLAIN(statmount, CALL(SYS_statmount, 0, 0, 0, 0, 0))
PLAIN(listmount, CALL(SYS_listmount, 0, 0, 0, 0, 0))
PLAIN(openat2, CALL(SYS_openat2, AT_FDCWD, "/", &(uint64_t[3]){0}, 24, 0))

/* other processes */
PLAIN(ptrace_traceme, CALL(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0, 0))
PLAIN(ptrace_pid_1, CALL(SYS_ptrace, PTRACE_SEIZE, 1, 1, 0, 0))
PLAIN(ptrace_sibling, CALL(SYS_ptrace, PTRACE_SEIZE, 0x3fffff, 1, 0, 0))

static char memory[16];

static long vm(long nr, pid_t pid)
{
	struct iovec here = {memory, 1}, there = {memory + 8, 1};

	return call(nr, pid, (long)&here, 1, (long)&there, 1, 0);
}

PLAIN(process_vm_readv, vm(SYS_process_vm_readv, getpid()))
PLAIN(process_vm_readv_pid_1, vm(SYS_process_vm_readv, 1))
PLAIN(process_vm_writev, vm(SYS_process_vm_writev, getpid()))
PLAIN(pidfd_open, CALL(SYS_pidfd_open, getpid(), 0, 0, 0, 0))
PLAIN(pidfd_getfd, CALL(SYS_pidfd_getfd, CALL(SYS_pidfd_open, getpid(), 0, 0, 0, 0), 0, 0, 0, 0))
PLAIN(kcmp, CALL(SYS_kcmp, getpid(), getpid(), 1, 0, 0))
PLAIN(process_madvise, CALL(SYS_process_madvise, -1, 0, 0, 0, 0))

/* programs and queues in the kernel */
PLAIN(bpf, CALL(SYS_bpf, BPF_GET_OBJECT, 0, 0, 0, 0))

static long try_perf_event_open(void)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_TASK_CLOCK};

	a.exclude_kernel = a.exclude_hv = 1;
	return CALL(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

PLAIN(userfaultfd, CALL(SYS_userfaultfd, UFFD_USER_MODE, 0, 0, 0, 0))
PLAIN(io_uring_setup, CALL(SYS_io_uring_setup, 1, &(struct io_uring_params){0}, 0, 0, 0))
PLAIN(io_uring_enter, CALL(SYS_io_uring_enter, -1, 0, 0, 0, 0))
PLAIN(io_uring_register, CALL(SYS_io_uring_register, -1, 0, 0, 0, 0))
PLAIN(io_setup, CALL(SYS_io_setup, 1, &(long){0}, 0, 0, 0))
PLAIN(memfd_create, CALL(SYS_memfd_create, "x", 0, 0, 0, 0))

/* keys */
PLAIN(keyctl_session, CALL(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0, 0, 0))
PLAIN(keyctl_join, CALL(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0))
PLAIN(keyctl_search, CALL(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
			  "plugbox-test", 0))
PLAIN(add_key, CALL(SYS_add_key, "user", "plugbox-probe", "x", 1, KEY_SPEC_PROCESS_KEYRING))
PLAIN(request_key, CALL(SYS_request_key, "user", "plugbox-test", 0, 0, 0))

/* files by number */
static long try_name_to_handle_at(void)
{
	struct {
		struct file_handle h;
		char room[128];
	} buf = {.h.handle_bytes = 128};
	int id;

	return CALL(SYS_name_to_handle_at, AT_FDCWD, "/usr", &buf, &id, 0);
}

PLAIN(open_by_handle_at, CALL(SYS_open_by_handle_at, -1, 0, 0, 0, 0))
PLAIN(fanotify_init, CALL(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, 0, 0, 0, 0))

/* identity */
PLAIN(setuid, CALL(SYS_setuid, 0, 0, 0, 0, 0))
PLAIN(setresuid, CALL(SYS_setresuid, -1, 0, -1, 0, 0))
PLAIN(setgid, CALL(SYS_setgid, 0, 0, 0, 0, 0))
PLAIN(setfsuid, CALL(SYS_setfsuid, getuid(), 0, 0, 0, 0))
PLAIN(setuid_own, CALL(SYS_setuid, getuid(), 0, 0, 0, 0))
PLAIN(setresuid_own, CALL(SYS_setresuid, -1, getuid(), -1, 0, 0))
PLAIN(setresgid_own, CALL(SYS_setresgid, getgid(), getegid(), getgid(), 0, 0))
PLAIN(setgroups, CALL(SYS_setgroups, 0, 0, 0, 0, 0))

static long try_capset(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2] = {{0}};

	return CALL(SYS_capset, &h, d, 0, 0, 0);
}

PLAIN(set_securebits, prctl(PR_SET_SECUREBITS, 0, 0, 0, 0))
PLAIN(keepcaps, prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0))
PLAIN(ambient_raise, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
PLAIN(set_mm, prctl(PR_SET_MM, 0, 0, 0, 0))

/* the machine */
PLAIN(init_module, CALL(SYS_init_module, "", 0, "", 0, 0))
PLAIN(finit_module, CALL(SYS_finit_module, -1, "", 0, 0, 0))
PLAIN(delete_module, CALL(SYS_delete_module, "plugbox_none", O_NONBLOCK, 0, 0, 0))
PLAIN(kexec_load, CALL(SYS_kexec_load, 0, 0, 0, 0xffff0, 0))
PLAIN(reboot, CALL(SYS_reboot, 0, 0, 0, 0, 0))
PLAIN(swapon, CALL(SYS_swapon, "/nowhere", 0, 0, 0, 0))
PLAIN(swapoff, CALL(SYS_swapoff, "/nowhere", 0, 0, 0, 0))
PLAIN(acct, CALL(SYS_acct, "/nowhere", 0, 0, 0, 0))
PLAIN(quotactl, CALL(SYS_quotactl, -1, 0, 0, 0, 0))
PLAIN(sethostname, CALL(SYS_sethostname, 0, -1, 0, 0, 0))
PLAIN(setdomainname, CALL(SYS_setdomainname, 0, -1, 0, 0, 0))
PLAIN(clock_settime, CALL(SYS_clock_settime, CLOCK_REALTIME, 0, 0, 0, 0))
PLAIN(adjtimex, CALL(SYS_adjtimex, &(struct timex){0}, 0, 0, 0, 0))
PLAIN(syslog, CALL(SYS_syslog, 10, 0, 0, 0, 0))
PLAIN(personality_ask, personality(0xffffffff))
PLAIN(personality_set, personality(ADDR_NO_RANDOMIZE))
#ifdef SYS_iopl
PLAIN(iopl, CALL(SYS_iopl, 0, 0, 0, 0, 0))
PLAIN(ioperm, CALL(SYS_ioperm, 0, 0, 0, 0, 0))
PLAIN(modify_ldt, CALL(SYS_modify_ldt, 0, memory, sizeof(memory), 0, 0))
#endif

/* typing into the terminal: any bits in the upper half */
PLAIN(tiocsti, CALL(SYS_ioctl, 0, TIOCSTI, "\n", 0, 0))
PLAIN(tiocsti_high, CALL(SYS_ioctl, 0, 0xdeadbeef00000000UL | TIOCSTI, "\n", 0, 0))
PLAIN(tiocsti_high_one, CALL(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, "\n", 0, 0))
PLAIN(tioclinux, CALL(SYS_ioctl, 0, TIOCLINUX, "\377", 0, 0))
PLAIN(tioclinux_high, CALL(SYS_ioctl, 0, 0x8000000000000000UL | TIOCLINUX, "\377", 0, 0))

/* set-id bits and devices */
static long on_file(long (*change)(int fd))
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	long r = fd < 0 ? -1 : change(fd);
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return r;
}

static long plain_mode(int fd)
{
	return fchmod(fd, 0700);
}

static long setuid_mode(int fd)
{
	return fchmod(fd, 04755);
}

static long setgid_mode(int fd)
{
	return fchmod(fd, 02755);
}

PLAIN(chmod_plain, on_file(plain_mode))
PLAIN(chmod_setuid, on_file(setuid_mode))
PLAIN(chmod_setgid, on_file(setgid_mode))
PLAIN(mknod_device, CALL(SYS_mknodat, AT_FDCWD, "/nowhere/at/all", S_IFCHR | 0600, 0x103, 0))

/* other ABIs */
#ifdef __x86_64__
static long try_abi_32(void)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20 /* getpid */) : "memory", "r8", "r9", "r10", "r11");
	if (r > 0)
		return r;
	errno = (int)-r;
	return -1;
}

PLAIN(abi_x32, CALL(X32 | SYS_getpid, 0, 0, 0, 0, 0))
#endif

PLAIN(unknown_call, CALL(2999, 0, 0, 0, 0, 0))

/* what plugins need */
static int thread(void *arg)
{
	(void)arg;
	return 0;
}

static long try_thread(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	static volatile pid_t cleared = 1;
	pid_t tid = clone(thread, stack + sizeof(stack),
			  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
				  CLONE_SYSVSEM | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
			  NULL, NULL, NULL, &cleared);

	if (tid < 0)
		return -1;
	while (cleared)
		sched_yield();
	return tid;
}

PLAIN(fork, clone_with(0))

#define A(n) {#n, try_##n}

static const struct attempt {
	const char *name;
	long (*try)(void);
} attempts[] = {
	A(unshare_user), A(unshare_mnt), A(unshare_pid), A(unshare_net), A(unshare_ipc),
	A(unshare_uts), A(unshare_cgroup), A(unshare_time), A(unshare_files), A(setns),
	A(clone_user), A(clone_mnt), A(clone_pid), A(clone_net), A(clone_ipc), A(clone_uts),
	A(clone_cgroup), A(clone_user_high), A(clone3),
	A(mount), A(umount2), A(pivot_root), A(chroot), A(open_tree),
	A(move_mount), A(fsopen), A(fspick), A(mount_setattr), A(statmount), A(listmount),
	A(openat2),
	A(ptrace_traceme), A(ptrace_pid_1), A(ptrace_sibling), A(process_vm_readv),
	A(process_vm_readv_pid_1), A(process_vm_writev), A(pidfd_open), A(pidfd_getfd), A(kcmp),
	A(process_madvise),
	A(bpf), A(perf_event_open), A(userfaultfd), A(io_uring_setup), A(io_uring_enter),
	A(io_uring_register), A(io_setup), A(memfd_create),
	A(keyctl_session), A(keyctl_join), A(keyctl_search), A(add_key), A(request_key),
	A(name_to_handle_at), A(open_by_handle_at), A(fanotify_init),
	A(setuid), A(setresuid), A(setgid), A(setfsuid), A(setuid_own), A(setresuid_own),
	A(setresgid_own), A(setgroups), A(capset), A(set_securebits),
	A(keepcaps), A(ambient_raise), A(set_mm),
	A(init_module), A(finit_module), A(delete_module), A(kexec_load), A(reboot), A(swapon),
	A(swapoff), A(acct), A(quotactl), A(sethostname), A(setdomainname), A(clock_settime),
	A(adjtimex), A(syslog), A(personality_ask), A(personality_set),
#ifdef SYS_iopl
	A(iopl), A(ioperm), A(modify_ldt),
#endif
	A(tiocsti), A(tiocsti_high), A(tiocsti_high_one), A(tioclinux), A(tioclinux_high),
	A(chmod_plain), A(chmod_setuid), A(chmod_setgid), A(mknod_device),
	A(unknown_call), A(thread), A(fork),
#ifdef __x86_64__
	A(abi_32), A(abi_x32),
#endif
};

static void report(const struct attempt *a)
{
	long r;

	errno = 0;
	r = a->try();
	if (r < 0)
		printf("%s=%s\n", a->name, strerrorname_np(errno));
	else
		printf("%s=ok\n", a->name);
	fflush(stdout);
}

static void run(const struct attempt *a, int apart)
{
	int status;
	pid_t pid;

	if (!apart) {
		report(a);
		return;
	}
	pid = fork();
	if (pid == 0) {
		alarm(10);
		report(a);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		printf("%s=?\n", a->name);
	else if (WIFSIGNALED(status))
		printf("%s=signal %d\n", a->name, WTERMSIG(status));
	fflush(stdout);
}

static int matches(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

int main(int argc, char **argv)
{
	int apart = argc > 1 && strcmp(argv[1], "-f") == 0;
	int found = 0;

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		const struct attempt *a = &attempts[i];
		int wanted = argc == 1 + apart && strncmp(a->name, "abi_", 4) != 0;

		for (int k = 1 + apart; k < argc; k++)
			wanted |= matches(argv[k], a->name);
		if (wanted)
			run(a, apart);
		found |= wanted;
	}
	return found ? 0 : 2;
}
