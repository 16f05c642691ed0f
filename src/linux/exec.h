/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What will be executed: the entrypoint, looked up inside the sandbox, and all that
 * the kernel opens on its behalf (interpreters of scripts, the ELF loader). Without the
 * subprocess permission these files and no others may be executed.
 */
#pragma once

#include <limits.h>
#include <stddef.h>

#include "base/err.h"
#include "spec/plan.h"

#define EXEC_CHAIN_MAX 8

struct exec_chain {
	char path[PATH_MAX];		  /* what execve is given */
	int fds[EXEC_CHAIN_MAX];	  /* O_PATH, close-on-exec */
	char shown[EXEC_CHAIN_MAX][128]; /* for messages, cut */
	size_t n;
};

/* Fills *c for the plan's argv[0]: with a slash it is relative to the working directory; without
 * one it is a file of the bundle's root, else looked up in the plan's PATH. Runs inside the new root.
 * Returns 0, or -1 with *e: PB_ERR_NOTFOUND or PB_ERR_NOEXEC. */
int exec_resolve(const struct plan *p, struct exec_chain *c, struct pb_err *e);
