/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/hint.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

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
