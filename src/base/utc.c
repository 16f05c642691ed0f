/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/utc.h"

#include <string.h>

#define LAST 253402300799 /* 9999-12-31T23:59:59 */
#define DAY 86400
/* The Gregorian calendar repeats itself after so many days, which are 400 years. Counted from a first of
 * March the leap day is the last of its year. */
#define CYCLE 146097
#define MARCH_0_TO_1970 719468

/* By hand: two lines of the log on every launch, and printf takes as long as to hash one. */
static void two(char *at, unsigned v)
{
	at[0] = (char)('0' + v / 10);
	at[1] = (char)('0' + v % 10);
}

void utc_text(time_t t, char out[UTC_TEXT])
{
	const unsigned s = (unsigned)((t < 0 ? 0 : t > LAST ? LAST : t) % DAY);
	const unsigned days = (unsigned)((t < 0 ? 0 : t > LAST ? LAST : t) / DAY) + MARCH_0_TO_1970;
	const unsigned in_cycle = days % CYCLE;
	const unsigned year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
	const unsigned in_year = in_cycle - (365 * year + year / 4 - year / 100);
	const unsigned month = (5 * in_year + 2) / 153; /* 0 is March */
	const unsigned day = in_year - (153 * month + 2) / 5 + 1;

	const unsigned anno = (days / CYCLE * 400 + year + (month >= 10)) % 10000;

	memcpy(out, "0000-00-00T00:00:00", UTC_TEXT);
	two(out, anno / 100);
	two(out + 2, anno % 100);
	two(out + 5, (month + 2) % 12 + 1);
	two(out + 8, day % 100);
	two(out + 11, s / 3600);
	two(out + 14, s / 60 % 60);
	two(out + 17, s % 60);
}
