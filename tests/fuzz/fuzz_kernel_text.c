/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts of the kernel, which have names in them that a plugin or another user may choose. The
 * first byte says which. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/path.h"
#include "fuzz.h"
#include "linux/cgroup.h"

static void own_cgroup(const char *text)
{
	char path[64];
	char line[80];

	if (cgroup_parse_self(text, path, sizeof(path)) < 0)
		return;
	must(path[0] == '/' && !strchr(path, '\n') && strlen(path) < sizeof(path));
	must(strcmp(path, "/..") != 0 && !str_starts(path, "/../"));
	(void)snprintf(line, sizeof(line), "0::%s", path);
	must(strstr(text, line));
}

/* Each as one of the words. */
static void controllers(const char *text)
{
	static const struct {
		unsigned bit;
		const char *word;
	} known[] = {{CG_CPU, "cpu"}, {CG_MEMORY, "memory"}, {CG_PIDS, "pids"},
		     {CG_IO, "io"},   {CG_CPUSET, "cpuset"}};
	unsigned found = cgroup_parse_controllers(text);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char *copy = xstrdup(text);
		char *save = NULL;
		bool there = false;

		for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
			there |= strcmp(w, known[i].word) == 0;
		must(there == ((found & known[i].bit) != 0));
		found &= ~known[i].bit;
		free(copy);
	}
	must(found == 0);
}

static void statistics(const char *text)
{
	uint64_t v = 0;
	char line[64];

	if (!cgroup_parse_key(text, "usage_usec", &v))
		return;
	/* leading zeros aside it stands there as it is printed */
	(void)snprintf(line, sizeof(line), "%" PRIu64, v);
	must(strstr(text, line) && strstr(text, "usage_usec "));
}

static void leaf(const char *name)
{
	long pid = cgroup_leaf_pid(name);
	char start[48];

	must(pid == -1 || (pid >= 1 && pid <= INT32_MAX));
	if (pid < 0)
		return;
	(void)snprintf(start, sizeof(start), "plugbox-%ld-", pid);
	must(str_starts(name, start) && name[strlen(start)]);
}

/* As the kernel writes it, seq_path: " \t\n\\" as \ooo. Writing and reading gives the same. */
static void mount_point(const char *text)
{
	struct strbuf b = {0};
	char *any = xstrdup(text);
	size_t n = strlen(any);

	strbuf_puts(&b, "");
	for (const char *s = text; *s; s++) {
		if (strchr(" \t\n\\", *s))
			strbuf_printf(&b, "\\%03o", (unsigned)(unsigned char)*s);
		else
			strbuf_add(&b, s, 1);
	}
	path_unescape(b.s);
	must(strcmp(b.s, text) == 0);
	strbuf_free(&b);
	/* and what no kernel wrote stays in its place */
	path_unescape(any);
	must(strlen(any) <= n);
	free(any);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const readers[])(const char *) = {own_cgroup, controllers, statistics, leaf,
							mount_point};
	char *text;

	if (n < 1)
		return 0;
	text = as_text(data + 1, n - 1);
	readers[data[0] % (sizeof(readers) / sizeof(readers[0]))](text);
	free(text);
	return 0;
}
