/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux/sdscope: the name of a unit, whatever a plugin is called. tests/460-scope.bats has the rest. */
#include "linux/sdscope.h"

#include <ctype.h>

#include "tap.h"

static void named(const char *plugin, const char *want)
{
	char name[SDSCOPE_NAME_MAX];

	is_str(sdscope_unit_name(name, sizeof(name), plugin, "0123456789abcdef"), want, "%s", want);
}

/* What systemd takes for a unit's name, and a directory. */
static bool valid(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(":-_.\\", *p))
			return false;
	return n < 256 && n > 6 && strcmp(name + n - 6, ".scope") == 0 && name[0] == 'p';
}

int main(void)
{
	char name[SDSCOPE_NAME_MAX], all[257], same[SDSCOPE_NAME_MAX];

	named("weather", "plugbox-weather-0123456789abcdef.scope");
	named("my-plugin_2.x", "plugbox-my-plugin_2.x-0123456789abcdef.scope");
	named("../x", "plugbox-..\\x2fx-0123456789abcdef.scope");
	named("-x", "plugbox-\\x2dx-0123456789abcdef.scope");
	named("a@b", "plugbox-a\\x40b-0123456789abcdef.scope");
	named("%n;$(id) \n", "plugbox-\\x25n\\x3b\\x24\\x28id\\x29\\x20\\x0a-0123456789abcdef.scope");
	named("\\x2f", "plugbox-\\x5cx2f-0123456789abcdef.scope");
	named("", "plugbox--0123456789abcdef.scope");
	for (int i = 0; i < 256; i++) {
		all[0] = (char)(i ? i : 1);
		all[1] = '\0';
		(void)sdscope_unit_name(name, sizeof(name), all, "r");
		if (!valid(name))
			ok(false, "byte %d: \"%s\"", i, name);
	}
	memset(all, '/', 256);
	all[256] = '\0';
	(void)sdscope_unit_name(name, sizeof(name), all, "0123456789abcdef");
	ok(valid(name) && strstr(name, "-0123456789abcdef.scope"), "a long name is cut, not the run");
	ok(strstr(name, "\\x2f-") != NULL, "and not in the middle of an escape");
	(void)sdscope_unit_name(same, sizeof(same), all, "0123456789abcdee");
	ok(strcmp(name, same) != 0, "two runs never share a name");
	return done_testing();
}
