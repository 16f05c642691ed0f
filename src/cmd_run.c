/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox run: from the command line to the plugin's exit code. */
#include "cmd.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/layer.h"
#include "base/log.h"
#include "base/path.h"
#include "linux/cgroup.h"
#include "options.h"
#include "run/audit.h"
#include "run/data.h"
#include "run/exempt.h"
#include "run/guard.h"
#include "run/hint.h"
#include "run/initerror.h"
#include "run/prepare.h"
#include "run/scratch.h"
#include "run/supervise.h"

/* Without namespaces the plugin is told where its own directories are. *data is the data directory's, or
 * -1. Returns 0 or -1 with *e. */
static int open_places(struct prepared *p, const struct result *r, int data, struct scratch *scratch,
		       struct pb_err *e)
{
	autofree char *data_path = NULL;

	if (!p->plan.bare)
		return 0;
	if (scratch_open(scratch, r->run_id, p->root, p->run_uid, p->run_gid, e) < 0)
		return pb_err_step(e, "scratch");
	if (data >= 0) {
		data_path = path_of_fd(data);
		if (!data_path)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell the data directory's path");
	}
	plan_fill(&p->plan, scratch->path, data_path);
	return 0;
}

/* The weaker mode is nobody's by accident: it is told at each run. */
static void tell_not_kept(const struct plan *p)
{
	struct strbuf ids = {0};

	if (!p->bare)
		return;
	for (size_t i = 0; i < p->not_kept.n; i++)
		strbuf_printf(&ids, "%s%s", i ? ", " : "", p->not_kept.v[i]);
	log_note("--isolation landlock does not keep: %s (plugbox explain says what each means)", ids.s);
	strbuf_free(&ids);
}

/* The plan's environment and what is passed on of the caller's. */
static void complete_environment(const struct plan *p, const struct result *r, struct strv *env)
{
	for (size_t i = 0; i < p->env.n; i++) {
		if (strcmp(p->env.v[i], "PLUGBOX_RUN_ID=") == 0)
			strv_take(env, xasprintf("PLUGBOX_RUN_ID=%s", r->run_id));
		else
			strv_add(env, p->env.v[i]);
	}
	for (size_t i = 0; i < p->env_pass.n; i++) {
		const char *name = p->env_pass.v[i];
		const char *value = getenv(name);
		size_t n = strlen(name);
		bool there = false;

		for (size_t k = 0; k < env->n && !there; k++)
			there = strncmp(env->v[k], name, n) == 0 && env->v[k][n] == '=';
		if (value && !there)
			strv_take(env, xasprintf("%s=%s", name, value));
	}
	for (char **v = environ; !LAYER_ON(ENVIRONMENT) && *v; v++)
		strv_add(env, *v);
}

static int make_cgroup(const struct prepared *p, const struct result *r, struct cgroup *cg,
		       struct pb_err *e)
{
	if (p->plan.cgroup_way == CGROUP_NONE)
		return 0;
	if (cgroup_create(&p->place, r->run_id, &p->plan.cgroup, cg, e) < 0)
		return pb_err_step(e, "cgroup");
	return 0;
}

/* A plugin that root lets run without a sandbox: it is told, to whoever reads. */
static int start_exempt(const struct launch *l, const struct caller *caller, const struct status *st,
			struct prepared *p, struct audit *audit, struct result *r)
{
	const struct hostconf *by = p->authority.exempt;
	const struct exempt_opts o = {
		.m = p->m,
		.launch = l,
		.status = st,
		.caller = caller,
		.bundle_fd = p->bundle_fd,
		.root = p->root,
		.run_uid = p->run_uid,
		.run_gid = p->run_gid,
	};

	r->exempt = true;
	r->plugin = p->m->name;
	r->version = p->m->version;
	log_note("\"%s\" runs in no sandbox: %s:%u:%u turned isolation off for what it trusts",
		 p->m->name, by->file, by->unconfined_pos.line, by->unconfined_pos.col);
	status_start(st, r, NULL);
	if (approval_use(l, p, &r->err) < 0 || audit_start(audit, l, p, r, &r->err) < 0)
		return -1;
	return exempt_run(&o, r);
}

/* What has to be written down before a plugin runs. */
struct before {
	const struct launch *l;
	struct prepared *p;
	struct audit *audit;
	const struct result *r;
};

static int before(void *arg, struct pb_err *e)
{
	const struct before *b = arg;

	return approval_use(b->l, b->p, e) < 0 ? -1 : audit_start(b->audit, b->l, b->p, b->r, e);
}

static int open_data(const struct launch *l, const struct prepared *p, struct pb_err *e)
{
	const struct dir *said = &p->dirs[DIR_DATA];
	autoclose int base = !l->data_dir && said->path ? dirs_open(said, DIR_DATA, e)
							: data_open_base(l->data_dir, e);

	return base < 0 ? -1 : data_open(base, p->plan.plugin, p->run_uid, p->run_gid, e);
}

static int start(const struct launch *l, const struct caller *caller, const struct status *st,
		 struct prepared *p, struct audit *audit, struct result *r)
{
	struct cgroup cg = CGROUP_INIT;
	struct strv env = {0};
	struct scratch scratch = SCRATCH_INIT;
	autoclose int data = -1;

	int rc = prepare(l, r->run_id, p, &r->err);

	if (rc == 0 && p->authority.exempt)
		return start_exempt(l, caller, st, p, audit, r);
	/* known as soon as the manifest has been read, whatever came after */
	r->plugin = p->m ? p->m->name : p->rights.plugin;
	r->version = p->m ? p->m->version : NULL;
	r->rights = p->rights.plugin ? &p->rights : NULL;
	if (rc < 0 || policy_refusal(&p->rights, &r->err) < 0)
		return -1;
	for (size_t i = 0; i < p->plan.notes.n; i++)
		log_note("%s", p->plan.notes.v[i]);
	tell_not_kept(&p->plan);
	status_start(st, r, &p->plan);
	if (p->plan.storage) {
		data = open_data(l, p, &r->err);
		if (data < 0 || guard_data(l, p->dirs, data, &r->err) < 0)
			return pb_err_step(&r->err, "data");
		if (data_limit(data, &p->plan, p->root, &r->err) < 0)
			return -1;
	}
	if (open_places(p, r, data, &scratch, &r->err) < 0 || make_cgroup(p, r, &cg, &r->err) < 0) {
		scratch_remove(&scratch);
		return -1;
	}
	complete_environment(&p->plan, r, &env);
	strv_take(&env, NULL);
	const struct spawn_opts spawn = {
		.plan = &p->plan,
		.env = env.v,
		.bundle_fd = p->bundle_fd,
		.scratch_fd = scratch.fd,
		.data_fd = data,
		.root = p->root,
		.run_uid = p->run_uid,
		.run_gid = p->run_gid,
		.keep_fds = l->keep_fds,
		.n_keep_fds = l->n_keep_fds,
		.trace = l->debug,
		.cgroup_fd = cg.dirfd,
	};
	struct before first = {l, p, audit, r};
	const struct supervise_opts sup = {
		.before = before,
		.before_arg = &first,
		.caller = caller,
		.plan = &p->plan,
		.launch = l,
		.spawn = &spawn,
		.status = st,
		.cgroup = cg.dirfd >= 0 ? &cg : NULL,
	};

	supervise(&sup, r);
	cgroup_destroy(&cg);
	scratch_remove(&scratch);
	strv_free(&env);
	return 0;
}

/* Why, where the code alone does not say it: one line, and the remedy. */
static void tell(const struct result *r, struct pb_err *e)
{
	char reason[1024];

	switch (r->outcome) {
	case OUTCOME_FAILED:
		*e = r->err; /* printed once, in main */
		break;
	case OUTCOME_EXITED:
	case OUTCOME_SIGNALED:
		if (r->hint[0])
			log_note("\"%s\" failed: %s", r->plugin, r->hint);
		break;
	case OUTCOME_ABANDONED:
		log_error("\"%s\" ended: %s", r->plugin, result_reason(r, reason, sizeof(reason)));
		break;
	default:
		log_error("\"%s\" %s", r->plugin, result_reason(r, reason, sizeof(reason)));
	}
}

int cmd_run(int argc, char **argv, struct pb_err *e)
{
	const pid_t parent = getppid();
	struct caller caller;
	struct launch l;
	struct status st = {.fd = -1, .file = -1, .info = -1};
	struct prepared p = PREPARED_INIT;
	struct audit audit = AUDIT_INIT;
	struct result r;
	int rc;

	launch_init(&l);
	result_init(&r);
	(void)signal(SIGPIPE, SIG_IGN);
	/* a caller's limit on the size of files would end plugbox in the middle of a line, and as if
	 * it were the plugin */
	(void)signal(SIGXFSZ, SIG_IGN);
	rc = options_launch(&l, false, argc, argv, e);
	r.correlation_id = l.correlation_id;
	if (rc < 0)
		audit_usage(&l, &r, e);
	if (rc) {
		launch_free(&l);
		return rc > 0 ? 0 : pb_err_exit_code(e);
	}
	caller = caller_open(parent);
	r.bare = l.isolation == ISOLATION_LANDLOCK;
	rc = status_open(&st, &l, &r.err);
	if (rc == 0)
		(void)start(&l, &caller, &st, &p, &audit, &r);
	if (r.outcome == OUTCOME_FAILED && r.err.kind == PB_ERR_NONE)
		pb_err_set(&r.err, PB_ERR_SETUP, 0, "the launch failed");
	if (r.outcome != OUTCOME_FAILED) {
		hint_storage(&p, &r);
	} else {
		approval_note_digest(&p);
		hint_entrypoint(&p, &r.err);
		hint_namespaces(&r.err);
	}
	result_finish(&r);
	approval_judge(&l, &p, &r);
	audit_end(&audit, &l, &p, &r);
	audit_close(&audit);
	status_exit(&st, &r, p.have_plan ? &p.plan : NULL);
	if (r.outcome == OUTCOME_FAILED && !r.ready && l.init_error == INIT_ERROR_JSONRPC)
		initerror_answer(p.m ? p.m->framing : l.framing, &r);
	tell(&r, e);
	status_close(&st);
#ifdef WITH_ASAN
	result_free(&r);
	prepare_free(&p);
	launch_free(&l);
#endif
	/* else the memory goes with the process: piece by piece that would take a tenth of all that
	 * plugbox computes, and touch every page again */
	return r.code;
}
