/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a syscall policy to a BPF program (libseccomp), and from the program to
 * the kernel (seccomp(2) itself, so that a program compiled earlier loads the same way). */
#pragma once

#include <linux/filter.h>
#include <stddef.h>

#include "base/err.h"
#include "spec/syscalls.h"

/* Compiles for the native architecture: default ENOSYS, refused calls EPERM (or to
 * the notification listener where p->notify), a foreign architecture kills the
 * process. On success *prog (malloc'd, *n instructions) is the caller's. Returns 0, or
 * -1 with *e. */
int seccomp_build(const struct syscall_policy *p, struct sock_filter **prog, size_t *n,
		  struct pb_err *e);

/* (Not seccomp_load: libseccomp has a function of that name.)
 * Loads the program on the calling thread, which must have no_new_privs. With listener
 * non-NULL, *listener receives the notification descriptor (close-on-exec). Allocates
 * nothing. Returns 0, or -1 with *e. */
int seccomp_install(const struct sock_filter *prog, size_t n, int *listener, struct pb_err *e);

/* Makes every refusal of a program that would be reported an EPERM: for a surrounding sandbox that
 * listens already, when the kernel takes no second listener (EBUSY). Changes prog in place. */
void seccomp_without_listener(struct sock_filter *prog, size_t n);

/* pid 1's own filter: waiting, passing signals on, reporting and leaving; everything else
 * kills. A constant program, no libseccomp. */
int seccomp_load_init(struct pb_err *e);

/* The name of a native system call number, "" where it is unknown. buf is returned. */
char *seccomp_call_name(char *buf, size_t size, int nr);
