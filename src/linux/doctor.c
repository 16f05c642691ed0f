/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/blocker.h"
#include "linux/cgroup.h"
#include "linux/doctor_trial.h"
#include "linux/probe.h"
#include "linux/projquota.h"
#include "linux/sdscope.h"
#include "linux/sys.h"
#include "linux/userns.h"
#include "spec/bare.h"

/* ---- the list ---- */

const char *doctor_status_name(enum doctor_status status)
{
	static const char *const names[] = {"ok", "weak", "missing"};

	return names[status];
}

/* Adds a check. found and remedy are copied; remedy is kept where something lacks only. */
struct doctor_check *doctor_add(struct doctor *d, const char *section, const char *id,
				enum doctor_status status, const char *found, const char *uses,
				const char *remedy)
{
	grow(&d->v, &d->cap, d->n, sizeof(*d->v));
	d->v[d->n] = (struct doctor_check){
		.id = id,
		.section = section,
		.status = status,
		.found = xstrdup(found),
		.uses = uses ? xstrdup(uses) : NULL,
		.remedy = remedy && status != DOCTOR_OK ? xstrdup(remedy) : NULL,
	};
	return &d->v[d->n++];
}

/* Adds what a full-strength run cannot do without. err is 0 or an errno. */
static void add_needed(struct doctor *d, const char *section, const char *id, int err,
		       const char *uses, const char *remedy)
{
	struct doctor_check *c = doctor_add(d, section, id, err ? DOCTOR_MISSING : DOCTOR_OK,
				     err ? strerror(err) : "works", uses, remedy);

	c->required = true;
}

/* Reads one line of a small file. Returns "" where there is none. */
static const char *line_of(const char *path, char *buf, size_t size)
{
	if (fd_read_file(AT_FDCWD, path, buf, size) < 0)
		buf[0] = '\0';
	return buf;
}

/* ---- kernel and system calls ---- */

static void check_kernel(struct doctor *d)
{
	struct utsname u;
	bool good = probe_kernel_at_least(5, 14);

	doctor_add(d, "kernel", "kernel", good ? DOCTOR_OK : DOCTOR_WEAK,
	    uname(&u) ? "unknown" : u.release,
	    good ? "every part of plugbox" : "what it has, see below",
	    "run Linux 5.14 or later (6.12 for everything that plugbox can use)");
	doctor_add(d, "kernel", "nproc", good ? DOCTOR_OK : DOCTOR_WEAK,
	    good ? "RLIMIT_NPROC is counted per user namespace"
		 : "RLIMIT_NPROC is counted for the whole user",
	    good ? "the limit on processes, with or without a cgroup"
		 : "the limit on processes where there is a cgroup for it",
	    "run Linux 5.14 or later");
}

/* What this call answers to arguments that do nothing: 0 where it exists. */
static int call_error(long ret, int harmless)
{
	return ret >= 0 || errno == harmless ? 0 : errno;
}

/* A call that has a replacement where it is not there, or a container's filter hides it. */
static void add_call(struct doctor *d, const char *id, int err, unsigned minor, const char *uses,
		     const char *instead)
{
	/* the C library's own use of clone3 takes no other answer either */
	bool absent = err == ENOSYS || (err == EPERM && strcmp(id, "clone3") != 0);
	enum doctor_status status = !err ? DOCTOR_OK : absent ? DOCTOR_WEAK : DOCTOR_MISSING;
	char newer[48];

	(void)snprintf(newer, sizeof(newer), "run Linux 5.%u or later", minor);
	doctor_add(d, "system calls", id, status, err ? strerror(err) : "works", err ? instead : uses,
	    probe_kernel_at_least(5, minor) ? blocker_in_container : newer)
		->required = true;
}

static void check_calls(struct doctor *d)
{
	int fd = sys_openat2(AT_FDCWD, "/", O_PATH | O_CLOEXEC, RESOLVE_NO_MAGICLINKS);
	int err = call_error(fd, 0);

	cleanup_close(&fd);
	add_call(d, "openat2", err, 6, "opening every source once, beneath its directory",
		 "opening every source component by component");
	err = call_error(syscall(SYS_clone3, NULL, 0), EINVAL);
	add_call(d, "clone3", err, 3,
		 "starting the plugin straight in its namespaces and its cgroup",
		 "clone(2), and moving the plugin into its cgroup afterwards");
	err = call_error(syscall(SYS_close_range, ~0U, ~0U, 0), 0);
	add_call(d, "close-range", err, 9, "closing every descriptor of the caller",
		 "closing every descriptor of the caller that /proc lists");
	fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	err = call_error(fd, 0);
	cleanup_close(&fd);
	add_call(d, "pidfd", err, 3, "ending with the process that started plugbox",
		 "ending with the thread that started plugbox");
}

/* ---- namespaces ---- */

static void check_userns(struct doctor *d, const struct trial *t)
{
	static const char uses[] = "the sandbox without root: no capability counts outside of it";
	const char *remedy = NULL, *found = "works";
	enum doctor_status status = DOCTOR_OK;

	if (t->result[TRIAL_USER] > 0) {
		found = blocker_userns(t->result[TRIAL_USER], &remedy);
		status = DOCTOR_MISSING;
	} else if (t->result[TRIAL_MAP]) {
		found = blocker_map("uid_map", getuid() ? getuid() : TRIAL_ROOTS_ID, &remedy);
		status = DOCTOR_MISSING;
	} else if (t->result[TRIAL_MOUNT] > 0 && blocker_withheld(&remedy)) {
		/* the newer form: the namespace is made, its capabilities are withheld */
		found = blocker_withheld(&remedy);
		status = DOCTOR_MISSING;
	}
	doctor_add(d, "namespaces", "user-namespaces", status, found, uses, remedy)->required = true;
}

static const char untried[] = "not tried: what it builds on is missing";

/* Adds a step that plugbox can do without. */
static void add_optional(struct doctor *d, const char *section, const char *id, int result,
			 const char *uses, const char *remedy)
{
	bool tried = result != TRIAL_UNTRIED;
	const char *found = !tried ? untried : result ? strerror(result) : "works";

	doctor_add(d, section, id, result ? DOCTOR_WEAK : DOCTOR_OK, found, uses, tried ? remedy : NULL)
		->untried = !tried;
}

/* A step that could not be tried, since an earlier one failed, is missing for that. */
static void add_step(struct doctor *d, const char *section, const char *id, int result,
		     const char *uses, const char *remedy)
{
	if (result != TRIAL_UNTRIED) {
		add_needed(d, section, id, result, uses, remedy);
		return;
	}
	struct doctor_check *c = doctor_add(d, section, id, DOCTOR_MISSING, untried, uses, NULL);
	c->required = c->untried = true;
}

static void check_namespaces(struct doctor *d, const struct trial *t)
{
	static const struct {
		enum trial_step step;
		const char *id, *uses, *remedy;
	} all[] = {
		{TRIAL_MOUNT, "mount-namespace", "a file tree of the plugin's own", blocker_in_container},
		{TRIAL_PID, "pid-namespace", "no process of the host in sight, none left behind",
		 "raise user.max_pid_namespaces, or use a kernel with CONFIG_PID_NS"},
		{TRIAL_NET, "network-namespace", "no network at all",
		 "raise user.max_net_namespaces, or use a kernel with CONFIG_NET_NS"},
		{TRIAL_IPC, "ipc-namespace", "no shared memory or queues of the host",
		 "raise user.max_ipc_namespaces, or use a kernel with CONFIG_IPC_NS"},
		{TRIAL_UTS, "uts-namespace", "a host name that says nothing",
		 "raise user.max_uts_namespaces, or use a kernel with CONFIG_UTS_NS"},
		{TRIAL_CGROUP, "cgroup-namespace", "the names of the host's cgroups hidden",
		 "raise user.max_cgroup_namespaces, or use a kernel with CONFIG_CGROUPS"},
	};

	check_userns(d, t);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		add_step(d, "namespaces", all[i].id, t->result[all[i].step], all[i].uses,
			 all[i].remedy);
}

/* ---- mounts ---- */

static void check_proc(struct doctor *d, const struct trial *t)
{
	static const char uses[] = "/proc with the plugin's own processes and nothing else";

	if (t->result[TRIAL_PROC] && t->result[TRIAL_PROC_PLAIN] == 0) {
		doctor_add(d, "mounts", "proc", DOCTOR_MISSING, "without subset=pid", uses,
		    "run Linux 5.8 or later")
			->required = true;
		return;
	}
	add_step(d, "mounts", "proc", t->result[TRIAL_PROC], uses,
		 "/proc here is covered in parts, as in a container: run that with an open one "
		 "(docker: --security-opt systempaths=unconfined; "
		 "podman: --security-opt unmask=ALL)");
}

static void check_idmap(struct doctor *d, const struct trial *t)
{
	static const char uses[] = "bundles on the root file system that only root can read";

	if (getuid()) {
		doctor_add(d, "mounts", "idmapped-mounts", DOCTOR_OK, "not needed by an ordinary user",
		    NULL, NULL);
		return;
	}
	add_optional(d, "mounts", "idmapped-mounts", t->result[TRIAL_IDMAP], uses,
		     "run Linux 5.12 or later with a root file system that supports it, or keep "
		     "bundles where the uid of plugins can read them");
}

static void check_mounts(struct doctor *d, const struct trial *t)
{
	static const char section[] = "mounts";
	bool api = t->result[TRIAL_OPEN_TREE] == 0 && t->result[TRIAL_SETATTR] == 0;
	static const char api_remedy[] =
		"run Linux 5.12 or later; in a container, allow the new mount calls in its seccomp "
		"profile";

	add_step(d, section, "mount", t->result[TRIAL_PRIVATE],
		 "mounts that do not show on the host",
		 "in a container: its AppArmor profile or seccomp filter refuses mount (docker: "
		 "--security-opt apparmor=unconfined)");
	add_step(d, section, "tmpfs", t->result[TRIAL_TMPFS], "the root, /tmp and /dev",
		 "use a kernel that lets user namespaces mount tmpfs");
	check_proc(d, t);
	add_step(d, section, "pivot-root", t->result[TRIAL_PIVOT],
		 "leaving the host's root for good",
		 "the root here is an initramfs, which cannot be left: boot into a real root, or "
		 "switch_root into a tmpfs first");
	for (int i = 0; i < 2; i++)
		add_optional(d, section, i ? "mount-setattr" : "open-tree",
			     t->result[i ? TRIAL_SETATTR : TRIAL_OPEN_TREE],
			     api ? "sources that are complete and read-only before they appear"
				 : "plain descriptors, bound and remounted",
			     api_remedy);
	add_optional(d, section, "fsopen", t->result[TRIAL_FSOPEN],
		     "not used: mount(2) serves for tmpfs and proc", NULL);
	check_idmap(d, t);
}

/* ---- walls beside the mounts ---- */

static void check_landlock(struct doctor *d)
{
	static const char *const levels[] = {"files",	      "moves between directories",
					     "truncation",    "TCP ports",
					     "device ioctls", "abstract sockets and signals"};
	static const int best = ARRAY_SIZE(levels);
	int abi = probe_landlock_abi();
	struct strbuf uses = {0};
	char found[32];

	if (!abi) {
		doctor_add(d, "walls", "landlock", DOCTOR_MISSING,
		    probe_kernel_at_least(5, 13) ? "not enabled in this kernel, or refused"
						 : "not in this kernel",
		    "the second wall over the mounts",
		    "run Linux 5.13 or later with landlock in the list of lsm= on its command "
		    "line; in a container, allow the landlock calls in its seccomp profile")
			->required = true;
		return;
	}
	(void)snprintf(found, sizeof(found), "ABI %d", abi);
	strbuf_puts(&uses, "the second wall: ");
	for (int i = 0; i < abi && i < best; i++)
		strbuf_printf(&uses, "%s%s (%d)", i ? ", " : "", levels[i], i + 1);
	/* what is not covered here is by a namespace or the filter: no lack of strength */
	doctor_add(d, "walls", "landlock", abi < best ? DOCTOR_WEAK : DOCTOR_OK, found, uses.s,
	    "nothing must be done; Linux 6.12 has ABI 6, which covers the rest a second time")
		->required = true;
	strbuf_free(&uses);
}

static void check_walls(struct doctor *d)
{
	static const char section[] = "walls";
	bool filter = probe_seccomp_action(SECCOMP_RET_KILL_PROCESS);
	bool notify = filter && probe_seccomp_action(SECCOMP_RET_USER_NOTIF);
	char text[256];

	check_landlock(d);
	add_needed(d, section, "seccomp", filter ? 0 : ENOSYS, "a list of the system calls allowed",
		   "use a kernel with CONFIG_SECCOMP_FILTER");
	doctor_add(d, section, "seccomp-notify", notify ? DOCTOR_OK : DOCTOR_WEAK,
	    notify ? "works" : "not in this kernel",
	    notify ? "telling which system call was refused, and what would allow it"
		   : "refusing system calls without telling which",
	    "run Linux 5.0 or later");
	bool bare = filter && probe_landlock_abi() >= BARE_LANDLOCK_ABI;
	doctor_add(d, section, "isolation-landlock", bare ? DOCTOR_OK : DOCTOR_WEAK,
	    bare ? "possible" : "not possible",
	    "--isolation landlock, a weaker sandbox for hosts that forbid user namespaces",
	    "run Linux 6.12 or later with Landlock and seccomp; nothing else needs it");
	(void)line_of("/sys/kernel/security/lsm", text, sizeof(text));
	doctor_add(d, section, "lsm", DOCTOR_OK,
	    *text ? text : "not known (securityfs is not mounted or not readable here)", NULL,
	    NULL);
	(void)line_of("/proc/sys/dev/tty/legacy_tiocsti", text, sizeof(text));
	doctor_add(d, section, "legacy-tiocsti", DOCTOR_OK,
	    !strcmp(text, "0")	 ? "off"
	    : !strcmp(text, "1") ? "on: terminals take injected input"
				 : "no such setting: terminals take injected input",
	    "plugins have no terminal, and the filter refuses the call in any case", NULL);
	(void)line_of("/proc/sys/kernel/yama/ptrace_scope", text, sizeof(text));
	doctor_add(d, section, "ptrace-scope", DOCTOR_OK, *text ? text : "no Yama",
	    "plugbox cannot be attached to by other processes of the user in any case", NULL);
}

/* ---- limits ---- */

static void controller_names(unsigned bits, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s%s%s", bits & CG_CPU ? " cpu" : "",
		       bits & CG_MEMORY ? " memory" : "", bits & CG_PIDS ? " pids" : "");
}

static void check_cgroup(struct doctor *d)
{
	static const unsigned all = CG_CPU | CG_MEMORY | CG_PIDS;
	struct cgroup_place p;
	int usable = cgroup_probe(NULL, &p);
	char names[32], lacking[32];

	d->lacking = all & ~p.controllers;
	if (usable) {
		doctor_add(d, "limits", "cgroup", DOCTOR_MISSING, p.reason,
		    "resource limits of processes and the user namespace only", p.remedy);
	} else {
		char *found;

		controller_names(p.controllers, names, sizeof(names));
		controller_names(d->lacking, lacking, sizeof(lacking));
		found = xasprintf("cgroup v2, %s:%s%s%s", p.shown, names,
				  d->lacking ? ", without" : "", lacking);
		doctor_add(d, "limits", "cgroup", d->lacking ? DOCTOR_WEAK : DOCTOR_OK, found,
		    "limits on all processes of a plugin together",
		    "have the others delegated: Delegate=cpu memory pids in the unit above");
		free(found);
	}
	cgroup_place_free(&p);
}

/* In a child, whose scope ends with it: the controllers (CG_*) that it finds there, or 0 with the
 * reason in why. */
static unsigned try_scope(char *why, size_t size)
{
	struct {
		unsigned controllers;
		char why[252];
	} word = {0};
	struct cgroup_place p;
	struct pb_err e = {0};
	char id[32];
	int fds[2];
	pid_t pid;

	(void)snprintf(why, size, "cannot be tried");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		(void)snprintf(id, sizeof(id), "%d", (int)getpid());
		if (sdscope_enter("doctor", id, &e) < 0) {
			(void)snprintf(word.why, sizeof(word.why), "%.*s",
				       (int)sizeof(word.why) - 1, e.msg);
		} else {
			(void)cgroup_probe(NULL, &p);
			word.controllers = p.controllers;
			(void)snprintf(word.why, sizeof(word.why), "%s", p.reason ? p.reason : "");
		}
		(void)fd_write_all(fds[1], &word, sizeof(word));
		_exit(0);
	}
	(void)close(fds[1]);
	if (pid > 0 && fd_read_all(fds[0], &word, sizeof(word)) == (ssize_t)sizeof(word)) {
		word.why[sizeof(word.why) - 1] = '\0';
		(void)snprintf(why, size, "%s", word.why);
	} else {
		word.controllers = 0;
	}
	(void)close(fds[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return word.controllers;
}

/* What a launch turns to where its own cgroup does not do. */
static void check_scope(struct doctor *d)
{
	static const unsigned all = CG_CPU | CG_MEMORY | CG_PIDS;
	const enum doctor_status lack = d->lacking ? DOCTOR_MISSING : DOCTOR_WEAK;
	struct sdscope_offer o;
	char names[32], text[256];
	unsigned got;

	sdscope_probe(&o);
	if (!o.controllers) {
		doctor_add(d, "limits", "systemd-scope", lack, o.reason, NULL, o.remedy);
		sdscope_offer_free(&o);
		return;
	}
	sdscope_offer_free(&o);
	got = try_scope(text, sizeof(text));
	if (!got) {
		doctor_add(d, "limits", "systemd-scope", lack, text, NULL,
		    "ask the manager's journal why, or have a cgroup delegated and name it with "
		    "--cgroup");
		return;
	}
	controller_names(got, names, sizeof(names));
	(void)snprintf(text, sizeof(text), "works:%s", names);
	doctor_add(d, "limits", "systemd-scope", all & ~got ? DOCTOR_WEAK : DOCTOR_OK, text,
	    "a cgroup for limits where plugbox has none of its own that will do",
	    "have the others delegated: Delegate=cpu memory pids for user@.service");
	d->lacking &= ~got;
}

/* No child is made: a bad descriptor is the answer of a kernel that knows the flag. */
static void check_into_cgroup(struct doctor *d)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = INT32_MAX,
	};
	long ret = sys_clone3(&args);
	int err = ret < 0 ? errno : 0;

	if (ret == 0)
		_exit(0); /* cannot be */
	if (ret > 0)
		(void)waitpid((pid_t)ret, NULL, 0);
	doctor_add(d, "limits", "clone-into-cgroup", err == EBADF ? DOCTOR_OK : DOCTOR_WEAK,
	    err == EBADF ? "works" : strerror(err),
	    err == EBADF ? "a plugin that is under its limits from its first instruction"
			 : "moving the plugin into its cgroup before it starts",
	    err == EPERM || err == ENOSYS ? blocker_in_container : "run Linux 5.7 or later");
}

static void check_data_quota(struct doctor *d)
{
	const bool root = geteuid() == 0 && !userns_lone_root();
	const char *lack = root ? projquota_lack(PROJQUOTA_ROOT_DATA) : "only root can set one";

	d->data_quota = !lack;
	doctor_add(d, "limits", "data-quota", lack ? DOCTOR_WEAK : DOCTOR_OK, lack ? lack : "works",
	    lack ? "plugbox looks at /data from time to time" : "data_size, kept by the file system",
	    root ? "put /var/lib/plugbox/data, or what --data-dir names, on an ext4 or XFS file system "
		   "that is mounted with prjquota"
		 : NULL);
}

void doctor_run(struct doctor *d)
{
	struct trial t;

	*d = (struct doctor){.full_strength = true};
	trial_run(&t);
	check_kernel(d);
	check_namespaces(d, &t);
	check_mounts(d, &t);
	check_calls(d);
	check_walls(d);
	check_cgroup(d);
	check_scope(d);
	check_into_cgroup(d);
	check_data_quota(d);
	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].required && d->v[i].status == DOCTOR_MISSING)
			d->full_strength = false;
	}
}

void doctor_free(struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].found);
		free(d->v[i].uses);
		free(d->v[i].remedy);
	}
	free(d->v);
	*d = (struct doctor){0};
}
