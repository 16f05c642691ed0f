/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the files of its own in /proc that change how the kernel treats it.
 *
 * class: surface
 * verdict: inside
 * layers: MOUNT_RO
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static const char *const names[] = {"oom_score_adj", "coredump_filter", "clear_refs", "comm",
					    "attr/current",  "attr/exec",	    "setgroups",  "uid_map",
					    "gid_map",	     "projid_map",	    "autogroup",  "mem",
					    "timerslack_ns", "loginuid"};
	char path[64];

	(void)argc;
	start(argv);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		if (open(path, O_WRONLY) >= 0)
			success();
	}
	failure(errno);
}
