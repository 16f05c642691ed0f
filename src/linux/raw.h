/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A system call as the kernel has it, for a thread that shares the memory of another: errno and all
 * else that the C library has per thread belong to that one. Returns what the kernel does. */
#pragma once

#include <unistd.h>

#if defined(__x86_64__)
#define HAVE_RAW 1
static inline long raw(long nr, long a, long b, long c)
{
	long rc;

	__asm__ volatile("syscall" : "=a"(rc) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return rc;
}
#elif defined(__aarch64__)
#define HAVE_RAW 1
static inline long raw(long nr, long a, long b, long c)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#else
#define HAVE_RAW 0 /* and raw() is for processes with memory of their own */
static inline long raw(long nr, long a, long b, long c)
{
	return syscall(nr, a, b, c);
}
#endif
