/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers with a point are those that printf writes. */
#include "base/json.h"
#include "tap.h"

static bool same(double v, int digits)
{
	struct json j = {0};
	char theirs[64];
	bool equal;

	(void)snprintf(theirs, sizeof(theirs), "%.*f", digits, v);
	json_fixed(&j, NULL, v, digits);
	equal = strcmp(j.out.s, theirs) == 0;
	if (!equal)
		printf("# %.*f: %s\n", digits, v, j.out.s);
	json_free(&j);
	return equal;
}

int main(void)
{
	bool all = true;

	ok(same(0, 6) && same(0.000001, 6) && same(0.999999, 6) && same(1.5, 3) && same(0.05, 3),
	   "with zeros before and behind");
	ok(same(0.9999996, 6) && same(9.9996, 3), "what rounds up to the next whole number");
	ok(same(123456789.000001, 6) && same(999999999999.0, 3), "large ones");
	for (unsigned usec = 0; usec < 5000000; usec += 7)
		all &= same((double)usec / 1e6, 6);
	ok(all, "microseconds of five seconds");
	return done_testing();
}
