/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each permission changes in the plan, and that it changes nothing of another kind. */
#include "spec/expansion.h"

#include "base/cleanup.h"
#include "tap.h"

/* part: how a line begins that must be there */
static const struct {
	enum perm_id id;
	const char *arg, *part;
	bool mounts, calls; /* whether lines of that kind are there */
} rows[] = {
	{PERM_FS_READ, "/srv/x", "+ bind   /srv/x", true, true},
	{PERM_FS_WRITE, "/srv/x", "+ bind   /srv/x", true, true},
	{PERM_STORAGE, NULL, "+ bind   /data", true, false},
	{PERM_SUBPROCESS, NULL, "+ system call fork", true, true},
	{PERM_NETWORK, "host", "+ net     shared with the host (granted)", true, true},
	{PERM_NETWORK, "loopback", "- NO_NETWORK=1", false, true},
	{PERM_ENVIRONMENT, "X", "+ X (from the caller)", false, false},
	{PERM_DEVICES, "x", "+ device /dev/x", true, true},
	{PERM_TTY, NULL, "+ devpts /dev/pts", true, true},
	{PERM_USER_DATABASE, NULL, "+ file   /etc/passwd", true, false},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = perm_table[rows[i].id].name;
		struct strv lines = {0};
		struct pb_err e = {0};
		bool told = false;
		bool calls = false;
		bool mounts = false;

		ok(expansion(rows[i].id, rows[i].arg, &lines, &e) == 0, "%s %s", name,
		   rows[i].arg ? rows[i].arg : "");
		for (size_t k = 0; k < lines.n; k++) {
			told |= str_starts(lines.v[k], rows[i].part);
			calls |= str_starts(lines.v[k] + 2, "system call");
			mounts |= str_starts(lines.v[k], "+ bind") ||
				  str_starts(lines.v[k], "+ d") || str_starts(lines.v[k], "+ file");
		}
		ok(told, "  says %s", rows[i].part);
		ok(calls == rows[i].calls, "  %s system call",
		   rows[i].calls ? "and some" : "and no");
		ok(mounts == rows[i].mounts, "  %s mount", rows[i].mounts ? "and some" : "and no");
		for (size_t k = 0;
		     k < lines.n && (!told || calls != rows[i].calls || mounts != rows[i].mounts);
		     k++)
			printf("#   %s\n", lines.v[k]);
		strv_free(&lines);
	}
	return done_testing();
}
