/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that nobody sets, for deadlines. */
#pragma once

#include <stdint.h>
#include <time.h>

/* In milliseconds. */
static inline int64_t clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
