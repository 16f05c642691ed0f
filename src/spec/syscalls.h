/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which system calls a plugin may make: groups of names with a meaning each,
 * chosen by the permissions. The lists stand in profiles/syscalls/ and are compiled
 * into the binary (see contrib/tools or the Makefile's rule). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What decides the filter, and nothing else does. */
struct syscall_policy {
	bool subprocess; /* fork, vfork, clone without CLONE_THREAD */
	bool inet;	 /* AF_INET and AF_INET6 sockets */
	bool tty;	 /* terminal ioctls, but for TIOCSTI and TIOCLINUX */
	bool devices;	 /* any ioctl but those two */
	bool notify;	 /* policy refusals are reported to the supervisor, which answers them */
};

enum syscall_verdict {
	SYSCALL_ALLOW,	  /* whatever its arguments */
	SYSCALL_FILTERED, /* by its arguments: see what */
	SYSCALL_REFUSE,	  /* EPERM (or the errno in what), and told */
	SYSCALL_UNKNOWN,  /* ENOSYS, silently, as of an older kernel */
};

struct syscall_rule {
	const char *name;
	enum syscall_verdict verdict;
	const char *group; /* the group that lists it */
	const char *what;  /* for filtered and refused ones: in words; else NULL */
};

/* The rules of a policy in a stable order, for explain. *n receives the count;
 * the array is static for the process and must not be freed. Calls that no group
 * names are not listed: they are SYSCALL_UNKNOWN. */
const struct syscall_rule *syscalls_rules(const struct syscall_policy *p, size_t *n);

/* What to write in the manifest to be allowed the call named name, or NULL where
 * nothing can allow it: "subprocess", "network". family is the first argument
 * of socket(2). */
const char *syscalls_remedy(const char *name, unsigned long family);
