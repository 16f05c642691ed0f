/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/plan.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/plan_build.h"

int plan_lacks(struct plan *p, const struct plan_input *in, const char *layer, const char *why,
	       const char *remedy, struct pb_err *e)
{
	if (in->l->best_effort) {
		strv_add(&p->missing, layer);
		strv_take(&p->notes, xasprintf("%s is not enforced: %s", layer, why));
		return 0;
	}
	pb_err_set(e, PB_ERR_SETUP, 0, "cannot enforce %s: %s", layer, why);
	pb_err_step(e, layer);
	return pb_err_hint(e, "%s", remedy);
}

static void namespaces(struct plan *p, const struct plan_input *in)
{
	static const struct {
		unsigned long flag;
		const char *layer;
	} all[] = {
		{CLONE_NEWUSER, "user-namespace"}, {CLONE_NEWNS, "mounts"},
		{CLONE_NEWPID, "pid-namespace"},   {CLONE_NEWNET, "net-namespace"},
		{CLONE_NEWIPC, "ipc-namespace"},   {CLONE_NEWUTS, "uts-namespace"},
		{CLONE_NEWCGROUP, "cgroup-namespace"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].flag == CLONE_NEWNET && in->r->network == NETWORK_HOST)
			continue;
		p->namespaces |= all[i].flag;
		strv_add(&p->layers, all[i].layer);
	}
}

static int kernel_layers(struct plan *p, const struct plan_input *in, struct pb_err *e)
{
	const struct host_facts *f = in->f;
	static const char *const always[] = {"capabilities", "no-new-privs", "fds", "environment",
					     "session", "rlimits"};

	if (p->bare)
		return plan_bare_layers(p, in, e);
	p->landlock_abi = f->landlock_abi;
	if (f->landlock_abi)
		strv_add(&p->layers, "landlock");
	else if (plan_lacks(p, in, "landlock", "the kernel does not offer it",
			    "enable it (Linux 5.13, lsm=landlock,…), or pass --best-effort to run "
			    "without the second wall", e) < 0)
		return -1;
	p->seccomp = f->seccomp;
	if (f->seccomp)
		strv_add(&p->layers, "seccomp");
	else if (plan_lacks(p, in, "seccomp", "the kernel does not offer filters",
			    "use a kernel with CONFIG_SECCOMP_FILTER, or pass --best-effort", e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		strv_add(&p->layers, always[i]);
	if (!p->as_pid_1)
		strv_add(&p->layers, "init");
	return 0;
}

static void filter_policy(struct plan *p, const struct plan_input *in)
{
	const struct host_facts *f = in->f;

	if (f->seccomp && !f->seccomp_notify) {
		strv_add(&p->missing, "seccomp-notify");
		strv_add(&p->notes, "refused calls are not reported: the kernel has no user notification");
	}
	p->syscalls = (struct syscall_policy){
		.subprocess = p->subprocess,
		.inet = in->r->network != NETWORK_NONE,
		.tty = p->tty,
		.devices = in->r->perm[PERM_DEVICES].given,
		.pid_1 = p->as_pid_1,
		.bare = p->bare,
		.notify = f->seccomp_notify,
		.added = in->r->calls_added,
		.removed = in->r->calls_removed,
	};
}

/* A read-only mount does not keep a socket in it from being connected to. --bind is the caller's
 * word for everything below a path, sockets too. */
static bool pairs_only(const struct plan *p)
{
	bool host = false;

	/* Landlock does not ask either, and all paths are the host's */
	if (p->bare)
		return true;
	for (size_t i = 0; i < p->n_steps; i++) {
		if (p->steps[i].access == ACCESS_WRITE_EXEC)
			return false;
		host |= p->steps[i].host;
	}
	return host;
}

static void env_set(struct strv *env, const char *name, const char *value)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], name, n) != 0 || env->v[i][n] != '=')
			continue;
		free(env->v[i]);
		env->v[i] = xasprintf("%s=%s", name, value);
		return;
	}
	strv_take(env, xasprintf("%s=%s", name, value));
}

static void env_unset(struct strv *env, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], name, n) != 0 || env->v[i][n] != '=')
			continue;
		free(env->v[i]);
		memmove(env->v + i, env->v + i + 1, (env->n - i) * sizeof(*env->v));
		env->n--;
		return;
	}
}

/* What is set is not taken from the caller. */
static void env_unpass(struct strv *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->v[i], name) != 0)
			continue;
		free(names->v[i]);
		memmove(names->v + i, names->v + i + 1, (names->n - i) * sizeof(*names->v));
		names->n--;
		return;
	}
}

static bool writes_to_host(const struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].op == STEP_BIND && p->steps[i].writable &&
		    p->steps[i].source != SOURCE_SCRATCH)
			return true;
	return false;
}

/* Nothing has the name that it has elsewhere. */
static void own_directories(struct plan *p)
{
	env_set(&p->env, "HOME", p->storage ? PLAN_DATA : PLAN_SCRATCH);
	env_set(&p->env, "TMPDIR", PLAN_SCRATCH);
	if (p->storage)
		env_set(&p->env, "PLUGBOX_DATA", PLAN_DATA);
	if (p->bundle_dst)
		env_set(&p->env, "PLUGBOX_BUNDLE", p->bundle_dst);
}

static void base_environment(struct plan *p, const struct plan_input *in)
{
	struct strbuf path = {0};
	struct strbuf policy = {0};
	const struct rights *r = in->r;

	for (size_t i = 0; i < p->path.n; i++)
		strbuf_printf(&path, "%s%s", i ? ":" : "", p->path.v[i]);
	env_set(&p->env, "PATH", path.s);
	if (p->bare)
		own_directories(p);
	else
		env_set(&p->env, "HOME", p->storage ? "/data" : "/tmp");
	env_set(&p->env, "LANG", in->f->lang ? in->f->lang : "C.UTF-8");
	if (in->f->tz)
		env_set(&p->env, "TZ", in->f->tz);
	env_set(&p->env, "PLUGBOX", "1");
	env_set(&p->env, "PLUGBOX_PLUGIN", p->plugin);
	env_set(&p->env, "PLUGBOX_RUN_ID", ""); /* filled in by the run */
	for (int i = 0; i < PERM_N; i++)
		if (r->perm[i].given)
			strbuf_printf(&policy, "%s%s", policy.n ? "," : "", perm_table[i].name);
	env_set(&p->env, "SANDBOX_POLICY", policy.n ? policy.s : "none");
	if (r->network == NETWORK_NONE)
		env_set(&p->env, "NO_NETWORK", "1");
	/* the filter keeps it from forking, Landlock from executing */
	if (!p->subprocess && p->seccomp && p->landlock_abi)
		env_set(&p->env, "NO_SUBPROCESS", "1");
	if (!writes_to_host(p))
		env_set(&p->env, "NO_FILESYSTEM_WRITE", "1");
	strbuf_free(&path);
	strbuf_free(&policy);
}

static void environment(struct plan *p, const struct plan_input *in)
{
	const struct strv *granted = &in->r->perm[PERM_ENVIRONMENT].args;

	base_environment(p, in);
	for (size_t i = 0; in->m && i < in->m->env_pass.n; i++)
		strv_add(&p->env_pass, in->m->env_pass.v[i]);
	for (size_t i = 0; i < granted->n; i++)
		strv_add(&p->env_pass, granted->v[i]);
	for (size_t i = 0; in->m && i < in->m->env_set.n; i++)
		env_set(&p->env, in->m->env_set.v[i].name, in->m->env_set.v[i].value);
	for (size_t i = 0; i < in->r->env_set.n; i++) {
		env_unpass(&p->env_pass, in->r->env_set.v[i].name);
		env_set(&p->env, in->r->env_set.v[i].name, in->r->env_set.v[i].value);
	}
	for (size_t i = 0; i < in->l->n_env; i++) {
		const struct env_opt *o = &in->l->env[i];

		if (o->op == ENV_SET) {
			env_set(&p->env, o->name, o->value);
		} else if (o->op == ENV_UNSET) {
			env_unset(&p->env, o->name);
		} else {
			strv_free(&p->env);
			strv_free(&p->env_pass);
		}
	}
}

static void search_path(struct plan *p, const struct plan_input *in)
{
	for (size_t i = 0; i < in->l->runtime_add.n; i++) {
		strv_take(&p->path, xasprintf("%s/bin", in->l->runtime_add.v[i]));
		strv_add(&p->path, in->l->runtime_add.v[i]);
	}
	strv_add(&p->path, "/usr/local/bin");
	strv_add(&p->path, "/usr/bin");
	strv_add(&p->path, "/bin");
}

/* Shadowing these with the caller's working directory would take a part of the sandbox
 * away, or show more of the host than anybody meant. */
static int check_place(const char *path, bool command, struct pb_err *e)
{
	static const char *const taken[] = {"/",    "/tmp",  "/dev", "/dev/shm", "/proc", "/sys",
					    "/etc", "/run",  "/var", "/usr",	 "/boot", "/bin",
					    "/lib", "/lib64", "/sbin", "/data"};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		if (strcmp(path, taken[i]) != 0)
			continue;
		if (!command) {
			pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" cannot be the bundle", path);
			return pb_err_hint(e, "put the plugin into a directory of its own");
		}
		pb_err_set(e, PB_ERR_USAGE, 0, "the working directory \"%s\" cannot be the bundle",
			   path);
		return pb_err_hint(e, "change to the plugin's directory, or name one with "
				      "--bundle DIR, or use --no-bundle");
	}
	return 0;
}

/* "file_system_read: /a, /b (plugin.yaml:7:5, --allow)": what has one origin stands in one line. */
static void explain_grant(struct plan *p, const char *name, const struct grant *g)
{
	for (size_t i = 0; i < g->origins.n;) {
		const char *origin = g->origins.v[i];
		struct strbuf b = {0};
		bool first = true;

		strbuf_puts(&b, name);
		do {
			if (i < g->args.n)
				strbuf_printf(&b, "%s%s", first ? ": " : ", ", g->args.v[i]);
			first = false;
			i++;
		} while (i < g->origins.n && strcmp(g->origins.v[i], origin) == 0);
		strbuf_printf(&b, " (%s)", origin);
		strv_take(&p->granted, b.s);
	}
}

static void denials(struct plan *p, const struct plan_input *in)
{
	const struct rights *r = in->r;

	if (p->bare)
		plan_bare_denials(p, in);
	else if (r->network == NETWORK_NONE && p->syscalls.pairs_only)
		strv_add(&p->denied, "network: no interface, no socket but connected AF_UNIX pairs");
	else if (r->network == NETWORK_NONE)
		strv_add(&p->denied, "network: no interface, no socket but AF_UNIX");
	else if (r->network == NETWORK_LOOPBACK)
		strv_add(&p->denied, "network: nothing but a private loopback");
	if (!p->subprocess && p->seccomp)
		strv_add(&p->denied, "processes: no fork (threads work)");
	if (!p->subprocess && p->landlock_abi)
		strv_add(&p->denied, "programs: none but the entrypoint and its interpreters are executed");
	if (p->bare)
		return;
	strv_add(&p->denied, "host files: all that is not listed under mounts does not exist");
	strv_add(&p->denied, "host processes: not visible, not reachable by signals or ptrace");
	strv_add(&p->denied, "privileges: no capability, no set-id bit, no namespace, no mount");
	if (!r->perm[PERM_USER_DATABASE].given)
		strv_add(&p->denied, "user names: no /etc/passwd");
	if (!p->tty)
		strv_add(&p->denied, "terminal: stdio is relayed where it is one");
}

static void explanations(struct plan *p, const struct plan_input *in)
{
	const struct rights *r = in->r;

	for (int i = 0; i < PERM_N; i++) {
		if (r->perm[i].given)
			explain_grant(p, perm_table[i].name, &r->perm[i]);
	}
	for (size_t i = 0; i < r->host_enforced.n; i++)
		strv_take(&p->granted, xasprintf("%s (--allow; enforced by the host, plugbox does not "
						 "read the channel)", r->host_enforced.v[i]));
	for (int i = 0; i < REG_N; i++) {
		explain_grant(p, registration_keys[i], &r->registrations[i]);
		if (r->registrations[i].given && !r->registrations[i].args.n)
			strv_take(&p->granted, xasprintf("%s: none", registration_keys[i]));
	}
	for (size_t i = 0; i < r->dropped.n; i++)
		strv_take(&p->notes, xasprintf("optional request \"%s\" is not allowed and dropped",
					       r->dropped.v[i]));
	for (size_t i = 0; i < r->unasked.n; i++)
		strv_take(&p->notes, xasprintf("--allow %s has no effect: the manifest does not ask "
					       "for it", r->unasked.v[i]));
	denials(p, in);
}

int plan_make(const struct manifest *m, const struct launch *l, const struct rights *r,
	      const struct host_facts *f, const char *bundle_path, struct plan *p, struct pb_err *e)
{
	const struct plan_input in = {m, l, r, f, bundle_path};

	*p = (struct plan){0};
	p->plugin = xstrdup(r->plugin);
	p->version = r->version ? xstrdup(r->version) : NULL;
	p->storage = r->perm[PERM_STORAGE].given;
	p->subprocess = r->perm[PERM_SUBPROCESS].given;
	p->tty = r->perm[PERM_TTY].given;
	p->bare = l->isolation == ISOLATION_LANDLOCK;
	p->as_pid_1 = l->as_pid_1 && !p->bare; /* which is refused: see policy_refusal */
	p->loopback = r->network == NETWORK_LOOPBACK;
	p->hostname = p->bare ? NULL : xstrdup(l->hostname ? l->hostname : "plugbox");
	if (bundle_path) {
		if ((!m || p->bare) && check_place(bundle_path, !m, e) < 0)
			return -1;
		p->bundle_dst = xstrdup(m && !p->bare ? "/plugin" : bundle_path);
		p->bundle_first = m;
	}
	p->cwd = xstrdup(l->chdir ? l->chdir : p->bundle_dst ? p->bundle_dst
			 : p->bare ? PLAN_SCRATCH : "/tmp");
	for (size_t i = 0; m && i < m->entrypoint.n; i++)
		strv_add(&p->argv, m->entrypoint.v[i]);
	for (size_t i = 0; i < l->args.n; i++)
		strv_add(&p->argv, l->args.v[i]);
	search_path(p, &in);
	if (!p->bare)
		namespaces(p, &in);
	if (kernel_layers(p, &in, e) < 0)
		return -1;
	filter_policy(p, &in);
	if (plan_limits(p, &in, e) < 0 ||
	    (p->bare ? plan_bare_files(p, &in, e) : plan_mounts(p, &in, e)) < 0)
		return -1;
	p->syscalls.pairs_only = pairs_only(p);
	p->syscalls.watched = p->subprocess && p->watch.memory;
	if (p->cgroup_way != CGROUP_NONE)
		strv_add(&p->layers, "cgroup");
	environment(p, &in);
	explanations(p, &in);
	return 0;
}

bool plan_is_watched(const struct plan *p)
{
	return p->watch.memory || p->watch.cpu_ms || p->watch.cpu_milli || p->watch.data;
}

bool plan_sees_processes(const struct plan *p)
{
	return p->watch.memory || p->watch.data ||
	       ((p->watch.cpu_ms || p->watch.cpu_milli) && !p->watch.cpu_by_cgroup);
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		free(p->steps[i].src);
		free(p->steps[i].dst);
		free(p->steps[i].data);
		free(p->steps[i].why);
	}
	for (size_t i = 0; i < p->n_rlimits; i++)
		free(p->rlimits[i].why);
	free(p->steps);
	free(p->rlimits);
	free(p->limits);
	free(p->plugin);
	free(p->version);
	free(p->hostname);
	free(p->cwd);
	free(p->bundle_dst);
	strv_free(&p->cgroup_notes);
	strv_free(&p->argv);
	strv_free(&p->env);
	strv_free(&p->env_pass);
	strv_free(&p->path);
	strv_free(&p->not_kept);
	strv_free(&p->layers);
	strv_free(&p->missing);
	strv_free(&p->notes);
	strv_free(&p->denied);
	strv_free(&p->granted);
	*p = (struct plan){0};
}
