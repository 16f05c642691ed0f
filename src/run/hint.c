/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/hint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/path.h"
#include "linux/blocker.h"

/* The command that was looked for: the entrypoint, or what the error's last quotes name (the
 * target of "#!/usr/bin/env NAME"). */
static bool wanted_name(const struct pb_err *e, char *name, size_t size)
{
	const char *end = strrchr(e->msg, '"');
	const char *start = end;

	if (!end || end == e->msg)
		return false;
	for (start--; start > e->msg && *start != '"'; start--)
		;
	if (*start != '"' || (size_t)(end - start) > size)
		return false;
	memcpy(name, start + 1, (size_t)(end - start) - 1);
	name[end - start - 1] = '\0';
	return name[0] && !strchr(name, '/');
}

static bool in_caller_path(const char *name, char *out, size_t size)
{
	autofree char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "");
	char *save = NULL;

	for (char *dir = strtok_r(path, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		struct stat st;

		if (dir[0] != '/' || snprintf(out, size, "%s/%s", dir, name) >= (int)size)
			continue;
		if (stat(out, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111))
			return true;
	}
	return false;
}

void hint_entrypoint(const struct prepared *p, struct pb_err *e)
{
	char name[256];
	char found[PATH_MAX];
	char real[PATH_MAX];
	char *slash;

	if (e->kind != PB_ERR_NOTFOUND || e->hint[0])
		return;
	if (!wanted_name(e, name, sizeof(name)) || !in_caller_path(name, found, sizeof(found))) {
		if (p->have_plan && p->plan.argv.n && !strchr(p->plan.argv.v[0], '/'))
			pb_err_hint(e, "it is neither in the bundle nor in the runtime's /usr/bin: "
				       "install it, or see --runtime");
		return;
	}
	/* a program in …/bin/ needs what stands beside bin: show the directory above */
	if (!realpath(found, real))
		(void)snprintf(real, sizeof(real), "%s", found);
	slash = strrchr(real, '/');
	*slash = '\0';
	slash = strrchr(real, '/');
	if (slash && slash != real && (strcmp(slash, "/bin") == 0 || strcmp(slash, "/shims") == 0))
		*slash = '\0';
	pb_err_hint(e, "your PATH has it at \"%s\", which is not part of the runtime; to show it "
		       "read-only, add --runtime-add %s", found, real);
}

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

void hint_namespaces(struct pb_err *e)
{
	static const char *const made[] = {"namespaces", "idmap"};
	/* the first steps that need capabilities in the new namespace */
	static const char *const used[] = {"user-namespace", "ucounts", "mounts", "uts-namespace"};
	const char *remedy = NULL;
	const char *found = NULL;

	if (e->kind != PB_ERR_SETUP || !e->sys || e->hint[0])
		return;
	if (is_one_of(e->step, made, ARRAY_SIZE(made)))
		found = blocker_namespaces(e->sys, &remedy);
	else if ((e->sys == EPERM || e->sys == EACCES) && is_one_of(e->step, used, ARRAY_SIZE(used)))
		found = blocker_withheld(&remedy);
	if (found)
		pb_err_hint(e, "namespaces are %s: %s; or see --isolation landlock, which is weaker", found,
			    remedy);
}

/* A script's beginning, in which it says where it keeps its files. */
#define SCRIPT_BYTES (256U << 10)

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-.", c));
}

/* Whether the path /data, or one below it, stands in the text: not ./data and not /database. */
static bool names_data(const char *text, size_t n)
{
	static const char data[] = "/data";
	const size_t len = sizeof(data) - 1;
	const char *end = text + n;

	for (const char *at = text; (at = memmem(at, (size_t)(end - at), data, len)); at++)
		if ((at == text || (!is_name_byte(at[-1]) && at[-1] != '/')) &&
		    (at + len == end || !is_name_byte(at[len])))
			return true;
	return false;
}

static bool script_names_data(const struct prepared *p, const char *word)
{
	autofree char *text = NULL;
	autoclose int fd = -1;
	struct stat st;
	ssize_t n;

	if (p->bundle_fd < 0 || word[0] == '/' || strstr(word, ".."))
		return false;
	/* a FIFO must not hold the end of the run up */
	fd = path_open(p->bundle_fd, word, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	text = xcalloc(1, SCRIPT_BYTES);
	n = fd_read_all(fd, text, SCRIPT_BYTES);
	return n > 0 && names_data(text, (size_t)n);
}

static bool shows_data(const struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (path_below(p->steps[i].dst, "/data"))
			return true;
	return false;
}

void hint_storage(const struct prepared *p, struct result *r)
{
	const bool badly = (r->outcome == OUTCOME_EXITED && r->code != 0) ||
			   r->outcome == OUTCOME_SIGNALED;

	if (!badly || !p->have_plan || shows_data(&p->plan))
		return;
	for (size_t i = 0; i < p->plan.argv.n; i++) {
		const char *word = p->plan.argv.v[i];
		autofree char *said = strlen(word) <= 128 ? xasprintf("\"%s\"", word)
							  : xstrdup("its command");

		if (!names_data(word, strlen(word)) && !script_names_data(p, word))
			continue;
		(void)snprintf(r->hint, sizeof(r->hint),
			       p->plan.bare && p->plan.storage
				       ? "%s names /data, which is at $PLUGBOX_DATA without namespaces"
				       : "%s names /data, which it lacks (the permission \"storage\" would give "
					 "it)",
			       said);
		return;
	}
}
