/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks which parts of the host's programs are in memory, and so which have run.
 *
 * class: information
 * verdict: inside
 * control: maybe: not every file system answers
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static const char *const files[] = {"/usr/lib/os-release", "/usr/bin/env", "/bin/sh"};
	char buf[1];
	struct iovec v = {buf, 1};

	(void)argc;
	start(argv);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd = open(files[i], O_RDONLY | O_CLOEXEC);

		/* RWF_NOWAIT: with what is there, or EAGAIN */
		if (fd >= 0 && (preadv2(fd, &v, 1, 0, 0x8) >= 0 || errno == EAGAIN))
			success();
	}
	failure(errno);
}
