/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk that stands in for openat2 answers what openat2 answers. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/path.h"
#include "tap.h"

static int top;

enum how { PLAIN, FOLLOW, IN_ROOT };

static const struct {
	enum how how;
	const char *path;
	int err; /* 0: opens */
} cases[] = {
	{PLAIN, "a/b/file", 0},
	{PLAIN, "./a/./b//file", 0},
	{PLAIN, "a/b", 0},
	{PLAIN, "a/b/", 0},
	{PLAIN, ".", 0},
	{PLAIN, "a/b/file/", ENOTDIR},
	{PLAIN, "a/b/file/x", ENOTDIR},
	{PLAIN, "a/none", ENOENT},
	{PLAIN, "", ENOENT},
	{PLAIN, "link", ELOOP},
	{PLAIN, "up/a", ELOOP},
	{PLAIN, "dir/file", ELOOP},
	{FOLLOW, "link", 0},
	{FOLLOW, "dir/file", 0},
	{FOLLOW, "dir/../b/file", 0},
	{FOLLOW, "a/b/../../a/b/file", 0},
	{FOLLOW, "up", 0},
	{FOLLOW, "circle", ELOOP},
	{FOLLOW, "dangling", ENOENT},
	{FOLLOW, "/proc/self/fd/0", ELOOP},
	{FOLLOW, "magic", ELOOP},
	{FOLLOW, "/proc/self/root/etc", ELOOP},
	{IN_ROOT, "/a/b/file", 0},
	{IN_ROOT, "absolute", 0},
	{IN_ROOT, "up", 0},
	{IN_ROOT, "../../../a/b/file", 0},
	{IN_ROOT, "a/b/../../../../a", 0},
	{IN_ROOT, "outside", ENOENT},
	{IN_ROOT, "circle", ELOOP},
};

#define N (sizeof(cases) / sizeof(cases[0]))

struct answer {
	int err;
	dev_t dev;
	ino_t ino;
};

static struct answer ask(size_t i)
{
	struct answer a = {0};
	struct stat st;
	int fd = -1;

	switch (cases[i].how) {
	case PLAIN:
		fd = path_open(top, cases[i].path, O_PATH);
		break;
	case FOLLOW:
		fd = path_open_follow(cases[i].path, O_PATH);
		break;
	case IN_ROOT:
		fd = path_open_in(top, cases[i].path, O_PATH);
		break;
	}
	if (fd < 0) {
		a.err = errno;
		return a;
	}
	if (fstat(fd, &st) == 0) {
		a.dev = st.st_dev;
		a.ino = st.st_ino;
	}
	close(fd);
	return a;
}

static bool hide_openat2(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	bool done = ctx &&
		    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0) == 0 &&
		    seccomp_load(ctx) == 0;

	seccomp_release(ctx);
	return done && syscall(SYS_openat2, -1, "", NULL, 0) < 0 && errno == ENOSYS;
}

static void make_tree(char *dir)
{
	int fd;

	if (!mkdtemp(dir) || chdir(dir) < 0)
		exit(1);
	(void)mkdir("a", 0755);
	(void)mkdir("a/b", 0755);
	fd = open("a/b/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	close(fd);
	(void)symlink("a/b/file", "link");
	(void)symlink("a/b", "dir");
	(void)symlink("/a/b/file", "absolute");
	(void)symlink("../..", "up");
	(void)symlink("circle", "circle");
	(void)symlink("nothing", "dangling");
	(void)symlink("/proc/self/fd/0", "magic");
	(void)symlink("/../../../etc/passwd", "outside");
	top = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int main(void)
{
	char dir[] = "/tmp/test-path.XXXXXX";
	struct answer first[N];

	make_tree(dir);
	for (size_t i = 0; i < N; i++)
		first[i] = ask(i);
	ok(hide_openat2(), "openat2 is hidden");
	for (size_t i = 0; i < N; i++) {
		const struct answer now = ask(i);

		ok(first[i].err == cases[i].err && now.err == cases[i].err &&
			   first[i].dev == now.dev && first[i].ino == now.ino,
		   "\"%s\" (%d): %d and %d", cases[i].path, cases[i].how, first[i].err, now.err);
	}
	(void)chdir("/");
	if (fork() == 0) {
		(void)execl("/bin/rm", "rm", "-rf", dir, NULL);
		_exit(1);
	}
	return done_testing();
}
