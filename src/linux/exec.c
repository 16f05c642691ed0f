/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/exec.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "linux/interpreter.h"

#define SCRIPT_DEPTH 5

static int not_found(const char *name, struct pb_err *e)
{
	return pb_err_set(e, PB_ERR_NOTFOUND, ENOENT, "cannot execute \"%s\"", name);
}

/* Looks name up in PATH. Returns 0 and the path, or -1. */
static int search(const struct plan *p, const char *name, char *out, size_t size)
{
	for (size_t i = 0; i < p->path.n; i++) {
		struct stat st;

		if (snprintf(out, size, "%s/%s", p->path.v[i], name) >= (int)size)
			continue;
		if (stat(out, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111))
			return 0;
	}
	return -1;
}

static int locate(const struct plan *p, const char *name, char *out, size_t size, struct pb_err *e)
{
	struct stat st;

	if (name[0] == '/') {
		(void)snprintf(out, size, "%s", name);
		return 0;
	}
	if (strchr(name, '/')) {
		/* relative to the bundle, wherever --chdir leads */
		const char *base = p->bundle_dst ? p->bundle_dst : p->cwd;

		(void)snprintf(out, size, "%s/%s", base, name);
		return 0;
	}
	if (p->bundle_first) {
		(void)snprintf(out, size, "%s/%s", p->bundle_dst, name);
		if (lstat(out, &st) == 0)
			return 0;
	}
	return search(p, name, out, size) == 0 ? 0 : not_found(name, e);
}

/* Remembers the file and hands its readable descriptor (or -1) to the caller. */
static int remember(struct exec_chain *c, const char *path, int *readable, struct pb_err *e)
{
	struct stat st;
	int fd;

	if (c->n == EXEC_CHAIN_MAX)
		return pb_err_set(e, PB_ERR_NOEXEC, ELOOP, "cannot execute \"%s\"", path);
	/* A link to /proc/self/fd/N/.. would lead along a descriptor of plugbox's own, out of the
	 * sandbox's file system; none is open here any more, and none would be followed. */
	fd = path_open_follow(path, O_PATH);
	if (fd < 0)
		return pb_err_set(e, errno == ENOENT || errno == ENOTDIR ? PB_ERR_NOTFOUND : PB_ERR_NOEXEC,
				  errno, "cannot execute \"%s\"", path);
	c->fds[c->n] = fd;
	(void)snprintf(c->shown[c->n], sizeof(c->shown[0]), "%s", path);
	c->n++;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return pb_err_set(e, PB_ERR_NOEXEC, S_ISDIR(st.st_mode) ? EISDIR : EACCES,
				  "cannot execute \"%s\"", path);
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0) {
		pb_err_set(e, PB_ERR_NOEXEC, errno, "cannot execute \"%s\"", path);
		return pb_err_hint(e, "give it execute permission (chmod +x), or name its "
				      "interpreter first in the entrypoint list");
	}
	*readable = path_open_follow(path, O_RDONLY | O_NONBLOCK);
	return 0;
}

static int follow(const struct plan *p, struct exec_chain *c, const char *path, int depth,
		  struct pb_err *e)
{
	char head[INTERPRETER_HEAD + 1] = {0};
	char next[PATH_MAX];
	autoclose int fd = -1;
	ssize_t n;

	if (remember(c, path, &fd, e) < 0)
		return -1;
	if (fd < 0)
		return 0; /* execute-only: the kernel will say what it needs */
	n = pread(fd, head, INTERPRETER_HEAD, 0);
	if (n < 4)
		return pb_err_set(e, PB_ERR_NOEXEC, ENOEXEC, "cannot execute \"%s\"", path);
	if (memcmp(head, ELFMAG, SELFMAG) == 0) {
		interpreter_of_elf(fd, head, (size_t)n, next, sizeof(next));
		if (next[0] && remember(c, next, &(int){-1}, e) < 0) {
			pb_err_wrap(e, "the loader of \"%s\"", path);
			return pb_err_hint(e, "it is a dynamic program: it needs a runtime that has its "
					      "loader (see --runtime)");
		}
		return 0;
	}
	if (head[0] == '#' && head[1] == '!') {
		char *interp;
		char *arg;

		if (depth == SCRIPT_DEPTH)
			return pb_err_set(e, PB_ERR_NOEXEC, ELOOP, "cannot execute \"%s\"", path);
		if (!interpreter_of_script(head, &interp, &arg))
			return pb_err_set(e, PB_ERR_NOEXEC, ENOEXEC, "cannot execute \"%s\"", path);
		if (interp[0] != '/')
			return pb_err_set(e, PB_ERR_NOEXEC, 0,
					  "the interpreter \"%s\" of \"%s\" is not an absolute path",
					  interp, path);
		if (follow(p, c, interp, depth + 1, e) < 0)
			return pb_err_wrap(e, "the interpreter of \"%s\"", path);
		if (arg && strcmp(interp, "/usr/bin/env") == 0) {
			const char *name = interpreter_of_env(arg);

			if (!name || search(p, name, next, sizeof(next)) < 0) {
				not_found(name ? name : arg, e);
				return pb_err_wrap(e, "the interpreter of \"%s\"", path);
			}
			return follow(p, c, next, depth + 1, e);
		}
		return 0;
	}
	pb_err_set(e, PB_ERR_NOEXEC, ENOEXEC, "cannot execute \"%s\"", path);
	return pb_err_hint(e, "it is neither an ELF program nor a script with a #! line");
}

int exec_resolve(const struct plan *p, struct exec_chain *c, struct pb_err *e)
{
	c->n = 0;
	if (locate(p, p->argv.v[0], c->path, sizeof(c->path), e) < 0)
		return -1;
	return follow(p, c, c->path, 0, e);
}
