/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a command on a kernel that lacks system calls:
 *
 *     without CALL... -- COMMAND ARG...
 *
 * Each CALL is answered with ENOSYS, for the command and all that it starts. "mount-api" stands
 * for the whole of the new mount interface, "landlock" for its three calls, and "old-kernel" for
 * everything that plugbox can do without. "userns=ERRNO" (a number) is what a container's filter
 * does that allows no user namespaces: clone and unshare answer so where they would make one.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

#define MOUNT_API 1
#define OLD 2
#define LANDLOCK 4

static const struct {
	const char *name;
	unsigned nr;
	unsigned groups;
} calls[] = {
	{"clone3", SYS_clone3, OLD},
	{"close_range", SYS_close_range, OLD},
	{"faccessat2", SYS_faccessat2, OLD},
	{"fsconfig", SYS_fsconfig, OLD | MOUNT_API},
	{"fsmount", SYS_fsmount, OLD | MOUNT_API},
	{"fsopen", SYS_fsopen, OLD | MOUNT_API},
	{"fspick", SYS_fspick, OLD | MOUNT_API},
	{"landlock_add_rule", SYS_landlock_add_rule, LANDLOCK},
	{"landlock_create_ruleset", SYS_landlock_create_ruleset, LANDLOCK},
	{"landlock_restrict_self", SYS_landlock_restrict_self, LANDLOCK},
	{"memfd_create", SYS_memfd_create, 0},
	{"mount_setattr", SYS_mount_setattr, OLD | MOUNT_API},
	{"move_mount", SYS_move_mount, OLD | MOUNT_API},
	{"open_tree", SYS_open_tree, OLD | MOUNT_API},
	{"open_tree_attr", SYS_open_tree_attr, OLD | MOUNT_API},
	{"openat2", SYS_openat2, OLD},
	{"pidfd_open", SYS_pidfd_open, OLD},
	{"pidfd_send_signal", SYS_pidfd_send_signal, OLD},
	{"unshare", SYS_unshare, 0},
};

#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

static struct sock_filter prog[2 * N_CALLS * 4 + 16];
static unsigned short n;

static void put(unsigned short code, unsigned char jt, unsigned char jf, unsigned k)
{
	prog[n++] = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
}

/* The flags of both are their first argument; those of clone3 lie in memory. */
static int deny_userns(unsigned answer)
{
	static const unsigned makers[] = {SYS_clone, SYS_unshare};

	put(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_clone3);
	put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		put(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, makers[i]);
		put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args));
		put(BPF_JMP | BPF_JSET | BPF_K, 0, 1, CLONE_NEWUSER);
		put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | answer);
		put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	}
	return 1;
}

/* Returns how many calls the word stands for. */
static int deny(const char *word)
{
	static const char userns[] = "userns=";
	unsigned group = strcmp(word, "mount-api") == 0	   ? MOUNT_API
			 : strcmp(word, "old-kernel") == 0 ? OLD
			 : strcmp(word, "landlock") == 0   ? LANDLOCK
							   : 0;
	int found = 0;

	if (strncmp(word, userns, sizeof(userns) - 1) == 0)
		return deny_userns((unsigned)atoi(word + sizeof(userns) - 1));
	for (size_t i = 0; i < N_CALLS; i++) {
		if (strcmp(word, calls[i].name) != 0 && !(calls[i].groups & group))
			continue;
		put(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, calls[i].nr);
		put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
		found++;
	}
	return found;
}

int main(int argc, char **argv)
{
	struct sock_fprog filter = {.filter = prog};
	int i;

	put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (n + 2 * N_CALLS + 16 > sizeof(prog) / sizeof(prog[0]) || !deny(argv[i])) {
			fprintf(stderr, "without: \"%s\"?\n", argv[i]);
			return 99;
		}
	if (i + 1 >= argc) {
		fprintf(stderr, "usage: without CALL... -- COMMAND ARG...\n");
		return 99;
	}
	put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	filter.len = n;
	/* as root the filter needs no no_new_privs, and what the command tests stays as it is */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	     syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)) {
		perror("without: seccomp");
		return 99;
	}
	(void)execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
