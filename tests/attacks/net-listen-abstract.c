/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listens on an abstract name that host programs may connect to.
 *
 * class: isolation
 * during: connect-abstract
 * verdict: reachable
 * layers: NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_un a;
	socklen_t len = 0;
	char name[100], word[128];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name, sizeof(name), "@plugbox-attack-%s", arg("run"));
	len = unix_address(&a, "", name);
	if (bind(fd, (struct sockaddr *)&a, len) < 0 || listen(fd, 1) < 0)
		failure(errno);
	snprintf(word, sizeof(word), "listening %s", name);
	await_run(word);
	success();
}
