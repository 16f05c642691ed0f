/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the descriptors of other processes through /proc.
 *
 * class: isolation
 * needs: victim
 * verdict: secret
 * layers: NS_PID SECCOMP INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char path[300];
	DIR *proc = opendir("/proc");
	struct stat st;

	for (struct dirent *d; proc && (d = readdir(proc));) {
		int pid = atoi(d->d_name);

		for (int fd = 0; pid > 0 && pid != getpid() && fd < 16; fd++) {
			snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
			if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < 4096)
				show(path);
		}
	}
	failure(0);
}
