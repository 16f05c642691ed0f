/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The watchdog's arithmetic, on made-up processes, and how it reads the kernel's texts. */
#include "run/watchdog.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "linux/smaps.h"
#include "tap.h"

#define SECOND UINT64_C(1000000)

static void put(struct proc_list *l, pid_t pid, uint64_t start, uint64_t own, uint64_t waited)
{
	grow(&l->v, &l->cap, l->n, sizeof(*l->v));
	l->v[l->n++] = (struct proc_use){
		.pid = pid, .ppid = 1, .start = start, .own = own * SECOND, .waited = waited * SECOND};
}

static void test_stat(void)
{
	static const char *const bad[] = {
		"", "1", "1 (a", "1 (a) S", "1 (a) S 1 2 3",
		"1 (a) S 1 0 0 0 0 0 0 0 0 0 1 2 3 4 0 0 0 0 5 6", /* one short */
	};
	struct proc_use u = {0};

	ok(pidns_parse_stat("7 (a) S 1 0 0 0 0 0 0 0 0 0 10 20 30 40 20 0 1 0 99 8192 3 0", 4096, 10000,
			    &u) == 0 &&
		   u.ppid == 1 && u.own == 300000 && u.waited == 700000 && u.start == 99 &&
		   u.vsize == 8192 && u.rss == 3 * 4096 && u.threads == 1,
	   "stat: all fields");
	ok(pidns_parse_stat("7 () S 9 (x) \n) R 2 0 0 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 5 1 1 0", 4096,
			    10000, &u) == 0 &&
		   u.ppid == 2 && u.start == 5,
	   "stat: a name that looks like fields");
	ok(pidns_parse_stat("7 (a) Z 1 0 0 0 0 0 0 0 0 0 1 2 -3 -4 20 0 1 0 5 0 -1 0", 4096, 10000,
			    &u) == 0 &&
		   u.waited == 0 && u.rss == 0,
	   "stat: nothing below 0");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(pidns_parse_stat(bad[i], 4096, 10000, &u) < 0, "stat: not %zu", i);
}

static void test_kb(void)
{
	static const char text[] = "Name:\tRssAnon: 1 kB\nVmRSS:\t     12 kB\nRssAnon:\t  5 kB\n";
	uint64_t v = 7;

	ok(pidns_parse_kb(text, "RssAnon:", &v) && v == 5 * 1024,
	   "a key counts at the start of a line only");
	ok(pidns_parse_kb(text, "VmRSS:", &v) && v == 12 * 1024, "one in the middle");
	v = 7;
	ok(!pidns_parse_kb(text, "VmSwap:", &v) && v == 7, "one that is not there");
	ok(!pidns_parse_kb("VmSwap: x kB\n", "VmSwap:", &v) && v == 7, "one without a number");
}

/* Where there is no pid namespace: what is below the first process, with the child of one that ended
 * while the list was read. */
static void test_below(void)
{
	struct proc_use host[] = {
		{.pid = 1},		   {.pid = 2, .ppid = 0},   {.pid = 10, .ppid = 1},
		{.pid = 20, .ppid = 10},   {.pid = 21, .ppid = 20}, {.pid = 22, .ppid = 21},
		{.pid = 23, .ppid = 19},   {.pid = 24, .ppid = 18}, {.pid = 25, .ppid = 23},
		{.pid = 30, .ppid = 10},   {.pid = 31, .ppid = 32}, {.pid = 32, .ppid = 31},
	};
	struct proc_use ours[] = {{.pid = 19, .ppid = 20}, {.pid = 20, .ppid = 10}};
	const struct proc_list before = {.v = ours, .n = 2};
	struct proc_list list = {.v = host, .n = sizeof(host) / sizeof(host[0])};

	proc_list_below(&list, 20, &before);
	ok(list.n == 5 && list.v[0].pid == 20 && list.v[1].pid == 21 && list.v[2].pid == 22 &&
		   list.v[3].pid == 23 && list.v[4].pid == 25,
	   "of a host's processes those of the sandbox");
	proc_list_below(&list, 99, &(struct proc_list){0});
	ok(list.n == 0, "none where its first process is gone");
}

static void test_tally(void)
{
	struct watch_tally t = {0};
	struct proc_list l = {0};

	put(&l, 1, 1, 0, 0);
	put(&l, 2, 1, 3, 0);
	watch_tally_add(&t, &l);
	ok(t.cpu == 3 * SECOND && l.n == 0, "a new process counts from its start");
	put(&l, 1, 1, 0, 0);
	put(&l, 2, 1, 5, 0);
	put(&l, 3, 2, 1, 0);
	watch_tally_add(&t, &l);
	ok(t.cpu == 6 * SECOND, "then what it adds");
	/* 3 ended at 2 and 2 waited for it; two more that were never seen took 4 each */
	put(&l, 1, 1, 0, 0);
	put(&l, 2, 1, 5, 10);
	watch_tally_add(&t, &l);
	ok(t.cpu == 15 * SECOND, "of one that was seen only what was not, of the others all");
	/* nobody seems to have waited for 2 yet */
	put(&l, 1, 1, 0, 0);
	watch_tally_add(&t, &l);
	ok(t.cpu == 15 * SECOND, "one that ends takes nothing away");
	put(&l, 1, 1, 0, 16);
	watch_tally_add(&t, &l);
	ok(t.cpu == 16 * SECOND, "and is not counted again a look later");
	put(&l, 1, 1, 0, 16);
	put(&l, 2, 50, 2, 0);
	watch_tally_add(&t, &l);
	ok(t.cpu == 18 * SECOND, "a number that is used again is another process");
	put(&l, 1, 1, 0, 18);
	put(&l, 2, 60, 1, 0);
	watch_tally_add(&t, &l);
	ok(t.cpu == 19 * SECOND, "also when the first has just ended");
	proc_list_free(&l);
	proc_list_free(&t.last);
}

static void test_share(void)
{
	struct watch_share s = {.milli = 250};
	uint64_t now = 7 * SECOND;
	uint64_t used = 0;

	ok(!watch_share_settle(&s, now, 0) && s.left == 25000, "a start with a tenth of a second's share");
	ok(watch_share_settle(&s, now += 100000, 50000) && s.left == -25000,
	   "what is used is taken from it");
	ok(watch_share_wait(&s, 2) == 101, "and comes back as the share says");
	ok(!watch_share_settle(&s, now + 100000, 0) && s.left == 0, "at zero the processes go on");
	ok(!watch_share_settle(&s, now += 60 * SECOND, 0) && s.left == 25000,
	   "what was not used does not pile up");
	ok(watch_share_wait(&s, 2) == 13, "the more processors, the sooner it is gone");
	/* a plugin that takes two processors whenever it may, looked at every 10 ms */
	s = (struct watch_share){.milli = 250};
	for (uint64_t t = 1; t <= 1000; t++) {
		const uint64_t took = s.held ? 0 : 20000;

		used += took;
		s.held = watch_share_settle(&s, t * 10000, took);
	}
	ok(used > 2400000 && used < 2600000, "over ten seconds the share holds (%llu us)",
	   (unsigned long long)used);
	/* and one that is looked at too late: what it took it waits for */
	s = (struct watch_share){.milli = 250, .left = 0, .at = 1};
	ok(watch_share_settle(&s, 1 + SECOND, 2 * SECOND) && s.left == 25000 - 2 * (int64_t)SECOND,
	   "a look that comes late settles all of it");
}

/* A real one: this machine's own /proc, where this process is among others. */
static void test_scan(void)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct proc_list l = {0};
	struct proc_memory all = {0};
	struct proc_memory part = {0};
	bool sorted = true;
	bool found = false;

	ok(proc >= 0 && pidns_scan(proc, &l) == 0, "scan");
	for (size_t i = 0; i < l.n; i++) {
		sorted &= i == 0 || l.v[i - 1].pid < l.v[i].pid;
		found |= l.v[i].pid == getpid() && l.v[i].ppid == getppid() && l.v[i].rss > 0;
	}
	ok(sorted && found, "scan: in order, and this process is there");
	ok(pidns_memory(proc, getpid(), PROC_PRIVATE, &all) == 0 && all.anonymous > 0 && all.tables > 0,
	   "memory of this process");
	ok(pidns_memory(proc, getpid(), PROC_PROPORTIONAL, &part) == 0 && part.anonymous > 0 &&
		   part.anonymous <= all.anonymous + (1 << 20) && part.tables > 0,
	   "memory of this process: its part");
	ok(pidns_memory(proc, 0x7fffffff, PROC_PROPORTIONAL, &all) == 0 && !all.anonymous && !all.tables,
	   "memory of one that is gone");
	proc_list_free(&l);
}

/* A child that makes one more, waits for a byte, spins for a while, and ends with the pipe. */
static pid_t relative(const int *pipe, int out)
{
	const int in = pipe[0];
	const pid_t pid = fork();
	char c;

	if (pid == 0) {
		(void)close(pipe[1]);
		if (fork() == 0) {
			while (read(in, &c, 1) == 1) {
				for (volatile int i = 0; i < 1000000; i++)
					;
				(void)!write(out, &c, 1);
			}
			_exit(0);
		}
		(void)!write(out, "", 1);
		while (wait(NULL) < 0)
			;
		_exit(0);
	}
	return pid;
}

/* Whether the family comes to rest: a process that has answered still has to go to sleep. */
static bool comes_to_rest(struct family *f)
{
	for (int i = 0; i < 1000; i++) {
		if (!family_note(f))
			return false;
		(void)poll(NULL, 0, 10);
		if (family_rests(f))
			return true;
	}
	return false;
}

static void test_family(void)
{
	struct family f = {0};
	int in[2];
	int out[2];
	char c = 0;
	pid_t child;

	ok(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0, "family: pipes");
	child = relative(in, out[1]);
	(void)close(in[0]);
	ok(child > 0 && read(out[0], &c, 1) == 1, "family: a child and a grandchild");
	if (access("/proc/thread-self/children", F_OK) < 0) {
		ok(!family_find(&f, getpid(), true, 3), "family: this kernel lists no children");
	} else {
		ok(family_find(&f, getpid(), true, 3) && f.n == 3, "family: found, with the first");
		ok(!family_find(&f, getpid(), false, 3) && !family_find(&f, getpid(), false, 1) && f.n == 0 &&
			   !family_note(&f) && !family_rests(&f),
		   "family: not where they are more or less than that");
		ok(family_find(&f, getpid(), false, 2) && comes_to_rest(&f),
		   "family: those below; they rest");
		ok(write(in[1], "x", 1) == 1 && read(out[0], &c, 1) == 1 && !family_rests(&f),
		   "family: one that has run does not");
		ok(comes_to_rest(&f), "family: it does again");
	}
	(void)close(in[1]);
	ok(waitpid(child, NULL, 0) == child && !family_rests(&f) && !family_note(&f),
	   "family: nor one of which some are gone");
	family_forget(&f);
}

static void test_smaps(void)
{
	static const char *const lines[] = {
		"7f1000-7f9000 rw-s 00000000 00:1a 17 /tmp/Pss: 5 kB\n",
		"Size:   32 kB\n", "Rss:   32 kB\n", "Pss:   16 kB\n", "Pss_Dirty:  7 kB\n", "Anonymous:   0 kB\n",
		/* a private mapping with copies; one of another file system; one with nothing but copies */
		"a00000-a09000 rw-p 00001000 00:1a 17 /tmp/file\n", "Pss:   20 kB\n", "Anonymous:  8 kB\n",
		"Swap:   9 kB\n", "SwapPss:   2 kB\n",
		"b00000-b09000 rw-s 00000000 00:1b 17 /x 00:1a\n", "Pss:   64 kB\n", "Anonymous:  0 kB\n",
		"c00000-c09000 rw-p 00000000 00:1a 18 /dev/shm/x\n", "Pss:   4 kB\n", "Anonymous:  8 kB\n",
		"7ffd000-7ffe000 rw-p 00000000 00:00 0   [stack]\n", "Pss:   4 kB\n", "Anonymous:  4 kB\n",
	};
	const dev_t devs[] = {makedev(0, 0x19), makedev(0, 0x1a)};
	struct smaps s = {.devs = devs, .n = 2};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		smaps_line(&s, lines[i]);
	smaps_line(&s, NULL);
	ok(s.sum == (16 + 12) * 1024 && s.swapped == 7 * 1024, "smaps: what is mapped of certain files (%llu)",
	   (unsigned long long)s.sum);
	s = (struct smaps){.devs = devs, .n = 0};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		smaps_line(&s, lines[i]);
	ok(s.sum == 0, "smaps: of none");
}

static void test_same(void)
{
	struct proc_use some[] = {{.pid = 1, .start = 1}, {.pid = 2, .start = 5, .own = 1}};
	struct proc_use later[] = {{.pid = 1, .start = 1}, {.pid = 2, .start = 5, .own = 2}};
	struct proc_use again[] = {{.pid = 1, .start = 1}, {.pid = 2, .start = 6, .own = 1}};
	const struct proc_list a = {.v = some, .n = 2};

	ok(proc_list_same(&a, &(struct proc_list){.v = later, .n = 2}), "same: whatever they did");
	ok(!proc_list_same(&a, &(struct proc_list){.v = again, .n = 2}), "same: not a later one of its number");
	ok(!proc_list_same(&a, &(struct proc_list){.v = later, .n = 1}), "same: not fewer");
}

int main(void)
{
	test_same();
	test_smaps();
	test_family();
	test_stat();
	test_kb();
	test_below();
	test_tally();
	test_share();
	test_scan();
	return done_testing();
}
