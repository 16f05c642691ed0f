/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program that base/hostlib carries: it alone loads the name services and libsystemd. Its
 * questions and answers are listed there. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/hostlib.h"
#include "base/str.h"
#include "linux/sdscope_bus.h"

static int say(bool yes, const char *text)
{
	char out[HOSTLIB_MAX];
	int n = snprintf(out, sizeof(out), "%c%s", yes ? HOSTLIB_YES : HOSTLIB_NO, text);

	return n < 0 || (size_t)n >= sizeof(out) || fd_write_all(STDOUT_FILENO, out, (size_t)n) < 0;
}

/* A service that is not there is one that knows nobody; one that should have answered is not. */
static bool in_doubt(void)
{
	static const int doubts[] = {EAGAIN, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ERANGE, ETIMEDOUT};

	for (size_t i = 0; i < ARRAY_SIZE(doubts); i++)
		if (errno == doubts[i])
			return true;
	return false;
}

static int doubt(void)
{
	const int err = errno;
	char out[1 + sizeof(err)] = {HOSTLIB_FAILED};

	memcpy(out + 1, &err, sizeof(err));
	return fd_write_all(STDOUT_FILENO, out, sizeof(out)) < 0;
}

static int user(const struct passwd *pw)
{
	autofree char *text = NULL;

	if (!pw && in_doubt())
		return doubt();
	/* no field of an answer may have a colon but the last */
	if (!pw || strchr(pw->pw_name, ':'))
		return say(false, "");
	text = xasprintf("%u:%u:%s:%s", (unsigned)pw->pw_uid, (unsigned)pw->pw_gid, pw->pw_name,
			 pw->pw_dir);
	return say(true, text);
}

static int group(const struct group *gr)
{
	char text[16] = "";

	if (!gr && in_doubt())
		return doubt();
	if (gr)
		(void)snprintf(text, sizeof(text), "%u", (unsigned)gr->gr_gid);
	return say(gr != NULL, text);
}

static int scope(const char *unit, const char *plugin, pid_t pid)
{
	char why[256] = "";

	(void)signal(SIGPIPE, SIG_IGN);
	return say(sdscope_bus_ask(unit, plugin, pid, why, sizeof(why)) == 0, why);
}

int main(int argc, char **argv)
{
	const char *question = argc > 2 ? argv[1] : "";

	errno = 0;
	if (strcmp(question, "user-id") == 0 && argc == 3)
		return user(getpwuid((uid_t)strtoul(argv[2], NULL, 10)));
	if (strcmp(question, "user-name") == 0 && argc == 3)
		return user(getpwnam(argv[2]));
	if (strcmp(question, "group-name") == 0 && argc == 3)
		return group(getgrnam(argv[2]));
	if (strcmp(question, "scope") == 0 && argc == 5)
		return scope(argv[2], argv[3], (pid_t)strtol(argv[4], NULL, 10));
	return 2;
}
