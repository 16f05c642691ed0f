/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program from a file that has no path.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *again[] = {argv[0], "again", NULL}, *const env[] = {NULL}, buf[65536];
	ssize_t n;
	int in, out;

	start(argv);
	if (argc == 2 && strcmp(argv[1], "again") == 0)
		success();
	in = open("/proc/self/exe", O_RDONLY);
	out = (int)syscall(SYS_memfd_create, "x", 0);
	while (out >= 0 && in >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			failure(errno);
	syscall(SYS_execveat, out, "", again, env, AT_EMPTY_PATH);
	failure(errno);
}
