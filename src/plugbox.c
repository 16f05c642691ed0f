/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: what holds for every command, the command table, and the one
 * place where an error is printed and becomes an exit code. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/version.h"
#include "cmd.h"
#include "options.h"
#include "options_table.h"

static int (*const functions[CMD_N])(int argc, char **argv, struct pb_err *e) = {
	[CMD_RUN] = cmd_run,	   [CMD_EXPLAIN] = cmd_explain,	      [CMD_CHECK] = cmd_check,
	[CMD_PERMISSIONS] = cmd_permissions,
	[CMD_PROFILE] = cmd_profile,	   [CMD_WHY] = cmd_why,
	[CMD_DIGEST] = cmd_digest,
	[CMD_APPROVE] = cmd_approve,
	[CMD_GRANTS] = cmd_grants,
	[CMD_REVOKE] = cmd_revoke,
	[CMD_RELEASE] = cmd_release,
	[CMD_AUDIT] = cmd_audit,
	[CMD_DOCTOR] = cmd_doctor, [CMD_COMPLETION] = cmd_completion,
};

/* With a closed standard descriptor the next file opened would take its number,
 * and what is printed would be written into it. */
static int open_standard_fds(struct pb_err *e)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* open takes the lowest free number, which is fd: all below are open */
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
			return pb_err_set(e, PB_ERR_SETUP, errno,
					  "cannot open \"/dev/null\" for descriptor %d", fd);
	}
	return 0;
}

/* plugbox reads files and environment of the caller with the rights it runs with. With
 * rights that the caller lacks it would be a way to get them; it was not written for that. */
static int refuse_privileges(struct pb_err *e)
{
	if (!getauxval(AT_SECURE))
		return 0;
	if (getuid() != geteuid() || getgid() != getegid())
		(void)pb_err_set(e, PB_ERR_SETUP, 0, "refusing to run setuid or setgid");
	else
		(void)pb_err_set(e, PB_ERR_SETUP, 0, "refusing to run with file capabilities");
	return pb_err_hint(e, "plugbox needs no privileges: chmod ug-s, and setcap -r, on the "
			      "program");
}

/* The options before the command. Returns the index of the command in argv, 0 where
 * all is done, or -1 with *e. */
static int global_options(int argc, char **argv, struct pb_err *e)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			options_help();
			return 0;
		}
		if (strcmp(arg, "--version") == 0) {
			(void)puts("plugbox " PB_VERSION);
			return 0;
		}
		if (strcmp(arg, "--quiet") == 0 || strcmp(arg, "-q") == 0) {
			log_set_level(LOG_QUIET);
		} else if (strcmp(arg, "--verbose") == 0 || strcmp(arg, "-v") == 0) {
			log_set_level(LOG_VERBOSE);
		} else {
			(void)pb_err_set(e, PB_ERR_USAGE, 0,
					 "unknown option \"%s\" before the command", arg);
			return pb_err_hint(e,
					   "options of a command follow its name: plugbox run "
					   "%s ...; see plugbox --help",
					   arg);
		}
	}
	if (i == argc) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "no command is given");
		return pb_err_hint(e, "write plugbox run BUNDLE; see plugbox --help");
	}
	return i;
}

static int dispatch(int argc, char **argv, struct pb_err *e)
{
	const char *names[CMD_N];
	const char *nearest;
	enum command c;
	int i;

	if (open_standard_fds(e) < 0 || refuse_privileges(e) < 0)
		return -1;
	i = global_options(argc, argv, e);
	if (i <= 0)
		return i;
	c = command_find(argv[i]);
	if (c != CMD_N)
		return functions[c](argc - i, argv + i, e);
	for (c = 0; c < CMD_N; c++)
		names[c] = command_table[c].name;
	(void)pb_err_set(e, PB_ERR_USAGE, 0, "unknown command \"%s\"", argv[i]);
	nearest = str_nearest(argv[i], names, CMD_N);
	if (nearest)
		return pb_err_hint(e, "did you mean \"%s\"?", nearest);
	return pb_err_hint(e, "write plugbox run %s to run it; see plugbox --help", argv[i]);
}

int main(int argc, char **argv)
{
	struct pb_err e = {.kind = PB_ERR_NONE};
	int code = dispatch(argc, argv, &e);

	/* commands that print on stdout are worth nothing where it cannot be written */
	if ((fflush(stdout) != 0 || ferror(stdout)) && e.kind == PB_ERR_NONE && code == 0)
		(void)pb_err_set(&e, PB_ERR_SETUP, errno, "cannot write to standard output");
	if (e.kind == PB_ERR_NONE)
		return code;
	log_error("%s", e.msg);
	if (e.hint[0])
		log_error("hint: %s", e.hint);
	return pb_err_exit_code(&e);
}
