/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a time is that of the C library's calendar. */
#include "base/utc.h"
#include "tap.h"

static void libc_text(time_t t, char out[UTC_TEXT])
{
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, UTC_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
}

static bool same(time_t t)
{
	char ours[UTC_TEXT];
	char theirs[UTC_TEXT];

	utc_text(t, ours);
	libc_text(t, theirs);
	if (strcmp(ours, theirs) != 0)
		printf("# %lld: %s, not %s\n", (long long)t, ours, theirs);
	return strcmp(ours, theirs) == 0;
}

int main(void)
{
	const time_t last = 253402300799;
	char text[UTC_TEXT];
	bool all = true;

	/* the two seconds at the end and beginning of each day */
	for (time_t t = 0; t <= last; t += 86400)
		all &= same(t) && same(t + 86399);
	ok(all, "every day up to the year 9999");
	all = true;
	for (time_t t = 0; t < 86400; t++)
		all &= same(1790000000 - 1790000000 % 86400 + t);
	ok(all, "every second of a day");
	utc_text(-1, text);
	is_str(text, "1970-01-01T00:00:00", "what is before is the first");
	utc_text(last + 1, text);
	is_str(text, "9999-12-31T23:59:59", "what is after is the last");
	return done_testing();
}
