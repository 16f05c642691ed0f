/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a program into the kernel as the filter of a socket.
 *
 * class: surface
 * verdict: inside
 * accepted: of its own sockets, by the same machine that seccomp gives it for its own calls
 * layers: none
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int pair[2];
	struct {
		uint16_t code;
		uint8_t jt, jf;
		uint32_t k;
	} ret = {6, 0, 0, 0xffff};
	struct {
		unsigned short len;
		void *filter;
	} program = {1, &ret};

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		failure(errno);
	outcome(setsockopt(pair[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
}
