/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The child enters its own user namespace, the parent maps an id into it as a launch
 * does, and the child goes on with what that id may do there. Results go into a page that the
 * two share, so that they survive whatever stops the child.
 */
#include "linux/doctor_trial.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "linux/sys.h"

#define TIME_LIMIT 10 /* seconds */

/* Where things are mounted in the child's own mount namespace; any directory would do. */
#define TARGET "/tmp"

/* Notes how a call ended. Returns whether it succeeded. */
static bool note(struct trial *t, enum trial_step step, long ret)
{
	t->result[step] = ret < 0 ? errno : 0;
	return ret >= 0;
}

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Pid 1 of a new pid namespace: the only one that can mount its proc. */
static void try_proc(struct trial *t)
{
	static const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;

	if (!note(t, TRIAL_PID, unshare(CLONE_NEWPID)))
		return;
	pid_t pid = fork();
	if (pid < 0) {
		(void)note(t, TRIAL_PID, -1);
		return;
	}
	if (pid == 0) {
		/* default signals do not reach a pid 1, this one does */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!note(t, TRIAL_PROC,
			  mount("proc", TARGET "/proc", "proc", flags, "subset=pid")))
			(void)note(t, TRIAL_PROC_PLAIN,
				   mount("proc", TARGET "/proc", "proc", flags, NULL));
		_exit(0);
	}
	wait_for(pid);
}

static void try_mount_api(struct trial *t)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
	/* recursive: a part of a mount that covers others cannot be had alone here */
	autoclose int tree =
		open_tree(AT_FDCWD, "/usr", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (note(t, TRIAL_OPEN_TREE, tree))
		(void)note(t, TRIAL_SETATTR,
			   mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
					 sizeof(attr)));
	autoclose int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	(void)note(t, TRIAL_FSOPEN, fs);
}

static void try_mounts(struct trial *t)
{
	if (!note(t, TRIAL_PRIVATE, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)))
		return;
	try_mount_api(t);
	if (!note(t, TRIAL_TMPFS,
		  mount("tmpfs", TARGET, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")))
		return;
	if (mkdir(TARGET "/proc", 0755)) {
		(void)note(t, TRIAL_TMPFS, -1);
		return;
	}
	try_proc(t);
	(void)note(t, TRIAL_PIVOT, chdir(TARGET) < 0 ? -1 : sys_pivot_root(".", "."));
}

/* The child. ready tells the parent to map the ids; go comes back when it has. */
static void try_namespaces(struct trial *t, int ready, int go)
{
	char c = 0;

	(void)alarm(TIME_LIMIT);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!note(t, TRIAL_USER, unshare(CLONE_NEWUSER)))
		return;
	if (fd_write_all(ready, &c, 1) || fd_read_all(go, &c, 1) != 1 || t->result[TRIAL_MAP])
		return;
	/* run by root, this process is of an id that is not mapped until here */
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
		(void)note(t, TRIAL_MAP, -1);
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)note(t, TRIAL_IPC, unshare(CLONE_NEWIPC));
	(void)note(t, TRIAL_UTS, unshare(CLONE_NEWUTS));
	(void)note(t, TRIAL_CGROUP, unshare(CLONE_NEWCGROUP));
	(void)note(t, TRIAL_NET, unshare(CLONE_NEWNET));
	if (note(t, TRIAL_MOUNT, unshare(CLONE_NEWNS)))
		try_mounts(t);
}

static int write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return fd_write_file(AT_FDCWD, path, text);
}

static int map_ids(pid_t pid)
{
	/* root is never mapped: its plugins run as an id that owns nothing */
	unsigned uid = getuid() ? getuid() : TRIAL_ROOTS_ID, gid = getuid() ? getgid() : TRIAL_ROOTS_ID;
	char text[32];

	if (write_map(pid, "setgroups", "deny") && errno != ENOENT)
		return -1;
	(void)snprintf(text, sizeof(text), "0 %u 1", uid);
	if (write_map(pid, "uid_map", text))
		return -1;
	(void)snprintf(text, sizeof(text), "0 %u 1", gid);
	return write_map(pid, "gid_map", text);
}

/* A copy of the root mount with the child's id mapping on it, attached nowhere. */
static int try_idmap(pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	autoclose int ns = open(path, O_RDONLY | O_CLOEXEC);
	autoclose int tree = open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)ns};

	if (ns < 0 || tree < 0)
		return -1;
	return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

static void oversee(struct trial *t, pid_t pid, int ready, int go)
{
	char c = 0;

	if (fd_read_all(ready, &c, 1) == 1) {
		if (note(t, TRIAL_MAP, map_ids(pid)) && getuid() == 0)
			(void)note(t, TRIAL_IDMAP, try_idmap(pid));
		(void)fd_write_all(go, &c, 1);
	}
}

void trial_run(struct trial *t)
{
	int ready[2] = {-1, -1}, go[2] = {-1, -1};
	struct trial *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < TRIAL_N; i++)
		t->result[i] = TRIAL_UNTRIED;
	if (shared == MAP_FAILED || pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC)) {
		(void)note(t, TRIAL_USER, -1);
		goto out;
	}
	*shared = *t;
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(ready[0]);
		(void)close(go[1]);
		try_namespaces(shared, ready[1], go[0]);
		_exit(0);
	}
	if (pid < 0) {
		(void)note(t, TRIAL_USER, -1);
		goto out;
	}
	close_fd(&ready[1]); /* so that its end is seen here; go stays whole: no SIGPIPE */
	oversee(shared, pid, ready[0], go[1]);
	wait_for(pid);
	*t = *shared;
out:
	for (int i = 0; i < 2; i++) {
		close_fd(&ready[i]);
		close_fd(&go[i]);
	}
	if (shared != MAP_FAILED)
		(void)munmap(shared, sizeof(*shared));
}
