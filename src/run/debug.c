/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of all calls that fail most fail outside a sandbox too: programs look for files in ten places.
 * Told is what only a sandbox, or a limit, brings about: EPERM and its like; and that a path is not
 * there where it is on the host.
 */
#include "run/debug.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"
#include "spec/permission.h"
#include "spec/syscalls.h"
#include "spec/value.h"

/* So many different lines; a plugin could make up more without end. */
#define MOST 500

#define NONE SIZE_MAX

struct debug {
	const struct plan *plan;
	const struct status *status;
	struct result *r;
	struct strv told;
	size_t record[MOST]; /* of each line, in r->traced, or NONE */
	uint64_t again, lost;
};

/* What the sandbox had to do with it. */
struct reason {
	char *text;	    /* NULL: nothing */
	const char *by;	    /* what refused it, as plugbox-status(7) has it */
	const char *remedy; /* permission that would allow it, or NULL */
	const char *limit;  /* key of the limit that was reached, or NULL */
	char *argument;	    /* of the permission: the path to be granted, or NULL */
};

struct debug *debug_new(const struct plan *p, const struct status *st, struct result *r)
{
	struct debug *d = xcalloc(1, sizeof(*d));

	d->plan = p;
	d->status = st;
	d->r = r;
	return d;
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool writes(const struct trace_event *ev)
{
	static const char *const names[] = {"creat",	 "mkdir",     "mkdirat",  "rmdir",
					    "unlink",	 "unlinkat",  "rename",	  "renameat",
					    "renameat2", "truncate",  "symlink",  "symlinkat",
					    "link",	 "linkat",    "chmod",	  "fchmodat",
					    "chown",	 "lchown",    "fchownat", "mknod",
					    "mknodat",	 "utimensat", "setxattr"};
	const int flags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

	if (strcmp(ev->name, "open") == 0)
		return ev->args[1] & (unsigned long)flags;
	if (strcmp(ev->name, "openat") == 0)
		return ev->args[2] & (unsigned long)flags;
	return is_one_of(ev->name, names, ARRAY_SIZE(names));
}

/* The limit that this errno of this call is, or NULL. */
static const char *limit_of(const struct trace_event *ev)
{
	static const char *const starts[] = {"clone", "clone3", "fork", "vfork"};

	switch (ev->err) {
	case EMFILE:
		return "open_files";
	case EFBIG:
		return "file_size";
	case ENOSPC:
		return "tmp_size";
	case EAGAIN:
		return is_one_of(ev->name, starts, ARRAY_SIZE(starts)) ? "pids_limit" : NULL;
	default:
		return NULL;
	}
}

/* What would have to be granted: where the path leads outside, or for what is to be made the
 * directory that it would be made in. */
static char *to_grant(const struct trace_event *ev)
{
	autofree char *dir = NULL;
	char *real = realpath(ev->path, NULL);
	char *slash;

	if (real || !writes(ev))
		return real;
	dir = xstrdup(ev->path);
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	return realpath(dir, NULL);
}

static void give(struct reason *w, enum perm_id id, char *argument)
{
	w->remedy = perm_table[id].name;
	w->argument = argument;
}

static void reason_of_path(const struct debug *d, const struct trace_event *ev, struct reason *w)
{
	const enum perm_id id = writes(ev) ? PERM_FS_WRITE : PERM_FS_READ;
	const bool view = ev->err == ENOENT || ev->err == ENOTDIR || ev->err == EROFS;
	autofree char *path = NULL;
	const char *why;

	w->by = view && !d->plan->bare ? "mounts" : "files";
	if (strcmp(ev->name, "execve") == 0 || strcmp(ev->name, "execveat") == 0) {
		give(w, PERM_SUBPROCESS, NULL);
		w->text = xasprintf("it may be executed in the bundle and the runtime only, with the "
				    "permission subprocess");
		return;
	}
	if (path_below(ev->path, "/data")) {
		give(w, PERM_STORAGE, NULL);
		w->text = xstrdup("the permission storage gives a /data of its own");
		return;
	}
	if (path_below(ev->path, "/plugin")) {
		w->text = xstrdup(
			"the bundle is read-only: /tmp can be written, and with storage /data");
		return;
	}
	path = to_grant(ev);
	if (!path || value_grant_path(path, &why) < 0) {
		w->text = xstrdup("nothing gives that");
		return;
	}
	w->text = xasprintf("%s: [%s] would give it", perm_table[id].name, path);
	give(w, id, take_ptr(path));
}

static void reason_of_call(const struct debug *d, const struct trace_event *ev, struct reason *w)
{
	w->by = "seccomp";
	w->remedy = syscalls_remedy(&d->plan->syscalls, ev->name,
				    ev->args[strcmp(ev->name, "ioctl") == 0]);
	w->text = w->remedy ? xasprintf("the permission %s would give it", w->remedy)
			    : xstrdup("nothing gives that");
}

/* What the sandbox did; nothing where it had no hand in this. */
static struct reason explain(const struct debug *d, const struct trace_event *ev)
{
	struct reason w = {.limit = limit_of(ev)};

	if (w.limit) {
		w.by = "limit";
		w.text = xasprintf("the limit %s", w.limit);
		return w;
	}
	switch (ev->err) {
	case ENOENT:
	case ENOTDIR:
		/* by name, and for display: outside it may have gone by now */
		if (!ev->has_path || ev->path[0] != '/' || access(ev->path, F_OK) < 0)
			return w;
		break;
	case EROFS:
	case EACCES:
	case EPERM:
	case EXDEV:
		break;
	case EAFNOSUPPORT:
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTUNREACH:
		w.by = ev->err == EAFNOSUPPORT ? "seccomp" : "network";
		give(&w, PERM_NETWORK, NULL);
		w.text = xstrdup("there is no network; the permission network would give it");
		return w;
	case ENOSYS:
		w.by = "seccomp";
		w.text = xstrdup("plugins do not have this call; programs do without");
		return w;
	default:
		return w;
	}
	if (ev->has_path && ev->path[0] == '/') {
		reason_of_path(d, ev, &w);
	} else if (!ev->has_path) {
		reason_of_call(d, ev, &w);
	} else if (ev->err == EROFS || ev->err == EACCES || ev->err == EPERM) {
		w.by = "files";
		w.text = xstrdup("a relative path: what it leads to is not the plugin's to use so");
	}
	return w;
}

static char *shown_call(const struct trace_event *ev)
{
	if (ev->has_path)
		return xasprintf("%s(\"%s\"%s)", ev->name, ev->path, writes(ev) ? ", to write" : "");
	if (strcmp(ev->name, "socket") == 0 || strcmp(ev->name, "socketpair") == 0)
		return xasprintf("%s(family %lu, type %lu)", ev->name, ev->args[0], ev->args[1] & 0xf);
	return xasprintf("%s(%#lx, %#lx, %#lx)", ev->name[0] ? ev->name : "call", ev->args[0],
			 ev->args[1], ev->args[2]);
}

/* Whether plugbox itself answered the call, and has counted it. */
static bool is_counted(const struct result *r, const struct trace_event *ev)
{
	for (size_t i = 0; i < r->n_denials; i++)
		if (r->denials[i].err == ev->err && strcmp(r->denials[i].call, ev->name) == 0)
			return true;
	return false;
}

/* For those who read no standard error. Takes what w has. Returns its number in r->traced, or NONE. */
static size_t record(struct debug *d, const struct trace_event *ev, struct reason *w)
{
	struct result *r = d->r;
	struct traced *t;

	if (is_counted(r, ev))
		return NONE;
	if (r->n_traced == RESULT_MAX_TRACED) {
		r->denials_lost++;
		return NONE;
	}
	if (!r->traced)
		r->traced = xcalloc(RESULT_MAX_TRACED, sizeof(*r->traced));
	t = &r->traced[r->n_traced];
	*t = (struct traced){.denial = {.err = ev->err, .pid = ev->pid, .count = 1},
			     .by = w->by,
			     .limit = w->limit};
	t->argument = take_ptr(w->argument);
	(void)snprintf(t->denial.call, sizeof(t->denial.call), "%s", ev->name[0] ? ev->name : "?");
	(void)snprintf(t->denial.remedy, sizeof(t->denial.remedy), "%s", w->remedy ? w->remedy : "");
	if (ev->has_path)
		t->path = xstrdup(ev->path);
	status_traced(d->status, t);
	return r->n_traced++;
}

static void count_again(struct debug *d, const char *line)
{
	d->again++;
	for (size_t i = 0; i < d->told.n; i++)
		if (strcmp(d->told.v[i], line) == 0 && d->record[i] != NONE)
			d->r->traced[d->record[i]].denial.count++;
}

void debug_tell(void *arg, const struct trace_event *ev)
{
	struct debug *d = arg;
	struct reason w = explain(d, ev);
	autofree char *text = w.text;
	autofree char *call = NULL;
	autofree char *line = NULL;
	const char *errname = strerrorname_np(ev->err);

	if (!w.text)
		return;
	call = shown_call(ev);
	line = xasprintf("%s = %s: %s", call, errname ? errname : "error", text);
	if (strv_has(&d->told, line)) {
		count_again(d, line);
	} else if (d->told.n == MOST) {
		d->lost++;
		d->r->denials_lost++;
	} else {
		d->record[d->told.n] = record(d, ev, &w);
		strv_add(&d->told, line);
		log_error("debug: [%d] %s", (int)ev->pid, line);
	}
	free(w.argument);
}

void debug_free(struct debug *d)
{
	if (!d)
		return;
	if (d->again || d->lost)
		log_error("debug: %" PRIu64 " of these happened again, %" PRIu64
			  " others are not shown",
			  d->again, d->lost);
	else if (!d->told.n)
		log_error("debug: the sandbox refused nothing");
	strv_free(&d->told);
	free(d);
}
