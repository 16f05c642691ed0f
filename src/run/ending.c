/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/ending.h"

#include <signal.h>
#include <sys/wait.h>

void ending_rusage(struct result *r, const struct rusage *u)
{
	const uint64_t user =
		(uint64_t)u->ru_utime.tv_sec * 1000000 + (uint64_t)u->ru_utime.tv_usec;
	const uint64_t sys = (uint64_t)u->ru_stime.tv_sec * 1000000 + (uint64_t)u->ru_stime.tv_usec;

	usage_set(&r->usage, USAGE_BY_RUSAGE, USAGE_CPU, user + sys);
	usage_set(&r->usage, USAGE_BY_RUSAGE, USAGE_CPU_USER, user);
	usage_set(&r->usage, USAGE_BY_RUSAGE, USAGE_CPU_SYSTEM, sys);
	r->peak_memory = (uint64_t)u->ru_maxrss * 1024;
}

static const struct plan_limit *limit_in_force(const struct plan *p, enum limit_id id)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if (p->limits[i].id == id)
			return &p->limits[i];
	return NULL;
}

/* The limit that a signal stands for, where the plan has it; a plugin can send itself any signal.
 */
static const char *limit_behind(const struct plan *p, const struct result *r, int sig)
{
	const struct plan_limit *cpu = limit_in_force(p, LIMIT_CPU_TIME);

	/* a plugin that ignores SIGXCPU is killed a second later */
	if (cpu && sig == SIGXCPU)
		return limit_table[LIMIT_CPU_TIME].key;
	/* the kernel counts the limit in ticks, the usage more exactly, so the two differ */
	if (cpu && sig == SIGKILL && r->cpu_seconds * 1000 >= (double)cpu->v / 2)
		return limit_table[LIMIT_CPU_TIME].key;
	if (sig == SIGXFSZ && limit_in_force(p, LIMIT_FILE_SIZE))
		return limit_table[LIMIT_FILE_SIZE].key;
	return NULL;
}

void ending_judge(const struct ending *end, const struct plan *p, struct result *r)
{
	if (end->stop == STOP_PARENT) {
		r->outcome = OUTCOME_ABANDONED;
		r->signal = SIGKILL;
	} else if (end->stop == STOP_TIMEOUT) {
		r->outcome = OUTCOME_TIMEOUT;
		r->limit = end->limit;
	} else if (end->failed) {
		r->outcome = OUTCOME_FAILED;
	} else if (end->stop == STOP_DATA) {
		r->outcome = OUTCOME_LIMIT;
		r->signal = SIGKILL;
		r->limit = end->limit;
	} else if (end->stop == STOP_OUTPUT || (end->over && end->stop == STOP_NONE)) {
		/* also where it had ended by itself meanwhile: its output is cut all the same */
		r->outcome = OUTCOME_LIMIT;
		r->signal = SIGKILL;
		r->limit = limit_table[LIMIT_OUTPUT_SIZE].key;
	} else if (end->stop == STOP_MEMORY) {
		r->outcome = OUTCOME_OOM;
		r->signal = SIGKILL;
		r->limit = end->limit;
	} else if (usage_get(&r->usage, USAGE_OOM_KILLS) &&
		   (!end->has_status || WIFSIGNALED(end->status))) {
		r->outcome = OUTCOME_OOM;
		r->signal = SIGKILL;
		/* killed, and its own limit never in the way: memory lacked above it, or on the
		 * host */
		r->limit = usage_get(&r->usage, USAGE_OOM) ? limit_table[LIMIT_MEMORY].key : NULL;
	} else if (!end->has_status && end->exec_done) {
		/* pid 1 was killed under the plugin, by the plugin or from outside */
		r->outcome = OUTCOME_SIGNALED;
		r->signal = end->init_signal ? end->init_signal : SIGKILL;
	} else if (!end->has_status || !end->exec_done) {
		r->outcome = OUTCOME_FAILED;
		pb_err_set(&r->err, PB_ERR_SETUP, 0,
			   end->has_status
				   ? "the plugin's process was killed before it became the plugin"
				   : "the sandbox's first process was killed");
		pb_err_step(&r->err, "launch");
	} else if (WIFEXITED(end->status)) {
		r->outcome = OUTCOME_EXITED;
		r->code = WEXITSTATUS(end->status);
	} else {
		r->outcome = OUTCOME_SIGNALED;
		r->signal = WTERMSIG(end->status);
		r->limit = limit_behind(p, r, r->signal);
		if (r->limit)
			r->outcome = OUTCOME_LIMIT;
	}
}
