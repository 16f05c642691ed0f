/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ownership by scope: a variable declared with one of these is released when
 * it leaves its block; take_fd and take_ptr pass the ownership on. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		(void)close(*fd);
		errno = saved;
	}
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

/* A build with AddressSanitizer, of either compiler. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define WITH_ASAN
#endif

#define autoclose __attribute__((cleanup(cleanup_close)))
#define autofree __attribute__((cleanup(cleanup_free)))

/* Returns the descriptor and leaves -1 behind: the caller owns it now. */
static inline int take_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

/* Closes *fd if open and leaves -1 behind. */
static inline void close_fd(int *fd)
{
	cleanup_close(fd);
	*fd = -1;
}

#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) take_ptr_v = (p);                                                    \
		(p) = NULL;                                                                        \
		take_ptr_v;                                                                        \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
