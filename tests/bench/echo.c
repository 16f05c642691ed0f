/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that answers each line of JSON-RPC with one of its own, until stdin ends. With an
 * argument it says so much at once, unasked; a second one is how many children wait beside it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char answer[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n";
	char line[4096];
	ssize_t n;

	for (int i = argc > 2 ? atoi(argv[2]) : 0; i > 0; i--)
		if (fork() == 0)
			for (;;)
				(void)pause();
	if (argc > 1 && write(1, answer, sizeof(answer) - 1) < 0)
		return 1;
	while ((n = read(0, line, sizeof(line))) > 0)
		if (memchr(line, '\n', (size_t)n) && write(1, answer, sizeof(answer) - 1) < 0)
			return 1;
	return 0;
}
