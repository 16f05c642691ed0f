/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls that the C library of the oldest supported host (glibc 2.36) does
 * not wrap, and the constants that its kernel headers (6.1) do not know yet. */
#pragma once

#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline long sys_clone3(struct clone_args *args)
{
	return syscall(SYS_clone3, args, sizeof(*args));
}

static inline int sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags, .resolve = resolve};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

/* 5.14: the file system of a descriptor, and not the device that it lies on */
static inline long sys_quotactl_fd(int fd, unsigned cmd, unsigned id, void *addr)
{
	return syscall(SYS_quotactl_fd, fd, cmd, id, addr);
}

/* waitid with the rusage that the library's wrapper leaves out */
static inline int sys_waitid(int idtype, int id, void *info, int options, void *rusage)
{
	return (int)syscall(SYS_waitid, idtype, id, info, options, rusage);
}
