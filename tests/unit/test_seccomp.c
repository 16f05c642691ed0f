/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spec/syscalls and the programs that linux/seccomp makes of it: the lists against libseccomp, and
 * every program that can be built against a model of the policy, by interpreting it with
 * millions of calls. */
#include "linux/seccomp.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "spec/syscalls.h"

#ifdef __x86_64__
#define TEST_ARCH AUDIT_ARCH_X86_64
#else
#define TEST_ARCH AUDIT_ARCH_AARCH64
#endif

static int count, failed;

static void check(bool ok, const char *what)
{
	count++;
	if (!ok)
		failed++;
	printf("%sok %d - %s\n", ok ? "" : "not ", count, what);
	(void)fflush(stdout);
}

/* ---- the lists ---- */

static void test_lists(void)
{
	static const char *const never[] = {
		"mount",
		"umount2",
		"pivot_root",
		"chroot",
		"open_tree",
		"move_mount",
		"fsopen",
		"fsmount",
		"unshare",
		"setns",
		"ptrace",
		"process_vm_readv",
		"process_vm_writev",
		"pidfd_getfd",
		"bpf",
		"perf_event_open",
		"userfaultfd",
		"io_uring_setup",
		"io_uring_enter",
		"io_uring_register",
		"add_key",
		"request_key",
		"keyctl",
		"init_module",
		"finit_module",
		"delete_module",
		"kexec_load",
		"swapon",
		"swapoff",
		"reboot",
		"clock_settime",
		"settimeofday",
		"quotactl",
		"name_to_handle_at",
		"open_by_handle_at",
		"clone3",
		"openat2",
		"fchmodat2",
		"memfd_create",
		"memfd_secret",
		"kcmp",
		"setgroups",
		"setfsuid",
		"capset",
		"process_madvise",
	};
	/* paths and descriptors lead to the host's own files, numbers to its processes and queues */
	static const char *const bare[] = {
		"chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "utime", "utimes",
		"futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
		"removexattr", "lremovexattr", "fremovexattr", "removexattrat", "getxattr", "lgetxattr",
		"listxattr", "llistxattr", "inotify_init", "inotify_init1", "inotify_add_watch", "shmget",
		"shmat", "shmctl", "semget", "semop", "msgget", "msgsnd", "mq_open", "mq_unlink",
		"ioprio_set", "sched_setscheduler", "sched_setparam", "setuid", "setgid", "setreuid",
		"setregid", "setresuid", "setresgid",
	};
	static const uint32_t architectures[] = {SCMP_ARCH_NATIVE, SCMP_ARCH_X86_64,
						 SCMP_ARCH_AARCH64, SCMP_ARCH_RISCV64};
	const struct syscall_rule *rules, *again;
	int unresolved = 0, allowed = 0, wordless = 0;
	struct syscall_policy p = {0};
	size_t n;

	rules = syscalls_rules(&p, &n);
	again = syscalls_rules(&p, &n);
	check(rules == again && n > 250, "lists: there, and stable");
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(architectures); j++)
			if (!rules[i].optional &&
			    seccomp_syscall_resolve_name_arch(architectures[j], rules[i].name) <
				    0) {
				printf("# %s: not on architecture %#x, and not marked with ?\n",
				       rules[i].name, architectures[j]);
				unresolved++;
			}
		if (!rules[i].purpose[0] ||
		    !!rules[i].what != (rules[i].verdict == SYSCALL_FILTERED ||
					rules[i].verdict == SYSCALL_REFUSE)) {
			printf("# %s: words missing or too many\n", rules[i].name);
			wordless++;
		}
	}
	check(unresolved == 0,
	      "lists: every call that is not marked with ? exists on every architecture");
	check(wordless == 0, "lists: filtered and refused calls, and only those, say how");

	p = (struct syscall_policy){
			.subprocess = true, .inet = true, .tty = true, .devices = true};
	rules = syscalls_rules(&p, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(never); j++)
			if (strcmp(rules[i].name, never[j]) == 0 &&
			    rules[i].verdict != SYSCALL_REFUSE &&
			    rules[i].verdict != SYSCALL_UNKNOWN) {
				printf("# %s is allowed\n", never[j]);
				allowed++;
			}
	check(allowed == 0, "lists: what nothing may allow is not allowed with every permission");

	p.bare = true;
	rules = syscalls_rules(&p, &n);
	allowed = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(bare); j++)
			if (strcmp(rules[i].name, bare[j]) == 0 &&
			    rules[i].verdict != SYSCALL_REFUSE &&
			    rules[i].verdict != SYSCALL_UNKNOWN) {
				printf("# %s is allowed\n", bare[j]);
				allowed++;
			}
	check(allowed == 0, "lists: without mounts nothing of what Landlock does not ask about");
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void test_remedies(void)
{
	const struct syscall_policy none = {0}, bare = {.bare = true};

	check(same(syscalls_remedy(&none, "fork", 0), "subprocess") &&
		      same(syscalls_remedy(&none, "clone", SIGCHLD), "subprocess") &&
		      same(syscalls_remedy(&none, "shmat", 0), "subprocess"),
	      "remedy: processes need subprocess");
	check(same(syscalls_remedy(&none, "socket", AF_INET), "network") &&
		      same(syscalls_remedy(&none, "socket", AF_INET6), "network"),
	      "remedy: internet sockets need network");
	check(!syscalls_remedy(&none, "socket", AF_NETLINK) && !syscalls_remedy(&none, "mount", 0) &&
		      !syscalls_remedy(&none, "clone", CLONE_NEWUSER) &&
		      !syscalls_remedy(&none, "ioctl", TIOCSTI) && !syscalls_remedy(&none, "no_such_call", 0),
	      "remedy: none where nothing can allow it");
	check(same(syscalls_remedy(&none, "ioctl", TCSETS), "tty") &&
		      same(syscalls_remedy(&none, "ioctl", 0xdead), "devices"),
	      "remedy: terminal requests need tty, others devices");
	check(same(syscalls_remedy(&bare, "fork", 0), "subprocess") &&
		      !syscalls_remedy(&bare, "shmget", 0) && !syscalls_remedy(&bare, "chmod", 0) &&
		      !syscalls_remedy(&bare, "ioctl", TCSETS),
	      "remedy: none for what --isolation landlock has not");
}

/* ---- the programs, against a model ---- */

/* Classic BPF, as much of it as seccomp takes and libseccomp makes. */
static uint32_t interpret(const struct sock_filter *prog, size_t n, const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &prog[pc];
		bool taken;

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (f->k > sizeof(*d) - sizeof(a))
				return 0xbad00001;
			memcpy(&a, (const char *)d + f->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			pc += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			taken = a == f->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			taken = a > f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			taken = a >= f->k;
			break;
		default:
			printf("# unknown instruction %#x\n", f->code);
			return 0xbad00002;
		}
		pc += taken ? f->jt : f->jf;
	}
	return 0xbad00003;
}

static bool one_of(uint32_t x, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

#define ONE_OF(x, ...)                                                                             \
	one_of(x, (const uint32_t[]){__VA_ARGS__}, ARRAY_SIZE(((const uint32_t[]){__VA_ARGS__})))

static bool model_ioctl(const struct syscall_policy *p, uint32_t request)
{
	struct syscall_values values;

	if (ONE_OF(request, 0x5412, 0x541c))
		return false;
	if (p->devices)
		return true;
	syscalls_values(p, SYSCALL_ARGS_IOCTL_REQUESTS, &values);
	return one_of(request, values.v, values.n);
}

static bool model_socket(const struct syscall_policy *p, const uint32_t *a)
{
	uint32_t type = a[1] & 0xf;

	if (a[0] == AF_UNIX)
		return !p->pairs_only;
	if (!p->inet || (a[0] != AF_INET && a[0] != AF_INET6))
		return false;
	return (type == SOCK_STREAM && ONE_OF(a[2], 0, 6)) ||
	       (type == SOCK_DGRAM && ONE_OF(a[2], 0, 17));
}

/* Whether the policy lets the call through, written from its description and not from its
 * tables, but for the lists of values. args are cut to 32 bits. */
static bool model(const struct syscall_policy *p, const struct syscall_rule *r, const uint32_t *a)
{
	struct syscall_values values;

	switch (r->args) {
	case SYSCALL_ARGS_CREATE_MODE:
		return !(a[r->pos] & (0100 | 020000000)) || !(a[r->pos + 1] & 06000);
	case SYSCALL_ARGS_NO_SETID:
		return !(a[r->pos] & 06000);
	case SYSCALL_ARGS_FILE_TYPES:
		return !(a[r->pos] & 06000) &&
		       ONE_OF(a[r->pos] & 0170000, 0, 0100000, 0010000, 0140000);
	case SYSCALL_ARGS_CLONE_FLAGS:
		return !(a[0] & 0x7e020000) && (p->subprocess || (a[0] & 0x10400) == 0x10400);
	case SYSCALL_ARGS_SOCKET_FAMILIES:
		return model_socket(p, a);
	case SYSCALL_ARGS_LOCAL_SOCKET:
		return a[0] == AF_UNIX &&
		       (!p->pairs_only || ONE_OF(a[1] & 0xf, SOCK_STREAM, SOCK_SEQPACKET));
	case SYSCALL_ARGS_NO_WHITEOUT:
		return !(a[4] & 4);
	case SYSCALL_ARGS_NO_URGENT:
		return !(a[r->pos] & 1);
	case SYSCALL_ARGS_OWN_IDS:
		for (unsigned i = 0; i <= r->pos; i++)
			if (!ONE_OF(a[i], 0xffffffff, 1000))
				return false;
		return true;
	case SYSCALL_ARGS_NO_HUGE_PAGES:
		return !(a[r->pos] & 0x40000);
	case SYSCALL_ARGS_NO_HUGE_SEGMENT:
		return !(a[r->pos] & 04000);
	case SYSCALL_ARGS_SELF:
		return a[r->pos] == 0;
	case SYSCALL_ARGS_SELF_PRIORITY:
		return a[0] == 0 && a[1] == 0;
	case SYSCALL_ARGS_WATCH_MASK:
		return !(a[2] & (0x1 | 0x10 | 0x20));
	case SYSCALL_ARGS_SECCOMP_OPERATIONS:
		return ONE_OF(a[0], 0, 2, 3) || (a[0] == 1 && !(a[1] & 8));
	case SYSCALL_ARGS_IOCTL_REQUESTS:
		return model_ioctl(p, a[1]);
	case SYSCALL_ARGS_PERSONALITY_QUERY:
		return ONE_OF(a[0], 0, 0xffffffff);
	case SYSCALL_ARGS_SCHED_POLICIES:
		return ONE_OF(a[1] & 0xbfffffff, 0, 3, 5);
	case SYSCALL_ARGS_FCNTL_COMMANDS:
	case SYSCALL_ARGS_PRCTL_OPTIONS:
		syscalls_values(p, r->args, &values);
		return one_of(a[values.pos], values.v, values.n);
	default:
		return true;
	}
}

static uint32_t expected(const struct syscall_policy *p, const struct syscall_rule *r,
			 const uint32_t *a, const __u64 *full)
{
	uint32_t refusal = p->notify ? SECCOMP_RET_USER_NOTIF
				     : SECCOMP_RET_ERRNO | (uint32_t)syscalls_errno(r->name);

	switch (r->verdict) {
	case SYSCALL_ALLOW:
		return SECCOMP_RET_ALLOW;
	case SYSCALL_REFUSE:
		return refusal;
	case SYSCALL_FILTERED:
		/* told to nobody: every look-up of a name tries it */
		if (r->args == SYSCALL_ARGS_SOCKET_FAMILIES && p->inet && a[0] == AF_NETLINK)
			return SECCOMP_RET_ERRNO | EAFNOSUPPORT;
		if (r->args == SYSCALL_ARGS_NO_NOWAIT)
			return a[r->pos] & 8 ? SECCOMP_RET_ERRNO | EOPNOTSUPP : SECCOMP_RET_ALLOW;
		/* as if it had worked; without a new limit prlimit64 only asks */
		if (r->args == SYSCALL_ARGS_CORE_LIMIT && r->pos == 1 && full[0])
			return refusal;
		if (r->args == SYSCALL_ARGS_CORE_LIMIT)
			return a[r->pos] != RLIMIT_CORE || (r->pos == 1 && full[2] == 0)
				       ? SECCOMP_RET_ALLOW
				       : SECCOMP_RET_ERRNO;
		return model(p, r, a) ? SECCOMP_RET_ALLOW : refusal;
	default:
		return SECCOMP_RET_ERRNO | ENOSYS;
	}
}

static uint64_t rng_state = 88172645463325252ULL;

static uint32_t rng(void)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return (uint32_t)(rng_state >> 16);
}

/* A value on which a rule could turn, or next to one, or any. */
static uint32_t interesting(const struct syscall_values *values)
{
	static const uint32_t some[] = {
		0,	    1,		2,	  3,	   5,	       6,	   8,
		10,	    16,		17,	  38,	   40,	       0x3ff,	   0xffffffff,
		0x80000000, 0x7fffffff, 0100,	  0102,	   0400000,    020200000,  020000000,
		06000,	    04000,	02000,	  0755,	   04755,      02755,	   0777,
		0100644,    0104755,	0010600,  0140755, 0020666,    0060660,	   0040755,
		0120777,    0x10000,	0x3d0f00, 0x20000, 0x10000000, 0x10010000, 0x1200011,
		0x7e020000, 0x5412,	0x541c,	  0x5413,  0x541d,     0x5401,	   0x80005412,
		0x800,	    0x80001,	0x80801,  0x80802, 0x40000000, 0x40000003, 0x40000001,
		9,	    4,		RLIMIT_CORE,
	};
	uint32_t x;

	switch (rng() % 4) {
	case 0:
		return rng();
	case 1:
		x = values->n ? values->v[rng() % values->n] : some[rng() % ARRAY_SIZE(some)];
		return x;
	case 2:
		x = values->n ? values->v[rng() % values->n] : some[rng() % ARRAY_SIZE(some)];
		return x ^ 1U << rng() % 32;
	default:
		return some[rng() % ARRAY_SIZE(some)];
	}
}

struct program {
	struct sock_filter *f;
	size_t n;
};

static int compare_call(const struct syscall_policy *p, const struct syscall_rule *r, int nr,
			const struct program *prog, int times)
{
	struct syscall_values values;
	int wrong = 0, seen[2] = {0};

	syscalls_values(p, r->args, &values);
	for (int i = 0; i < times; i++) {
		struct seccomp_data d = {.nr = nr, .arch = TEST_ARCH};
		uint32_t a[6], want, got;

		for (int j = 0; j < 6; j++) {
			a[j] = interesting(&values);
			/* a caller may leave anything in the upper half */
			d.args[j] = a[j] | (rng() & 1 ? (uint64_t)rng() << 32 : 0);
		}
		/* three arguments that fit together are rare by chance */
		if (r->args == SYSCALL_ARGS_SOCKET_FAMILIES && rng() % 8 == 0) {
			d.args[0] = a[0] = AF_INET6;
			d.args[1] = a[1] = SOCK_STREAM | SOCK_CLOEXEC;
			d.args[2] = a[2] = 0;
		}
		if (r->args == SYSCALL_ARGS_SELF_PRIORITY && rng() % 8 == 0)
			d.args[0] = d.args[1] = a[0] = a[1] = 0;
		if (r->args == SYSCALL_ARGS_OWN_IDS && rng() % 8 == 0)
			for (unsigned j = 0; j <= r->pos; j++)
				d.args[j] = a[j] = rng() % 8 == 0 ? rng() % 2000 : rng() % 2 ? 1000 : 0xffffffff;
		if (r->args == SYSCALL_ARGS_LOCAL_SOCKET && rng() % 8 == 0) {
			d.args[0] = a[0] = AF_UNIX;
			d.args[1] = a[1] = rng() % 2 ? SOCK_STREAM : SOCK_DGRAM;
		}
		if (r->args == SYSCALL_ARGS_CORE_LIMIT && rng() % 8 == 0) {
			d.args[r->pos] = a[r->pos] = RLIMIT_CORE;
			d.args[2] = a[2] = rng() % 2;
			if (r->pos == 1)
				d.args[0] = a[0] = rng() % 2;
		}
		want = expected(p, r, a, d.args);
		got = interpret(prog->f, prog->n, &d);
		seen[want == SECCOMP_RET_ALLOW]++;
		if (got != want && wrong++ < 5)
			printf("# %s(%#x, %#x, %#x): %#x, expected %#x\n", r->name, a[0], a[1],
			       a[2], got, want);
	}
	/* a comparison that only ever saw one side has compared little */
	if (r->verdict == SYSCALL_FILTERED && (!seen[0] || !seen[1])) {
		printf("# %s: only one side was tried\n", r->name);
		wrong++;
	}
	return wrong;
}

static int compare_unlisted(const struct syscall_rule *rules, size_t n, const struct program *prog)
{
	int wrong = 0;

	for (int nr = 0; nr < 1024; nr++) {
		struct seccomp_data d = {.nr = nr, .arch = TEST_ARCH};
		bool listed = false;
		char name[32];

		seccomp_call_name(name, sizeof(name), nr);
		for (size_t i = 0; i < n && !listed; i++)
			listed = strcmp(rules[i].name, name) == 0;
		if (!listed && interpret(prog->f, prog->n, &d) != (SECCOMP_RET_ERRNO | ENOSYS)) {
			printf("# call %d \"%s\" is not listed and not ENOSYS\n", nr, name);
			wrong++;
		}
		d.arch = AUDIT_ARCH_I386;
		if (interpret(prog->f, prog->n, &d) != SECCOMP_RET_KILL_PROCESS)
			wrong++;
#ifdef __x86_64__
		d = (struct seccomp_data){.nr = nr | 0x40000000, .arch = TEST_ARCH};
		if (interpret(prog->f, prog->n, &d) != SECCOMP_RET_KILL_PROCESS)
			wrong++;
#endif
	}
	return wrong;
}

static void test_model(void)
{
	/* of the combinations with the last switches some, each of the others among them */
	for (unsigned bits = 0; bits < 512; bits += 1 + 2 * (bits > 64) + 2 * (bits > 256)) {
		struct syscall_policy p = {.subprocess = bits & 1, .inet = bits & 2, .tty = bits & 4,
					   .devices = bits & 8, .notify = bits & 16,
					   .pid_1 = bits & 32, .pairs_only = bits & 64,
					   .watched = bits & 128, .bare = bits & 256};
		const struct syscall_rule *rules;
		struct program prog;
		struct pb_err e;
		int wrong = 0;
		char what[160];
		size_t n;

		(void)snprintf(what, sizeof(what), "model:%s%s%s%s%s%s%s%s%s",
			       p.subprocess ? " subprocess" : "", p.inet ? " inet" : "",
			       p.tty ? " tty" : "", p.devices ? " devices" : "",
			       p.notify ? " notify" : "", p.pid_1 ? " pid_1" : "",
			       p.pairs_only ? " pairs" : "", p.watched ? " watched" : "",
			       p.bare ? " bare" : "");
		if (seccomp_build(&p, &prog.f, &prog.n, &e) < 0) {
			printf("# %s\n", e.msg);
			check(false, what);
			continue;
		}
		rules = syscalls_rules(&p, &n);
		for (size_t i = 0; i < n; i++) {
			int nr = seccomp_syscall_resolve_name(rules[i].name);

			if (nr >= 0)
				wrong += compare_call(&p, &rules[i], nr, &prog,
						      rules[i].verdict == SYSCALL_FILTERED ? 4000
											   : 4);
		}
		wrong += compare_unlisted(rules, n, &prog);
		check(wrong == 0 && prog.n < 2048, what);
		free(prog.f);
	}
}

int main(void)
{
	test_lists();
	test_remedies();
	test_model();
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
