/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing descriptors to the end, EINTR included. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Writes all n bytes. Returns 0, or -1 with errno. */
int fd_write_all(int fd, const void *buf, size_t n);

/* Reads until n bytes or end of file. Returns the count, or -1 with errno. */
ssize_t fd_read_all(int fd, void *buf, size_t n);

/* Opens path below dirfd, writes text in one write (as kernel files want it)
 * and closes. Returns 0, or -1 with errno. */
int fd_write_file(int dirfd, const char *path, const char *text);

/* Reads a small text file below dirfd into buf, NUL-terminated, without its
 * trailing line feed. Returns the length, or -1 with errno (EFBIG where it
 * does not fit). */
ssize_t fd_read_file(int dirfd, const char *path, char *buf, size_t size);
