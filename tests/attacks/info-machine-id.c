/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns which machine this is.
 *
 * class: information
 * verdict: machine-id
 * control: maybe: the host may have none
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/etc/machine-id");
	show("/var/lib/dbus/machine-id");
	show("/sys/class/dmi/id/product_uuid");
	show("/proc/sys/kernel/random/boot_id");
	success();
}
