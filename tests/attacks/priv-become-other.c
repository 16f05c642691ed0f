/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Becomes any other user or group, by every call and argument there is.
 *
 * A filter may compare less than the kernel does: the first argument alone, or the upper halves too.
 *
 * class: surface
 * verdict: inside
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

static const int calls[] = {SYS_setuid,	   SYS_setgid,	 SYS_setreuid, SYS_setregid,
			    SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid};

static bool changed(const uid_t *before)
{
	uid_t now[6];

	if (getresuid(now, now + 1, now + 2) < 0 || getresgid(now + 3, now + 4, now + 5) < 0)
		return false;
	return memcmp(now, before, sizeof(now)) != 0;
}

int main(int argc, char **argv)
{
	uid_t before[6];

	(void)argc;
	start(argv);
	getresuid(before, before + 1, before + 2);
	getresgid(before + 3, before + 4, before + 5);
	for (unsigned long id = 0; id < 70000; id += id < 2 || (id > 998 && id < 1002) ? 1 : 499)
		for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
			for (int pos = 0; pos < 3; pos++) {
				unsigned long a[3] = {-1UL, -1UL, -1UL};

				a[pos] = id;
				syscall(calls[i], a[0], a[1], a[2]);
				a[pos] = id | 1000UL << 32;
				syscall(calls[i], a[0], a[1], a[2]);
				if (changed(before))
					success();
			}
	/* says who it was before: the filesystem's ids are not asked for otherwise */
	if ((uid_t)syscall(SYS_setfsuid, -1) != before[1] && errno != EPERM)
		success();
	failure(EPERM);
}
