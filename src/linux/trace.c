/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/seccomp.h"
#include "spec/value.h"

struct tracee {
	pid_t pid;
	uint64_t nr;
	uint64_t args[6];
};

struct trace {
	void (*told)(void *arg, const struct trace_event *ev);
	void *arg;
	struct tracee *v;
	size_t n, cap;
	bool started; /* the plugin was executed: what came before is plugbox's own */
};

/* The argument that is a path. */
static const struct {
	const char *call;
	int arg;
} paths[] = {
	{"open", 0},	  {"openat", 1},     {"creat", 0},	{"stat", 0},
	{"lstat", 0},	  {"newfstatat", 1}, {"statx", 1},	{"access", 0},
	{"faccessat", 1}, {"faccessat2", 1}, {"execve", 0},	{"execveat", 1},
	{"readlink", 0},  {"readlinkat", 1}, {"mkdir", 0},	{"mkdirat", 1},
	{"rmdir", 0},	  {"unlink", 0},     {"unlinkat", 1},	{"rename", 0},
	{"renameat", 1},  {"renameat2", 1},  {"chdir", 0},	{"truncate", 0},
	{"symlink", 1},	  {"symlinkat", 2},  {"link", 1},	{"linkat", 3},
	{"chmod", 0},	  {"fchmodat", 1},   {"chown", 0},	{"lchown", 0},
	{"fchownat", 1},  {"mknod", 0},	     {"mknodat", 1},	{"utimensat", 1},
	{"statfs", 0},	  {"setxattr", 0},   {"getxattr", 0},	{"inotify_add_watch", 1},
	{"mount", 1},	  {"chroot", 0},     {"pivot_root", 0}, {"umount2", 0},
};

struct trace *trace_new(void (*told)(void *arg, const struct trace_event *ev), void *arg)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	t->told = told;
	t->arg = arg;
	return t;
}

static struct tracee *find(struct trace *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].pid == pid)
			return &t->v[i];
	return NULL;
}

static struct tracee *track(struct trace *t, pid_t pid)
{
	struct tracee *tr = find(t, pid);

	if (tr)
		return tr;
	grow(&t->v, &t->cap, t->n, sizeof(*t->v));
	t->v[t->n] = (struct tracee){.pid = pid};
	return &t->v[t->n++];
}

int trace_attach(struct trace *t, pid_t parent, struct pb_err *e)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	const char *why = NULL;
	char file[64];
	char text[64];
	uint64_t pid = 0;

	(void)snprintf(file, sizeof(file), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	if (fd_read_file(AT_FDCWD, file, text, sizeof(text)) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno,
				  "cannot find the plugin's process to trace it");
	text[strcspn(text, " \n")] = '\0';
	if (value_uint(text, 1, INT_MAX, &pid, &why) < 0)
		return pb_err_set(e, PB_ERR_SETUP, 0,
				  "cannot find the plugin's process to trace it");
	if (ptrace(PTRACE_SEIZE, (pid_t)pid, NULL, options) < 0 ||
	    ptrace(PTRACE_INTERRUPT, (pid_t)pid, NULL, NULL) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot trace the plugin");
		return pb_err_hint(
			e, "--debug needs ptrace(2): kernel.yama.ptrace_scope at most 1, and no "
			   "filter of a container in its way");
	}
	(void)track(t, (pid_t)pid);
	return 0;
}

static void read_path(pid_t pid, uint64_t at, char *out, size_t size)
{
	size_t n = 0;

	/* never beyond a page that is there */
	while (n < size - 1) {
		const size_t page = 4096 - (size_t)((at + n) % 4096);
		const size_t want = page < size - 1 - n ? page : size - 1 - n;
		const struct iovec to = {.iov_base = out + n, .iov_len = want};
		const struct iovec from = {.iov_base = (void *)(uintptr_t)(at + n),
					   .iov_len = want};
		const ssize_t got = process_vm_readv(pid, &to, 1, &from, 1, 0);

		if (got <= 0)
			break;
		if (memchr(out + n, '\0', (size_t)got))
			return;
		n += (size_t)got;
	}
	out[n] = '\0';
}

static void tell(struct trace *t, const struct tracee *tr, int err)
{
	struct trace_event ev = {.pid = tr->pid, .err = err};

	(void)seccomp_call_name(ev.name, sizeof(ev.name), (int)tr->nr);
	for (size_t i = 0; i < 6; i++)
		ev.args[i] = (unsigned long)tr->args[i];
	for (size_t i = 0; i < ARRAY_SIZE(paths) && !ev.has_path; i++) {
		if (strcmp(paths[i].call, ev.name) != 0)
			continue;
		read_path(tr->pid, tr->args[paths[i].arg], ev.path, sizeof(ev.path));
		ev.has_path = true;
	}
	t->told(t->arg, &ev);
}

static void on_call(struct trace *t, struct tracee *tr)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tr->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		tr->nr = info.entry.nr;
		memcpy(tr->args, info.entry.args, sizeof(tr->args));
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error && t->started) {
		tell(t, tr, (int)-info.exit.rval);
	}
}

static void on_stop(struct trace *t, pid_t pid, int status)
{
	const int event = status >> 8;
	const int sig = status & 0xff;
	struct tracee *tr = track(t, pid);
	int deliver = 0;

	if (event == 0 && sig == (SIGTRAP | 0x80)) {
		on_call(t, tr);
	} else if (event == PTRACE_EVENT_EXEC) {
		t->started = true;
	} else if (event == PTRACE_EVENT_STOP && sig != SIGTRAP) {
		/* stopped as without a tracer, until SIGCONT */
		(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		return;
	} else if (event == 0) {
		deliver = sig;
	}
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, (long)deliver);
}

static void forget(struct trace *t, size_t i)
{
	t->v[i] = t->v[--t->n];
}

/* One by one: the end of the sandbox's first process, which is a child of plugbox as well, is not
 * for here. A stop of what is traced is reported whether it is asked for or not. */
static bool look_at(struct trace *t, size_t i)
{
	const pid_t pid = t->v[i].pid;
	siginfo_t info = {.si_pid = 0};

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | __WALL) < 0) {
		if (errno == ECHILD)
			forget(t, i);
		return false;
	}
	if (info.si_pid == 0)
		return false;
	if (info.si_code == CLD_TRAPPED)
		on_stop(t, pid, info.si_status);
	else
		forget(t, i);
	return true;
}

void trace_events(struct trace *t)
{
	bool more = true;

	while (more) {
		siginfo_t info = {.si_pid = 0};

		/* those that are not known yet */
		more = waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL) == 0 &&
		       info.si_pid != 0;
		/* a child of ours that somebody stopped is none that is traced */
		if (more && info.si_code == CLD_TRAPPED)
			on_stop(t, info.si_pid, info.si_status);
		for (size_t i = t->n; i-- > 0;)
			more |= look_at(t, i);
	}
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		(void)kill(t->v[i].pid, SIGKILL);
	for (size_t i = 0; i < t->n; i++) {
		siginfo_t info = {.si_code = CLD_TRAPPED};

		/* a stop that came before the signal */
		while (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED)
			if (waitid(P_PID, (id_t)t->v[i].pid, &info, WEXITED | __WALL) < 0 &&
			    errno != EINTR)
				break;
	}
	free(t->v);
	free(t);
}
