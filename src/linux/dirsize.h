/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much a directory and all below it take of their file system, a part at a time. */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Deeper than anything that is not made to be. */
#define DIRSIZE_DEPTH 128

struct dirsize {
	DIR *at[DIRSIZE_DEPTH];
	size_t depth; /* 0: at no place */
	dev_t dev;
	uint64_t sum; /* bytes on the disk, so far; of a file with several names a part for each */
};

/* Begins at the directory fd (of any kind, and not kept). Returns 0, or -1 with errno. */
int dirsize_begin(struct dirsize *d, int fd);

/* Looks at up to n entries. Returns 1 at the end, 0 where there are more, or -1 with errno where the
 * rest cannot be counted: a directory that cannot be read, or too deep (ELOOP). What is mounted below
 * is left out, and what goes away meanwhile. */
int dirsize_step(struct dirsize *d, unsigned n);

/* Safe at any time, on zeros too. */
void dirsize_end(struct dirsize *d);
