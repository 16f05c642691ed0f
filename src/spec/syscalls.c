/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/syscalls.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/random.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/str.h"

enum syscall_when {
	SYSCALL_WHEN_ALWAYS,
	SYSCALL_WHEN_SUBPROCESS,
	SYSCALL_WHEN_UNWATCHED, /* subprocess, and no watchdog for the memory */
	SYSCALL_WHEN_INET,
	SYSCALL_WHEN_TTY,
	SYSCALL_WHEN_DEVICES,
	SYSCALL_WHEN_NEVER,
};

enum syscall_list { SYSCALL_LIST_ALLOW, SYSCALL_LIST_REFUSE, SYSCALL_LIST_ABSENT };

struct syscall_group {
	const char *name, *purpose;
	enum syscall_when when;
	enum syscall_list list;
	enum syscall_list bare; /* the same with syscall_policy.bare */
};

struct syscall_entry {
	const char *name;
	unsigned group;
	enum syscall_args args;
	unsigned pos;
	bool optional;
};

#include "syscall_groups.h"

#define N_ENTRIES ARRAY_SIZE(syscall_entries)

/* The permissions that make a difference to the rules: notify makes none. */
#define N_POLICIES 128

static const char *const permission_of[] = {
	[SYSCALL_WHEN_SUBPROCESS] = "subprocess",
	[SYSCALL_WHEN_UNWATCHED] = NULL,
	[SYSCALL_WHEN_INET] = "network",
	[SYSCALL_WHEN_TTY] = "tty",
	[SYSCALL_WHEN_DEVICES] = "devices",
	[SYSCALL_WHEN_NEVER] = NULL,
};

static bool when_holds(enum syscall_when when, const struct syscall_policy *p)
{
	switch (when) {
	case SYSCALL_WHEN_ALWAYS:
		return true;
	case SYSCALL_WHEN_SUBPROCESS:
		return p->subprocess;
	case SYSCALL_WHEN_UNWATCHED:
		return p->subprocess && !p->watched;
	case SYSCALL_WHEN_INET:
		return p->inet;
	case SYSCALL_WHEN_TTY:
		return p->tty;
	case SYSCALL_WHEN_DEVICES:
		return p->devices;
	default:
		return false;
	}
}

/* An argument rule in words, for explain. */
static const char *args_words(enum syscall_args args, const struct syscall_policy *p)
{
	switch (args) {
	case SYSCALL_ARGS_CREATE_MODE:
	case SYSCALL_ARGS_NO_SETID:
		return "no setuid or setgid bit";
	case SYSCALL_ARGS_FILE_TYPES:
		return "files, FIFOs and sockets, no devices; no setuid or setgid bit";
	case SYSCALL_ARGS_CLONE_FLAGS:
		return p->subprocess ? "threads and processes, no namespaces"
				     : "threads only (processes need subprocess)";
	case SYSCALL_ARGS_SOCKET_FAMILIES:
		if (p->pairs_only)
			return "TCP and UDP of AF_INET and AF_INET6; AF_UNIX by socketpair only";
		return p->inet ? "AF_UNIX; TCP and UDP of AF_INET and AF_INET6"
			       : "AF_UNIX only (AF_INET and AF_INET6 need network)";
	case SYSCALL_ARGS_LOCAL_SOCKET:
		return p->pairs_only ? "AF_UNIX streams only" : "AF_UNIX only";
	case SYSCALL_ARGS_NO_WHITEOUT:
		return "no whiteout left behind";
	case SYSCALL_ARGS_NO_URGENT:
		return "no urgent data";
	case SYSCALL_ARGS_NO_NOWAIT:
		return "waits: what of a file is in memory is not told";
	case SYSCALL_ARGS_NO_HUGE_PAGES:
	case SYSCALL_ARGS_NO_HUGE_SEGMENT:
		return "no huge pages that were set aside";
	case SYSCALL_ARGS_CORE_LIMIT:
		return "of the process itself; changing RLIMIT_CORE does nothing";
	case SYSCALL_ARGS_OWN_IDS:
		return "the id that the plugin has";
	case SYSCALL_ARGS_SELF:
	case SYSCALL_ARGS_SELF_PRIORITY:
		return "of the process itself";
	case SYSCALL_ARGS_WATCH_MASK:
		return "changes, but not who opens or reads a file";
	case SYSCALL_ARGS_SECCOMP_OPERATIONS:
		return "filters without a listener";
	case SYSCALL_ARGS_IOCTL_REQUESTS:
		if (p->devices)
			return "everything but TIOCSTI and TIOCLINUX";
		return p->tty ? "harmless and terminal requests, never TIOCSTI or TIOCLINUX"
			      : "harmless requests (terminals need tty, devices need devices)";
	case SYSCALL_ARGS_FCNTL_COMMANDS:
		return "no signal owner, lease, notification or pipe size";
	case SYSCALL_ARGS_PRCTL_OPTIONS:
		return "own name and the like, no privileges, no tracer";
	case SYSCALL_ARGS_PERSONALITY_QUERY:
		return "asking only";
	case SYSCALL_ARGS_SCHED_POLICIES:
		return "no real-time policy";
	default:
		return NULL;
	}
}

static void fill_rule(struct syscall_rule *r, const struct syscall_entry *e,
		      const struct syscall_policy *p)
{
	const struct syscall_group *g = &syscall_groups[e->group];
	const enum syscall_list list = p->bare ? g->bare : g->list;
	const bool self = e->args == SYSCALL_ARGS_SELF || e->args == SYSCALL_ARGS_SELF_PRIORITY;

	*r = (struct syscall_rule){
		.name = e->name,
		.group = g->name,
		.purpose = g->purpose,
		.args = e->args,
		.pos = e->pos,
		.optional = e->optional,
	};
	if (list == SYSCALL_LIST_ABSENT) {
		r->verdict = SYSCALL_UNKNOWN;
	} else if (list == SYSCALL_LIST_REFUSE) {
		r->verdict = SYSCALL_REFUSE;
		r->what = list == g->list ? "always refused" : "not with --isolation landlock";
	} else if (!when_holds(g->when, p)) {
		r->verdict = SYSCALL_REFUSE;
		r->what = g->when == SYSCALL_WHEN_SUBPROCESS ? "needs subprocess"
			  : g->when == SYSCALL_WHEN_UNWATCHED
			  ? "needs subprocess, and with memory_limit a cgroup that counts it"
			  : g->when == SYSCALL_WHEN_INET     ? "needs network"
			  : g->when == SYSCALL_WHEN_TTY	     ? "needs tty"
							     : "needs devices";
	} else if (e->args == SYSCALL_ARGS_SOCKET_FAMILIES && p->pairs_only && !p->inet) {
		r->verdict = SYSCALL_REFUSE;
		r->what = "host paths are shown: AF_UNIX by socketpair only";
	} else if (e->args != SYSCALL_ARGS_NONE && (p->bare || !self)) {
		r->verdict = SYSCALL_FILTERED;
		r->what = args_words(e->args, p);
	}
}

_Static_assert(N_ENTRIES <= SYSCALL_SET_WORDS * 64, "a set of calls has room for all");

int syscalls_find(const char *name)
{
	for (size_t i = 0; i < N_ENTRIES; i++)
		if (strcmp(syscall_entries[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *syscalls_name(int call)
{
	return call >= 0 && (size_t)call < N_ENTRIES ? syscall_entries[call].name : NULL;
}

bool syscalls_may_add(int call)
{
	static const char *const harmless[] = {
		/* it has no capability, and with namespaces no id but its own is mapped: without, GNU
		 * make needs this to set what it has */
		"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid",
		"setfsgid",
		/* where its own memory lies */
		"mbind", "set_mempolicy", "set_mempolicy_home_node", "get_mempolicy",
		"remap_file_pages", "cachestat",
		/* reads, writes, syncs and polls descriptors that it has, and nothing else: not
		 * io_uring, which makes calls that the filter refuses */
		"io_setup", "io_submit", "io_cancel", "io_getevents", "io_pgetevents", "io_destroy",
		/* real time takes RLIMIT_RTPRIO, which is 0 */
		"sched_setattr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strcmp(syscall_entries[call].name, harmless[i]) == 0)
			return true;
	return false;
}

static void change_rule(struct syscall_rule *r, bool added, bool removed)
{
	if (removed && r->verdict != SYSCALL_UNKNOWN) {
		r->verdict = SYSCALL_REFUSE;
		r->what = "taken away by the profile";
	} else if (added && !removed) {
		r->verdict = SYSCALL_ALLOW;
		r->what = NULL;
		r->args = SYSCALL_ARGS_NONE;
	}
}

/* The rules of a policy that a profile changes: made once, kept for the process. */
static const struct syscall_rule *changed_rules(const struct syscall_policy *p)
{
	static struct changed {
		struct syscall_policy policy;
		struct syscall_rule *rules;
		struct changed *next;
	} *all;
	struct syscall_policy plain = *p;
	struct changed *c;
	size_t n = 0;

	for (c = all; c; c = c->next)
		if (syscalls_key(&c->policy) == syscalls_key(p) &&
		    memcmp(&c->policy.added, &p->added, sizeof(p->added)) == 0 &&
		    memcmp(&c->policy.removed, &p->removed, sizeof(p->removed)) == 0)
			return c->rules;
	c = xcalloc(1, sizeof(*c));
	plain.added = plain.removed = (struct syscall_set){0};
	c->policy = *p;
	c->rules = xcalloc(N_ENTRIES, sizeof(*c->rules));
	memcpy(c->rules, syscalls_rules(&plain, &n), N_ENTRIES * sizeof(*c->rules));
	for (size_t i = 0; i < N_ENTRIES; i++)
		change_rule(&c->rules[i], syscall_set_has(&p->added, (int)i),
			    syscall_set_has(&p->removed, (int)i));
	c->next = all;
	all = c;
	return c->rules;
}

const struct syscall_rule *syscalls_rules(const struct syscall_policy *p, size_t *n)
{
	/* Filled on first use, and constant from then on. */
	static struct syscall_rule *tables[N_POLICIES];
	struct syscall_rule **table =
		&tables[p->subprocess | p->inet << 1 | p->tty << 2 | p->devices << 3 |
			p->pairs_only << 4 | (p->subprocess && p->watched) << 5 | p->bare << 6];

	*n = N_ENTRIES;
	if (syscalls_changed(p))
		return changed_rules(p);
	if (!*table) {
		struct syscall_rule *rules = xcalloc(N_ENTRIES, sizeof(*rules));

		for (size_t i = 0; i < N_ENTRIES; i++)
			fill_rule(&rules[i], &syscall_entries[i], p);
		*table = rules;
	}
	return *table;
}

bool syscalls_untold(const char *name)
{
	static const char *const steps[] = {"close", "execve", "exit_group", "prlimit64", "sendmsg",
					    "setrlimit", "write"};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (strcmp(name, steps[i]) == 0)
			return true;
	return false;
}

int syscalls_errno(const char *name)
{
	return strcmp(name, "socket") == 0 || strcmp(name, "socketpair") == 0 ? EAFNOSUPPORT
									      : EPERM;
}

/* What every program may ask of any descriptor: flags, sizes, "are you a terminal",
 * and sharing blocks between two of its own files. */
static const uint32_t ioctl_base[] = {
	FIONREAD,  FIONBIO,  FIOCLEX,	   FIONCLEX,   FIOASYNC,     FIOQSIZE,
	FIGETBSZ,  FICLONE,  FICLONERANGE, TCGETS,     TCGETS2,	     TIOCGWINSZ,
	TIOCGPGRP, TIOCGSID, TIOCOUTQ,	   SIOCATMARK, RNDGETENTCNT,
};

/* Asking about interfaces: what a Java program does instead of netlink. */
static const uint32_t ioctl_inet[] = {
	SIOCGIFNAME,	SIOCGIFCONF,   SIOCGIFFLAGS, SIOCGIFADDR,   SIOCGIFDSTADDR, SIOCGIFBRDADDR,
	SIOCGIFNETMASK, SIOCGIFMETRIC, SIOCGIFMTU,   SIOCGIFHWADDR, SIOCGIFINDEX,
};

/* Terminals, and making pseudo terminals. Not here: TIOCSTI and TIOCLINUX type into a
 * terminal, TIOCSETD loads line disciplines, TIOCCONS takes the console's output, the
 * KD and VT requests change the keyboard and screen of the machine. */
static const uint32_t ioctl_tty[] = {
	TCSETS,	   TCSETSW,   TCSETSF,	TCSETS2,    TCSETSW2,	TCSETSF2,    TCGETA,
	TCSETA,	   TCSETAW,   TCSETAF,	TCSBRK,	    TCSBRKP,	TCXONC,	     TCFLSH,
	TIOCSBRK,  TIOCCBRK,  TIOCEXCL, TIOCNXCL,   TIOCGEXCL,	TIOCSPGRP,   TIOCSWINSZ,
	TIOCSCTTY, TIOCNOTTY, TIOCGPTN, TIOCSPTLCK, TIOCGPTLCK, TIOCGPTPEER, TIOCPKT,
	TIOCGPKT,  TIOCMGET,  TIOCMBIS, TIOCMBIC,   TIOCMSET,	TIOCGETD,
};

static const uint32_t ioctl_never[] = {TIOCSTI, TIOCLINUX};

/* F_SETOWN, F_SETOWN_EX and F_SETSIG make the kernel send a signal of the plugin's choice to a
 * process of its choice; F_SETLEASE and F_NOTIFY hold up or watch others at a
 * shared file; F_SETPIPE_SZ takes from a budget that all processes of the user share. */
static const uint32_t fcntl_base[] = {
	F_DUPFD,
	F_GETFD,
	F_SETFD,
	F_GETFL,
	F_SETFL,
	F_GETLK,
	F_SETLK,
	F_SETLKW,
	F_OFD_GETLK,
	F_OFD_SETLK,
	F_OFD_SETLKW,
	F_DUPFD_CLOEXEC,
	F_GETOWN,
	F_GETSIG,
	F_GETLEASE,
	F_GETPIPE_SZ,
	F_ADD_SEALS,
	F_GET_SEALS,
	F_GET_RW_HINT,
	F_SET_RW_HINT,
	F_GET_FILE_RW_HINT,
	F_SET_FILE_RW_HINT,
	1027, /* F_DUPFD_QUERY (6.10) */
	1028, /* F_CREATED_QUERY (6.12) */
};

/* Names that not every kernel header has. */
#define PB_PR_SET_VMA 0x53564d41
#define PB_PR_SET_MDWE 65
#define PB_PR_GET_MDWE 66
#define PB_PR_GET_AUXV 0x41555856
#define PB_PR_SVE_SET_VL 50
#define PB_PR_SVE_GET_VL 51
#define PB_PR_PAC_RESET_KEYS 54
#define PB_PR_SET_TAGGED_ADDR_CTRL 55
#define PB_PR_GET_TAGGED_ADDR_CTRL 56
#define PB_PR_SME_SET_VL 63
#define PB_PR_SME_GET_VL 64

/* What concerns the caller alone, and takes rather than gives. Not here, among others:
 * PR_SET_MM (moves the marks of the address space that /proc shows), PR_SET_PTRACER,
 * PR_SET_SECCOMP (seccomp(2) does it), PR_CAP_AMBIENT, PR_CAPBSET_DROP, PR_SET_SECUREBITS,
 * PR_SET_KEEPCAPS, PR_SET_SPECULATION_CTRL (turns mitigations off as well as on),
 * PR_SET_MEMORY_MERGE (a side channel), PR_MCE_KILL, PR_SET_SYSCALL_USER_DISPATCH. */
static const uint32_t prctl_base[] = {
	PR_SET_NAME,
	PR_GET_NAME,
	PR_GET_PDEATHSIG,
	PR_SET_DUMPABLE,
	PR_GET_DUMPABLE,
	PR_SET_NO_NEW_PRIVS,
	PR_GET_NO_NEW_PRIVS,
	PR_SET_CHILD_SUBREAPER,
	PR_GET_CHILD_SUBREAPER,
	PR_SET_TIMERSLACK,
	PR_GET_TIMERSLACK,
	PR_SET_THP_DISABLE,
	PR_GET_THP_DISABLE,
	PR_GET_SECCOMP,
	PR_GET_KEEPCAPS,
	PR_GET_SECUREBITS,
	PR_CAPBSET_READ,
	PR_GET_SPECULATION_CTRL,
	PR_GET_TID_ADDRESS,
	PB_PR_SET_VMA,
	PB_PR_SET_MDWE,
	PB_PR_GET_MDWE,
	PB_PR_GET_AUXV,
	PB_PR_SVE_SET_VL,
	PB_PR_SVE_GET_VL,
	PB_PR_SME_SET_VL,
	PB_PR_SME_GET_VL,
	PB_PR_PAC_RESET_KEYS,
	PB_PR_SET_TAGGED_ADDR_CTRL,
	PB_PR_GET_TAGGED_ADDR_CTRL,
};

static const uint32_t prctl_below_init[] = {PR_SET_PDEATHSIG};

/* PER_LINUX, which a program may set because it is what it has, and the query. */
static const uint32_t personality_base[] = {0, 0xffffffff};

static const uint32_t sched_base[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE};

static void add_values(struct syscall_values *to, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n && to->n < ARRAY_SIZE(to->v); i++)
		to->v[to->n++] = v[i];
}

static bool has_value(const uint32_t *v, size_t n, unsigned long x)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == (uint32_t)x)
			return true;
	return false;
}

#define ADD(to, list) add_values(to, list, ARRAY_SIZE(list))
#define HAS(list, x) has_value(list, ARRAY_SIZE(list), x)

void syscalls_values(const struct syscall_policy *p, enum syscall_args args,
		     struct syscall_values *values)
{
	*values = (struct syscall_values){.mask = UINT32_MAX};
	switch (args) {
	case SYSCALL_ARGS_IOCTL_REQUESTS:
		values->pos = 1;
		if (p->devices) {
			values->except = true;
			ADD(values, ioctl_never);
			break;
		}
		ADD(values, ioctl_base);
		if (p->inet)
			ADD(values, ioctl_inet);
		if (p->tty)
			ADD(values, ioctl_tty);
		break;
	case SYSCALL_ARGS_FCNTL_COMMANDS:
		values->pos = 1;
		ADD(values, fcntl_base);
		break;
	case SYSCALL_ARGS_PRCTL_OPTIONS:
		ADD(values, prctl_base);
		/* likewise the keeper's: what it is killed by must not be the plugin's to choose */
		if (!p->pid_1 && !p->bare)
			ADD(values, prctl_below_init);
		break;
	case SYSCALL_ARGS_PERSONALITY_QUERY:
		ADD(values, personality_base);
		break;
	case SYSCALL_ARGS_SCHED_POLICIES:
		values->pos = 1;
		values->mask = ~(uint32_t)SCHED_RESET_ON_FORK;
		ADD(values, sched_base);
		break;
	default:
		break;
	}
}

const char *syscalls_remedy(const struct syscall_policy *p, const char *name, unsigned long family)
{
	uint32_t arg = (uint32_t)family;

	if (strcmp(name, "socket") == 0)
		return arg == AF_INET || arg == AF_INET6 ? "network" : NULL;
	if (strcmp(name, "clone") == 0)
		return arg & SYSCALL_CLONE_NAMESPACES ? NULL : "subprocess";
	if (strcmp(name, "ioctl") == 0) {
		if (HAS(ioctl_never, arg))
			return NULL;
		if (HAS(ioctl_inet, arg))
			return "network";
		if (HAS(ioctl_tty, arg))
			return p->bare ? NULL : "tty";
		return "devices";
	}
	for (size_t i = 0; i < N_ENTRIES; i++) {
		const struct syscall_group *g = &syscall_groups[syscall_entries[i].group];

		if (strcmp(syscall_entries[i].name, name) == 0)
			return p->bare && g->bare != SYSCALL_LIST_ALLOW ? NULL : permission_of[g->when];
	}
	return NULL;
}
