/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for the handle of a file, which tells about the file system below.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u;
	int mount_id;

	(void)argc;
	start(argv);
	memset(&u, 0, sizeof(u));
	u.h.handle_bytes = MAX_HANDLE_SZ;
	outcome(name_to_handle_at(AT_FDCWD, ".", &u.h, &mount_id, 0));
}
