/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a name without being led astray. */
#pragma once

#include <stdbool.h>

/* Opens path (relative to dirfd, or absolute) with flags, following no symbolic or
 * magic link in any component. openat2 where the kernel has it, otherwise component by
 * component. Returns the descriptor (close-on-exec), or -1 with errno: ELOOP where a component
 * is a link. */
int path_open(int dirfd, const char *path, int flags);

/* Opens path for a caller who may use symbolic links, but no magic ones. */
int path_open_follow(const char *path, int flags);

/* Makes the directories of the relative path rel below dirfd that do not exist, and at its end
 * a directory, or an empty file where is_file. Follows no link. Returns 0, or -1
 * with errno. */
int path_make(int dirfd, const char *rel, bool is_file, unsigned mode);
