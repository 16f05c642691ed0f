/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Uses up the inodes of /tmp.
 *
 * class: resource
 * verdict: inside
 * landlock: tmp-size
 * layers: TMP_SIZE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char path[4096];
	int n = 0;
	int dir = own_tmp_dir();

	for (; n < 20000; n++) {
		snprintf(path, sizeof(path), "i%d", n);
		if (mknodat(dir, path, S_IFREG | 0600, 0) < 0)
			break;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "i%d", i);
		(void)unlinkat(dir, path, 0);
	}
	if (n == 20000)
		success();
	failure(ENOSPC);
}
