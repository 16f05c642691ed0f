/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The filter, from a policy.
 *
 * An allowlist: what no rule names gets ENOSYS, the default action. libseccomp has no "else"
 * for a call whose arguments do not fit, so each argument rule brings its own: the complement of
 * what it allows, spelled out as further rules, with the refusal as their action. Where the
 * complement is a list of bits the two sets are disjoint. Where it is "any other value" it
 * is a pair of rules that between them match everything (a bit clear, the bit set). Of the
 * comparisons of one argument libseccomp makes that with the greatest value first, and of equal
 * ones the one added first, so the pair comes last. Should a version order them otherwise
 * the call is refused, never allowed: no rule that allows overlaps one that must not. The unit
 * test runs every program that can be built here against a model of the policy.
 *
 * Arguments are compared by their low 32 bits, with a mask: the kernel looks at an int and
 * ignores what a caller leaves in the upper half (CVE-2019-10063), so must the filter.
 */
#include "linux/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "spec/plan.h"

#define SETID (S_ISUID | S_ISGID)

/* O_TMPFILE is this bit and O_DIRECTORY; either alone must not slip through. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

#define SOCK_TYPE_BITS 0xfU

struct build {
	scmp_filter_ctx ctx;
	const struct syscall_policy *policy;
	const struct syscall_rule *rule; /* the one being added */
	int nr;
	uint32_t refusal;
	int failed; /* the first negative result of libseccomp */
};

static void add_rule(struct build *b, uint32_t action, unsigned n, const struct scmp_arg_cmp *cmp)
{
	int r;

	if (b->failed)
		return;
	r = seccomp_rule_add_array(b->ctx, action, b->nr, n, cmp);
	/* the same rule twice is the same rule */
	if (r < 0 && r != -EEXIST)
		b->failed = r;
}

/* (argument & mask) == value, in the low 32 bits */
static struct scmp_arg_cmp masked(unsigned pos, uint32_t mask, uint32_t value)
{
	return (struct scmp_arg_cmp){pos, SCMP_CMP_MASKED_EQ, mask, value};
}

static void allow_if(struct build *b, struct scmp_arg_cmp c)
{
	add_rule(b, SCMP_ACT_ALLOW, 1, &c);
}

static void refuse_if(struct build *b, struct scmp_arg_cmp c)
{
	add_rule(b, b->refusal, 1, &c);
}

/* Refuses whatever else the argument is, given the n - 1 comparisons before it; cmp has
 * room for the n-th. Comes after the rules that allow. bit is one of the mask by which the
 * allowed values are compared: then none that is tested later has it set. */
static void refuse_any(struct build *b, unsigned pos, uint32_t bit, unsigned n,
		       struct scmp_arg_cmp *cmp)
{
	cmp[n - 1] = masked(pos, bit, 0);
	add_rule(b, b->refusal, n, cmp);
	cmp[n - 1] = masked(pos, bit, bit);
	add_rule(b, b->refusal, n, cmp);
}

/* Allows where (argument & mask) == value, refuses where one bit of them differs. */
static void allow_bits(struct build *b, unsigned pos, uint32_t mask, uint32_t value)
{
	allow_if(b, masked(pos, mask, value));
	for (uint32_t bit = 1; bit; bit <<= 1)
		if (mask & bit)
			refuse_if(b, masked(pos, bit, ~value & bit));
}

static void add_no_setid(struct build *b)
{
	allow_bits(b, b->rule->pos, SETID, 0);
}

/* Allowed where nothing is created, when mode is garbage, or where mode is harmless. */
static void add_create_mode(struct build *b)
{
	static const uint32_t create[] = {O_CREAT, TMPFILE_BIT}, setid[] = {S_ISUID, S_ISGID};
	unsigned flags = b->rule->pos, mode = b->rule->pos + 1;

	allow_if(b, masked(flags, O_CREAT | TMPFILE_BIT, 0));
	for (size_t i = 0; i < ARRAY_SIZE(create); i++) {
		struct scmp_arg_cmp cmp[2] = {masked(flags, create[i], create[i])};

		cmp[1] = masked(mode, SETID, 0);
		add_rule(b, SCMP_ACT_ALLOW, 2, cmp);
		for (size_t j = 0; j < ARRAY_SIZE(setid); j++) {
			cmp[1] = masked(mode, setid[j], setid[j]);
			add_rule(b, b->refusal, 2, cmp);
		}
	}
}

static void add_file_types(struct build *b)
{
	static const uint32_t types[] = {0, S_IFREG, S_IFIFO, S_IFSOCK};
	struct scmp_arg_cmp cmp[1];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		allow_if(b, masked(b->rule->pos, S_IFMT | SETID, types[i]));
	refuse_any(b, b->rule->pos, S_ISGID, 1, cmp);
}

static void add_clone_flags(struct build *b)
{
	/* a thread with descriptors of its own would have open_files of them once more */
	uint32_t thread = b->policy->subprocess ? 0 : CLONE_THREAD | CLONE_FILES;

	allow_bits(b, 0, SYSCALL_CLONE_NAMESPACES | thread, thread);
}

static void add_local_socket(struct build *b)
{
	struct scmp_arg_cmp cmp[1];

	allow_if(b, masked(0, UINT32_MAX, AF_UNIX));
	refuse_any(b, 0, 1, 1, cmp);
}

/* A pair is connected for good; but a datagram names its receiver itself. */
static void add_socketpair(struct build *b)
{
	static const uint32_t types[] = {SOCK_STREAM, SOCK_SEQPACKET};
	struct scmp_arg_cmp cmp[2] = {masked(0, UINT32_MAX, AF_UNIX)};

	if (!b->policy->pairs_only) {
		add_local_socket(b);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		cmp[1] = masked(1, SOCK_TYPE_BITS, types[i]);
		add_rule(b, SCMP_ACT_ALLOW, 2, cmp);
	}
	refuse_any(b, 1, 1, 2, cmp);
	refuse_any(b, 0, 1, 1, cmp);
}

/* Whoever may read a directory may watch it, and /usr is the host's: what is opened and run there
 * tells of every user's programs. */
static void add_watch_mask(struct build *b)
{
	allow_bits(b, 2, IN_ACCESS | IN_OPEN | IN_CLOSE_NOWRITE, 0);
}

/* TCP and UDP by name: other protocols of these families (SCTP, MPTCP, SMC, raw and ping
 * sockets) are kernel modules that no plugin needs. */
static void add_socket_families(struct build *b)
{
	static const uint32_t families[] = {AF_INET, AF_INET6};
	static const struct {
		uint32_t type, protocol;
	} kinds[] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}};
	struct scmp_arg_cmp cmp[3];

	for (size_t f = 0; f < ARRAY_SIZE(families) && b->policy->inet; f++) {
		cmp[0] = masked(0, UINT32_MAX, families[f]);
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			cmp[1] = masked(1, SOCK_TYPE_BITS, kinds[k].type);
			cmp[2] = masked(2, UINT32_MAX, 0);
			add_rule(b, SCMP_ACT_ALLOW, 3, cmp);
			cmp[2] = masked(2, UINT32_MAX, kinds[k].protocol);
			add_rule(b, SCMP_ACT_ALLOW, 3, cmp);
			refuse_any(b, 2, 1, 3, cmp);
		}
		refuse_any(b, 1, 1, 2, cmp);
	}
	/* glibc asks netlink which addresses there are at every look-up, and does without: not
	 * worth telling */
	if (b->policy->inet && b->policy->notify) {
		cmp[0] = masked(0, UINT32_MAX, AF_NETLINK);
		add_rule(b, SCMP_ACT_ERRNO(EAFNOSUPPORT), 1, cmp);
	}
	if (b->policy->pairs_only)
		refuse_any(b, 0, 1, 1, cmp);
	else
		add_local_socket(b);
}

/* One id is mapped, and its number is the same in every plugin. */
static void add_ids_from(struct build *b, unsigned pos, struct scmp_arg_cmp *cmp)
{
	static const uint32_t harmless[] = {UINT32_MAX, PLAN_INNER_ID};

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		cmp[pos] = masked(pos, UINT32_MAX, harmless[i]);
		if (pos < b->rule->pos)
			add_ids_from(b, pos + 1, cmp);
		else
			add_rule(b, SCMP_ACT_ALLOW, pos + 1, cmp);
	}
	refuse_any(b, pos, 1, pos + 1, cmp);
}

static void add_own_ids(struct build *b)
{
	struct scmp_arg_cmp cmp[3];

	add_ids_from(b, 0, cmp);
}

static void add_self(struct build *b)
{
	struct scmp_arg_cmp cmp[1];

	allow_if(b, masked(b->rule->pos, UINT32_MAX, 0));
	refuse_any(b, b->rule->pos, 1, 1, cmp);
}

static void add_self_priority(struct build *b)
{
	struct scmp_arg_cmp cmp[2] = {masked(0, UINT32_MAX, PRIO_PROCESS), masked(1, UINT32_MAX, 0)};

	add_rule(b, SCMP_ACT_ALLOW, 2, cmp);
	refuse_any(b, 1, 1, 2, cmp);
	refuse_any(b, 0, 1, 1, cmp);
}

static void add_no_whiteout(struct build *b)
{
	allow_bits(b, 4, RENAME_WHITEOUT, 0);
}

static void add_no_urgent(struct build *b)
{
	allow_bits(b, b->rule->pos, MSG_OOB, 0);
}

/* What is read at once was in memory: of a file in /usr, because another program of the host has
 * read or run it. Not every file system can tell, so programs know the answer. */
static void add_no_nowait(struct build *b)
{
	struct scmp_arg_cmp cmp[1] = {masked(b->rule->pos, RWF_NOWAIT, RWF_NOWAIT)};

	allow_if(b, masked(b->rule->pos, RWF_NOWAIT, 0));
	add_rule(b, SCMP_ACT_ERRNO(EOPNOTSUPP), 1, cmp);
}

static void add_no_huge_pages(struct build *b)
{
	allow_bits(b, b->rule->pos, MAP_HUGETLB, 0);
}

static void add_no_huge_segment(struct build *b)
{
	allow_bits(b, b->rule->pos, SHM_HUGETLB, 0);
}

/* Programs that switch core dumps off do not mind that they are off already; with a limit of 0 the
 * kernel would run its core_pattern helper again. prlimit64 without a new limit only asks. */
static void add_core_limit(struct build *b)
{
	const unsigned pos = b->rule->pos;
	/* of prlimit64, its own process only: pid 1 is the plugin's user too */
	struct scmp_arg_cmp cmp[3] = {{0, SCMP_CMP_EQ, 0, 0}};
	struct scmp_arg_cmp *resource = &cmp[pos];

	for (unsigned shift = 0; shift < 32; shift++) {
		uint32_t mask = UINT32_MAX << shift;

		*resource = masked(pos, mask, (RLIMIT_CORE ^ 1U << shift) & mask);
		add_rule(b, SCMP_ACT_ALLOW, pos + 1, cmp);
	}
	*resource = masked(pos, UINT32_MAX, RLIMIT_CORE);
	if (pos == 0) {
		add_rule(b, SCMP_ACT_ERRNO(0), 1, cmp);
		return;
	}
	cmp[2] = (struct scmp_arg_cmp){2, SCMP_CMP_EQ, 0, 0};
	add_rule(b, SCMP_ACT_ALLOW, 3, cmp);
	cmp[2] = (struct scmp_arg_cmp){2, SCMP_CMP_NE, 0, 0};
	add_rule(b, SCMP_ACT_ERRNO(0), 3, cmp);
	refuse_if(b, (struct scmp_arg_cmp){0, SCMP_CMP_NE, 0, 0});
}

/* A listener of the plugin's own would answer in the place of the supervisor. */
static void add_seccomp_operations(struct build *b)
{
	static const uint32_t plain[] = {SECCOMP_SET_MODE_STRICT, SECCOMP_GET_ACTION_AVAIL,
					 SECCOMP_GET_NOTIF_SIZES};
	struct scmp_arg_cmp cmp[2] = {masked(0, UINT32_MAX, SECCOMP_SET_MODE_FILTER)};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		allow_if(b, masked(0, UINT32_MAX, plain[i]));
	cmp[1] = masked(1, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0);
	add_rule(b, SCMP_ACT_ALLOW, 2, cmp);
	cmp[1] = masked(1, SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	add_rule(b, b->refusal, 2, cmp);
	refuse_any(b, 0, 1, 1, cmp);
}

/* Everything but the values is allowed: here an overlap would let them through, so the
 * complement is made of disjoint pieces, each a prefix that a value has but for its last bit. */
static void add_except(struct build *b, const struct syscall_values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		refuse_if(b, masked(values->pos, UINT32_MAX, values->v[i]));
		for (unsigned shift = 0; shift < 32; shift++) {
			uint32_t mask = UINT32_MAX << shift;
			uint32_t prefix = (values->v[i] ^ 1U << shift) & mask;
			bool holds_another = false;

			for (size_t j = 0; j < values->n; j++)
				holds_another |= (values->v[j] & mask) == prefix;
			if (!holds_another)
				allow_if(b, masked(values->pos, mask, prefix));
		}
	}
}

static void add_values(struct build *b)
{
	struct syscall_values values;
	struct scmp_arg_cmp cmp[1];

	syscalls_values(b->policy, b->rule->args, &values);
	if (values.except) {
		add_except(b, &values);
		return;
	}
	for (size_t i = 0; i < values.n; i++)
		allow_if(b, masked(values.pos, values.mask, values.v[i]));
	refuse_any(b, values.pos, 1, 1, cmp);
}

static void (*const add_args[SYSCALL_ARGS_N])(struct build *b) = {
	[SYSCALL_ARGS_CREATE_MODE] = add_create_mode,
	[SYSCALL_ARGS_NO_SETID] = add_no_setid,
	[SYSCALL_ARGS_FILE_TYPES] = add_file_types,
	[SYSCALL_ARGS_CLONE_FLAGS] = add_clone_flags,
	[SYSCALL_ARGS_SOCKET_FAMILIES] = add_socket_families,
	[SYSCALL_ARGS_LOCAL_SOCKET] = add_socketpair,
	[SYSCALL_ARGS_WATCH_MASK] = add_watch_mask,
	[SYSCALL_ARGS_NO_WHITEOUT] = add_no_whiteout,
	[SYSCALL_ARGS_NO_URGENT] = add_no_urgent,
	[SYSCALL_ARGS_NO_NOWAIT] = add_no_nowait,
	[SYSCALL_ARGS_OWN_IDS] = add_own_ids,
	[SYSCALL_ARGS_NO_HUGE_PAGES] = add_no_huge_pages,
	[SYSCALL_ARGS_NO_HUGE_SEGMENT] = add_no_huge_segment,
	[SYSCALL_ARGS_SELF] = add_self,
	[SYSCALL_ARGS_SELF_PRIORITY] = add_self_priority,
	[SYSCALL_ARGS_CORE_LIMIT] = add_core_limit,
	[SYSCALL_ARGS_SECCOMP_OPERATIONS] = add_seccomp_operations,
	[SYSCALL_ARGS_IOCTL_REQUESTS] = add_values,
	[SYSCALL_ARGS_FCNTL_COMMANDS] = add_values,
	[SYSCALL_ARGS_PRCTL_OPTIONS] = add_values,
	[SYSCALL_ARGS_PERSONALITY_QUERY] = add_values,
	[SYSCALL_ARGS_SCHED_POLICIES] = add_values,
};

/* A rule and the number of its call. */
struct numbered {
	int nr;
	const struct syscall_rule *rule;
};

static int by_falling_number(const void *a, const void *b)
{
	return ((const struct numbered *)b)->nr - ((const struct numbered *)a)->nr;
}

/* Resolves the rules that the filter needs, into calls, which has room for all. */
static int resolve(const struct syscall_policy *p, struct numbered **calls, size_t *n,
		   struct pb_err *e)
{
	const struct syscall_rule *rules;
	size_t n_rules;

	rules = syscalls_rules(p, &n_rules);
	*calls = xcalloc(n_rules, sizeof(**calls));
	*n = 0;
	for (size_t i = 0; i < n_rules; i++) {
		int nr;

		if (rules[i].verdict == SYSCALL_UNKNOWN)
			continue;
		nr = seccomp_syscall_resolve_name(rules[i].name);
		if (nr == __NR_SCMP_ERROR && !rules[i].optional)
			return pb_err_set(e, PB_ERR_SETUP, 0,
					  "libseccomp does not know the call \"%s\"",
					  rules[i].name);
		/* a pseudo number stands for a call that this architecture does not have */
		if (nr >= 0)
			(*calls)[(*n)++] = (struct numbered){nr, &rules[i]};
	}
	/* libseccomp looks for the place of each call from the lowest up */
	qsort(*calls, *n, sizeof(**calls), by_falling_number);
	return 0;
}

/* Adds one rule of the policy. Returns 0, or -1 with *e. */
static int add_call(struct build *b, const struct numbered *call, struct pb_err *e)
{
	const struct syscall_rule *rule = call->rule;

	b->nr = call->nr;
	b->rule = rule;
	b->refusal = b->policy->notify ? SCMP_ACT_NOTIFY
				       : SCMP_ACT_ERRNO((uint16_t)syscalls_errno(rule->name));
	if (rule->verdict == SYSCALL_ALLOW)
		add_rule(b, SCMP_ACT_ALLOW, 0, NULL);
	else if (rule->verdict == SYSCALL_REFUSE)
		add_rule(b, syscalls_untold(rule->name) ? SCMP_ACT_ERRNO(EPERM) : b->refusal, 0, NULL);
	else
		add_args[rule->args](b);
	if (b->failed)
		return pb_err_set(e, PB_ERR_SETUP, -b->failed, "cannot add the call \"%s\"",
				  rule->name);
	return 0;
}

/* The program, out of libseccomp's hands. */
static int export_program(scmp_filter_ctx ctx, struct sock_filter **prog, size_t *n)
{
#if SCMP_VER_MAJOR > 2 || (SCMP_VER_MAJOR == 2 && SCMP_VER_MINOR >= 6)
	size_t size = 0;
	int r = seccomp_export_bpf_mem(ctx, NULL, &size);

	if (r < 0)
		return r;
	*prog = xcalloc(1, size);
	r = seccomp_export_bpf_mem(ctx, *prog, &size);
	if (r < 0) {
		free(take_ptr(*prog));
		return r;
	}
	*n = size / sizeof(**prog);
	return 0;
#else
	autoclose int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return r;
	size = lseek(fd, 0, SEEK_END);
	if (size <= 0 || lseek(fd, 0, SEEK_SET) != 0)
		return -EIO;
	*prog = xcalloc(1, (size_t)size);
	if (fd_read_all(fd, *prog, (size_t)size) != size) {
		free(take_ptr(*prog));
		return -EIO;
	}
	*n = (size_t)size / sizeof(**prog);
	return 0;
#endif
}

int seccomp_build(const struct syscall_policy *p, struct sock_filter **prog, size_t *n,
		  struct pb_err *e)
{
	struct build b = {.policy = p, .ctx = seccomp_init(SCMP_ACT_ERRNO(ENOSYS))};
	autofree struct numbered *calls = NULL;
	size_t n_calls;
	int r;

	if (!b.ctx)
		return pb_err_set(e, PB_ERR_SETUP, 0, "cannot prepare a system call filter");
	r = seccomp_attr_set(b.ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* a search tree over the numbers instead of a list */
	if (r == 0)
		r = seccomp_attr_set(b.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r < 0) {
		pb_err_set(e, PB_ERR_SETUP, -r, "cannot prepare a system call filter");
		goto out;
	}
	r = resolve(p, &calls, &n_calls, e);
	for (size_t i = 0; r == 0 && i < n_calls; i++)
		r = add_call(&b, &calls[i], e);
	if (r < 0)
		goto out;
	r = export_program(b.ctx, prog, n);
	if (r < 0)
		pb_err_set(e, PB_ERR_SETUP, -r, "cannot compile the system call filter");
out:
	seccomp_release(b.ctx);
	return r < 0 ? -1 : 0;
}

static long seccomp_call(unsigned op, unsigned flags, void *args)
{
	return syscall(SYS_seccomp, op, flags, args);
}

void seccomp_without_listener(struct sock_filter *prog, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (prog[i].code == (BPF_RET | BPF_K) &&
		    (prog[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			prog[i].k = SECCOMP_RET_ERRNO | EPERM;
}

int seccomp_install(const struct sock_filter *prog, size_t n, int *listener, struct pb_err *e)
{
	struct sock_fprog fprog = {(unsigned short)n, (struct sock_filter *)prog};
	unsigned flags = 0;
	long r;

	if (n == 0 || n > BPF_MAXINSNS)
		return pb_err_set(e, PB_ERR_SETUP, E2BIG, "cannot load the system call filter");
	if (!listener) {
		r = seccomp_call(SECCOMP_SET_MODE_FILTER, flags, &fprog);
	} else {
		/* without it every signal that the plugin handles would restart its refused call */
		flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
		r = seccomp_call(SECCOMP_SET_MODE_FILTER, flags, &fprog);
		if (r < 0 && errno == EINVAL) /* before 5.19 */
			r = seccomp_call(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
					 &fprog);
		if (r >= 0)
			*listener = (int)r;
	}
	if (r < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot load the system call filter");
	return 0;
}

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "seccomp_load_init: name the architecture"
#endif

/* x32 calls have the same AUDIT_ARCH as 64-bit ones, and this bit in their number. */
#define X32_BIT 0x40000000

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
/* Two instructions each, so that no jump has to be counted. */
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), RETURN(SECCOMP_RET_ALLOW)

int seccomp_load_init(struct pb_err *e)
{
	static const struct sock_filter program[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		/* the loop: a signal comes, children are reaped, the child is told */
		ALLOW(rt_sigtimedwait),
		ALLOW(wait4),
		ALLOW(waitid),
		ALLOW(kill),
		ALLOW(rt_sigprocmask),
		ALLOW(rt_sigreturn),
		ALLOW(restart_syscall),
		ALLOW(madvise), /* trim_program */
		/* its end: one message, and out */
		ALLOW(read),
		ALLOW(write),
		ALLOW(sendto),
		ALLOW(sendmsg),
		ALLOW(close),
		ALLOW(getpid),
		ALLOW(exit),
		ALLOW(exit_group),
#ifdef WITH_ASAN
		ALLOW(sigaltstack),
#endif
		RETURN(SECCOMP_RET_KILL_PROCESS),
	};

	if (seccomp_install(program, ARRAY_SIZE(program), NULL, e) < 0)
		return pb_err_wrap(e, "pid 1");
	return 0;
}

char *seccomp_call_name(char *buf, size_t size, int nr)
{
	autofree char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	(void)snprintf(buf, size, "%s", name ? name : "");
	return buf;
}
