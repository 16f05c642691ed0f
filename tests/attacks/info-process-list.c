/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the processes of the host with their arguments.
 *
 * class: information
 * needs: victim
 * verdict: secret
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char path[300];
	DIR *proc = opendir("/proc");

	for (struct dirent *d; proc && (d = readdir(proc));) {
		snprintf(path, sizeof(path), "/proc/%s/cmdline", d->d_name);
		if (atoi(d->d_name) > 0 && atoi(d->d_name) != getpid())
			show(path);
	}
	failure(0);
}
