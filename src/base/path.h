/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening a name without being led astray: openat2, or where the kernel does not have it or a
 * container's filter hides it, the same walk component by component. The one difference is that
 * without openat2 no link of /proc is followed, not even a plain one. What is returned is
 * close-on-exec, or -1 with errno.
 */
#pragma once

#include <stdbool.h>

/* Opens path (relative to dirfd, or absolute) with flags, following no symbolic or
 * magic link in any component: ELOOP where one is a link. ".." is not for here. */
int path_open(int dirfd, const char *path, int flags);

/* Opens path for a caller who may use symbolic links, but no magic ones. */
int path_open_follow(const char *path, int flags);

/* The same with the directory root as "/": neither ".." nor a link leads out of it. */
int path_open_in(int root, const char *path, int flags);

/* Makes the directories of the relative path rel below dirfd that do not exist, and at its end
 * a directory, or an empty file where is_file. Follows no link. Returns 0, or -1
 * with errno. */
int path_make(int dirfd, const char *rel, bool is_file, unsigned mode);

/* The path of an open file as the kernel knows it, without the links that led there; the caller's to
 * free. NULL with errno where it has none. */
char *path_of_fd(int fd);

/* Puts back, in place, what /proc/PID/mountinfo writes as \ooo: blanks, line feeds, backslashes. */
void path_unescape(char *s);
