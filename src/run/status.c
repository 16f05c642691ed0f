/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"

int status_open(struct status *s, const struct launch *l, struct pb_err *e)
{
	struct stat st;

	*s = (struct status){.fd = l->status_fd, .file = -1, .info = l->info_fd};
	if (!l->status_file)
		return 0;
	s->file = open(l->status_file,
		       O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW, 0644);
	if (s->file < 0)
		return pb_err_set(e, PB_ERR_USAGE, errno, "--status-file: cannot open \"%s\"",
				  l->status_file);
	/* a link could have been put there by a plugin that may write the directory */
	if (fstat(s->file, &st) < 0 || (S_ISREG(st.st_mode) && (st.st_nlink > 1 || st.st_uid != geteuid())))
		pb_err_set(e, PB_ERR_USAGE, 0, "--status-file: \"%s\" is not a file of your own with one name",
			   l->status_file);
	else if (S_ISREG(st.st_mode) && ftruncate(s->file, 0) < 0)
		pb_err_set(e, PB_ERR_USAGE, errno, "--status-file: cannot empty \"%s\"", l->status_file);
	else
		return 0;
	close_fd(&s->file); /* not even the exit event is written to it */
	return -1;
}

void status_close(struct status *s)
{
	close_fd(&s->file);
}

/* How long a reader may take to make room. */
#define EVENT_WAIT_MS 1000
#define EXIT_WAIT_MS 5000

static void event_begin(struct json *j, const char *name)
{
	json_object(j, NULL);
	json_str(j, "event", name);
}

/* A reader that went away is no reason to end (SIGPIPE is ignored), and one that does not read
 * must not hold the run up: an event waits for room for a bounded time and is dropped then. A pipe
 * that polls as writable takes PIPE_BUF bytes without blocking. */
static void deliver(int fd, const char *p, size_t n, int wait_ms)
{
	while (n) {
		struct pollfd out = {.fd = fd, .events = POLLOUT};
		size_t part = n < PIPE_BUF ? n : PIPE_BUF;
		ssize_t k;

		if (poll(&out, 1, wait_ms) != 1 || !(out.revents & POLLOUT))
			return;
		k = write(fd, p, part);
		if (k < 0 && errno != EINTR)
			return;
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
}

static void event_end(const struct status *s, struct json *j, int wait_ms)
{
	json_end_object(j);
	strbuf_puts(&j->out, "\n");
	if (s->fd >= 0)
		deliver(s->fd, j->out.s, j->out.n, wait_ms);
	if (s->file >= 0)
		(void)fd_write_all(s->file, j->out.s, j->out.n);
	json_free(j);
}

static bool wanted(const struct status *s)
{
	return s->fd >= 0 || s->file >= 0;
}

void status_identity(struct json *j, const struct result *r)
{
	json_str(j, "run_id", r->run_id);
	json_str(j, "correlation_id", r->correlation_id);
	json_str(j, "plugin", r->plugin);
	json_str(j, "version", r->version);
	json_str(j, "isolation", r->exempt ? "none" : r->bare ? "landlock" : "namespaces");
}

static void not_kept(struct json *j, const struct plan *p)
{
	static const struct strv none;

	json_strv(j, "not_kept", p ? &p->not_kept : &none);
}

/* The way to a cgroup, and why it was not another. */
static void cgroup(struct json *j, const struct plan *p)
{
	static const struct strv none;

	json_str(j, "cgroup", p ? plan_cgroup_name(p->cgroup_way) : NULL);
	json_strv(j, "cgroup_not", p ? &p->cgroup_notes : &none);
}

void status_start(const struct status *s, const struct result *r, const struct plan *p)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "start");
	status_identity(&j, r);
	json_int(&j, "pid", getpid());
	not_kept(&j, p);
	cgroup(&j, p);
	event_end(s, &j, EVENT_WAIT_MS);
}

static void namespaces(struct json *j, pid_t child)
{
	static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "uts"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char path[64];
		char key[32];
		struct stat st;

		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)child, kinds[i]);
		(void)snprintf(key, sizeof(key), "%s-namespace", kinds[i]);
		if (stat(path, &st) == 0)
			json_uint(j, key, st.st_ino);
	}
}

void status_child(const struct status *s, pid_t child)
{
	struct json j = {0};

	if (s->info < 0)
		return;
	json_object(&j, NULL);
	json_int(&j, "child-pid", child);
	namespaces(&j, child);
	json_end_object(&j);
	strbuf_puts(&j.out, "\n");
	(void)fd_write_all(s->info, j.out.s, j.out.n);
	/* as with bwrap: the end of the file is the end of the information */
	if (s->info != s->fd && s->info > 2)
		close(s->info);
	json_free(&j);
}

void status_ready(const struct status *s, const struct result *r, pid_t child)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "ready");
	json_str(&j, "run_id", r->run_id);
	json_int(&j, "child-pid", child);
	event_end(s, &j, EVENT_WAIT_MS);
}

static void denial(struct json *j, const struct denial *d, const char *by)
{
	json_str(j, "by", by);
	json_str(j, "call", d->call);
	if (d->socket && d->family != DENIAL_OTHER)
		json_uint(j, "family", d->family);
	else if (d->socket)
		json_null(j, "family");
	json_str(j, "errno", strerrorname_np(d->err));
	json_str(j, "remedy", d->remedy[0] ? d->remedy : NULL);
	json_uint(j, "count", d->count);
	json_int(j, "pid", d->pid);
}

static void traced(struct json *j, const struct traced *t)
{
	denial(j, &t->denial, t->by);
	json_str(j, "path", t->path);
	json_str(j, "argument", t->argument);
	json_str(j, "limit", t->limit);
}

void status_denied(const struct status *s, const struct denial *d)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "denied");
	denial(&j, d, "seccomp");
	event_end(s, &j, 0);
}

void status_traced(const struct status *s, const struct traced *t)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "denied");
	traced(&j, t);
	event_end(s, &j, 0);
}

void status_limit(const struct status *s, const char *key, const char *action)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "limit");
	json_str(&j, "limit", key);
	json_str(&j, "action", action);
	event_end(s, &j, EVENT_WAIT_MS);
}

void status_limits(struct json *j, const struct plan *p)
{
	json_object(j, "limits");
	for (size_t i = 0; i < p->n_limits; i++) {
		const struct plan_limit *l = &p->limits[i];
		char text[LIMIT_TEXT_MAX];

		json_object(j, limit_table[l->id].key);
		if (limit_table[l->id].unit == UNIT_CORES || limit_table[l->id].unit == UNIT_MS)
			json_fixed(j, "value", (double)l->v / 1000, 3);
		else if (limit_table[l->id].unit == UNIT_CPUS)
			json_str(j, "value", limit_format(text, sizeof(text), l->id, l->v));
		else
			json_uint(j, "value", l->v);
		json_str(j, "mechanism", limit_means_words[l->means]);
		json_str(j, "detail", l->detail);
		json_end_object(j);
	}
	json_end_object(j);
}

static void usage(struct json *j, const struct usage *u)
{
	const enum usage_by most = usage_by(u);

	if (most == USAGE_BY_NOTHING)
		return;
	json_object(j, "usage");
	json_str(j, "mechanism", usage_words[most]);
	for (size_t i = 0; i < USAGE_N; i++)
		if (u->by[i])
			json_uint(j, usage_keys[i], u->v[i]);
	json_object(j, "others");
	for (size_t i = 0; i < USAGE_N; i++)
		if (u->by[i] && u->by[i] != most)
			json_str(j, usage_keys[i], usage_words[u->by[i]]);
	json_end_object(j);
	json_end_object(j);
}

void status_result(struct json *j, const struct result *r, const struct plan *p)
{
	const char *hint;
	char reason[1024];

	json_str(j, "outcome", result_outcome_name(r));
	json_str(j, "reason", result_reason(r, reason, sizeof(reason)));
	hint = r->outcome == OUTCOME_FAILED ? r->err.hint : r->hint;
	json_str(j, "hint", hint[0] ? hint : NULL);
	json_int(j, "code", r->code);
	json_int(j, "exit-code", r->code);
	if (r->signal)
		json_int(j, "signal", r->signal);
	else
		json_null(j, "signal");
	json_str(j, "limit", r->limit);
	json_array(j, "limits_reached");
	for (unsigned id = 0; id < LIMIT_N; id++)
		if (r->reached >> id & 1)
			json_str(j, NULL, limit_table[id].key);
	json_end_array(j);
	json_str(j, "phase", !r->ready ? "launch" : "run");
	json_str(j, "step", r->outcome == OUTCOME_FAILED && r->err.step[0] ? r->err.step : NULL);
	json_str(j, "errno",
		 r->outcome == OUTCOME_FAILED && r->err.sys ? strerrorname_np(r->err.sys) : NULL);
	status_identity(j, r);
	json_fixed(j, "wall_seconds", r->wall_seconds, 6);
	json_fixed(j, "cpu_seconds", r->cpu_seconds, 6);
	json_uint(j, "peak_memory_bytes", r->peak_memory);
	json_str(j, "peak_memory_of",
		 usage_get(&r->usage, USAGE_MEMORY_PEAK) ? usage_words[r->usage.by[USAGE_MEMORY_PEAK]]
							 : "largest process");
	usage(j, &r->usage);
	if (p) {
		not_kept(j, p);
		cgroup(j, p);
		status_limits(j, p);
		json_strv(j, "layers", &p->layers);
		json_array(j, "missing");
		for (size_t i = 0; i < p->missing.n; i++)
			json_str(j, NULL, p->missing.v[i]);
		if (r->untold)
			json_str(j, NULL, "seccomp-notify");
		json_end_array(j);
		json_strv(j, "granted", &p->granted);
	}
	if (r->rights) {
		/* what the launcher itself refused: required, or dropped */
		json_array(j, "refused");
		for (size_t i = 0; i < r->rights->refused.n; i++) {
			const char *remedy = r->rights->remedies.v[i];

			json_object(j, NULL);
			json_str(j, "what", r->rights->refused.v[i]);
			json_str(j, "remedy", remedy[0] ? remedy : NULL);
			json_end_object(j);
		}
		json_end_array(j);
		json_strv(j, "dropped", &r->rights->dropped);
	}
	json_array(j, "denied");
	for (size_t i = 0; i < r->n_denials; i++) {
		json_object(j, NULL);
		denial(j, &r->denials[i], "seccomp");
		json_end_object(j);
	}
	for (size_t i = 0; i < r->n_traced; i++) {
		json_object(j, NULL);
		traced(j, &r->traced[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_uint(j, "denied_lost", r->denials_lost);
}

void status_exit(const struct status *s, const struct result *r, const struct plan *p)
{
	struct json j = {0};

	if (!wanted(s))
		return;
	event_begin(&j, "exit");
	status_result(&j, r, p);
	event_end(s, &j, EXIT_WAIT_MS);
}
