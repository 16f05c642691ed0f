/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/sdscope.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/cgroup.h"
#include "linux/sdscope_bus.h"

/* The child's own limit is lower: this one is for a child that hangs. */
#define ASK_MS (SDSCOPE_BUS_MS + 5000)

/* Of the plugin's name. The rest of a unit's name, which may have 255 bytes, is short. */
#define NAME_PART 120

/* ---- the name ---- */

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

char *sdscope_unit_name(char *buf, size_t size, const char *plugin, const char *run_id)
{
	char part[NAME_PART + 1];
	size_t n = 0;

	for (const char *p = plugin; *p && n + 4 <= NAME_PART; p++) {
		if (plain(*p) || (*p == '-' && p != plugin))
			part[n++] = *p;
		else
			n += (size_t)snprintf(part + n, sizeof(part) - n, "\\x%02x", (unsigned char)*p);
	}
	part[n] = '\0';
	(void)snprintf(buf, size, "plugbox-%s-%s.scope", part, run_id);
	return buf;
}

/* ---- what there is ---- */

void sdscope_offer_free(struct sdscope_offer *o)
{
	free(o->reason);
	*o = (struct sdscope_offer){0};
}

static void none(struct sdscope_offer *o, const char *remedy, char *reason)
{
	free(o->reason);
	o->reason = reason;
	o->remedy = remedy;
	o->controllers = 0;
}

static const char delegate[] = "have a cgroup delegated instead, and name it with --cgroup";
static const char boot_v2[] = "boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line";
static const char no_cgroup2[] = "the hierarchy at /sys/fs/cgroup is not cgroup v2 alone";

/* Every controller of the system is root's manager's to give. */
static void probe_system(struct sdscope_offer *o)
{
	char text[1024];

	if (access("/run/systemd/system", F_OK) < 0)
		return none(o, delegate, xstrdup("this system was not started by systemd"));
	if (fd_read_file(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", text, sizeof(text)) < 0)
		return none(o, boot_v2, xstrdup(no_cgroup2));
	o->controllers = cgroup_parse_controllers(text);
}

static void probe_user(struct sdscope_offer *o)
{
	char path[128], text[1024];
	const unsigned uid = (unsigned)geteuid();

	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) < 0)
		return none(o, boot_v2, xstrdup(no_cgroup2));
	(void)snprintf(path, sizeof(path),
		       "/sys/fs/cgroup/user.slice/user-%u.slice/user@%u.service/cgroup.controllers", uid,
		       uid);
	if (fd_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
		return none(o, "log in, or have a manager of your own at all times: loginctl enable-linger",
			    xstrdup("no manager of systemd runs for this user"));
	o->controllers = cgroup_parse_controllers(text);
	if (!o->controllers)
		none(o, "have them delegated: Delegate=cpu memory pids for user@.service",
		     xstrdup("the user's manager has no controllers"));
}

void sdscope_probe(struct sdscope_offer *o)
{
	*o = (struct sdscope_offer){0};
	if (!sdscope_bus_built())
		return none(o, "build plugbox with libsystemd: ./configure --with-systemd",
			    xstrdup("plugbox was not built to ask systemd"));
	if (geteuid() == 0)
		probe_system(o);
	else
		probe_user(o);
}

/* ---- going there ---- */

static int fail(struct pb_err *e, int sys, const char *what)
{
	(void)pb_err_set(e, PB_ERR_SETUP, sys, "%s", what);
	return pb_err_step(e, "scope");
}

/* Waits for the child's word: 0, or -1 with errno (ETIMEDOUT). */
static int hear(int fd, struct sdscope_answer *a)
{
	const int64_t end = clock_ms() + ASK_MS;
	size_t n = 0;

	while (n < sizeof(*a)) {
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
		k = read(fd, (char *)a + n, sizeof(*a) - n);
		if (k == 0)
			errno = ECHILD;
		if (k == 0 || (k < 0 && errno != EINTR))
			return -1;
		n += k > 0 ? (size_t)k : 0;
	}
	a->text[sizeof(a->text) - 1] = '\0';
	return 0;
}

static void speak(int fd, const char *unit, const char *plugin, pid_t pid)
{
	struct sdscope_answer a = {0};

	/* a plugbox that is killed meanwhile must not get its scope afterwards */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != pid)
		_exit(1);
	/* the library reads variables of its own */
	(void)clearenv();
	(void)signal(SIGPIPE, SIG_IGN);
	a.failed = sdscope_bus_ask(unit, plugin, pid, a.text, sizeof(a.text)) < 0;
	(void)fd_write_all(fd, &a, sizeof(a));
	_exit(0);
}

/* Whether this process is in the scope. */
static bool arrived(const char *unit)
{
	char path[4096];
	const char *last;

	if (cgroup_own_path(path, sizeof(path)) < 0)
		return false;
	last = strrchr(path, '/');
	return last && strcmp(last + 1, unit) == 0;
}

int sdscope_enter(const char *plugin, const char *run_id, struct pb_err *e)
{
	char unit[SDSCOPE_NAME_MAX];
	struct sdscope_answer a = {0};
	const pid_t self = getpid();
	int heard, err, fds[2];
	pid_t pid;

	(void)sdscope_unit_name(unit, sizeof(unit), plugin, run_id);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return fail(e, errno, "cannot ask systemd");
	pid = fork();
	if (pid == 0)
		speak(fds[1], unit, plugin, self);
	err = errno;
	(void)close(fds[1]);
	if (pid < 0) {
		(void)close(fds[0]);
		return fail(e, err, "cannot ask systemd");
	}
	heard = hear(fds[0], &a);
	err = errno;
	(void)close(fds[0]);
	(void)kill(pid, SIGKILL);
	/* who ignores SIGCHLD has it reaped already */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (heard < 0)
		return fail(e, err, "cannot ask systemd");
	if (a.failed)
		return fail(e, 0, a.text);
	if (!arrived(unit))
		return fail(e, 0, "systemd made a scope but did not move plugbox into it");
	return 0;
}
