/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process has mapped of files on certain file systems in memory: pages that are counted with
 * these already. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct smaps {
	const dev_t *devs; /* of the file systems, borrowed */
	size_t n;
	bool within;	   /* the mapping at hand is of one of them */
	uint64_t pss, anonymous, swap, swap_pss; /* of that one, bytes */
	uint64_t sum;	  /* in memory */
	uint64_t swapped; /* out of it */
};

/* Bytes of such pages that process pid has mapped, of one in memory that several map its part, by
 * /proc/PID/smaps below proc, in sum and swapped of *s; 0 for one that is gone. Copies of its own, as
 * a private mapping makes them, are not among them; where a file has both it is rather too few. Slow.
 * Returns 0, or -1 with errno. */
int smaps_of_files(int proc, pid_t pid, const dev_t *devs, size_t n, struct smaps *s);

/* The pure part, for the unit tests: takes a line of such a file into account; NULL at the end. */
void smaps_line(struct smaps *s, const char *line);
