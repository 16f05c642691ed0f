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

struct debug {
	const struct plan *plan;
	struct strv told;
	uint64_t again, lost;
};

struct debug *debug_new(const struct plan *p)
{
	struct debug *d = xcalloc(1, sizeof(*d));

	d->plan = p;
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

static char *remedy_of_path(const struct trace_event *ev)
{
	autofree char *path = NULL;
	const char *why;

	if (strcmp(ev->name, "execve") == 0 || strcmp(ev->name, "execveat") == 0)
		return xasprintf("it may be executed in the bundle and the runtime only, with the "
				 "permission subprocess");
	if (path_below(ev->path, "/data"))
		return xstrdup("the permission storage gives a /data of its own");
	if (path_below(ev->path, "/plugin"))
		return xstrdup(
			"the bundle is read-only: /tmp can be written, and with storage /data");
	path = to_grant(ev);
	if (!path || value_grant_path(path, &why) < 0)
		return xstrdup("nothing gives that");
	return xasprintf("%s: [%s] would give it",
			 perm_table[writes(ev) ? PERM_FS_WRITE : PERM_FS_READ].name, path);
}

/* What the sandbox did, or NULL where it had no hand in this. */
static char *explain(const struct debug *d, const struct trace_event *ev)
{
	const char *limit = limit_of(ev);
	const char *remedy;

	if (limit)
		return xasprintf("the limit %s", limit);
	switch (ev->err) {
	case ENOENT:
	case ENOTDIR:
		/* by name, and for display: outside it may have gone by now */
		if (!ev->has_path || ev->path[0] != '/' || access(ev->path, F_OK) < 0)
			return NULL;
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
		return xasprintf("there is no network; the permission network would give it");
	case ENOSYS:
		return xasprintf("plugins do not have this call; programs do without");
	default:
		return NULL;
	}
	if (ev->has_path && ev->path[0] == '/')
		return remedy_of_path(ev);
	if (ev->has_path)
		return ev->err == EROFS || ev->err == EACCES || ev->err == EPERM
			       ? xstrdup("a relative path: what it leads to is not the plugin's to "
					 "use so")
			       : NULL;
	remedy = syscalls_remedy(&d->plan->syscalls, ev->name,
				 ev->args[strcmp(ev->name, "ioctl") == 0]);
	return remedy ? xasprintf("the permission %s would give it", remedy)
		      : xstrdup("nothing gives that");
}

void debug_tell(void *arg, const struct trace_event *ev)
{
	struct debug *d = arg;
	autofree char *why = explain(d, ev);
	autofree char *call = NULL;
	autofree char *line = NULL;
	const char *errname = strerrorname_np(ev->err);

	if (!why)
		return;
	if (ev->has_path)
		call = xasprintf("%s(\"%s\"%s)", ev->name, ev->path,
				 writes(ev) ? ", to write" : "");
	else if (strcmp(ev->name, "socket") == 0 || strcmp(ev->name, "socketpair") == 0)
		call = xasprintf("%s(family %lu, type %lu)", ev->name, ev->args[0],
				 ev->args[1] & 0xf);
	else
		call = xasprintf("%s(%#lx, %#lx, %#lx)", ev->name[0] ? ev->name : "call",
				 ev->args[0], ev->args[1], ev->args[2]);
	line = xasprintf("%s = %s: %s", call, errname ? errname : "error", why);
	if (strv_has(&d->told, line)) {
		d->again++;
		return;
	}
	if (d->told.n == MOST) {
		d->lost++;
		return;
	}
	strv_add(&d->told, line);
	log_error("debug: [%d] %s", (int)ev->pid, line);
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
