/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes one system call of a launch fail, or ends one of its processes there, and says what came
 * of it; then the next call, and so on to the last:
 *
 *     inject fail ROLE ERRNO FIRST STEP COMMAND ARG...
 *     inject kill ROLE FIRST STEP COMMAND ARG...
 *     inject none COMMAND ARG...
 *
 * ROLE is "launcher" (the command itself), "init" (its child in a pid namespace of its own, with its
 * thread),
 * "plugin" (the child of that, until its exec; with --as-pid-1 "init" is) or "helper" (another
 * child of the launcher's).
 * The calls number FIRST, FIRST + STEP, ... of that role are taken in turn, each in a run of its
 * own. One that fails is not made: the kernel gets no such call, the caller -1 and ERRNO.
 *
 * Left out: what the loader and the C library do before main (the launcher's first
 * fcntl(F_GETFD) marks its beginning), execve of the program and the plugin, and calls that have
 * no failure to return.
 *
 * One line for each run, of fields between tabs:
 *
 *     N, the call, what it was at ("setup", or "after" the plugin's exec), how the command ended
 *     (exit code, or 128 + signal), "started" or "-" (the plugin's exec), the plugin's report on
 *     stdout against that of a run without a fault ("same", "less": nothing but mounts are missing,
 *     "differs", or "-": none), how many processes of the run were still there after DEADLINE
 *     seconds, the first line on stderr
 *
 * Exit code 0 where all runs were made, whatever came of them; 99 where that was not possible.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE (20 * slowness)
#define TRACEES 32
#define REPORT 65536

enum role { NONE, LAUNCHER, INIT, PLUGIN, HELPER };
static const char *const roles[] = {"", "launcher", "init", "plugin", "helper"};

struct tracee {
	pid_t pid;
	enum role role;
	bool waits; /* stopped before it was known whose child it is */
};

struct run {
	struct tracee t[TRACEES];
	pid_t launcher;
	int target;	  /* the number of the call, 0: none */
	int calls;	  /* of the role, so far */
	bool begun;	  /* the launcher's own code runs */
	bool hit;
	enum role started_as; /* whose exec made it the plugin, NONE: no exec has succeeded */
	bool late;	  /* and that before the fault */
	pid_t faking;	  /* whose call is skipped, its result is to be written; 0: none */
	long nr;
	int status;
	char limits[512]; /* of the cgroup that the plugin began in, as lines of its report */
};

static unsigned slowness = 1;
static enum role role;
static int error; /* 0: kill */
static volatile sig_atomic_t overdue;

static void on_alarm(int sig)
{
	(void)sig;
	overdue = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(99);
}

static struct tracee *find(struct run *r, pid_t pid, bool make)
{
	struct tracee *empty = NULL;

	for (int i = 0; i < TRACEES; i++) {
		if (r->t[i].pid == pid)
			return &r->t[i];
		if (!r->t[i].pid && !empty)
			empty = &r->t[i];
	}
	if (!make)
		return NULL;
	if (!empty)
		die("too many processes");
	*empty = (struct tracee){.pid = pid};
	return empty;
}

static void go_on(const struct run *r, const struct tracee *t, int sig)
{
	bool watched = t->role == role && !(r->hit && !r->faking) &&
		       r->started_as != role;

	(void)ptrace(watched ? PTRACE_SYSCALL : PTRACE_CONT, t->pid, 0, (long)sig);
}

/* A process in a pid namespace below ours has two numbers. */
static bool is_nested(pid_t pid)
{
	char path[64], line[256];
	FILE *f;
	bool nested = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "NSpid:", 6) == 0)
			nested = strchr(strchr(line, '\t') + 1, '\t') != NULL;
	if (f)
		fclose(f);
	return nested;
}

/* event: of fork, vfork or, for a thread, clone */
static void on_child(struct run *r, const struct tracee *parent, int event)
{
	unsigned long pid = 0;
	struct tracee *t;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid) < 0)
		return; /* killed meanwhile */
	t = find(r, (pid_t)pid, true);
	if (parent->role == LAUNCHER)
		t->role = is_nested(t->pid) ? INIT : HELPER;
	else
		t->role = parent->role == INIT && event == PTRACE_EVENT_CLONE ? INIT : PLUGIN;
	if (t->waits)
		go_on(r, t, 0);
	t->waits = false;
}

#if defined(__x86_64__)
static void skip_call(pid_t pid)
{
	struct user_regs_struct u;

	if (ptrace(PTRACE_GETREGS, pid, 0, &u) < 0)
		return;
	u.orig_rax = (unsigned long long)-1;
	(void)ptrace(PTRACE_SETREGS, pid, 0, &u);
}

static void set_result(pid_t pid, int err)
{
	struct user_regs_struct u;

	if (ptrace(PTRACE_GETREGS, pid, 0, &u) < 0)
		return;
	u.rax = (unsigned long long)-(long long)err;
	(void)ptrace(PTRACE_SETREGS, pid, 0, &u);
}
#elif defined(__aarch64__)
static void skip_call(pid_t pid)
{
	int none = -1;
	struct iovec v = {&none, sizeof(none)};

	(void)ptrace(PTRACE_SETREGSET, pid, (void *)NT_ARM_SYSTEM_CALL, &v);
}

static void set_result(pid_t pid, int err)
{
	struct user_regs_struct u;
	struct iovec v = {&u, sizeof(u)};

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &v) < 0)
		return;
	u.regs[0] = (unsigned long long)-(long long)err;
	(void)ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &v);
}
#else
#error "how a system call is skipped here is not known"
#endif

static bool cannot_fail(long nr)
{
	static const long none[] = {SYS_execve,	 SYS_exit_group, SYS_exit,    SYS_brk,	   SYS_umask,
				    SYS_getpid,	 SYS_getppid,	 SYS_gettid,  SYS_getuid,  SYS_geteuid,
				    SYS_getgid,	 SYS_getegid,	 SYS_rt_sigreturn,
				    SYS_clock_gettime};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (none[i] == nr)
			return true;
	/* of the ioctl that answers a refused call it says that its caller is gone: nobody waits */
	return nr == SYS_ioctl && error == ENOENT;
}

static void on_call(struct run *r, const struct tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, (void *)sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && r->faking == t->pid) {
		set_result(t->pid, error);
		r->faking = 0;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || r->hit)
		return;
	if (role == LAUNCHER && !r->begun && info.entry.nr == SYS_fcntl && info.entry.args[1] == F_GETFD)
		r->begun = true;
	if ((role == LAUNCHER && !r->begun) || cannot_fail((long)info.entry.nr) ||
	    ++r->calls != r->target)
		return;
	r->hit = true;
	r->late = r->started_as != NONE;
	r->nr = (long)info.entry.nr;
	if (error) {
		/* one that fails has closed the descriptor all the same */
		if (r->nr != SYS_close)
			skip_call(t->pid);
		r->faking = t->pid;
	} else {
		(void)kill(t->pid, SIGKILL);
	}
}

/* What the plugin cannot tell: it does not see its cgroup. */
static void look_at_limits(struct run *r, pid_t pid)
{
	static const char *const files[] = {"memory.max", "memory.oom.group", "pids.max", "cpu.max"};
	char path[4200], line[4096], *own = NULL;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	f = fopen(path, "re");
	while (f && !own && fgets(line, sizeof(line), f))
		own = strncmp(line, "0::", 3) == 0 ? line + 3 : NULL;
	if (f)
		fclose(f);
	if (!own)
		return;
	own[strcspn(own, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char value[64] = "none\n";

		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", own, files[i]);
		f = fopen(path, "re");
		if (f && !fgets(value, sizeof(value), f))
			snprintf(value, sizeof(value), "not to be read\n");
		if (f)
			fclose(f);
		n += (size_t)snprintf(r->limits + n, sizeof(r->limits) - n, "cgroup %s %s", files[i], value);
	}
}

static void on_stop(struct run *r, pid_t pid, int status)
{
	const int event = status >> 16;
	const int sig = WSTOPSIG(status);
	struct tracee *t = find(r, pid, false);

	if (!t || t->role == NONE) {
		find(r, pid, true)->waits = true;
		return;
	}
	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
		on_child(r, t, event);
	else if (event == PTRACE_EVENT_EXEC && (t->role == PLUGIN || t->role == INIT)) {
		r->started_as = t->role;
		look_at_limits(r, pid);
	} else if (sig == (SIGTRAP | 0x80))
		on_call(r, t);
	go_on(r, t, event || sig == (SIGTRAP | 0x80) ? 0 : sig);
}

static pid_t start(char **command, const int *fds)
{
	int gate[2];
	pid_t pid;
	char c = 0;

	if (pipe2(gate, O_CLOEXEC) < 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		dup2(fds[1], 1);
		dup2(fds[3], 2);
		if (read(gate[0], &c, 1) == 1)
			execv(command[0], command);
		_exit(98);
	}
	if (pid < 0 ||
	    ptrace(PTRACE_SEIZE, pid, 0,
		   (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			  PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) < 0 ||
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0)
		die("ptrace");
	if (write(gate[1], &c, 1) != 1)
		die("write");
	close(gate[0]);
	close(gate[1]);
	return pid;
}

/* Returns how many processes are left when the time is over, all of which it ends. */
static int follow(struct run *r)
{
	int left = 0;
	int status;
	pid_t pid;

	overdue = 0;
	alarm(DEADLINE);
	r->status = -1;
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (overdue) {
			overdue = 0;
			for (int i = 0; i < TRACEES; i++)
				if (r->t[i].pid) {
					left++;
					(void)kill(r->t[i].pid, SIGKILL);
				}
		}
		if (pid <= 0)
			continue;
		if (WIFSTOPPED(status)) {
			on_stop(r, pid, status);
			continue;
		}
		if (pid == r->launcher) {
			r->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			alarm(DEADLINE);
		}
		if (find(r, pid, false))
			find(r, pid, false)->pid = 0;
	}
	alarm(0);
	return left;
}

/* The report against the usual one, line by line. */
static const char *compare(const char *out, const char *usual)
{
	bool less = false;

	if (!*out)
		return "-";
	for (; *usual; usual = strchr(usual, '\n') + 1) {
		const size_t n = strcspn(usual, "\n") + 1;

		if (strncmp(out, usual, n) == 0)
			out += n;
		else if (strncmp(usual, "mount ", 6) == 0)
			less = true;
		else
			return "differs";
	}
	return *out ? "differs" : less ? "less" : "same";
}

static void take(int fd, char *out)
{
	ssize_t n;
	size_t at = 0;

	while (at < REPORT - 1 && (n = read(fd, out + at, REPORT - 1 - at)) > 0)
		at += (size_t)n;
	out[at] = '\0';
	close(fd);
}

static int launch(struct run *r, int target, char **command, char *out, char *err)
{
	int fds[4];
	int left;

	*r = (struct run){.target = target};
	if (pipe2(fds, O_CLOEXEC) < 0 || pipe2(fds + 2, O_CLOEXEC) < 0)
		die("pipe");
	r->launcher = start(command, fds);
	find(r, r->launcher, true)->role = LAUNCHER;
	close(fds[1]);
	close(fds[3]);
	left = follow(r);
	take(fds[0], out);
	if (*out)
		strncat(out, r->limits, REPORT - 1 - strlen(out));
	take(fds[2], err);
	return left;
}

int main(int argc, char **argv)
{
	static char usual[REPORT], out[REPORT], err[REPORT];
	struct sigaction sa = {.sa_handler = on_alarm};
	const char *slow = getenv("PLUGBOX_TEST_SLOW");
	bool fails, kills;
	int at = 2, first, step;
	struct run r;

	fails = argc > 6 && strcmp(argv[1], "fail") == 0;
	kills = argc > 5 && strcmp(argv[1], "kill") == 0;
	if (!fails && !kills && (argc < 3 || strcmp(argv[1], "none") != 0)) {
		fprintf(stderr, "usage: inject fail ROLE ERRNO FIRST STEP COMMAND... | "
				"kill ROLE FIRST STEP COMMAND... | none COMMAND...\n");
		return 99;
	}
	if (slow && atoi(slow) > 0)
		slowness = (unsigned)atoi(slow);
	sigaction(SIGALRM, &sa, NULL);
	/* what is left without a parent comes to us */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (launch(&r, 0, argv + (fails ? 6 : kills ? 5 : 2), usual, err) || r.status != 0 || !r.started_as) {
		fprintf(stderr, "inject: the run without a fault ended with %d\n%s", r.status, err);
		return 99;
	}
	if (!fails && !kills) {
		fputs(usual, stdout);
		return 0;
	}
	for (role = LAUNCHER; role < HELPER && strcmp(roles[role], argv[at]) != 0;)
		role++;
	if (fails)
		error = atoi(argv[++at]);
	first = atoi(argv[++at]);
	step = atoi(argv[++at]);
	for (int n = first;; n += step) {
		int left = launch(&r, n, argv + at + 1, out, err);
		char *name;

		if (!r.hit)
			return 0;
		err[strcspn(err, "\n\t")] = '\0';
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)r.nr);
		printf("%d\t%s\t%s\t%d\t%s\t%s\t%d\t%s\n", n, name ? name : "?", r.late ? "after" : "setup",
		       r.status, r.started_as ? "started" : "-",
		       compare(out, usual), left, err);
		fflush(stdout);
		free(name);
	}
}
