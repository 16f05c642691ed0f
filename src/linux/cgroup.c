/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/str.h"
#include "spec/value.h"

#define MOUNT_POINT "/sys/fs/cgroup"
#define SUPERVISOR "plugbox-supervisor"
#define DESTROY_WAIT_MS 5000

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static const struct {
	unsigned bit;
	const char *name;
} controllers[] = {
	{CG_CPU, "cpu"}, {CG_MEMORY, "memory"}, {CG_PIDS, "pids"},
	{CG_IO, "io"},	 {CG_CPUSET, "cpuset"},
};

/* What the usual limits stand on. */
#define CG_USUAL (CG_CPU | CG_MEMORY | CG_PIDS)

/* Switched on for every leaf: what the counts of usage stand on. */
#define CG_COUNTING (CG_USUAL | CG_IO)

/* ---- pure parts ---- */

unsigned cgroup_parse_controllers(const char *text)
{
	unsigned found = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");

		for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
			if (strlen(controllers[i].name) == n &&
			    !memcmp(text, controllers[i].name, n))
				found |= controllers[i].bit;
		}
		text += n;
		text += strspn(text, " \n");
	}
	return found;
}

int cgroup_parse_self(const char *text, char *path, size_t size)
{
	const char *line = text;

	while (line && !str_starts(line, "0::")) {
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	if (!line)
		return -1;
	line += 3;
	size_t n = strcspn(line, "\n");
	if (n == 0 || line[0] != '/' || n >= size)
		return -1;
	memcpy(path, line, n);
	path[n] = '\0';
	/* "/.." is a cgroup outside the namespace that the mount shows */
	if (!strcmp(path, "/..") || str_starts(path, "/../"))
		return -1;
	if (n > 10 && !strcmp(path + n - 10, " (deleted)"))
		return -1;
	return 0;
}

char *cgroup_format_cpu(char *buf, size_t size, uint64_t cpu_milli)
{
	/* The kernel takes no quota below a millisecond: under a hundredth of a core the
	 * period grows instead, to its own upper bound of one second. */
	uint64_t period = cpu_milli < 10 ? 1000000 : 100000;

	(void)snprintf(buf, size, "%" PRIu64 " %" PRIu64, cpu_milli * (period / 1000), period);
	return buf;
}

static bool parse_u64(const char *s, uint64_t *v)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*v = strtoull(s, &end, 10);
	return !errno && (*end == '\0' || *end == '\n' || *end == ' ');
}

bool cgroup_parse_key(const char *text, const char *key, uint64_t *v)
{
	size_t n = strlen(key);

	for (const char *line = text; line && *line;) {
		if (!strncmp(line, key, n) && line[n] == ' ')
			return parse_u64(line + n + 1, v);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return false;
}

long cgroup_leaf_pid(const char *name)
{
	long pid = 0;

	if (!str_starts(name, "plugbox-"))
		return -1;
	name += strlen("plugbox-");
	if (*name < '1' || *name > '9')
		return -1;
	for (; *name >= '0' && *name <= '9'; name++) {
		pid = pid * 10 + (*name - '0');
		if (pid > INT32_MAX)
			return -1;
	}
	return name[0] == '-' && name[1] ? pid : -1;
}

/* ---- probing ---- */

static int unusable(struct cgroup_place *p, const char *remedy, char *reason)
{
	free(p->reason);
	p->reason = reason;
	p->remedy = remedy;
	p->controllers = 0;
	return -1;
}

static const char *remedy_delegate(void)
{
	return geteuid() == 0
		       ? "start plugbox in a cgroup of its own, as with systemd-run --scope "
			 "-p Delegate=yes plugbox ..., or make one and name it with --cgroup"
		       : "start plugbox in a cgroup of its own that is delegated to this user, as "
			 "with systemd-run --user --scope -p Delegate=yes plugbox ..., or name one "
			 "with --cgroup";
}

static const char remedy_v2[] =
	"boot with the unified hierarchy: systemd.unified_cgroup_hierarchy=1 on the kernel's "
	"command line";

static bool is_cgroup2(int fd)
{
	struct statfs sf;

	return fstatfs(fd, &sf) == 0 && sf.f_type == CGROUP2_SUPER_MAGIC;
}

/* Opens the cgroup2 mount. */
static int open_mount(struct cgroup_place *p)
{
	autoclose int fd = open(MOUNT_POINT, DIR_FLAGS);
	struct statfs sf;

	if (fd < 0)
		return unusable(p, "mount cgroup2 on " MOUNT_POINT,
				xasprintf("cannot open " MOUNT_POINT ": %s", strerror(errno)));
	if (is_cgroup2(fd))
		return take_fd(&fd);
	if (statfs(MOUNT_POINT "/unified", &sf) == 0 && sf.f_type == CGROUP2_SUPER_MAGIC)
		return unusable(p, remedy_v2,
				xstrdup("hybrid hierarchy: the cpu, memory and pids controllers "
					"are bound to cgroup v1"));
	if (faccessat(fd, "memory", F_OK, 0) == 0 || faccessat(fd, "pids", F_OK, 0) == 0)
		return unusable(p, remedy_v2,
				xstrdup("this host uses cgroup v1, plugbox needs cgroup v2"));
	return unusable(p, "mount cgroup2 on " MOUNT_POINT,
			xstrdup("no cgroup v2 file system at " MOUNT_POINT));
}

int cgroup_own_path(char *path, size_t size)
{
	char text[8192];

	if (fd_read_file(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) < 0)
		return -1;
	return cgroup_parse_self(text, path, size);
}

static int open_own(int mount, struct cgroup_place *p)
{
	char path[4096];

	if (cgroup_own_path(path, sizeof(path)))
		return unusable(p, remedy_delegate(),
				xstrdup("the cgroup of this process is not visible here"));
	p->shown = xstrdup(path);
	int fd = openat(mount, path[1] ? path + 1 : ".", DIR_FLAGS | O_NOFOLLOW);
	if (fd < 0)
		return unusable(p, remedy_delegate(),
				xasprintf("cannot open the cgroup %s: %s", path, strerror(errno)));
	return fd;
}

/*
 * The kernel moves a process (or creates one) from cgroup A into cgroup B only for who
 * may write cgroup.procs of the nearest ancestor of both. Told here, since the EACCES
 * that clone would give says nothing.
 */
static int check_ancestor(int fd, int mount, struct cgroup_place *p)
{
	char link[32], own[4096], there[4096], base[4096], want[4096];
	ssize_t n, m;
	size_t common = 0;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, there, sizeof(there) - 1);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", mount);
	m = readlink(link, base, sizeof(base) - 1);
	if (n < 0 || m < 0 || cgroup_own_path(own, sizeof(own)))
		return 0; /* not to be told: let clone find out */
	there[n] = base[m] = '\0';
	if (!path_below(there, base))
		return 0;
	memmove(there, there + m, (size_t)(n - m) + 1);
	for (size_t i = 0;; i++) {
		bool a = own[i] == '\0' || own[i] == '/', b = there[i] == '\0' || there[i] == '/';

		if (a && b)
			common = i;
		if (own[i] != there[i] || own[i] == '\0')
			break;
	}
	(void)snprintf(want, sizeof(want), "./%.*s/cgroup.procs", (int)common, there);
	if (faccessat(mount, want, W_OK, AT_EACCESS) == 0)
		return 0;
	return unusable(p, "start plugbox from a process inside the delegated cgroup",
			xasprintf("this process is in %s, and %.*s/cgroup.procs, which both "
				  "lie below, is not writable",
				  own, (int)common, there));
}

static int open_given(const char *given, struct cgroup_place *p)
{
	autoclose int mount = -1;
	autoclose int fd = -1;

	p->shown = xstrdup(given);
	if (given[0] == '/') {
		fd = open(given, DIR_FLAGS);
		mount = open(MOUNT_POINT, DIR_FLAGS);
	} else {
		mount = open_mount(p);
		if (mount < 0)
			return -1;
		fd = openat(mount, given[0] ? given : ".", DIR_FLAGS);
	}
	if (fd < 0)
		return unusable(p, "make it and hand it to this user (mkdir, chown)",
				xasprintf("cannot open the cgroup \"%s\": %s", given,
					  strerror(errno)));
	if (!is_cgroup2(fd))
		return unusable(p, "name a directory below the cgroup2 mount",
				xasprintf("\"%s\" is no cgroup v2 directory", given));
	if (mount >= 0 && check_ancestor(fd, mount, p))
		return -1;
	return take_fd(&fd);
}

/* Whether the processes in the cgroup allow controllers to be enabled for children:
 * 0 none there, 1 plugbox alone, -1 others. */
static int occupants(int dirfd)
{
	char text[64], own[16];
	ssize_t n = fd_read_file(dirfd, "cgroup.procs", text, sizeof(text));

	if (n < 0) /* EFBIG: more than a few */
		return -1;
	if (n == 0)
		return 0;
	(void)snprintf(own, sizeof(own), "%d", (int)getpid());
	return strcmp(text, own) ? -1 : 1;
}

static int check_writable(struct cgroup_place *p)
{
	static const char *const files[] = {".", "cgroup.procs", "cgroup.subtree_control"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (faccessat(p->dirfd, files[i], W_OK, AT_EACCESS) == 0)
			continue;
		if (errno == EROFS)
			return unusable(p, "run the container with a writable cgroup file system",
					xstrdup("the cgroup file system is mounted read-only"));
		return unusable(p, remedy_delegate(),
				i == 0 ? xasprintf("the cgroup %s is not writable for this user",
						   p->shown)
				       : xasprintf("%s of the cgroup %s is not writable for this "
						   "user",
						   files[i], p->shown));
	}
	return 0;
}

static int check_place(struct cgroup_place *p)
{
	char text[1024];

	if (check_writable(p))
		return -1;
	if (fd_read_file(p->dirfd, "cgroup.controllers", text, sizeof(text)) < 0)
		return unusable(p, NULL,
				xasprintf("cannot read cgroup.controllers of %s: %s", p->shown,
					  strerror(errno)));
	p->controllers = cgroup_parse_controllers(text);
	if (!(p->controllers & CG_USUAL))
		return unusable(p,
				"have the controllers delegated: Delegate=cpu memory pids in "
				"the unit above",
				xasprintf("the cgroup %s has none of the controllers cpu, memory "
					  "and pids",
					  p->shown));
	if (fd_read_file(p->dirfd, "cgroup.subtree_control", text, sizeof(text)) < 0)
		return unusable(p, NULL,
				xasprintf("cannot read cgroup.subtree_control of %s: %s", p->shown,
					  strerror(errno)));
	p->enabled = cgroup_parse_controllers(text) & p->controllers;
	if (p->enabled == p->controllers)
		return 0;
	/* The root of the hierarchy (which has no cgroup.type) may hold processes and
	 * distribute; any other cgroup does one or the other. */
	if (faccessat(p->dirfd, "cgroup.type", F_OK, 0) && errno == ENOENT)
		return 0;
	switch (occupants(p->dirfd)) {
	case 0:
		return 0;
	case 1:
		p->move_self = true;
		return 0;
	default:
		break;
	}
	if (p->enabled & CG_USUAL) {
		/* what is on already can be used, even so */
		p->controllers = p->enabled;
		return 0;
	}
	return unusable(p, remedy_delegate(),
			xasprintf("the cgroup %s holds other processes than plugbox, so "
				  "controllers cannot be enabled below it",
				  p->shown));
}

int cgroup_probe(const char *given, struct cgroup_place *p)
{
	*p = (struct cgroup_place){.dirfd = -1};
	if (given) {
		p->dirfd = open_given(given, p);
	} else {
		autoclose int mount = open_mount(p);

		if (mount >= 0)
			p->dirfd = open_own(mount, p);
	}
	if (p->dirfd < 0)
		return -1;
	if (check_place(p)) {
		close_fd(&p->dirfd);
		return -1;
	}
	return 0;
}

void cgroup_place_free(struct cgroup_place *p)
{
	close_fd(&p->dirfd);
	free(p->shown);
	free(p->reason);
	*p = (struct cgroup_place){.dirfd = -1};
}

/* ---- making ---- */

static int fail(struct pb_err *e, int sys, const char *what, const char *remedy)
{
	(void)pb_err_set(e, PB_ERR_SETUP, sys, "cannot %s", what);
	if (remedy)
		(void)pb_err_hint(e, "%s", remedy);
	return pb_err_step(e, "cgroup");
}

static bool valid_run_id(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return n > 0 && n <= 40 && id[n] == '\0';
}

/* "+cpu +pids" or "-cpu -pids" for the bits, one write as the kernel wants it. */
static int switch_controllers(int dirfd, char sign, unsigned bits)
{
	char text[64];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (bits & controllers[i].bit)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%c%s", n ? " " : "",
					      sign, controllers[i].name);
	}
	return n ? fd_write_file(dirfd, "cgroup.subtree_control", text) : 0;
}

/* A cgroup either holds processes or hands out resources, so plugbox steps aside. */
static int step_aside(int dirfd)
{
	if (mkdirat(dirfd, SUPERVISOR, 0755) && errno != EEXIST)
		return -1;
	autoclose int fd = openat(dirfd, SUPERVISOR, DIR_FLAGS | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	return fd_write_file(fd, "cgroup.procs", "0");
}

/* The reverse; each part may fail without harm, the next sweep removes the rest. */
static void step_back(const struct cgroup *cg)
{
	/* every run holds the place shared: while another one lives its limits stand on these
	 * controllers, and the kernel would take them away without a word */
	if (flock(cg->parentfd, LOCK_EX | LOCK_NB) == 0 &&
	    switch_controllers(cg->parentfd, '-', cg->enabled) == 0)
		(void)fd_write_file(cg->parentfd, "cgroup.procs", "0");
}

static int prepare_place(const struct cgroup_place *p, unsigned need, struct cgroup *cg,
			 struct pb_err *e)
{
	char text[256];
	unsigned missing = p->controllers & (need | CG_COUNTING);

	/* read again under the lock: the run that had enabled them may have ended since */
	if (fd_read_file(cg->parentfd, "cgroup.subtree_control", text, sizeof(text)) >= 0)
		missing &= ~cgroup_parse_controllers(text);
	if (!missing)
		return 0;
	if (p->move_self) {
		if (step_aside(p->dirfd))
			return fail(e, errno, "move plugbox into a cgroup of its own",
				    remedy_delegate());
		cg->moved = !p->transient;
	}
	if (switch_controllers(p->dirfd, '+', missing)) {
		fail(e, errno, "enable the controllers in cgroup.subtree_control",
		     remedy_delegate());
		return -1;
	}
	cg->enabled = missing;
	return 0;
}

/* Writes one limit and reads it back: what the kernel keeps is what holds. got, where
 * it is non-NULL, is the text to expect instead of want. */
static int put(int dirfd, const char *file, const char *want, const char *got, struct pb_err *e)
{
	char text[64], what[80];

	(void)snprintf(what, sizeof(what), "set %s to \"%s\"", file, want);
	if (fd_write_file(dirfd, file, want))
		return fail(e, errno, what, NULL);
	if (fd_read_file(dirfd, file, text, sizeof(text)) < 0)
		return fail(e, errno, what, NULL);
	if (strcmp(text, got ? got : want)) {
		(void)pb_err_set(e, PB_ERR_SETUP, 0, "cannot %s: the kernel kept \"%s\"", what,
				 text);
		return pb_err_step(e, "cgroup");
	}
	return 0;
}

/* A number of bytes, of which the kernel keeps whole pages. */
static int put_bytes(int dirfd, const char *file, uint64_t bytes, struct pb_err *e)
{
	char want[32], got[32];
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	(void)snprintf(want, sizeof(want), "%" PRIu64, bytes);
	(void)snprintf(got, sizeof(got), "%" PRIu64, bytes / page * page);
	return put(dirfd, file, want, got, e);
}

static int put_memory(int dirfd, const struct cgroup_limits *l, struct pb_err *e)
{
	if (l->memory_high && put_bytes(dirfd, "memory.high", l->memory_high, e))
		return -1;
	/* absent where the kernel does not account swap: then there is none to limit */
	if ((l->memory || l->has_swap) && faccessat(dirfd, "memory.swap.max", F_OK, 0) == 0 &&
	    put_bytes(dirfd, "memory.swap.max", l->swap, e))
		return -1;
	if (!l->memory)
		return 0;
	if (put_bytes(dirfd, "memory.max", l->memory, e))
		return -1;
	/* one victim of many would leave a plugin half alive */
	return put(dirfd, "memory.oom.group", "1", NULL, e);
}

static int put_number(int dirfd, const char *file, uint64_t v, struct pb_err *e)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, v);
	return put(dirfd, file, text, NULL, e);
}

static int put_cpus(int dirfd, uint64_t mask, struct pb_err *e)
{
	char want[LIMIT_TEXT_MAX], got[LIMIT_TEXT_MAX];
	uint64_t holds = 0;
	const char *why;

	(void)limit_format(want, sizeof(want), LIMIT_CPUS, mask);
	if (put(dirfd, "cpuset.cpus", want, NULL, e))
		return -1;
	/* where none of them is to be had the kernel lets the plugin run on all of the parent's */
	if (fd_read_file(dirfd, "cpuset.cpus.effective", got, sizeof(got)) < 0 ||
	    value_cpus(got, &holds, &why) < 0 || (holds & ~mask)) {
		(void)pb_err_set(e, PB_ERR_SETUP, 0, "cannot keep the plugin to the processors %s",
				 want);
		(void)pb_err_hint(e, "name some that are there and given to the cgroup");
		return pb_err_step(e, "cgroup");
	}
	return 0;
}

/* The limit of one disk, "MAJOR:MINOR" in id. One that went away meanwhile needs none. */
static int put_disk(int dirfd, const char *id, const struct cgroup_limits *l, struct pb_err *e)
{
	char want[128], line[160], text[8192], read[48] = "", written[48] = "";
	const char *at;

	if (l->io_read)
		(void)snprintf(read, sizeof(read), " rbps=%" PRIu64 " ", l->io_read);
	if (l->io_write)
		(void)snprintf(written, sizeof(written), " wbps=%" PRIu64 " ", l->io_write);
	(void)snprintf(want, sizeof(want), "%s%s%s", id, read, written);
	if (fd_write_file(dirfd, "io.max", want))
		return errno == ENODEV || errno == ENXIO
			       ? 0
			       : fail(e, errno, "limit the disks in io.max", NULL);
	if (fd_read_file(dirfd, "io.max", text, sizeof(text)) < 0)
		return fail(e, errno, "read io.max", NULL);
	(void)snprintf(line, sizeof(line), "%s ", id);
	for (at = text; at && !str_starts(at, line);) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (at) {
		(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		if (strstr(line, read) && strstr(line, written))
			return 0;
	}
	return fail(e, 0, "limit the disks: the kernel did not keep what io.max was told", NULL);
}

/* The kernel limits whole disks, each by itself. */
static int put_disks(int leaf, const struct cgroup_limits *l, struct pb_err *e)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *d;
	int rc = 0;

	if (!dir)
		return fail(e, errno, "list the disks in /sys/block", NULL);
	while (rc == 0 && (d = readdir(dir))) {
		char path[300], id[32];
		uint64_t sectors;

		(void)snprintf(path, sizeof(path), "%s/size", d->d_name);
		/* loop devices that are not in use have no size */
		if (d->d_name[0] == '.' || fd_read_file(dirfd(dir), path, id, sizeof(id)) < 0 ||
		    !parse_u64(id, &sectors) || !sectors)
			continue;
		(void)snprintf(path, sizeof(path), "%s/dev", d->d_name);
		if (fd_read_file(dirfd(dir), path, id, sizeof(id)) > 0)
			rc = put_disk(leaf, id, l, e);
	}
	(void)closedir(dir);
	return rc;
}

static int put_io(int dirfd, const struct cgroup_limits *l, struct pb_err *e)
{
	char want[32], got[48];

	if (l->io_weight) {
		(void)snprintf(want, sizeof(want), "%" PRIu64, l->io_weight);
		(void)snprintf(got, sizeof(got), "default %" PRIu64, l->io_weight);
		if (put(dirfd, "io.weight", want, got, e))
			return -1;
	}
	return l->io_read || l->io_write ? put_disks(dirfd, l, e) : 0;
}

static int put_limits(const struct cgroup *cg, const struct cgroup_limits *l, struct pb_err *e)
{
	char text[48];

	if (!LAYER_ON(CGROUP))
		return 0;
	if (l->cpu_milli &&
	    put(cg->dirfd, "cpu.max", cgroup_format_cpu(text, sizeof(text), l->cpu_milli), NULL, e))
		return -1;
	if (l->cpu_weight && put_number(cg->dirfd, "cpu.weight", l->cpu_weight, e))
		return -1;
	if (l->cpus && put_cpus(cg->dirfd, l->cpus, e))
		return -1;
	if (put_memory(cg->dirfd, l, e) || put_io(cg->dirfd, l, e))
		return -1;
	return l->pids ? put_number(cg->dirfd, "pids.max", l->pids, e) : 0;
}

static int make_leaf(const struct cgroup_place *p, const char *run_id, struct cgroup *cg,
		     struct pb_err *e)
{
	char name[sizeof(cg->name)];

	(void)snprintf(name, sizeof(name), "plugbox-%d-%s", (int)getpid(), run_id);
	if (mkdirat(p->dirfd, name, 0755))
		return fail(e, errno, "make a cgroup", remedy_delegate());
	memcpy(cg->name, name, sizeof(name));
	cg->dirfd = openat(p->dirfd, name, DIR_FLAGS | O_NOFOLLOW);
	if (cg->dirfd < 0)
		return fail(e, errno, "open the new cgroup", NULL);
	/* A sign of life for sweeps of other plugboxes, which the kernel takes back
	 * however this one ends, and which works across pid namespaces. */
	(void)flock(cg->dirfd, LOCK_EX | LOCK_NB);
	return 0;
}

int cgroup_create(const struct cgroup_place *p, const char *run_id, const struct cgroup_limits *l,
		  struct cgroup *cg, struct pb_err *e)
{
	unsigned need = (l->cpu_milli || l->cpu_weight ? CG_CPU : 0) |
			(l->memory || l->memory_high || l->has_swap ? CG_MEMORY : 0) |
			(l->pids ? CG_PIDS : 0) | (l->cpus ? CG_CPUSET : 0) |
			(l->io_weight || l->io_read || l->io_write ? CG_IO : 0);

	*cg = CGROUP_INIT;
	if (p->dirfd < 0)
		return fail(e, 0, "make a cgroup: no place for one", p->remedy);
	if (!valid_run_id(run_id))
		return fail(e, EINVAL, "make a cgroup for this run id", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (!(need & ~p->controllers & controllers[i].bit))
			continue;
		(void)pb_err_set(e, PB_ERR_SETUP, 0, "the cgroup %s has no %s controller", p->shown,
				 controllers[i].name);
		(void)pb_err_hint(e, "have it delegated: Delegate=cpu memory pids in the unit "
				     "above, or run with --best-effort");
		return pb_err_step(e, "cgroup");
	}
	cg->controllers = p->controllers;
	/* a description of its own: the lock belongs to it */
	cg->parentfd = openat(p->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cg->parentfd < 0 || flock(cg->parentfd, LOCK_SH) < 0)
		return fail(e, errno, "keep the cgroup open", NULL);
	if (prepare_place(p, need, cg, e) || make_leaf(p, run_id, cg, e) || put_limits(cg, l, e)) {
		cgroup_destroy(cg);
		return -1;
	}
	return 0;
}

/* ---- ending ---- */

/* For kernels before 5.14. Frozen first, so that none of them forks while the list is
 * read; SIGKILL ends frozen tasks. */
static int kill_each(int dirfd)
{
	(void)fd_write_file(dirfd, "cgroup.freeze", "1");
	for (int round = 0; round < 100; round++) {
		autoclose int fd = openat(dirfd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
		char line[32];
		bool any = false;

		if (fd < 0)
			return -1;
		FILE *f = fdopen(take_fd(&fd), "re");
		if (!f)
			return -1;
		while (fgets(line, sizeof(line), f)) {
			uint64_t pid;

			/* 0 is a process of another pid namespace, and to kill(2) our group */
			if (parse_u64(line, &pid) && pid > 0 && pid <= INT32_MAX) {
				any = true;
				(void)kill((pid_t)pid, SIGKILL);
			}
		}
		(void)fclose(f);
		if (!any)
			break;
	}
	(void)fd_write_file(dirfd, "cgroup.freeze", "0");
	return 0;
}

int cgroup_kill(const struct cgroup *cg)
{
	if (fd_write_file(cg->dirfd, "cgroup.kill", "1") == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	return kill_each(cg->dirfd);
}

/* Waits until no live task is in the cgroup; cgroup.events raises POLLPRI on change. */
static bool wait_empty(int dirfd)
{
	autoclose int fd = openat(dirfd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	int64_t end = clock_ms() + DESTROY_WAIT_MS, left = DESTROY_WAIT_MS;

	while (fd >= 0 && left > 0) {
		struct pollfd pfd = {.fd = fd, .events = POLLPRI};
		char text[256];
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
		uint64_t populated;

		if (n <= 0)
			return false;
		text[n] = '\0';
		if (!cgroup_parse_key(text, "populated", &populated))
			return false;
		if (!populated)
			return true;
		if (poll(&pfd, 1, (int)left) < 0 && errno != EINTR)
			return false;
		left = end - clock_ms();
	}
	return false;
}

void cgroup_destroy(struct cgroup *cg)
{
	if (cg->dirfd >= 0) {
		(void)cgroup_kill(cg);
		(void)wait_empty(cg->dirfd);
	}
	if (cg->parentfd >= 0) {
		if (cg->name[0])
			(void)unlinkat(cg->parentfd, cg->name, AT_REMOVEDIR);
		close_fd(&cg->dirfd);
		if (cg->moved)
			step_back(cg);
		(void)cgroup_sweep(cg->parentfd);
	}
	close_fd(&cg->dirfd);
	close_fd(&cg->parentfd);
	*cg = CGROUP_INIT;
}

/* A leaf is abandoned when its plugbox is neither a process here nor holds its lock. */
static bool abandoned(int dirfd, const char *name, long pid)
{
	if (kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return false;
	autoclose int fd = openat(dirfd, name, DIR_FLAGS | O_NOFOLLOW);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int cgroup_sweep(int dirfd)
{
	/* a description of its own: a shared one would share the read position */
	autoclose int fd = openat(dirfd, ".", DIR_FLAGS);
	struct dirent *d;
	int removed = 0;

	if (fd < 0)
		return 0;
	DIR *dir = fdopendir(fd);
	if (!dir)
		return 0;
	(void)take_fd(&fd);
	while ((d = readdir(dir))) {
		long pid = cgroup_leaf_pid(d->d_name);

		/* rmdir removes an empty cgroup only */
		if (pid > 0 && abandoned(dirfd, d->d_name, pid) &&
		    unlinkat(dirfd, d->d_name, AT_REMOVEDIR) == 0)
			removed++;
	}
	(void)closedir(dir);
	(void)unlinkat(dirfd, SUPERVISOR, AT_REMOVEDIR); /* of one that was killed, when empty */
	return removed;
}
