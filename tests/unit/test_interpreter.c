/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux/interpreter: a "#!" line as the kernel splits it, and what env would run. */
#include "linux/interpreter.h"

#include "tap.h"

static void splits(const char *line, const char *interp, const char *arg, const char *name)
{
	char head[INTERPRETER_HEAD + 1] = {0};
	char *found = NULL;
	char *rest = NULL;

	memcpy(head, line, strnlen(line, INTERPRETER_HEAD));
	if (!interpreter_of_script(head, &found, &rest))
		found = rest = NULL;
	is_str(found, interp, "%s: the interpreter", name);
	is_str(rest, arg, "%s: its argument", name);
}

static void scripts(void)
{
	char lengthy[2 * INTERPRETER_HEAD];

	splits("#!/bin/sh\n", "/bin/sh", NULL, "plain");
	splits("#! \t/bin/sh \t -e -u \t\nx", "/bin/sh", "-e -u", "blanks, and one argument");
	splits("#!/bin/sh -e", "/bin/sh", "-e", "no line feed");
	splits("#!/bin/sh -e ", "/bin/sh", "-e ", "no line feed: the kernel leaves blanks then");
	splits("#!/bin/sh\r\n", "/bin/sh\r", NULL, "a carriage return is part of the name");
	splits("#!\n", NULL, NULL, "nothing");
	splits("#! \t \n/bin/sh", NULL, NULL, "blanks");
	splits("#!", NULL, NULL, "the end of the file");
	memset(lengthy, 'a', sizeof(lengthy));
	memcpy(lengthy, "#!/", 3);
	splits(lengthy, NULL, NULL, "a name that is cut is none");
	memcpy(lengthy, "#!/b ", 5);
	lengthy[INTERPRETER_HEAD + 8] = '\0';
	{
		char arg[INTERPRETER_HEAD];

		memcpy(arg, lengthy + 5, INTERPRETER_HEAD - 6);
		arg[INTERPRETER_HEAD - 6] = '\0';
		splits(lengthy, "/b", arg, "an argument that is cut is one");
	}
	memset(lengthy, ' ', sizeof(lengthy));
	memcpy(lengthy, "#!", 2);
	splits(lengthy, NULL, NULL, "all blanks");
}

static void env_runs(const char *text, const char *name)
{
	char arg[64];

	(void)snprintf(arg, sizeof(arg), "%s", text);
	is_str(interpreter_of_env(arg), name, "env %s", text);
}

int main(void)
{
	scripts();
	env_runs("python3", "python3");
	env_runs("-S python3 -I", "python3");
	env_runs("-Sperl -w", "perl");
	env_runs("-i sh", NULL);
	env_runs("A=b sh", NULL);
	env_runs("./x", NULL);
	env_runs("", NULL);
	return done_testing();
}
