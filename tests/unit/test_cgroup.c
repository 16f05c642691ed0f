/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux/cgroup: the texts it reads and writes; and, where this process may make cgroups (in
 * the guest of tests/vm), a leaf from making to removal. With an argument, that names
 * the cgroup to use. */
#include "linux/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "linux/usage.h"

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

static void test_controllers(void)
{
	check(cgroup_parse_controllers("cpuset cpu io memory hugetlb pids rdma misc") ==
		      (CG_CPU | CG_MEMORY | CG_PIDS | CG_IO | CG_CPUSET),
	      "controllers: all five among others");
	check(cgroup_parse_controllers("cpusets cpuacct mem pids2 iow") == 0,
	      "controllers: a name that only begins alike does not count");
	check(cgroup_parse_controllers("memory\n") == CG_MEMORY,
	      "controllers: line feed at the end");
	check(cgroup_parse_controllers("") == 0, "controllers: none");
}

static void test_self(void)
{
	char path[64];

	check(cgroup_parse_self("0::/user.slice/a b\n", path, sizeof(path)) == 0 &&
		      !strcmp(path, "/user.slice/a b"),
	      "self: unified");
	check(cgroup_parse_self("4:memory:/x\n1:name=systemd:/\n0::/y\n", path, sizeof(path)) ==
			      0 &&
		      !strcmp(path, "/y"),
	      "self: the unified line among others");
	check(cgroup_parse_self("10::/x\n4:memory:0::/z\n", path, sizeof(path)) == -1,
	      "self: a line that only holds 0:: is not it");
	check(cgroup_parse_self("0::/../other\n", path, sizeof(path)) == -1 &&
		      cgroup_parse_self("0::/..\n", path, sizeof(path)) == -1,
	      "self: outside of the namespace is refused");
	check(cgroup_parse_self("0::/..name\n", path, sizeof(path)) == 0, "self: dots in a name");
	check(cgroup_parse_self("0::/gone (deleted)\n", path, sizeof(path)) == -1,
	      "self: a deleted cgroup is refused");
	check(cgroup_parse_self("0::relative\n", path, sizeof(path)) == -1 &&
		      cgroup_parse_self("0::\n", path, sizeof(path)) == -1 &&
		      cgroup_parse_self("", path, sizeof(path)) == -1,
	      "self: no absolute path is refused");
	char small[8];
	check(cgroup_parse_self("0::/1234567\n", small, sizeof(small)) == -1 &&
		      cgroup_parse_self("0::/123456\n", small, sizeof(small)) == 0,
	      "self: never cut");
}

static bool cpu_is(uint64_t milli, const char *want)
{
	char buf[48];

	return !strcmp(cgroup_format_cpu(buf, sizeof(buf), milli), want);
}

static void test_values(void)
{
	uint64_t v = 7;

	check(cpu_is(250, "25000 100000"), "cpu.max: a quarter of a core");
	check(cpu_is(16000, "1600000 100000"), "cpu.max: sixteen cores");
	check(cpu_is(10, "1000 100000"), "cpu.max: a hundredth is the smallest quota");
	check(cpu_is(1, "1000 1000000"), "cpu.max: below that the period grows");
	check(cgroup_parse_key("low 0\noom 3\noom_kill 2\n", "oom_kill", &v) && v == 2,
	      "key: the whole word");
	check(!cgroup_parse_key("some_oom_kill 2\n", "oom_kill", &v) && v == 2,
	      "key: at the start of the line only");
	check(!cgroup_parse_key("oom_kill x\n", "oom_kill", &v) &&
		      !cgroup_parse_key("oom_kill -1\n", "oom_kill", &v),
	      "key: numbers only");
	check(cgroup_leaf_pid("plugbox-12-ab") == 12, "leaf: its pid");
	check(cgroup_leaf_pid("plugbox-supervisor") == -1 && cgroup_leaf_pid("plugbox-12") == -1 &&
		      cgroup_leaf_pid("plugbox-12-") == -1 &&
		      cgroup_leaf_pid("plugbox-0-a") == -1 &&
		      cgroup_leaf_pid("plugbox-99999999999-a") == -1 &&
		      cgroup_leaf_pid("xplugbox-12-a") == -1 &&
		      cgroup_leaf_pid("plugbox--1-a") == -1,
	      "leaf: other names are not");
}

static void test_usage(void)
{
	static const char io[] = "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n"
				 "259:0 rbytes=100 wbytes=1 rios=1 wios=1 dbytes=7 dios=0";
	static const char pressure[] = "some avg10=0.00 avg60=1.00 avg300=0.30 total=1234\n"
				       "full avg10=0.00 avg60=0.00 avg300=0.00 total=56";
	struct usage u = {0};
	uint64_t v;

	check(usage_sum(io, "rbytes") == 4196 && usage_sum(io, "wbytes") == 8193,
	      "usage: io.stat summed over the disks");
	check(usage_sum("", "rbytes") == 0 && usage_sum("8:0 rbytes=x wbytes", "rbytes") == 0,
	      "usage: no disk, and no number, is nothing");
	check(usage_pressure(pressure, "some", &v) && v == 1234 &&
		      usage_pressure(pressure, "full", &v) && v == 56,
	      "usage: the totals of a pressure file");
	check(!usage_pressure("some avg10=0.00 total=1", "full", &v) && !usage_pressure("", "some", &v),
	      "usage: a kind that is not there");
	usage_set(&u, USAGE_BY_RUSAGE, USAGE_IO_STALLED, 3);
	check(usage_get(&u, USAGE_IO_STALLED) == 3 && usage_get(&u, USAGE_CPU) == 0 &&
		      u.by[USAGE_IO_STALLED] == USAGE_BY_RUSAGE && !u.by[USAGE_CPU] &&
		      usage_by(&u) == USAGE_BY_RUSAGE,
	      "usage: what is set is known, and nothing else");
	for (size_t i = 0; i < USAGE_N; i++)
		if (!usage_keys[i] || !usage_keys[i][0])
			check(false, "usage: each has a key");
	usage_of_cgroup(-1, &u);
	check(usage_get(&u, USAGE_IO_STALLED) == 3 && usage_by(&u) == USAGE_BY_RUSAGE,
	      "usage: without a cgroup it stays as it was");
	usage_forget(&u, USAGE_IO_STALLED);
	check(usage_get(&u, USAGE_IO_STALLED) == 0 && usage_by(&u) == USAGE_BY_NOTHING,
	      "usage: what is forgotten is not known");
}

static void fake_file(int dir, const char *name, const char *text)
{
	autoclose int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		check(false, name);
}

/* Of each figure the best source: a directory stands for a cgroup that lacks controllers, or whose
 * kernel lacks files. */
static void test_usage_merged(void)
{
	char path[] = "/tmp/plugbox-unit.XXXXXX";
	autoclose int dir = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	static const char *const files[] = {"cpu.stat", "memory.peak", "pids.peak"};
	const struct usage before = {
		.by = {[USAGE_CPU] = USAGE_BY_RUSAGE,
		       [USAGE_CPU_USER] = USAGE_BY_RUSAGE,
		       [USAGE_THROTTLED] = USAGE_BY_WATCHDOG,
		       [USAGE_MEMORY_PEAK] = USAGE_BY_WATCHDOG,
		       [USAGE_PIDS_PEAK] = USAGE_BY_WATCHDOG},
		.v = {[USAGE_CPU] = 1, [USAGE_CPU_USER] = 2, [USAGE_THROTTLED] = 3,
		      [USAGE_MEMORY_PEAK] = 4, [USAGE_PIDS_PEAK] = 5},
	};
	struct usage u = before;

	fake_file(dir, "cpu.stat", "usage_usec 10\nuser_usec 6\nsystem_usec 4\n");
	usage_of_cgroup(dir, &u);
	check(usage_get(&u, USAGE_CPU) == 10 && u.by[USAGE_CPU] == USAGE_BY_CGROUP &&
		      usage_get(&u, USAGE_CPU_SYSTEM) == 4 && u.by[USAGE_CPU_SYSTEM] == USAGE_BY_CGROUP,
	      "usage: what the cgroup counts is the cgroup's");
	check(usage_get(&u, USAGE_THROTTLED) == 3 && usage_get(&u, USAGE_MEMORY_PEAK) == 4 &&
		      usage_get(&u, USAGE_PIDS_PEAK) == 5 &&
		      u.by[USAGE_THROTTLED] == USAGE_BY_WATCHDOG &&
		      u.by[USAGE_MEMORY_PEAK] == USAGE_BY_WATCHDOG &&
		      u.by[USAGE_PIDS_PEAK] == USAGE_BY_WATCHDOG && usage_by(&u) == USAGE_BY_CGROUP,
	      "usage: what it has no controller for stays the watchdog's");
	check(!u.by[USAGE_OOM_KILLS] && !u.by[USAGE_IO_READ], "usage: what nobody counts is not known");
	u = before;
	fake_file(dir, "memory.peak", "400\n");
	fake_file(dir, "pids.peak", "7\n");
	usage_of_cgroup(dir, &u);
	check(usage_get(&u, USAGE_MEMORY_PEAK) == 400 && u.by[USAGE_MEMORY_PEAK] == USAGE_BY_CGROUP &&
		      usage_get(&u, USAGE_PIDS_PEAK) == 7,
	      "usage: with the files the peaks are the cgroup's");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(dir, files[i], 0);
	(void)rmdir(path);
}

static void test_refusals(void)
{
	struct cgroup_place p;
	struct cgroup cg = CGROUP_INIT;
	struct cgroup_limits l = {.memory = 1 << 20};
	struct pb_err e = {0};

	check(cgroup_probe("/tmp", &p) == -1 && p.reason && p.dirfd == -1 && !p.controllers,
	      "probe: a directory that is no cgroup is refused with a reason");
	check(cgroup_create(&p, "run", &l, &cg, &e) == -1 && e.kind == PB_ERR_SETUP &&
		      cg.dirfd == -1,
	      "create: not without a place");
	cgroup_place_free(&p);
	check(cgroup_probe("/sys/fs/cgroup/none-of-this-name", &p) == -1 && p.reason,
	      "probe: a cgroup that does not exist is refused with a reason");
	cgroup_place_free(&p);
	cgroup_destroy(&cg);
}

/* ---- a real leaf ---- */

/* Starts work in the leaf by CLONE_INTO_CGROUP. */
static pid_t start(const struct cgroup *cg, void (*work)(void))
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cg->dirfd,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		work();
		_exit(0);
	}
	return pid;
}

static void pause_forever(void)
{
	(void)poll(NULL, 0, -1);
}

/* ends only where nothing stops it */
static void fork_many(void)
{
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (pid <= 0)
			pause_forever();
	}
}

static void eat_memory(void)
{
	size_t n = (size_t)256 << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(3);
	for (size_t i = 0; i < n; i += 4096)
		((volatile char *)p)[i] = 1;
}

/* a second of wall clock, busy */
static void burn(void)
{
	struct timespec a, b;

	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	do {
		(void)clock_gettime(CLOCK_MONOTONIC, &b);
	} while ((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 1000);
}

static bool file_is(int dirfd, const char *file, const char *want)
{
	char text[64];

	return fd_read_file(dirfd, file, text, sizeof(text)) >= 0 && !strcmp(text, want);
}

/* Waits for the pid and returns its status. */
static int ended(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void live_limits(const struct cgroup_place *p)
{
	struct cgroup_limits l = {.cpu_milli = 250, .memory = (16 << 20) + 1, .pids = 20};
	struct usage u = {0};
	struct cgroup cg;
	struct pb_err e = {0};
	bool made = cgroup_create(p, "limits-1", &l, &cg, &e) == 0;

	check(made, "leaf: made with all limits");
	if (!made) {
		printf("# %s\n# %s\n", e.msg, e.hint);
		return;
	}
	char name[64];
	memcpy(name, cg.name, sizeof(name));
	int parent = fcntl(cg.parentfd, F_DUPFD_CLOEXEC, 3);

	check(file_is(cg.dirfd, "cpu.max", "25000 100000") &&
		      file_is(cg.dirfd, "memory.max", "16777216") &&
		      file_is(cg.dirfd, "pids.max", "20"),
	      "leaf: the limits stand in the files");
	pid_t pid = start(&cg, eat_memory);
	int status = ended(pid);
	check(pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	      "memory.max: what eats more is killed");
	usage_of_cgroup(cg.dirfd, &u);
	check(usage_get(&u, USAGE_OOM_KILLS) >= 1, "memory.max: and counted");
	check(usage_get(&u, USAGE_MEMORY_PEAK) <= (16 << 20), "memory.peak: never above the limit");

	pid = start(&cg, fork_many);
	do {
		usage_of_cgroup(cg.dirfd, &u);
		(void)sched_yield();
	} while (pid > 0 && usage_get(&u, USAGE_PIDS_REFUSED) == 0 && waitpid(pid, NULL, WNOHANG) == 0);
	check(usage_get(&u, USAGE_PIDS_REFUSED) >= 1 && usage_get(&u, USAGE_PIDS_PEAK) <= 20,
	      "pids.max: a fork bomb is stopped at the limit");
	check(cgroup_kill(&cg) == 0 && WTERMSIG(ended(pid)) == SIGKILL, "kill: all of it");

	usage_of_cgroup(cg.dirfd, &u);
	uint64_t before = usage_get(&u, USAGE_CPU);
	pid = start(&cg, burn);
	(void)ended(pid);
	usage_of_cgroup(cg.dirfd, &u);
	uint64_t used = usage_get(&u, USAGE_CPU) - before;
	printf("# a busy second under a quarter of a core: %" PRIu64 " us\n", used);
	check(used > 50000 && used < 600000,
	      "cpu.max: a busy second gets about a quarter of one");

	pid = start(&cg, pause_forever);
	cgroup_destroy(&cg);
	check(faccessat(parent, name, F_OK, 0) == -1 && errno == ENOENT && cg.dirfd == -1,
	      "destroy: kills what is left and removes the leaf");
	check(WIFSIGNALED(status = ended(pid)) && WTERMSIG(status) == SIGKILL,
	      "destroy: the process was killed");
	(void)close(parent);
}

static void live_sweep(const struct cgroup_place *p)
{
	struct cgroup_limits l = {.pids = 5};
	char gone[64], foreign[64], alive[64];
	struct cgroup cg;
	struct pb_err e = {0};
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	(void)ended(pid); /* a pid that is free again */
	(void)snprintf(gone, sizeof(gone), "plugbox-%d-gone", (int)pid);
	(void)snprintf(foreign, sizeof(foreign), "other-%d-gone", (int)pid);
	(void)snprintf(alive, sizeof(alive), "plugbox-%d-alive", (int)getppid());
	(void)mkdirat(p->dirfd, gone, 0755);
	(void)mkdirat(p->dirfd, foreign, 0755);
	(void)mkdirat(p->dirfd, alive, 0755);
	check(cgroup_sweep(p->dirfd) == 1 && faccessat(p->dirfd, gone, F_OK, 0) == -1,
	      "sweep: the leaf of a plugbox that is gone");
	check(faccessat(p->dirfd, foreign, F_OK, 0) == 0 &&
		      faccessat(p->dirfd, alive, F_OK, 0) == 0,
	      "sweep: not those of living ones or of others");
	(void)unlinkat(p->dirfd, foreign, AT_REMOVEDIR);
	(void)unlinkat(p->dirfd, alive, AT_REMOVEDIR);

	check(cgroup_create(p, "../x", &l, &cg, &e) == -1 && cg.dirfd == -1,
	      "create: a run id that is none is refused");
	check(cgroup_create(p, "", &l, &cg, &e) == -1, "create: so is an empty one");
}

int main(int argc, char **argv)
{
	struct cgroup_place p;

	test_controllers();
	test_self();
	test_values();
	test_usage();
	test_usage_merged();
	test_refusals();
	if (cgroup_probe(argc > 1 ? argv[1] : NULL, &p) ||
	    (p.controllers & (CG_CPU | CG_MEMORY | CG_PIDS)) != (CG_CPU | CG_MEMORY | CG_PIDS)) {
		printf("# %s\n", p.reason ? p.reason : "controllers are missing");
		if (argc > 1)
			check(false, "a leaf in the cgroup given");
		else
			skip("a real leaf", "needs cgroup2");
	} else {
		printf("# in %s%s\n", p.shown, p.move_self ? ", moving aside" : "");
		live_limits(&p);
		live_sweep(&p);
	}
	cgroup_place_free(&p);
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
