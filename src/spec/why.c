/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/permission.h"
#include "spec/value.h"

#define LINKS_MAX 16
#define PORT_MAX 65535
#define PORT_PRIVILEGED 1024

const struct act_info act_table[ACT_N] = {
	[ACT_READ] = {"read", "PATH"},	   [ACT_WRITE] = {"write", "PATH"},
	[ACT_EXEC] = {"exec", "PATH"},	   [ACT_CONNECT] = {"connect", "HOST:PORT"},
	[ACT_LISTEN] = {"listen", "PORT"}, [ACT_SYSCALL] = {"syscall", "NAME"},
	[ACT_ENV] = {"env", "NAME"},
};

int why_find(const char *name, enum act *act, struct pb_err *e)
{
	const char *names[ACT_N];
	const char *nearest;

	for (int i = 0; i < ACT_N; i++) {
		names[i] = act_table[i].name;
		if (strcmp(name, names[i]) == 0) {
			*act = (enum act)i;
			return 0;
		}
	}
	pb_err_set(e, PB_ERR_USAGE, 0, "unknown action \"%s\"", name);
	nearest = str_nearest(name, names, ACT_N);
	if (nearest)
		return pb_err_hint(e, "did you mean \"%s\"?", nearest);
	return pb_err_hint(e, "write read, write or exec PATH, connect HOST:PORT, listen PORT, "
			      "syscall NAME or env NAME");
}

void why_free(struct why *w)
{
	free(w->reason);
	free(w->rule);
	free(w->change);
	*w = (struct why){0};
}

static void answer(struct why *w, bool yes, char *reason, char *rule)
{
	w->yes = yes;
	w->reason = reason;
	w->rule = rule;
}

/* ---- what to change ---- */

static bool asked(const struct manifest *m, const char *name, const char *arg)
{
	for (size_t i = 0; m && i < m->requests.n; i++) {
		const struct request *q = &m->requests.v[i];

		if (strcmp(q->name, name) != 0)
			continue;
		if (!arg)
			return true;
		for (size_t k = 0; k < q->args.n; k++)
			if (perm_arg_covers(name, q->args.v[k], arg))
				return true;
	}
	return false;
}

/* What would give the permission: a line of the manifest, of the profile that bounds it, and the
 * caller's leave, as far as they lack. */
static char *change(const struct why_input *in, enum perm_id id, const char *arg)
{
	const char *name = perm_table[id].name;
	autofree char *request = !arg ? xstrdup(name)
				 : perm_table[id].arg == PERM_ARG_NETWORK
					 ? xasprintf("%s: %s", name, arg)
					 : xasprintf("%s: [%s]", name, arg);
	struct src_pos pos = {0};
	const struct profile *beyond =
		in->profile ? profile_obstacle(in->profile, name, arg, &pos) : NULL;
	bool given = in->profile && profile_gives(in->profile, name, arg);
	bool leave = perm_table[id].reaches_out && !(arg && strcmp(arg, "loopback") == 0);
	struct strbuf b = {0};

	strbuf_puts(&b, "");
	if (in->m && !asked(in->m, name, arg))
		strbuf_printf(&b, "add \"%s\" to the permissions of %s", request, in->m->file);
	if (beyond && pos.line)
		strbuf_printf(&b, "%stake the denial out of %s:%u:%u", b.n ? ", and " : "",
			      beyond->file, pos.line, pos.col);
	else if (beyond)
		strbuf_printf(&b, "%sadd it to what %s allows", b.n ? ", and " : "", beyond->file);
	if ((leave && !given) || !in->m)
		strbuf_printf(&b, "%spass --allow %s%s%s", b.n ? ", and " : "", name,
			      arg ? "=" : "", arg ? arg : "");
	return b.s;
}

static void may_change(struct why *w, const struct why_input *in, enum perm_id id, const char *arg,
		       int (*check)(const char *s, const char **why))
{
	const char *why;

	/* what no grant can name, no change allows */
	if (!arg || !check || check(arg, &why) == 0)
		w->change = change(in, id, arg);
}

/* ---- files ---- */

/* The step that decides what is at the path: of those that lie above it the last, since a later
 * mount covers an earlier one. Links of the plan are followed, those of the host's files are not
 * known. *path is replaced by what it leads to. */
static const struct step *step_at(const struct plan *p, char **path)
{
	for (int links = 0; links < LINKS_MAX; links++) {
		const struct step *found = NULL;
		char *to;

		for (size_t i = 0; i < p->n_steps; i++) {
			const struct step *s = &p->steps[i];

			if (s->op != STEP_SEAL && path_below(*path, s->dst) &&
			    (!found || strlen(s->dst) >= strlen(found->dst)))
				found = s;
		}
		if (!found || found->op != STEP_SYMLINK)
			return found;
		if (found->src[0] == '/') {
			to = xasprintf("%s%s", found->src, *path + strlen(found->dst));
		} else {
			const char *slash = strrchr(found->dst, '/');

			to = xasprintf("%.*s/%s%s", (int)(slash - found->dst), found->dst,
				       found->src, *path + strlen(found->dst));
		}
		free(*path);
		*path = to;
		if (!path_is_normal(to))
			return NULL;
	}
	return NULL;
}

/* A directory or a file of the root itself is just that, and nothing lies below it. */
static bool holds(const struct step *s, const char *path)
{
	if (s->op == STEP_BIND || s->op == STEP_TMPFS || s->op == STEP_PROC || s->op == STEP_DEVPTS)
		return true;
	return strcmp(s->dst, path) == 0;
}

static char *step_rule(const struct step *s, bool bare)
{
	static const char *const ops[] = {
		[STEP_DIR] = "directory", [STEP_FILE] = "file",	  [STEP_SYMLINK] = "link",
		[STEP_BIND] = "bind",	  [STEP_TMPFS] = "tmpfs", [STEP_DEVICE] = "device",
		[STEP_DEVPTS] = "devpts", [STEP_PROC] = "proc",	  [STEP_SEAL] = "seal"};

	return xasprintf("%s: %s %s, %s", bare ? "files" : "mounts", ops[s->op], s->dst, s->why);
}

static bool writable(const struct step *s)
{
	switch (s->op) {
	case STEP_BIND:
		return s->writable;
	case STEP_TMPFS:
	case STEP_DEVICE:
	case STEP_DEVPTS:
		return true;
	default:
		return false;
	}
}

/* The entrypoint as it is looked up: a bare name in PATH, another from the directory on. */
static bool is_entrypoint(const struct plan *p, const char *path)
{
	const char *program = p->argv.n ? p->argv.v[0] : "";

	if (strchr(program, '/')) {
		const char *rest = str_starts(program, "./") ? program + 2 : program;
		autofree char *full =
			program[0] == '/' ? xstrdup(program) : xasprintf("%s/%s", p->cwd, rest);

		return strcmp(full, path) == 0;
	}
	for (size_t i = 0; i < p->path.n + 1; i++) {
		/* a name alone may lie in the bundle too */
		autofree char *full =
			xasprintf("%s/%s", i < p->path.n ? p->path.v[i] : p->cwd, program);

		if (strcmp(full, path) == 0)
			return true;
	}
	return false;
}

static void ask_exec(const struct why_input *in, const struct step *s, const char *path,
		     const char *written, struct why *w)
{
	const struct plan *p = in->plan;

	if (s->op != STEP_BIND || !s->exec) {
		answer(w, false, xstrdup("what is there cannot be executed"),
		       step_rule(s, in->plan->bare));
		return;
	}
	if (p->subprocess || !p->landlock_abi || is_entrypoint(p, path) ||
	    is_entrypoint(p, written)) {
		answer(w, true,
		       xstrdup(p->subprocess ? "programs that are shown can be executed, where "
					       "they are there"
					     : "it is the entrypoint, where it is there"),
		       step_rule(s, in->plan->bare));
		return;
	}
	answer(w, false, xstrdup("only the entrypoint and its interpreters are executed"),
	       xstrdup("landlock: the permission subprocess is not granted"));
	may_change(w, in, PERM_SUBPROCESS, NULL, NULL);
}

static void ask_missing(const struct why_input *in, enum act act, const char *path, struct why *w)
{
	const char *inside = in->plan->bundle_dst;

	if (in->plan->bare)
		answer(w, false, xstrdup("no rule names it or what holds it"),
		       xstrdup("landlock: what no rule names is denied"));
	else
		answer(w, false, xstrdup("it does not exist in the sandbox"),
		       xstrdup("mounts: what is not listed is not there"));
	if (in->bundle_path && inside && path_below(path, in->bundle_path))
		w->change = xasprintf("the bundle is shown at %s: use %s%s", inside, inside,
				      path + strlen(in->bundle_path));
	else if (act != ACT_EXEC)
		may_change(w, in, act == ACT_READ ? PERM_FS_READ : PERM_FS_WRITE, path,
			   value_grant_path);
	else
		w->change = xstrdup("show it with --ro-bind SRC DEST or --runtime-add DIR");
}

static int ask_file(const struct why_input *in, enum act act, const char *subject, struct why *w,
		    struct pb_err *e)
{
	autofree char *path = xstrdup(subject);
	const struct step *s;

	if (!path_is_normal(subject))
		return pb_err_set(
			e, PB_ERR_USAGE, 0,
			"%s \"%s\": expected an absolute path without \"//\", \".\", \"..\" and "
			"\"/\" at its end",
			act_table[act].name, subject);
	s = step_at(in->plan, &path);
	if (strcmp(path, "/") == 0 && !in->plan->bare) {
		answer(w, act == ACT_READ,
		       xstrdup(act == ACT_READ ? "the root can be listed" : "the root is sealed"),
		       xstrdup("mounts: seal /"));
	} else if (!s || !holds(s, path)) {
		ask_missing(in, act, path, w);
	} else if (act == ACT_EXEC) {
		ask_exec(in, s, path, subject, w);
	} else if (act == ACT_READ) {
		answer(w, true,
		       xstrdup(s->op == STEP_BIND ? "it can be read, where it is there"
						  : "it is the sandbox's own"),
		       step_rule(s, in->plan->bare));
	} else if (writable(s)) {
		answer(w, true,
		       xstrdup(s->op == STEP_BIND
				       ? "it can be written, where its owner and modes on the "
					 "host let the plugin's user"
				       : "it is the sandbox's own"),
		       step_rule(s, in->plan->bare));
	} else {
		answer(w, false, xstrdup("it can only be read"), step_rule(s, in->plan->bare));
		if (s->op == STEP_BIND && s->host)
			may_change(w, in, PERM_FS_WRITE, path, value_grant_path);
	}
	return 0;
}

/* ---- network ---- */

static char *network_rule(const struct rights *r)
{
	const struct grant *g = &r->perm[PERM_NETWORK];

	return g->given ? xasprintf("network: %s (%s)", g->args.v[0], g->origins.v[0])
			: xstrdup("network: not granted");
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || str_starts(host, "127.") ||
	       strcmp(host, "[::1]") == 0;
}

static int ask_connect(const struct why_input *in, const char *subject, struct why *w,
		       struct pb_err *e)
{
	const char *colon = strrchr(subject, ':');
	const char *why = NULL;
	uint64_t port = 0;
	autofree char *host = colon ? xstrndup(subject, (size_t)(colon - subject)) : NULL;
	bool own;

	if (!colon || !*host || value_uint(colon + 1, 1, PORT_MAX, &port, &why) < 0 ||
	    (host[0] != '[' && strchr(host, ':'))) {
		pb_err_set(e, PB_ERR_USAGE, 0, "connect \"%s\": expected HOST:PORT", subject);
		return pb_err_hint(e, "as in example.com:443, 127.0.0.1:8080 or [::1]:8080");
	}
	own = is_loopback(host);
	switch (in->rights->network) {
	case NETWORK_HOST:
		answer(w, true, xstrdup("it has the host's network, whole"),
		       network_rule(in->rights));
		break;
	case NETWORK_LOOPBACK:
		answer(w, own,
		       xstrdup(own ? "its loopback is private: only its own servers are there"
				   : "there is nothing but a private loopback"),
		       network_rule(in->rights));
		break;
	case NETWORK_NONE:
	default:
		answer(w, false, xstrdup("there is no network, and no socket for one"),
		       network_rule(in->rights));
	}
	if (!w->yes)
		may_change(w, in, PERM_NETWORK, "host", NULL);
	return 0;
}

static int ask_listen(const struct why_input *in, const char *subject, struct why *w,
		      struct pb_err *e)
{
	const char *why = NULL;
	uint64_t port = 0;

	if (value_uint(subject, 1, PORT_MAX, &port, &why) < 0)
		return pb_err_set(e, PB_ERR_USAGE, 0, "listen \"%s\": expected a port", subject);
	if (in->rights->network == NETWORK_NONE) {
		answer(w, false, xstrdup("there is no network, and no socket for one"),
		       network_rule(in->rights));
		may_change(w, in, PERM_NETWORK, "loopback", NULL);
	} else if (port < PORT_PRIVILEGED) {
		answer(w, false,
		       xstrdup("ports below 1024 take a privilege, as a rule of the kernel"),
		       xstrdup("capabilities: none"));
	} else {
		answer(w, true,
		       xstrdup(in->rights->network == NETWORK_HOST
				       ? "it has the host's network, whole"
				       : "on its private loopback, which nobody else reaches"),
		       network_rule(in->rights));
	}
	return 0;
}

/* ---- system calls, variables ---- */

static int ask_syscall(const struct why_input *in, const char *subject, struct why *w,
		       struct pb_err *e)
{
	size_t n = 0;
	const struct syscall_rule *rules = syscalls_rules(&in->plan->syscalls, &n);
	const struct syscall_rule *rule = NULL;
	const char *remedy;
	int id;

	if (!*subject ||
	    strspn(subject, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(subject))
		return pb_err_set(e, PB_ERR_USAGE, 0,
				  "syscall \"%s\": expected the name of a system call", subject);
	for (size_t i = 0; i < n && !rule; i++)
		if (strcmp(rules[i].name, subject) == 0)
			rule = &rules[i];
	if (!in->plan->seccomp) {
		answer(w, true, xstrdup("system calls are not filtered"),
		       xstrdup("seccomp: not in force"));
		return 0;
	}
	if (!rule) {
		answer(w, false, xstrdup("no list names it, so it does not exist (ENOSYS)"),
		       xstrdup("system calls: all others do not exist"));
		return 0;
	}
	answer(w, rule->verdict == SYSCALL_ALLOW || rule->verdict == SYSCALL_FILTERED,
	       xasprintf("%s%s%s",
			 rule->verdict == SYSCALL_ALLOW	     ? "it is made, whatever its arguments"
			 : rule->verdict == SYSCALL_FILTERED ? "by its arguments"
			 : rule->verdict == SYSCALL_REFUSE   ? "it is refused"
							     : "it does not exist (ENOSYS)",
			 rule->what ? ": " : "", rule->what ? rule->what : ""),
	       xasprintf("system calls: %s (%s)", rule->group, rule->purpose));
	remedy = w->yes ? NULL : syscalls_remedy(&in->plan->syscalls, subject, 0);
	id = remedy ? perm_find(remedy) : -1;
	if (id >= 0)
		may_change(w, in, (enum perm_id)id, id == PERM_NETWORK ? "loopback" : NULL, NULL);
	return 0;
}

static int ask_env(const struct why_input *in, const char *subject, struct why *w, struct pb_err *e)
{
	const struct plan *p = in->plan;
	size_t n = strlen(subject);

	if (!n || strchr(subject, '='))
		return pb_err_set(e, PB_ERR_USAGE, 0, "env \"%s\": expected the name of a variable",
				  subject);
	for (size_t i = 0; i < p->env.n; i++) {
		if (strncmp(p->env.v[i], subject, n) != 0 || p->env.v[i][n] != '=')
			continue;
		answer(w, true, xasprintf("it is set to \"%s\"", p->env.v[i] + n + 1),
		       xasprintf("environment: %s", p->env.v[i]));
		return 0;
	}
	if (strv_has(&p->env_pass, subject)) {
		answer(w, true, xstrdup("it has the caller's value, where the caller has one"),
		       xasprintf("environment: %s (from the caller)", subject));
		return 0;
	}
	answer(w, false, xstrdup("it is not passed on"),
	       xstrdup("environment: what is not listed is not there"));
	may_change(w, in, PERM_ENVIRONMENT, subject, value_env_name);
	return 0;
}

int why_ask(const struct why_input *in, enum act act, const char *subject, struct why *w,
	    struct pb_err *e)
{
	*w = (struct why){0};
	switch (act) {
	case ACT_CONNECT:
		return ask_connect(in, subject, w, e);
	case ACT_LISTEN:
		return ask_listen(in, subject, w, e);
	case ACT_SYSCALL:
		return ask_syscall(in, subject, w, e);
	case ACT_ENV:
		return ask_env(in, subject, w, e);
	default:
		return ask_file(in, act, subject, w, e);
	}
}
