/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/str.h"
#include "base/users.h"
#include "linux/blocker.h"
#include "linux/raw.h"
#include "spec/plan.h"
#include "spec/value.h"

#define NOBODY 65534
#define HOLDER_STACK 4096

/* A surrounding sandbox shows its /proc read-only. */
static int proc_is_read_only(struct pb_err *e)
{
	if (e->sys == EROFS || e->sys == EACCES)
		pb_err_hint(e, "the surrounding sandbox or container must have its own /proc, writable");
	return -1;
}

static int write_map(int proc, const char *file, unsigned inner, unsigned outer, struct pb_err *e)
{
	char line[48];

	(void)snprintf(line, sizeof(line), "%u %u 1", inner, outer);
	if (fd_write_file(proc, file, line) < 0) {
		const char *remedy;

		pb_err_set(e, PB_ERR_SETUP, errno, "cannot write %s (\"%s\")", file, line);
		if (e->sys == EPERM || e->sys == EINVAL || e->sys == EACCES) {
			const char *found = blocker_map(file, outer, &remedy);

			return pb_err_hint(e, "%s: %s", found, remedy);
		}
		return proc_is_read_only(e);
	}
	return 0;
}

static int open_proc(pid_t pid, struct pb_err *e)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"%s\"", path);
		if (e->sys == ENOENT)
			pb_err_hint(e, "the surrounding sandbox or container must have /proc mounted");
	}
	return fd;
}

bool userns_lone_root(void)
{
	autoclose int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	unsigned inner, outer, count;
	struct stat st;
	char text[256];
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	if (sscanf(text, "%u %u %u", &inner, &outer, &count) != 3 || inner != 0 || count != 1 ||
	    strchr(text, '\n') != text + n - 1)
		return false;
	/* owned by the first namespace's root: seen as anybody else's where that is not mapped */
	return stat("/proc/sys/kernel", &st) == 0 && st.st_uid != 0;
}

int userns_map(pid_t child, uid_t uid, gid_t gid, struct pb_err *e)
{
	autoclose int proc = open_proc(child, e);

	if (proc < 0)
		return -1;
	if (LAYER_ON(RUN_AS) && (uid == 0 || gid == 0) && !userns_lone_root()) {
		pb_err_set(e, PB_ERR_SETUP, 0, "host id 0 is never mapped");
		return pb_err_hint(e, "run plugbox with a primary group other than root's (setpriv --regid)");
	}
	/* an ordinary user may map its own group only after giving setgroups up; root's child
	 * still has to drop root's groups with it */
	if (geteuid() != 0 && fd_write_file(proc, "setgroups", "deny") < 0 && errno != ENOENT) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot deny setgroups");
		return proc_is_read_only(e);
	}
	if (write_map(proc, "uid_map", PLAN_INNER_ID, uid, e) < 0 ||
	    write_map(proc, "gid_map", PLAN_INNER_ID, gid, e) < 0)
		return -1;
	return 0;
}

int userns_become(uid_t uid, gid_t gid, bool on_host, struct pb_err *e)
{
	if (setgroups(0, NULL) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot drop the supplementary groups");
	/* the host's root would lose its capabilities with its id, before the mounts are made */
	if (on_host && prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot keep the capabilities");
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot become the plugin's user");
	return 0;
}

/* Alive until the namespace has been opened, or plugbox is gone. */
__attribute__((no_sanitize("address", "undefined"))) static int stay(void *arg)
{
	const int *const ends = arg;
	char c;

	(void)raw(SYS_close, ends[1], 0, 0);
	return raw(SYS_read, ends[0], (long)&c, 1) != 0;
}

/* In a new user namespace, with plugbox's own memory where it can do without a copy: to copy it, and to
 * throw the copy away, is a tenth of what a launch computes. Returns the pid or -1. */
static pid_t start_holder(const int ends[2])
{
	static _Alignas(64) unsigned char stack[HOLDER_STACK];
	static int its[2]; /* it may look when ours are gone */

	its[0] = ends[0];
	its[1] = ends[1];
	return clone(stay, stack + sizeof(stack), CLONE_NEWUSER | SIGCHLD | (HAVE_RAW ? CLONE_VM : 0), its);
}

int userns_for_idmap(uid_t owner, gid_t group, uid_t uid, gid_t gid, pid_t *holder, struct pb_err *e)
{
	char path[48];
	int ends[2];
	int fd = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make a pipe");
	pid = start_holder(ends);
	close(ends[0]);
	if (pid < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot create a user namespace");
	} else {
		autoclose int proc = open_proc(pid, e);

		if (proc >= 0 && write_map(proc, "uid_map", owner, uid, e) == 0 &&
		    write_map(proc, "gid_map", group, gid, e) == 0) {
			(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd < 0)
				pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"%s\"", path);
		}
	}
	close(ends[1]);
	*holder = pid;
	return fd;
}

void userns_reap(pid_t *holder)
{
	while (*holder > 0 && waitpid(*holder, NULL, 0) < 0 && errno == EINTR)
		;
	*holder = -1;
}

static int parse_id(const char *text, uint64_t *id)
{
	const char *why;

	return value_uint(text, 0, UINT32_MAX - 1, id, &why);
}

int userns_run_as(const char *text, uid_t *uid, gid_t *gid, struct pb_err *e)
{
	autofree char *user = xstrdup(text ? text : "65534:65534");
	char *group = strchr(user, ':');
	uint64_t id;

	if (group)
		*group++ = '\0';
	*gid = NOBODY;
	if (parse_id(user, &id) == 0) {
		*uid = (uid_t)id;
	} else {
		struct user u;
		int rc = user_by_name(user, &u);

		if (rc < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "--run-as: cannot look up user \"%s\"", user);
		if (rc == 0)
			return pb_err_set(e, PB_ERR_USAGE, 0, "--run-as: there is no user \"%s\"", user);
		*uid = u.uid;
		*gid = u.gid;
		user_free(&u);
	}
	if (group && parse_id(group, &id) == 0) {
		*gid = (gid_t)id;
	} else if (group) {
		int rc = group_by_name(group, gid);

		if (rc < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "--run-as: cannot look up group \"%s\"",
					  group);
		if (rc == 0)
			return pb_err_set(e, PB_ERR_USAGE, 0, "--run-as: there is no group \"%s\"", group);
	}
	if (*uid == 0 || *gid == 0) {
		pb_err_set(e, PB_ERR_USAGE, 0, "--run-as: a plugin never runs as user or group 0");
		return pb_err_hint(e, "name an unprivileged user, such as nobody");
	}
	return 0;
}
