/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a file of root's alone that lies in a granted directory: the plugin's user may not.
 *
 * class: isolation
 * needs: root_file
 * allow: file_system_read
 * verdict: secret
 * control: root
 * layers: RUN_AS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (!show(in_dir("readgrant", "root-only")))
		failure(errno);
	success();
}
