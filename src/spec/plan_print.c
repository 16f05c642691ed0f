/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/plan_print.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/bare.h"

#define WIDTH 78

static const struct {
	unsigned long flag;
	const char *name, *why;
} ns_names[] = {
	{CLONE_NEWUSER, "user", "one id inside, no rights outside"},
	{CLONE_NEWNS, "mount", "only what is listed under mounts"},
	{CLONE_NEWPID, "pid", "no process of the host in sight"},
	{CLONE_NEWNET, "net", "no interface of the host, no abstract socket"},
	{CLONE_NEWIPC, "ipc", "no System V or POSIX queue of the host"},
	{CLONE_NEWUTS, "uts", "a host name of its own"},
	{CLONE_NEWCGROUP, "cgroup", "the cgroup's path is hidden"},
};

static const char *const access_names[] = {
	[ACCESS_NONE] = "",	     [ACCESS_READ] = "read",
	[ACCESS_READ_EXEC] = "read, execute", [ACCESS_WRITE] = "read, write",
	[ACCESS_WRITE_EXEC] = "read, write, execute",
	[ACCESS_WRITE_HOST] = "read, write (no sockets, FIFOs)", [ACCESS_DEVICE] = "read, write",
};

static const char *const op_names[] = {
	[STEP_DIR] = "dir",	  [STEP_FILE] = "file",	    [STEP_SYMLINK] = "link",
	[STEP_BIND] = "bind",	  [STEP_TMPFS] = "tmpfs",   [STEP_DEVICE] = "device",
	[STEP_DEVPTS] = "devpts", [STEP_PROC] = "proc",	    [STEP_SEAL] = "seal",
};

static const char *op_name(const struct plan *p, const struct step *s)
{
	return p->bare && s->op == STEP_BIND ? "path" : op_names[s->op];
}

static const char *source_text(const struct step *s)
{
	if (s->source == SOURCE_BUNDLE)
		return "(the bundle)";
	if (s->source == SOURCE_DATA)
		return "(the plugin's data directory)";
	if (s->source == SOURCE_SCRATCH)
		return "(a directory of the run's own)";
	return s->src ? s->src : "";
}

/* Everything here comes from manifests and options: nothing reaches a terminal raw. */
static void line(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void line(struct strbuf *b, const char *fmt, ...)
{
	char raw[2048];
	char shown[2400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	strbuf_puts(b, str_escape(shown, sizeof(shown), raw, strlen(raw)));
	strbuf_puts(b, "\n");
}

static void list(struct strbuf *b, const char *title, const struct strv *sv)
{
	if (!sv->n)
		return;
	strbuf_printf(b, "\n%s\n", title);
	for (size_t i = 0; i < sv->n; i++)
		line(b, "  %s", sv->v[i]);
}

static void print_mounts(const struct plan *p, struct strbuf *b)
{
	strbuf_puts(b, p->bare ? "\nfiles\n" : "\nmounts\n");
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];
		char size[32] = "";
		const char *access = access_names[s->access];
		bool landlock_exec = p->subprocess || !p->landlock_abi || !s->exec;

		if (s->op == STEP_TMPFS) {
			char n[LIMIT_TEXT_MAX];

			(void)snprintf(size, sizeof(size), "%s ",
				       limit_format(n, sizeof(n), LIMIT_TMP_SIZE, s->size));
		}
		if (s->op == STEP_BIND && s->access == ACCESS_READ_EXEC && !landlock_exec)
			access = "read";
		line(b, "  %-6s %-24s %s%s%s%s%s%s%s", op_name(p, s), s->dst, size,
		     s->src && strcmp(s->src, s->dst) == 0 ? "" : source_text(s),
		     s->src && strcmp(s->src, s->dst) == 0 ? "" : *source_text(s) ? " " : "",
		     *access ? "[" : "", access, *access ? "] " : "", s->why);
	}
}

enum untold { OF_BOTH, ONLY_TOLD, ONLY_UNTOLD };

static bool is_of(const struct syscall_rule *r, enum syscall_verdict verdict, enum untold of)
{
	return r->verdict == verdict && (of == OF_BOTH || syscalls_untold(r->name) == (of == ONLY_UNTOLD));
}

/* Of what is untold there is rarely any. */
static void print_names(struct strbuf *b, const char *title, const struct syscall_rule *rules,
			size_t n, enum syscall_verdict verdict, enum untold of)
{
	size_t col = 0;
	bool any = of != ONLY_UNTOLD;

	for (size_t i = 0; i < n && !any; i++)
		any = is_of(&rules[i], verdict, of);
	if (!any)
		return;
	strbuf_printf(b, "  %s:", title);
	col = strlen(title) + 3;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(rules[i].name) + 1;

		if (!is_of(&rules[i], verdict, of))
			continue;
		if (col + len > WIDTH) {
			strbuf_puts(b, "\n   ");
			col = 3;
		}
		strbuf_printf(b, " %s", rules[i].name);
		col += len;
	}
	strbuf_puts(b, "\n");
}

static void print_syscalls(const struct plan *p, struct strbuf *b)
{
	size_t n = 0;
	const struct syscall_rule *rules = syscalls_rules(&p->syscalls, &n);

	strbuf_puts(b, "\nsystem calls\n");
	if (!p->seccomp) {
		strbuf_puts(b, "  not filtered\n");
		return;
	}
	print_names(b, "allowed", rules, n, SYSCALL_ALLOW, OF_BOTH);
	strbuf_puts(b, "  allowed by their arguments:\n");
	for (size_t i = 0; i < n; i++)
		if (rules[i].verdict == SYSCALL_FILTERED)
			line(b, "    %-16s %s", rules[i].name, rules[i].what ? rules[i].what : "");
	if (p->syscalls.notify)
		print_names(b, "refused, and told", rules, n, SYSCALL_REFUSE, ONLY_TOLD);
	print_names(b, "refused", rules, n, SYSCALL_REFUSE, p->syscalls.notify ? ONLY_UNTOLD : OF_BOTH);
	strbuf_puts(b, "  all others do not exist (ENOSYS); another ABI kills\n");
}

static const char *origin(enum limit_origin from)
{
	return from == FROM_MANIFEST ? "manifest" : from == FROM_OPTION ? "option"
	       : from == FROM_PROFILE ? "profile" : "default";
}

static void print_limits(const struct plan *p, const struct rights *r, struct strbuf *b)
{
	const char *way = plan_cgroup_name(p->cgroup_way);

	strbuf_puts(b, "\nlimits\n");
	line(b, "  %-14s %s", "cgroup",
	     !way			       ? "none"
	     : p->cgroup_way == CGROUP_GIVEN ? "below the one given"
	     : p->cgroup_way == CGROUP_OWN   ? "below plugbox's own"
					     : "in a scope that systemd makes for the run");
	for (size_t i = 0; i < p->cgroup_notes.n; i++)
		line(b, "  %-14s   not %s", "", p->cgroup_notes.v[i]);
	for (size_t i = 0; i < p->n_limits; i++) {
		char v[LIMIT_TEXT_MAX];
		const char *at = r->limit_at[p->limits[i].id];

		line(b, "  %-14s %-8s %s%s%s (%s%s%s)", limit_table[p->limits[i].id].key,
		     limit_format(v, sizeof(v), p->limits[i].id, p->limits[i].v),
		     limit_means_words[p->limits[i].means], p->limits[i].detail ? " " : "",
		     p->limits[i].detail ? p->limits[i].detail : "", origin(p->limits[i].from),
		     at ? " " : "", at ? at : "");
	}
	for (size_t i = 0; i < p->n_rlimits; i++)
		line(b, "  rlimit %-10s %-8llu %s", p->rlimits[i].name,
		     (unsigned long long)p->rlimits[i].soft, p->rlimits[i].why);
	for (size_t i = 0; i < p->n_ucounts; i++)
		line(b, "  %-22s %-6llu %s", p->ucounts[i].name, (unsigned long long)p->ucounts[i].value,
		     p->ucounts[i].why);
}

static void print_namespaces(const struct plan *p, struct strbuf *b)
{
	strbuf_puts(b, "\nnamespaces\n");
	for (size_t i = 0; i < ARRAY_SIZE(ns_names); i++)
		line(b, "  %-7s %s", ns_names[i].name,
		     p->namespaces & ns_names[i].flag ? ns_names[i].why : "shared with the host (granted)");
}

static void print_not_kept(const struct plan *p, struct strbuf *b)
{
	strbuf_puts(b, "\nnot kept with --isolation landlock\n");
	for (size_t i = 0; i < p->not_kept.n; i++)
		line(b, "  %-15s %s", p->not_kept.v[i], bare_lack(p->not_kept.v[i]));
}

void plan_print_text(const struct plan *p, const struct rights *r, struct strbuf *b)
{
	struct strbuf argv = {0};

	for (size_t i = 0; i < p->argv.n; i++)
		strbuf_printf(&argv, "%s%s", i ? " " : "", p->argv.v[i]);
	line(b, "plugin      %s %s", p->plugin, p->version ? p->version : "");
	if (r->profile)
		line(b, "profile     %s", r->profile);
	for (size_t i = 0; i < r->bounds.n; i++)
		line(b, "within      %s", r->bounds.v[i]);
	if (r->trust)
		line(b, "trust       %s", r->trust);
	if (r->data)
		line(b, "data        %s", r->data);
	if (r->cache)
		line(b, "cache       %s", r->cache);
	line(b, "entrypoint  %s", argv.s ? argv.s : "");
	line(b, "directory   %s", p->cwd);
	if (p->bare)
		line(b, "user        the host's own");
	else
		line(b, "user        %d inside%s", PLAN_INNER_ID, p->as_pid_1 ? ", as pid 1" : "");
	line(b, "host name   %s", p->bare ? "the host's own" : p->hostname);
	strbuf_free(&argv);
	list(b, "not allowed: the launch would be refused", &r->refused);
	list(b, "cannot be enforced: the launch would be refused", &r->unenforced);
	list(b, "not possible with --isolation landlock: the launch would be refused", &r->inexpressible);
	list(b, "granted", &p->granted);
	list(b, "notes", &p->notes);
	list(b, "not in force", &p->missing);
	if (p->bare)
		print_not_kept(p, b);
	else
		print_namespaces(p, b);
	print_mounts(p, b);
	strbuf_puts(b, "\nlandlock\n");
	if (p->landlock_abi) {
		line(b, "  every right of ABI %d is handled; what the %s above do not grant is denied",
		     p->landlock_abi, p->bare ? "files" : "mounts");
		if (!p->subprocess)
			line(b, "  only the entrypoint and its interpreters can be executed");
	} else {
		line(b, "  not in force");
	}
	print_syscalls(p, b);
	print_limits(p, r, b);
	strbuf_puts(b, "\nenvironment\n");
	for (size_t i = 0; i < p->env.n; i++)
		line(b, "  %s", p->env.v[i]);
	for (size_t i = 0; i < p->env_pass.n; i++)
		line(b, "  %s (from the caller)", p->env_pass.v[i]);
	list(b, "denied by default", &p->denied);
}

static void json_mounts(const struct plan *p, struct json *j)
{
	json_array(j, "mounts");
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];

		json_object(j, NULL);
		json_str(j, "op", op_name(p, s));
		json_str(j, "path", s->dst);
		json_str(j, "source", *source_text(s) ? source_text(s) : NULL);
		json_str(j, "access", access_names[s->access]);
		if (s->size)
			json_uint(j, "size", s->size);
		json_str(j, "why", s->why);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_syscalls(const struct plan *p, struct json *j)
{
	static const char *const verdicts[] = {[SYSCALL_ALLOW] = "allow",
					       [SYSCALL_FILTERED] = "filtered",
					       [SYSCALL_REFUSE] = "refuse",
					       [SYSCALL_UNKNOWN] = "unknown"};
	size_t n = 0;
	const struct syscall_rule *rules = syscalls_rules(&p->syscalls, &n);

	json_array(j, "syscalls");
	for (size_t i = 0; p->seccomp && i < n; i++) {
		json_object(j, NULL);
		json_str(j, "name", rules[i].name);
		json_str(j, "verdict", verdicts[rules[i].verdict]);
		json_str(j, "group", rules[i].group);
		if (rules[i].what)
			json_str(j, "what", rules[i].what);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_limits(const struct plan *p, const struct rights *r, struct json *j)
{
	json_str(j, "cgroup", plan_cgroup_name(p->cgroup_way));
	json_strv(j, "cgroup_not", &p->cgroup_notes);
	json_object(j, "limits");
	for (size_t i = 0; i < p->n_limits; i++) {
		char v[LIMIT_TEXT_MAX];

		json_object(j, limit_table[p->limits[i].id].key);
		json_str(j, "value", limit_format(v, sizeof(v), p->limits[i].id, p->limits[i].v));
		json_str(j, "mechanism", limit_means_words[p->limits[i].means]);
		json_str(j, "detail", p->limits[i].detail);
		json_str(j, "from", origin(p->limits[i].from));
		json_str(j, "at", r->limit_at[p->limits[i].id]);
		json_end_object(j);
	}
	json_end_object(j);
	json_object(j, "rlimits");
	for (size_t i = 0; i < p->n_rlimits; i++)
		json_uint(j, p->rlimits[i].name, p->rlimits[i].soft);
	json_end_object(j);
}

void plan_print_json(const struct plan *p, const struct rights *r, struct json *j)
{
	json_object(j, NULL);
	json_str(j, "plugin", p->plugin);
	json_str(j, "version", p->version);
	json_str(j, "profile", r->profile);
	json_strv(j, "within", &r->bounds);
	json_str(j, "trust", r->trust);
	json_str(j, "data", r->data);
	json_str(j, "cache", r->cache);
	json_bool(j, "allowed", r->refused.n == 0 && r->inexpressible.n == 0 && r->unenforced.n == 0);
	json_strv(j, "refused", &r->refused);
	json_strv(j, "remedies", &r->remedies);
	json_str(j, "isolation", p->bare ? "landlock" : "namespaces");
	json_strv(j, "inexpressible", &r->inexpressible);
	json_strv(j, "unenforced", &r->unenforced);
	json_strv(j, "not_kept", &p->not_kept);
	json_strv(j, "granted", &p->granted);
	json_strv(j, "notes", &p->notes);
	json_strv(j, "entrypoint", &p->argv);
	json_str(j, "directory", p->cwd);
	json_str(j, "hostname", p->hostname);
	json_array(j, "namespaces");
	for (size_t i = 0; i < ARRAY_SIZE(ns_names); i++)
		if (p->namespaces & ns_names[i].flag)
			json_str(j, NULL, ns_names[i].name);
	json_end_array(j);
	json_mounts(p, j);
	json_int(j, "landlock_abi", p->landlock_abi);
	json_syscalls(p, j);
	json_limits(p, r, j);
	json_strv(j, "environment", &p->env);
	json_strv(j, "environment_passed", &p->env_pass);
	json_strv(j, "denied", &p->denied);
	json_strv(j, "layers", &p->layers);
	json_strv(j, "missing", &p->missing);
	json_end_object(j);
}
