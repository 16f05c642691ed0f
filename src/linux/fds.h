/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All descriptors of a process at once. */
#pragma once

#include <stddef.h>

/* Marks every descriptor from 3 on close-on-exec. Returns 0, or -1 with errno where they cannot be
 * told: neither close_range nor /proc. */
int fds_cloexec(void);

/* Closes every descriptor but the n of keep (any order), at the best of what the kernel
 * offers; for processes that execute nothing any more. */
void fds_close_but(const int *keep, size_t n);
