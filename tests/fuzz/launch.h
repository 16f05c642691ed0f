/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines for the targets that read them. No file is looked at: realpath() answers out of its
 * argument, --args reads a pipe of the target's own, and no other descriptor above 2 is open. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "options.h"

#define ARGS_FD 100 /* what --args 100 reads */
#define KEEP_FD 101 /* and another that is open, to be written to */

/* The C library's, which host_path asks: as on a host without links on which everything exists
 * but what has an "x" in its name. */
char *realpath(const char *restrict path, char *restrict resolved)
{
	struct strbuf b = {0};
	char *copy = xasprintf("%s%s", *path == '/' ? "" : "/work/", path);
	char *save = NULL;

	must(!resolved);
	if (strchr(path, 'x')) {
		free(copy);
		errno = ENOENT;
		return NULL;
	}
	strbuf_puts(&b, "");
	for (char *c = strtok_r(copy, "/", &save); c; c = strtok_r(NULL, "/", &save)) {
		if (strcmp(c, "..") == 0)
			b.s[b.n = b.n ? (size_t)(strrchr(b.s, '/') - b.s) : 0] = '\0';
		else if (strcmp(c, ".") != 0)
			strbuf_printf(&b, "/%s", c);
	}
	if (!b.n)
		strbuf_puts(&b, "/");
	free(copy);
	return b.s;
}

/* Puts n bytes where --args finds them. */
static void set_args(const void *bytes, size_t n)
{
	int ends[2];

	if (n > 4096 || pipe2(ends, O_CLOEXEC) < 0)
		return;
	must(write(ends[1], bytes, n) == (ssize_t)n);
	close(ends[1]);
	must(dup3(ends[0], ARGS_FD, O_CLOEXEC) == ARGS_FD);
	close(ends[0]);
}

/* Reads a command line; what --help prints goes nowhere. Returns as options_launch. */
static int read_options(struct launch *l, bool explain, int argc, char **argv, struct pb_err *e)
{
	static FILE *nowhere;
	FILE *out = stdout;
	int rc;

	if (!nowhere) {
		nowhere = fopen("/dev/null", "we");
		must(nowhere && dup3(fileno(nowhere), KEEP_FD, O_CLOEXEC) == KEEP_FD);
	}
	stdout = nowhere;
	launch_init(l);
	*e = (struct pb_err){0};
	rc = options_launch(l, explain, argc, argv, e);
	stdout = out;
	return rc;
}
