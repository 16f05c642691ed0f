/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for a socket by the 32-bit call.
 *
 * class: isolation
 * verdict: inside
 * control: maybe: the kernel may have no 32-bit calls
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	long rc;
	unsigned *args = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	(void)argc;
	start(argv);
	args[0] = AF_INET;
	args[1] = SOCK_STREAM;
	args[2] = 0;
	/* socketcall(SYS_SOCKET, args) */
	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(102), "b"(1), "c"(args) : "memory", "r8", "r9", "r10", "r11");
	if (rc < 0)
		failure((int)-rc);
	success();
}
