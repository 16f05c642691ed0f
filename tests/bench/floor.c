/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The floor: what a launch costs when nothing is done but what the kernel has to do. New
 * namespaces, the mounts of the policy, a new root, a filter, exec, wait: no manifest, no policy,
 * no checks, no report, no pid 1 of its own. Everything that tests/bench/run measures is a ratio to
 * this program in the same run. It is no sandbox: it checks next to nothing.
 *
 *     floor [OPERATION…] -- COMMAND [ARG…]
 *     floor --dump-filter
 *
 *     dir DST | link TARGET DST | file DST BYTES | bind SRC DST | bindx SRC DST (executable) |
 *     bindw SRC DST (writable) | dev SRC DST | tmpfs DST SIZE | proc DST | pts DST | seal |
 *     cwd DIR | nofilter
 *
 * Mount points are made as they come; what comes after seal is mounted over the sealed root, so
 * its mount point is made before, as plugbox does.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct built_in {
	unsigned key;
	const struct sock_filter *prog;
	size_t n;
};

#include "seccomp_filters.h"

#define INNER_ID "1000"
#define NOBODY 65534
#define STAGE "/tmp"
#define MAX_OPERATIONS 128

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

/* The directories above path, which is relative to the working directory. */
static void make_parents(const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			die(part);
	}
}

static void make_point(int tree, const char *dst)
{
	struct stat st = {.st_mode = S_IFDIR};

	if (tree >= 0 && fstat(tree, &st) < 0)
		die(dst);
	make_parents(dst);
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(dst, 0755) < 0 && errno != EEXIST)
			die(dst);
	} else if (mknod(dst, S_IFREG | 0644, 0) < 0 && errno != EEXIST) {
		die(dst);
	}
}

/* The number of arguments of an operation, its name included. */
static int width(const char *op)
{
	static const char *const three[] = {"link",  "file", "bind", "bindx",
					    "bindw", "dev",  "tmpfs"};

	for (size_t i = 0; i < sizeof(three) / sizeof(three[0]); i++)
		if (strcmp(op, three[i]) == 0)
			return 3;
	return strcmp(op, "seal") == 0 || strcmp(op, "nofilter") == 0 ? 1 : 2;
}

static bool is_bind(const char *op)
{
	return strncmp(op, "bind", 4) == 0 || strcmp(op, "dev") == 0;
}

/* Copies of what is bound, before the new root covers a part of the host's. */
static void open_trees(char **ops, int trees[])
{
	for (int i = 0; strcmp(*ops, "--") != 0; ops += width(*ops), i++) {
		trees[i] = -1;
		if (i == MAX_OPERATIONS - 1) {
			errno = E2BIG;
			die("operations");
		}
		if (!is_bind(*ops))
			continue;
		trees[i] = open_tree(AT_FDCWD, ops[1],
				     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
		if (trees[i] < 0)
			die(ops[1]);
	}
}

static void place(int tree, const char *dst, uint64_t attrs)
{
	struct mount_attr a = {.attr_set = attrs, .propagation = MS_PRIVATE};

	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &a, sizeof(a)) < 0)
		die(dst);
	if (move_mount(tree, "", AT_FDCWD, dst, MOVE_MOUNT_F_EMPTY_PATH) == 0)
		return;
	/* below a tmpfs that came after the seal */
	make_point(tree, dst);
	if (move_mount(tree, "", AT_FDCWD, dst, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		die(dst);
}

static const char *relative(const char *path)
{
	return path + strspn(path, "/");
}

/* Makes the mount point of one operation, where it is a mount. */
static void point(char **op, int tree)
{
	const char *name = op[0];

	if (is_bind(name))
		make_point(tree, relative(op[2]));
	else if (strcmp(name, "tmpfs") == 0 || strcmp(name, "proc") == 0 ||
		 strcmp(name, "pts") == 0)
		make_point(-1, relative(op[1]));
}

static void seal(char **rest, const int *trees)
{
	struct mount_attr a = {.attr_set =
				       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};

	for (; strcmp(*rest, "--") != 0; rest += width(*rest))
		point(rest, *trees++);
	if (mount_setattr(AT_FDCWD, ".", 0, &a, sizeof(a)) < 0)
		die("seal");
}

static void write_file(const char *dst, size_t n)
{
	static char zeros[4096];
	int fd;

	make_parents(dst);
	fd = open(dst, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, zeros, n < sizeof(zeros) ? n : sizeof(zeros)) < 0)
		die(dst);
	close(fd);
}

static void perform(char **op, int tree, bool sealed)
{
	const uint64_t locked = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	const unsigned long quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	const char *name = op[0];
	char options[64];

	if (!sealed)
		point(op, tree);
	if (strcmp(name, "dir") == 0) {
		make_point(-1, relative(op[1]));
	} else if (strcmp(name, "link") == 0) {
		make_parents(relative(op[2]));
		if (symlink(op[1], relative(op[2])) < 0)
			die(op[2]);
	} else if (strcmp(name, "file") == 0) {
		write_file(relative(op[1]), strtoul(op[2], NULL, 10));
	} else if (strcmp(name, "bind") == 0) {
		place(tree, relative(op[2]), locked | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
	} else if (strcmp(name, "bindx") == 0) {
		place(tree, relative(op[2]), locked | MOUNT_ATTR_RDONLY);
	} else if (strcmp(name, "bindw") == 0) {
		place(tree, relative(op[2]), locked | MOUNT_ATTR_NOEXEC);
	} else if (strcmp(name, "dev") == 0) {
		place(tree, relative(op[2]), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	} else if (strcmp(name, "tmpfs") == 0) {
		(void)snprintf(options, sizeof(options), "mode=1777,size=%s", op[2]);
		if (mount("tmpfs", relative(op[1]), "tmpfs", quiet, options) < 0)
			die(op[1]);
	} else if (strcmp(name, "proc") == 0) {
		if (mount("proc", relative(op[1]), "proc", quiet | MS_RDONLY,
			  "subset=pid,hidepid=invisible") < 0)
			die(op[1]);
	} else if (strcmp(name, "pts") == 0) {
		if (mount("devpts", relative(op[1]), "devpts", MS_NOSUID | MS_NOEXEC,
			  "newinstance,ptmxmode=0666,mode=0620") < 0)
			die(op[1]);
	}
}

static void load_filter(void)
{
	struct sock_fprog prog = {.len = (unsigned short)built_in[0].n,
				  .filter = (struct sock_filter *)built_in[0].prog};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		die("seccomp");
}

static _Noreturn void child(char **ops, int go, bool root)
{
	int trees[MAX_OPERATIONS];
	const char *cwd = "/";
	bool sealed = false;
	bool filter = true;
	char c;

	/* root's rights reach what the plugin's user does not, so before the ids change */
	open_trees(ops, trees);
	if (read(go, &c, 1) != 1)
		_exit(125);
	if (root &&
	    (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, 1000, 1000, 1000) < 0 ||
	     syscall(SYS_setresuid, 1000, 1000, 1000) < 0))
		die("ids");
	if (mount("floor", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m") < 0 ||
	    chdir(STAGE) < 0)
		die("new root");
	for (int i = 0; strcmp(*ops, "--") != 0; ops += width(*ops), i++) {
		if (strcmp(*ops, "seal") == 0) {
			seal(ops + 1, trees + i + 1);
			sealed = true;
		} else if (strcmp(*ops, "cwd") == 0) {
			cwd = ops[1];
		} else if (strcmp(*ops, "nofilter") == 0) {
			filter = false;
		} else {
			perform(ops, trees[i], sealed);
		}
	}
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir(cwd) < 0)
		die("pivot");
	if (filter)
		load_filter();
	execve(ops[1], ops + 1, (char *[]){"PATH=/usr/bin", NULL});
	die(ops[1]);
}

static void write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void map_ids(pid_t pid, bool root)
{
	char text[48];

	if (!root)
		write_map(pid, "setgroups", "deny");
	(void)snprintf(text, sizeof(text), INNER_ID " %u 1", root ? NOBODY : (unsigned)geteuid());
	write_map(pid, "uid_map", text);
	(void)snprintf(text, sizeof(text), INNER_ID " %u 1", root ? NOBODY : (unsigned)getegid());
	write_map(pid, "gid_map", text);
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
			 CLONE_NEWUTS | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	const bool root = geteuid() == 0;
	bool command = false;
	int status;
	int go[2];
	pid_t pid;

	if (argc == 2 && strcmp(argv[1], "--dump-filter") == 0)
		return write(1, built_in[0].prog, built_in[0].n * sizeof(struct sock_filter)) < 0;
	for (int i = 1; i < argc - 1 && !command; i++)
		command = strcmp(argv[i], "--") == 0;
	if (!command)
		return 2;
	if (pipe2(go, O_CLOEXEC) < 0)
		die("pipe");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		die("clone3");
	if (pid == 0) {
		close(go[1]);
		child(argv + 1, go[0], root);
	}
	map_ids(pid, root);
	if (write(go[1], "g", 1) != 1 || waitpid(pid, &status, 0) < 0)
		die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
