/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Goes up from a directory that it may read.
 *
 * class: isolation
 * allow: file_system_read
 * verdict: secret
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (show(in_dir("readgrant", "../../host/secret.txt")))
		success();
	failure(errno);
}
