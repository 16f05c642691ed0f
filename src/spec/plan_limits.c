/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How each limit is kept on this host, or why it cannot be.
 *
 * A limit that somebody asked for and nothing here enforces stops the launch. A
 * default that nobody asked for may be kept by a weaker means, and is told.
 */
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "spec/plan_build.h"

#define STACK_SOFT (UINT64_C(8) << 20)

const char *const limit_means_words[] = {
	[MEANS_NONE] = "none",	     [MEANS_CGROUP] = "cgroup", [MEANS_WATCHDOG] = "watchdog",
	[MEANS_RLIMIT] = "rlimit",   [MEANS_MOUNT] = "mount",	[MEANS_QUOTA] = "project quota",
	[MEANS_TIMER] = "timer",
	[MEANS_RELAY] = "relay",
};

void plan_limit_add(struct plan *p, const struct plan_input *in, enum limit_id id,
		    enum limit_means means, const char *detail)
{
	grow(&p->limits, &p->cap_limits, p->n_limits, sizeof(*p->limits));
	p->limits[p->n_limits++] = (struct plan_limit){
		.id = id,
		.v = in->r->limits[id].v,
		.from = in->r->limit_from[id],
		.means = means,
		.detail = detail,
	};
}

/* A profile or plugbox.yaml may want more than the caller, not less. */
static enum limits_by limits_by(const struct plan_input *in)
{
	enum limits_by word = in->l->limits_given  ? in->l->limits_by
			      : in->l->best_effort ? LIMITS_BEST_EFFORT
						   : LIMITS_ENFORCED;

	return word > in->r->limits_by ? word : in->r->limits_by;
}

int plan_limit_lacks(struct plan *p, const struct plan_input *in, enum limit_id id, const char *why,
		     const char *remedy, struct pb_err *e)
{
	const char *key = limit_table[id].key;

	if (limits_by(in) != LIMITS_BEST_EFFORT) {
		pb_err_set(e, PB_ERR_SETUP, 0, "cannot enforce %s: %s", key, why);
		pb_err_step(e, key);
		return pb_err_hint(e, "%s", remedy);
	}
	plan_limit_add(p, in, id, MEANS_NONE, NULL);
	strv_add(&p->missing, key);
	strv_take(&p->notes, xasprintf("%s is not enforced: %s", key, why));
	return 0;
}

/* What plugbox keeps itself is not what the kernel keeps. */
static int not_strict(struct plan *p, const struct plan_input *in, enum limit_id id,
		      enum limit_means means, const char *why, struct pb_err *e)
{
	const char *key = limit_table[id].key;

	(void)p;
	if (limits_by(in) != LIMITS_STRICT || in->r->limit_from[id] == FROM_DEFAULT)
		return 0;
	pb_err_set(e, PB_ERR_SETUP, 0, "cannot enforce %s strictly: %s", key, why);
	pb_err_step(e, key);
	return pb_err_hint(e, "%s; with --limits enforced there is the %s",
			   id == LIMIT_DATA_SIZE ? "put --data-dir on a file system of that size"
						 : "run plugbox in a delegated cgroup (see plugbox doctor)",
			   limit_means_words[means]);
}

static void rlimit(struct plan *p, int resource, const char *name, uint64_t soft, uint64_t hard,
		   const char *why)
{
	grow(&p->rlimits, &p->cap_rlimits, p->n_rlimits, sizeof(*p->rlimits));
	p->rlimits[p->n_rlimits++] = (struct plan_rlimit){
		.resource = resource, .name = name, .soft = soft, .hard = hard, .why = xstrdup(why)};
}

/* RLIMIT_DATA counts what a process could write to, used or not, threads' stacks whole: at the limit
 * itself it would refuse what fits. Above it, it bounds what one process takes between two looks. */
static void watch_memory(struct plan *p, const struct plan_input *in)
{
	const uint64_t v = in->r->limits[LIMIT_MEMORY].v;
	const uint64_t room = (UINT64_C(1) << 30) + in->r->limits[LIMIT_PIDS].v * STACK_SOFT;

	rlimit(p, RLIMIT_DATA, "DATA", v + room, v + room,
	       "each process, should it outrun the watchdog");
	p->watch.memory = v;
	plan_limit_add(p, in, LIMIT_MEMORY, MEANS_WATCHDOG, NULL);
}

static int cpu_limit(struct plan *p, const struct plan_input *in, unsigned have, struct pb_err *e)
{
	autofree char *why = plan_cgroup_lack(in, CG_CPU);

	if (have & CG_CPU) {
		p->cgroup.cpu_milli = in->r->limits[LIMIT_CPU].v;
		plan_limit_add(p, in, LIMIT_CPU, MEANS_CGROUP, "cpu.max");
		return 0;
	}
	if (p->as_pid_1 && p->subprocess)
		return plan_limit_lacks(p, in, LIMIT_CPU,
					"with as-pid-1 and subprocess nobody inside can stop the others",
					"drop either, or " PLAN_CGROUP_REMEDY, e);
	p->watch.cpu_milli = in->r->limits[LIMIT_CPU].v;
	plan_limit_add(p, in, LIMIT_CPU, MEANS_WATCHDOG, NULL);
	return not_strict(p, in, LIMIT_CPU, MEANS_WATCHDOG, why, e);
}

static int memory_limit(struct plan *p, const struct plan_input *in, unsigned have, struct pb_err *e)
{
	autofree char *why = plan_cgroup_lack(in, CG_MEMORY);

	if (have & CG_MEMORY) {
		p->cgroup.memory = in->r->limits[LIMIT_MEMORY].v;
		plan_limit_add(p, in, LIMIT_MEMORY, MEANS_CGROUP, "memory.max");
		return 0;
	}
	watch_memory(p, in);
	return not_strict(p, in, LIMIT_MEMORY, MEANS_WATCHDOG, why, e);
}

static int pids_limit(struct plan *p, const struct plan_input *in, unsigned have, struct pb_err *e)
{
	uint64_t v = in->r->limits[LIMIT_PIDS].v;
	/* plugbox's own pid 1 counts too */
	uint64_t n = v + (p->as_pid_1 ? 0 : 1);
	autofree char *why = plan_cgroup_lack(in, CG_PIDS);

	/* looked at before pids.max: with the same number the cgroup would never tell of a refusal */
	const uint64_t second = n + (have & CG_PIDS ? 1 : 0);

	rlimit(p, RLIMIT_NPROC, "NPROC", second, second,
	       p->bare ? "processes and threads, beside those that the user has at the start"
		       : "processes and threads, counted in the user namespace");
	if (have & CG_PIDS) {
		p->cgroup.pids = n;
		plan_limit_add(p, in, LIMIT_PIDS, MEANS_CGROUP, "pids.max");
		return 0;
	}
	if (in->f->nproc_per_userns && !p->bare) {
		plan_limit_add(p, in, LIMIT_PIDS, MEANS_RLIMIT, "NPROC per user namespace");
	} else if (in->r->limit_from[LIMIT_PIDS] == FROM_DEFAULT) {
		plan_limit_add(p, in, LIMIT_PIDS, MEANS_RLIMIT,
			       "NPROC shared with the user's other processes");
		if (!p->bare)
			strv_add(&p->notes, "pids_limit: this kernel counts RLIMIT_NPROC for the whole user");
	} else {
		return plan_limit_lacks(p, in, LIMIT_PIDS, why,
					p->bare ? PLAN_CGROUP_REMEDY
						: "use Linux 5.14 or later, or a delegated cgroup, or "
						  "--best-effort", e);
	}
	return not_strict(p, in, LIMIT_PIDS, MEANS_RLIMIT, why, e);
}

/* These need the relay, which sees the bytes; a terminal that the plugin is given is not relayed. */
static int channel_limits(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const struct {
		enum limit_id id;
		uint64_t *v;
	} rows[] = {{LIMIT_IDLE_TIMEOUT, &p->idle_ms},
		    {LIMIT_STARTUP_TIMEOUT, &p->startup_ms},
		    {LIMIT_OUTPUT_SIZE, &p->output_size}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!in->r->limits[rows[i].id].set)
			continue;
		if (p->tty) {
			if (plan_limit_lacks(p, in, rows[i].id, "with tty the plugin may have the terminal itself",
				       "drop tty, or the limit, or pass --best-effort", e) < 0)
				return -1;
			continue;
		}
		*rows[i].v = in->r->limits[rows[i].id].v;
		plan_limit_add(p, in, rows[i].id, MEANS_RELAY, NULL);
	}
	return 0;
}

static int cpu_time(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const uint64_t ms = in->r->limits[LIMIT_CPU_TIME].v;
	const uint64_t seconds = (ms + 999) / 1000;
	autofree char *why = plan_cgroup_lack(in, CG_CPU);

	/* only should nobody have ended it before */
	rlimit(p, RLIMIT_CPU, "CPU", seconds + 1, seconds + 2, "each process, should it outrun cpu_time");
	p->watch.cpu_ms = ms;
	if (p->watch.cpu_by_cgroup) {
		plan_limit_add(p, in, LIMIT_CPU_TIME, MEANS_CGROUP, "cpu.stat");
		return 0;
	}
	plan_limit_add(p, in, LIMIT_CPU_TIME, MEANS_WATCHDOG, NULL);
	return not_strict(p, in, LIMIT_CPU_TIME, MEANS_WATCHDOG, why, e);
}

static int time_limits(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const struct limit *l = in->r->limits;

	p->kill_after_ms = in->l->kill_after;
	if (l[LIMIT_TIMEOUT].set) {
		p->timeout_ms = l[LIMIT_TIMEOUT].v;
		plan_limit_add(p, in, LIMIT_TIMEOUT, MEANS_TIMER, NULL);
	}
	return l[LIMIT_CPU_TIME].set ? cpu_time(p, in, e) : 0;
}

/* The directory for temporary files is one of the host's: a size that somebody asked for is missed,
 * the usual one is among what this mode does not keep. */
static int tmp_size(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	if (!p->bare || in->r->limit_from[LIMIT_TMP_SIZE] == FROM_DEFAULT)
		return 0;
	return plan_limit_lacks(p, in, LIMIT_TMP_SIZE, "--isolation landlock has no /tmp of its own",
			  "put the host's /tmp on a file system of that size, use file_size, or pass "
			  "--best-effort", e);
}

/* Limits of the manifest's vocabulary that this version has no means for. */
static int unavailable(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	static const struct {
		enum limit_id id;
		const char *why, *remedy;
	} rows[] = {
		{LIMIT_MESSAGES, "this version does not read the channel",
		 "limit the rate in the host, and pass --best-effort"},
		{LIMIT_DB_QUERIES, "this version does not read the channel",
		 "limit the rate in the host, and pass --best-effort"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (in->r->limits[rows[i].id].set &&
		    plan_limit_lacks(p, in, rows[i].id, rows[i].why, rows[i].remedy, e) < 0)
			return -1;
	return 0;
}

static int data_size(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const char *why = p->bare ? "no project quota: --isolation landlock has no user namespace"
				  : in->f->quota_reason;

	if (!in->r->limits[LIMIT_DATA_SIZE].set || !p->storage)
		return 0;
	/* from outside of a user namespace, which a bare plugin is, its owner can change the project */
	if (in->f->data_quota && !p->bare) {
		p->data_quota = in->r->limits[LIMIT_DATA_SIZE].v;
		plan_limit_add(p, in, LIMIT_DATA_SIZE, MEANS_QUOTA, NULL);
		return 0;
	}
	p->watch.data = in->r->limits[LIMIT_DATA_SIZE].v;
	plan_limit_add(p, in, LIMIT_DATA_SIZE, MEANS_WATCHDOG, why);
	return not_strict(p, in, LIMIT_DATA_SIZE, MEANS_WATCHDOG, why ? why : "no project quota", e);
}

static void fixed_rlimits(struct plan *p, const struct plan_input *in)
{
	const struct limit *l = in->r->limits;

	/* with 0 the kernel still runs a core_pattern helper, as root of the host; with exactly 1 it
	 * runs none, and a file has no room (core(5)); the filter keeps the plugin from changing it */
	rlimit(p, RLIMIT_CORE, "CORE", 1, 1, "a core dump would land on the host");
	rlimit(p, RLIMIT_NOFILE, "NOFILE", l[LIMIT_OPEN_FILES].v, l[LIMIT_OPEN_FILES].v, "open_files");
	plan_limit_add(p, in, LIMIT_OPEN_FILES, MEANS_RLIMIT, "NOFILE");
	if (l[LIMIT_FILE_SIZE].set) {
		rlimit(p, RLIMIT_FSIZE, "FSIZE", l[LIMIT_FILE_SIZE].v, l[LIMIT_FILE_SIZE].v, "file_size");
		plan_limit_add(p, in, LIMIT_FILE_SIZE, MEANS_RLIMIT, "FSIZE");
	}
	if (!p->bare)
		plan_limit_add(p, in, LIMIT_TMP_SIZE, MEANS_MOUNT, "tmpfs size");
	rlimit(p, RLIMIT_MEMLOCK, "MEMLOCK", 8U << 20, 8U << 20, "locked memory");
	rlimit(p, RLIMIT_MSGQUEUE, "MSGQUEUE", 0, 0, "POSIX message queues");
	rlimit(p, RLIMIT_SIGPENDING, "SIGPENDING", 1024, 1024, "queued signals");
	rlimit(p, RLIMIT_STACK, "STACK", STACK_SOFT, 64U << 20, "stack");
	rlimit(p, RLIMIT_RTPRIO, "RTPRIO", 0, 0, "no real-time scheduling");
	rlimit(p, RLIMIT_NICE, "NICE", 0, 0, "no higher priority");
}

int plan_limits(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const unsigned have = plan_cgroup(p, in);

	p->watch.pid_1 = p->as_pid_1;
	p->watch.host_proc = p->bare;
	p->watch.cpu_by_cgroup = p->cgroup_way != CGROUP_NONE;
	if ((in->r->limits[LIMIT_CPU].set && cpu_limit(p, in, have, e) < 0) ||
	    (in->r->limits[LIMIT_MEMORY].set && memory_limit(p, in, have, e) < 0) ||
	    plan_cgroup_limits(p, in, have, e) < 0 || pids_limit(p, in, have, e) < 0 ||
	    time_limits(p, in, e) < 0 || channel_limits(p, in, e) < 0 || tmp_size(p, in, e) < 0 ||
	    data_size(p, in, e) < 0 ||
	    unavailable(p, in, e) < 0)
		return -1;
	fixed_rlimits(p, in);
	if (p->bare)
		return 0;
	p->ucounts[p->n_ucounts++] = (struct plan_ucount){
		"max_user_namespaces", 0, "no namespace inside the sandbox, whatever the filter says"};
	p->ucounts[p->n_ucounts++] = (struct plan_ucount){
		"max_inotify_instances", 16, "a bound of the sandbox's own, within the user's"};
	p->ucounts[p->n_ucounts++] = (struct plan_ucount){
		"max_inotify_watches", 8192, "a bound of the sandbox's own, within the user's"};
	return 0;
}
