/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives a file in a directory that it may write a capability of its own namespace.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-capability
 * control: root
 * layers: CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	const char *path = in_dir("grant", "tool");
	struct vfs_ns_cap_data d = {.magic_etc = VFS_CAP_REVISION_3 | VFS_CAP_FLAGS_EFFECTIVE,
				    .data[0].permitted = 1 << CAP_NET_RAW};

	close(open(path, O_WRONLY | O_CREAT, 0755));
	d.rootid = getuid();
	outcome(setxattr(path, "security.capability", &d, sizeof(d), 0));
}
