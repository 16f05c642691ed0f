/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the inotify watches that the user has.
 *
 * class: resource
 * verdict: inside
 * control: maybe: the host may have few
 * layers: UCOUNTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char path[4096];
	int n = 0;
	int dir = own_tmp_dir(), fd = inotify_init();

	for (; n < 10000; n++) {
		snprintf(path, sizeof(path), "%s/%d", own_tmp(), n);
		if (mknod(path, S_IFREG | 0600, 0) < 0 || inotify_add_watch(fd, path, IN_MODIFY) < 0)
			break;
	}
	for (int i = 0; i <= n; i++) {
		snprintf(path, sizeof(path), "%d", i);
		(void)unlinkat(dir, path, 0);
	}
	if (n == 10000)
		success();
	failure(ENOSPC);
}
