/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which system calls a plugin may make: groups of names with a meaning each,
 * chosen by the permissions. The lists stand in profiles/syscalls/ and are compiled
 * into the binary (see the README there). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls by their number in the lists (syscalls_find). */
#define SYSCALL_SET_WORDS 8

struct syscall_set {
	uint64_t bits[SYSCALL_SET_WORDS];
};

/* What decides the filter, and nothing else does. */
struct syscall_policy {
	bool subprocess; /* fork, vfork, clone without CLONE_THREAD */
	bool inet;	 /* AF_INET and AF_INET6 sockets */
	bool tty;	 /* terminal ioctls, but for TIOCSTI and TIOCLINUX */
	bool devices;	 /* any ioctl but those two */
	bool pid_1;	 /* the plugin is pid 1: its parent-death signal is what ends it with plugbox,
			  * and not its own to clear */
	bool pairs_only; /* AF_UNIX as connected pairs only: host paths are shown, and a mount that
			  * can only be read still lets the sockets in it be connected to */
	bool watched;	 /* with subprocess: the watchdog keeps the memory limit, and does not see what
			  * no process has mapped */
	bool bare;	 /* no mounts, pid and ipc namespace bound the calls: see "bare" in the lists */
	bool notify;	 /* policy refusals are reported to the supervisor, which answers them */
	struct syscall_set added, removed; /* by a profile: see syscalls_may_add. Removed counts */
};

/* A number that is the same for two policies exactly where their filters are. */
static inline unsigned syscalls_key(const struct syscall_policy *p)
{
	return (unsigned)p->subprocess | (unsigned)p->inet << 1 | (unsigned)p->tty << 2 |
	       (unsigned)p->devices << 3 | (unsigned)p->pid_1 << 4 | (unsigned)p->notify << 5 | (unsigned)p->pairs_only << 6 |
	       (unsigned)(p->subprocess && p->watched) << 7 | (unsigned)p->bare << 8;
}

enum syscall_verdict {
	SYSCALL_ALLOW,	  /* whatever its arguments */
	SYSCALL_FILTERED, /* by its arguments: see what */
	SYSCALL_REFUSE,	  /* EPERM (or the errno of syscalls_errno), and told */
	SYSCALL_UNKNOWN,  /* ENOSYS, silently, as of an older kernel */
};

/* The argument rules, by the keyword that a list writes behind a call
 * (no-setid is SYSCALL_ARGS_NO_SETID). */
enum syscall_args {
	SYSCALL_ARGS_NONE,
	SYSCALL_ARGS_CREATE_MODE, /* flags at pos, mode at pos + 1 */
	SYSCALL_ARGS_NO_SETID,	  /* mode at pos */
	SYSCALL_ARGS_FILE_TYPES,  /* mode with the type of the node at pos */
	SYSCALL_ARGS_CLONE_FLAGS,
	SYSCALL_ARGS_SOCKET_FAMILIES,
	SYSCALL_ARGS_LOCAL_SOCKET,
	SYSCALL_ARGS_SECCOMP_OPERATIONS,
	SYSCALL_ARGS_WATCH_MASK,
	SYSCALL_ARGS_NO_WHITEOUT,
	SYSCALL_ARGS_NO_URGENT, /* flags at pos without MSG_OOB */
	SYSCALL_ARGS_NO_NOWAIT, /* flags at pos without RWF_NOWAIT, else EOPNOTSUPP, untold */
	SYSCALL_ARGS_NO_HUGE_PAGES, /* flags of mmap at pos */
	SYSCALL_ARGS_NO_HUGE_SEGMENT, /* flags of shmget at pos */
	SYSCALL_ARGS_SELF,	    /* where bare: the process named at pos is the caller */
	SYSCALL_ARGS_SELF_PRIORITY, /* the same of setpriority */
	SYSCALL_ARGS_OWN_IDS,	    /* arguments 0 to pos are PLAN_INNER_ID or -1 */
	SYSCALL_ARGS_CORE_LIMIT, /* resource at pos; changing RLIMIT_CORE does nothing */
	SYSCALL_ARGS_IOCTL_REQUESTS, /* from here on: a list of values, see syscalls_values */
	SYSCALL_ARGS_FCNTL_COMMANDS,
	SYSCALL_ARGS_PRCTL_OPTIONS,
	SYSCALL_ARGS_PERSONALITY_QUERY,
	SYSCALL_ARGS_SCHED_POLICIES,
	SYSCALL_ARGS_N
};

struct syscall_rule {
	const char *name;
	enum syscall_verdict verdict;
	const char *group;   /* the group that lists it */
	const char *what;    /* for filtered and refused ones: in words; else NULL */
	const char *purpose; /* what the group is for, one line */
	enum syscall_args args;
	unsigned pos;  /* of the argument that args is about, from 0 */
	bool optional; /* may be missing on an architecture or in libseccomp */
};

/* The rules of a policy in a stable order, for explain. *n receives the count;
 * the array is static for the process and must not be freed. Calls that no group
 * names are not listed: they are SYSCALL_UNKNOWN, as are a few that are listed because
 * somebody will ask for them. notify makes no difference here. */
const struct syscall_rule *syscalls_rules(const struct syscall_policy *p, size_t *n);

/* What the errno of a refusal is: EAFNOSUPPORT for sockets, which is what programs
 * expect there, otherwise EPERM. */
int syscalls_errno(const char *name);

/* What plugbox itself calls between the filter and exec: where a profile denies it, nobody is told.
 * Nobody would answer then: the one who does gets the descriptor by one of these, and takes it when the
 * plugin has been executed. */
bool syscalls_untold(const char *name);

/* What to write in the manifest to be allowed the call named name, or NULL where
 * nothing can allow it in the mode of the policy: "subprocess", "network". family is the argument that decides:
 * the first of socket(2) and clone(2), the second of ioctl(2); else it is ignored. */
const char *syscalls_remedy(const struct syscall_policy *p, const char *name, unsigned long family);

/* An argument rule that is a list of values. The argument, cut to 32 bits and to mask, is
 * one of v; or, with except true, is none of them. */
struct syscall_values {
	unsigned pos;
	uint32_t mask;
	bool except;
	uint32_t v[128];
	size_t n;
};

/* Fills *values with the list that args (SYSCALL_ARGS_IOCTL_REQUESTS and after) means under
 * the policy. */
void syscalls_values(const struct syscall_policy *p, enum syscall_args args,
		     struct syscall_values *values);

/* CLONE_NEW*: the flags by which clone(2) makes namespaces. */
#define SYSCALL_CLONE_NAMESPACES 0x7E020000U

/* The number of a call that a list names, or -1. */
int syscalls_find(const char *name);

/* Its name, or NULL beyond the last. */
const char *syscalls_name(int call);

/* Whether a profile may add it: calls that no plugin gets otherwise, and that reach nothing but the
 * plugin's own memory, files and ids. */
bool syscalls_may_add(int call);

static inline bool syscall_set_has(const struct syscall_set *s, int call)
{
	return s->bits[call / 64] >> (call % 64) & 1;
}

static inline void syscall_set_add(struct syscall_set *s, int call)
{
	s->bits[call / 64] |= UINT64_C(1) << (call % 64);
}

static inline bool syscall_set_empty(const struct syscall_set *s)
{
	for (int i = 0; i < SYSCALL_SET_WORDS; i++)
		if (s->bits[i])
			return false;
	return true;
}

/* Whether a profile changes the filter, so that none of the usual ones will do. */
static inline bool syscalls_changed(const struct syscall_policy *p)
{
	return !syscall_set_empty(&p->added) || !syscall_set_empty(&p->removed);
}
