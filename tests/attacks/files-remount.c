/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes its bundle writable by a remount.
 *
 * class: isolation
 * verdict: bundle-changed
 * control: no: there is no mount without a sandbox
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("mnt");
	(void)mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND, NULL);
	(void)mount(NULL, "/plugin", NULL, MS_REMOUNT | MS_BIND, NULL);
	outcome(open("written", O_WRONLY | O_CREAT, 0644));
}
