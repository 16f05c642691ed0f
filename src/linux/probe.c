/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/str.h"
#include "linux/cgroup.h"

/* The tree that the runtime comes from. */
struct tree {
	int fd;		  /* O_PATH on its root */
	const char *base; /* its path, "" for the host's own root */
	int err;	  /* why something in it could not be looked at, 0: all could */
};

/* Not there, or not for this user: left out. Whatever else is wrong with it is the host's trouble,
 * and a plugin without it would be another than the next time. */
static void note_absence(struct tree *t)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case EACCES:
	case EPERM:
	case ELOOP:
	case EXDEV:
	case ENAMETOOLONG:
		break;
	default:
		t->err = errno;
	}
}

static struct runtime_entry *add_entry(struct host_facts *f, char *path, char *source,
				       enum entry_kind kind)
{
	grow(&f->entries, &f->cap_entries, f->n_entries, sizeof(*f->entries));
	f->entries[f->n_entries] = (struct runtime_entry){path, source, kind};
	return &f->entries[f->n_entries++];
}

/* Adds name (relative to the tree's root) as the directory or file that it is or, where it
 * is a link, leads to, and only if it is of the kind wanted. Returns whether it was added. */
static bool add_real(struct host_facts *f, struct tree *t, const char *name,
		     enum entry_kind want)
{
	mode_t type = want == ENTRY_DIR ? S_IFDIR : S_IFREG;
	char *source = NULL;
	struct stat st;

	if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW)) {
		note_absence(t);
		return false;
	}
	if (S_ISLNK(st.st_mode)) {
		/* with the tree as root: a link in a runtime directory leads to where it would lead
		 * inside, never to the host's own files */
		autoclose int fd = path_open_in(t->fd, name, O_PATH);

		if (fd < 0 || fstat(fd, &st)) {
			note_absence(t);
			return false;
		}
		if ((st.st_mode & S_IFMT) != type)
			return false;
		source = path_of_fd(fd);
		if (!source)
			note_absence(t);
	} else if ((st.st_mode & S_IFMT) == type) {
		source = xasprintf("%s/%s", t->base, name);
	}
	if (!source)
		return false;
	add_entry(f, xasprintf("/%s", name), source, want);
	return true;
}

/* The top-level directories that were merged into usr: a link on the host is a link
 * inside, a real directory a directory. */
static void add_merged(struct host_facts *f, struct tree *t)
{
	static const char *const names[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char target[128];
		ssize_t n = readlinkat(t->fd, names[i], target, sizeof(target) - 1);

		if (n > 0) {
			target[n] = '\0';
			if (str_starts(target, "usr/") || str_starts(target, "/usr/")) {
				add_entry(f, xasprintf("/%s", names[i]), xstrdup(target),
					  ENTRY_LINK);
				continue;
			}
		} else if (errno != EINVAL) { /* that is no link */
			note_absence(t);
			continue;
		}
		(void)add_real(f, t, names[i], ENTRY_DIR);
	}
}

/* The time zone is a link into /usr on most systems: a link inside then, no mount. */
static void add_localtime(struct host_facts *f, struct tree *t)
{
	static const char zoneinfo[] = "/usr/share/zoneinfo/";
	char target[256];
	ssize_t n = readlinkat(t->fd, "etc/localtime", target, sizeof(target) - 1);

	if (n < 0 && errno != EINVAL) {
		note_absence(t);
		return;
	}
	if (n > 0) {
		const char *abs = target;

		target[n] = '\0';
		if (str_starts(abs, "../"))
			abs += 2;
		if (str_starts(abs, zoneinfo) && path_is_normal(abs)) {
			add_entry(f, xstrdup("/etc/localtime"), xstrdup(abs), ENTRY_LINK);
			return;
		}
	}
	(void)add_real(f, t, "etc/localtime", ENTRY_FILE);
}

/*
 * A JVM below /usr keeps its configuration in /etc and does not start without it:
 * /usr/lib/jvm/java-17-openjdk-amd64 in /etc/java-17-openjdk. Found from the few names in
 * /usr/lib/jvm, which is cheaper than reading /etc.
 */
static void add_java(struct host_facts *f, struct tree *t)
{
	static const char openjdk[] = "-openjdk";
	autoclose int fd = openat(t->fd, "usr/lib/jvm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *d;

	if (fd < 0) {
		note_absence(t);
		return;
	}
	DIR *dir = fdopendir(fd);
	if (!dir) {
		note_absence(t);
		return;
	}
	(void)take_fd(&fd);
	while (errno = 0, (d = readdir(dir))) {
		char name[64];
		const char *end;

		if (d->d_type != DT_DIR || !str_starts(d->d_name, "java-"))
			continue;
		end = strstr(d->d_name, openjdk);
		if (!end || end - d->d_name > 32)
			continue;
		(void)snprintf(name, sizeof(name), "etc/%.*s%s", (int)(end - d->d_name), d->d_name,
			       openjdk);
		(void)add_real(f, t, name, ENTRY_DIR);
	}
	if (errno)
		note_absence(t);
	(void)closedir(dir);
}

/*
 * The pieces of /etc that programs below /usr need to run at all. What names users, hosts
 * or services is made by the plan or left out; /etc/ssl has private keys beside the
 * certificates, so it is never shown whole.
 */
static void add_etc(struct host_facts *f, struct tree *t)
{
	static const struct {
		const char *name;
		enum entry_kind kind;
	} pieces[] = {
		{"etc/ld.so.cache", ENTRY_FILE}, /* libraries outside the default directories */
		{"etc/alternatives", ENTRY_DIR}, /* /usr/bin/java, awk … are links into it */
		{"etc/ssl/certs", ENTRY_DIR},
		{"etc/ssl/openssl.cnf", ENTRY_FILE},
		{"etc/ca-certificates/extracted", ENTRY_DIR}, /* Arch: links in ssl/certs */
	};
	/* Fedora and its relatives */
	static const char *const pki[] = {"etc/pki/tls/certs", "etc/pki/ca-trust/extracted",
					  "etc/crypto-policies/back-ends"};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		(void)add_real(f, t, pieces[i].name, pieces[i].kind);
	if (faccessat(t->fd, "etc/pki/tls", F_OK, 0) < 0) {
		note_absence(t);
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(pki); i++)
			(void)add_real(f, t, pki[i], ENTRY_DIR);
		(void)add_real(f, t, "etc/pki/tls/openssl.cnf", ENTRY_FILE);
	}
	add_localtime(f, t);
	add_java(f, t);
}

static int bad_runtime(struct pb_err *e, int sys, const char *fmt, const char *dir)
{
	/* no fault of who named it */
	const bool host = pb_err_of_host(sys);
	char shown[256];

	(void)pb_err_set(e, host ? PB_ERR_SETUP : PB_ERR_USAGE, sys, fmt,
			 str_escape(shown, sizeof(shown), dir, strlen(dir)));
	if (host)
		return pb_err_step(e, "runtime");
	(void)pb_err_hint(e, "--runtime takes \"host\", \"none\" or the root of a tree with usr, "
			     "bin, lib or lib64 in it");
	return pb_err_step(e, "runtime");
}

static int probe_runtime(struct host_facts *f, const char *runtime, struct pb_err *e)
{
	bool host = !strcmp(runtime, "host");

	if (!strcmp(runtime, "none")) {
		f->runtime = xstrdup(runtime);
		return 0;
	}
	autoclose int fd = path_open_follow(host ? "/" : runtime, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return bad_runtime(e, errno, "cannot open the runtime \"%s\"", runtime);

	f->runtime = host ? xstrdup(runtime) : path_of_fd(fd);
	if (!f->runtime)
		return bad_runtime(e, errno, "cannot tell the path of the runtime \"%s\"", runtime);
	struct tree t = {fd, host || !strcmp(f->runtime, "/") ? "" : f->runtime, 0};
	(void)add_real(f, &t, "usr", ENTRY_DIR);
	add_merged(f, &t);
	if (f->n_entries == 0 && !t.err)
		return bad_runtime(e, 0, "the runtime \"%s\" has no usr, bin or lib", runtime);
	add_etc(f, &t);
	if (t.err) {
		(void)pb_err_set(e, PB_ERR_SETUP, t.err, "cannot look at the runtime \"%s\"", f->runtime);
		return pb_err_step(e, "runtime");
	}
	return 0;
}

/* LANG and TZ reach the plugin as they are, so they are taken only where they look like
 * one: no path of the host's, nothing long, nothing odd. */
static char *env_value(const char *name, const char *also)
{
	const char *v = getenv(name);

	if (!v || !*v)
		return NULL;
	size_t n = strnlen(v, 65);
	if (n > 64 || *v == '/' || str_starts(v, ":/") || strstr(v, ".."))
		return NULL;
	for (const char *p = v; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || strchr("._-", *p);

		if (!plain && !strchr(also, *p))
			return NULL;
	}
	return xstrdup(v);
}

int probe_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

bool probe_seccomp_action(unsigned action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool probe_kernel_at_least(unsigned major, unsigned minor)
{
	struct utsname u;
	unsigned a, b;

	if (uname(&u) || sscanf(u.release, "%u.%u", &a, &b) != 2)
		return false;
	return a > major || (a == major && b >= minor);
}

void probe_cgroup(struct host_facts *f, const struct cgroup_place *p)
{
	free(f->cgroup_reason);
	f->cgroup_controllers = p->controllers;
	f->cgroup_reason = p->reason ? xstrdup(p->reason) : NULL;
}

int probe_facts(struct host_facts *f, const char *runtime, struct pb_err *e)
{
	*f = (struct host_facts){.uid = getuid(), .gid = getgid()};
	f->landlock_abi = probe_landlock_abi();
	f->seccomp = probe_seccomp_action(SECCOMP_RET_KILL_PROCESS);
	f->seccomp_notify = f->seccomp && probe_seccomp_action(SECCOMP_RET_USER_NOTIF);
	f->nproc_per_userns = probe_kernel_at_least(5, 14);
	f->lang = env_value("LANG", "@");
	f->tz = env_value("TZ", "+,/:<>");
	return probe_runtime(f, runtime ? runtime : "host", e);
}
