/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of run and explain: what each leaves in a struct launch, and what each
 * refuses, with which words. */
#include "options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "options_table.h"
#include "spec/permission.h"
#include "tap.h"

enum { MAX_WORDS = 32 };

/* Parses a line of words, separated by '|' so that values may have blanks. */
static int parse(struct launch *l, struct pb_err *e, bool explain, const char *line)
{
	autofree char *copy = xstrdup(line);
	char *argv[MAX_WORDS + 2] = {"run"};
	char *save = NULL;
	int argc = 1;

	for (char *word = strtok_r(copy, "|", &save); word && argc <= MAX_WORDS;
	     word = strtok_r(NULL, "|", &save))
		argv[argc++] = strcmp(word, "(empty)") == 0 ? (char *)"" : word;
	*e = (struct pb_err){.kind = PB_ERR_NONE};
	launch_init(l);
	return options_launch(l, explain, argc, argv, e);
}

/* The line is refused as wrong usage, with text in the message or the hint. */
static void refuses(const char *line, const char *text)
{
	struct launch l;
	struct pb_err e;
	int r = parse(&l, &e, false, line);

	ok(r == -1 && e.kind == PB_ERR_USAGE && (strstr(e.msg, text) || strstr(e.hint, text)),
	   "refuses: %s", line);
	if (!strstr(e.msg, text) && !strstr(e.hint, text))
		printf("#   message \"%s\"\n#   hint    \"%s\"\n", e.msg, e.hint);
	ok(e.hint[0] != '\0', "  and gives a hint");
	launch_free(&l);
}

static void test_modes(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false, "weather") == 0 && !l.command, "a bundle");
	is_str(l.target, "weather", "its name");
	ok(l.args.n == 0 && l.die_with_parent && l.kill_after == 3000 && l.status_fd == -1 &&
		   l.info_fd == -1 && !l.best_effort && !l.as_pid_1,
	   "the defaults");
	launch_free(&l);

	ok(parse(&l, &e, false, "weather|--|--size|x") == 0 && l.args.n == 2, "its arguments");
	is_str(l.args.v[0], "--size", "options after -- are the plugin's");
	launch_free(&l);

	ok(parse(&l, &e, false, "weather|--timeout|3s") == 0 && l.limits.l[LIMIT_TIMEOUT].set &&
		   l.limits.l[LIMIT_TIMEOUT].v == 3000,
	   "options may follow the bundle");
	launch_free(&l);

	ok(parse(&l, &e, false, "--|node|server.js") == 0 && l.command && !l.target &&
		   l.args.n == 2,
	   "a command");
	launch_free(&l);

	refuses("--quiet", "no bundle, manifest or command");
	refuses("--", "no bundle, manifest or command");
	refuses("a|b", "unexpected operand \"b\"");
	refuses("(empty)", "empty");
	refuses("--|(empty)", "empty");
	refuses("--bundle|/tmp|weather", "--bundle");
	refuses("--no-bundle|weather", "--no-bundle");
	refuses("--framing|lines|weather", "--framing");
	log_set_level(LOG_NORMAL);
}

static void test_syntax(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false, "--hostname=a|b") == 0, "--opt=VALUE");
	is_str(l.hostname, "a", "its value");
	launch_free(&l);
	ok(parse(&l, &e, false, "--setenv|A|--|b") == 0 && l.n_env == 1,
	   "a second value may be --");
	launch_free(&l);
	ok(parse(&l, &e, false, "--hostname|one|--hostname|two|b") == 0, "twice is no error");
	is_str(l.hostname, "two", "the last one wins");
	launch_free(&l);
	ok(parse(&l, &e, false, "-q|b") == 0 && log_get_level() == LOG_QUIET, "-q");
	launch_free(&l);
	ok(parse(&l, &e, false, "-v|b") == 0 && log_get_level() == LOG_VERBOSE, "-v");
	launch_free(&l);
	log_set_level(LOG_NORMAL);
	ok(parse(&l, &e, true, "--json|b") == 0 && l.json, "explain takes --json");
	launch_free(&l);

	refuses("--json|b", "plugbox explain");
	refuses("--memroy-limit|1M|b", "did you mean \"--memory-limit\"?");
	refuses("--jason-status-fd|1|b", "did you mean \"--json-status-fd\"?");
	refuses("--frobnicate|b", "unknown option \"--frobnicate\"");
	refuses("-z|b", "unknown option \"-z\"");
	refuses("--timeout", "needs a value");
	refuses("--timeout|--|true", "needs a value");
	refuses("--bind|/a", "needs two values");
	refuses("--bind=/a|/b|c", "write --bind SRC DEST");
	refuses("--as-pid-1=yes|b", "takes no value");
}

static void test_allow(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false,
		 "--allow|file_system_read=/a,/b c|--allow=network=host|--allow|tool:radar*|"
		 "--allow|storage|b") == 0 &&
		   l.allow.n == 4,
	   "permissions with and without arguments");
	if (l.allow.n == 4) {
		is_str(l.allow.v[0].name, "file_system_read", "the name");
		ok(l.allow.v[0].args.n == 2, "two arguments");
		is_str(l.allow.v[0].args.v[1], "/b c", "the second");
		is_str(l.allow.v[1].args.v[0], "host", "of the form --allow=NAME=ARG");
		is_str(l.allow.v[2].name, "tool:radar*", "an application permission");
		ok(l.allow.v[3].args.n == 0, "no argument");
	}
	launch_free(&l);

	refuses("--allow|file_system_raed|b", "did you mean \"file_system_read\"?");
	refuses("--allow|network:host|b", "--allow network=host");
	refuses("--allow|network=internet|b", "host or loopback");
	refuses("--allow|subprocess=yes|b", "takes no argument");
	refuses("--allow|file_system_read=|b", "empty");
	refuses("--allow|file_system_read=/a,,/b|b", "empty");
	refuses("--allow|file_system_read=etc|b", "etc");
	refuses("--allow|file_system_read=/etc/../root|b", "/etc/../root");
	refuses("--allow|file_system_write=/|b", "/");
	refuses("--allow|environment=LD_PRELOAD|b", "LD_PRELOAD");
	refuses("--allow|devices=mem|b", "mem");
	refuses("--allow|(empty)|b", "unknown permission");
}

static void test_mounts(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false,
		 "--ro-bind|/usr|/u|--bind|/tmp|/t|--size|16M|--tmpfs|/s|--tmpfs|/s2|--dir|/d|"
		 "--symlink|../x|/l|b") == 0 &&
		   l.n_mounts == 6,
	   "every kind of mount");
	if (l.n_mounts == 6) {
		ok(l.mounts[0].kind == MOUNT_RO_BIND && l.mounts[1].kind == MOUNT_BIND,
		   "binds in their order");
		is_str(l.mounts[0].src, "/usr", "the source");
		is_str(l.mounts[0].dst, "/u", "the destination");
		ok(l.mounts[2].size == 16 << 20, "--size is for the next --tmpfs");
		ok(l.mounts[3].size == 0, "and only for that");
		ok(l.mounts[4].kind == MOUNT_DIR && !l.mounts[4].src, "a directory");
		is_str(l.mounts[5].src, "../x", "a link's target is as written");
	}
	launch_free(&l);

	ok(parse(&l, &e, false, "--ro-bind|/usr/../usr/|/u|b") == 0, "a source is made normal");
	is_str(l.mounts[0].src, "/usr", "and absolute");
	launch_free(&l);

	refuses("--size|1M|b", "no --tmpfs after it");
	refuses("--size|0|--tmpfs|/a|b", "above 0");
	refuses("--size|1X|--tmpfs|/a|b", "1X");
	refuses("--tmpfs|a|b", "absolute path");
	refuses("--tmpfs|/|b", "root itself");
	refuses("--tmpfs|/a/|b", "expected a path without");
	refuses("--tmpfs|/a/../b|b", "expected a path without");
	refuses("--tmpfs|/a//b|b", "expected a path without");
	refuses("--dir|(empty)|b", "absolute path");
	refuses("--ro-bind|no/such/thing|/x|b", "No such file");
	refuses("--ro-bind|(empty)|/x|b", "expected a path");
	refuses("--symlink|(empty)|/x|b", "points to");
	refuses("--chdir|x|b", "absolute path");
}

static void test_environment(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false, "--clearenv|--setenv|LD_PRELOAD|a=b|--unsetenv|TZ|b") == 0 &&
		   l.n_env == 3,
	   "the environment in its order");
	ok(l.n_env == 3 && l.env[0].op == ENV_CLEAR && l.env[1].op == ENV_SET &&
		   l.env[2].op == ENV_UNSET,
	   "operations");
	is_str(l.env[1].name, "LD_PRELOAD", "the caller may set what it will");
	is_str(l.env[1].value, "a=b", "a value");
	launch_free(&l);
	ok(parse(&l, &e, false, "--setenv|A|(empty)|b") == 0, "an empty value");
	is_str(l.env[0].value, "", "is kept");
	launch_free(&l);
	refuses("--setenv|A=B|c|b", "name of a variable");
	refuses("--unsetenv|(empty)|b", "name of a variable");
}

static void test_words(void)
{
	struct launch l;
	struct pb_err e;

	ok(parse(&l, &e, false,
		 "--runtime|none|--run-as|nobody:nogroup|--cgroup|a/b|--kill-after|500ms|"
		 "--no-die-with-parent|--as-pid-1|--best-effort|--init-error|jsonrpc|"
		 "--framing|headers|--no-bundle|--|true") == 0,
	   "words and switches");
	is_str(l.runtime, "none", "--runtime");
	is_str(l.run_as, "nobody:nogroup", "--run-as");
	is_str(l.cgroup, "a/b", "--cgroup");
	ok(l.kill_after == 500, "--kill-after");
	ok(!l.die_with_parent && l.as_pid_1 && l.best_effort && l.no_bundle, "switches");
	ok(l.init_error == INIT_ERROR_JSONRPC && l.framing == FRAMING_HEADERS, "enumerations");
	launch_free(&l);
	ok(parse(&l, &e, false, "--no-die-with-parent|--die-with-parent|b") == 0 &&
		   l.die_with_parent,
	   "--die-with-parent takes --no-die-with-parent back");
	launch_free(&l);
	ok(parse(&l, &e, false, "--no-bundle|--bundle|/tmp|--|true") == 0 && !l.no_bundle,
	   "--bundle takes --no-bundle back");
	launch_free(&l);
	ok(parse(&l, &e, false, "--data-dir|/tmp/../tmp/not-there/|b") == 0,
	   "--data-dir need not exist");
	is_str(l.data_dir, "/tmp/not-there", "and is made normal");
	launch_free(&l);

	refuses("--runtime|no/such|b", "none and host");
	refuses("--run-as|:x|b", "USER");
	refuses("--run-as|a:b:c|b", "USER");
	refuses("--hostname|a_b|b", "letters");
	refuses("--hostname|-a|b", "letters");
	refuses("--kill-after|2h|b", "at most 1h");
	refuses("--kill-after|soon|b", "soon");
	refuses("--init-error|xml|b", "jsonrpc");
	refuses("--framing|xml|--|true", "raw, lines or headers");
	refuses("--data-dir|no/such/parent/x|b", "No such file");
}

static void test_limits(void)
{
	for (int id = 0; id < LIMIT_N; id++) {
		const struct limit_info *info = &limit_table[id];
		struct launch l;
		struct pb_err e;
		char text[64];
		autofree char *line = NULL;

		if (!info->option)
			continue;
		(void)limit_format(text, sizeof(text), (enum limit_id)id, info->max);
		line = xasprintf("--%s|%s|b", info->option, text);
		ok(parse(&l, &e, false, line) == 0 && l.limits.l[id].set &&
			   l.limits.l[id].v == info->max,
		   "%s", line);
		launch_free(&l);
		free(line);
		line = xasprintf("--%s|-1|b", info->option);
		refuses(line, "-1");
	}
}

/* A descriptor with these bytes in it, at its beginning. */
static int memory(const char *bytes, size_t n)
{
	int fd = memfd_create("args", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static void test_fds(void)
{
	struct launch l;
	struct pb_err e;
	autofree char *line = NULL;
	autofree char *closed = NULL;
	autofree char *both = NULL;
	autofree char *reading = NULL;
	autoclose int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	autoclose int other = open("/dev/null", O_WRONLY | O_CLOEXEC);
	autoclose int read_only = open("/dev/null", O_RDONLY | O_CLOEXEC);

	line = xasprintf("--keep-fd|%d|--keep-fd|%d|--json-status-fd|%d|b", fd, fd, other);
	ok(parse(&l, &e, false, line) == 0 && l.n_keep_fds == 1 && l.keep_fds[0] == fd &&
		   l.status_fd == other,
	   "open descriptors");
	launch_free(&l);
	closed = xasprintf("--keep-fd|%d|b", 900);
	refuses(closed, "descriptor 900 is not open");
	refuses("--status-fd|1|b", "the plugin's own");
	refuses("--status-fd|+7|b", "number of an open descriptor");
	refuses("--status-fd|99999999999|b", "number of an open descriptor");
	reading = xasprintf("--status-fd|%d|b", read_only);
	refuses(reading, "not open for writing");
	both = xasprintf("--keep-fd|%d|--info-fd|%d|b", other, other);
	refuses(both, "--info-fd");
}

static void args_case(const char *bytes, size_t n, const char *expect_error)
{
	int fd = memory(bytes, n);
	autofree char *line = xasprintf("--args|%d|b", fd);
	struct launch l;
	struct pb_err e;

	if (expect_error) {
		refuses(line, expect_error);
		return;
	}
	ok(parse(&l, &e, false, line) == 0, "--args of %zu bytes", n);
	is_str(l.hostname, n ? "a b" : NULL, "what it set");
	ok(fcntl(fd, F_GETFD) < 0, "the descriptor is closed");
	launch_free(&l);
}

static void test_args(void)
{
	autofree char *big = xcalloc((1 << 20) + 2, 1);

	args_case("--hostname=ab\0--hostname\0a b", sizeof("--hostname=ab\0--hostname\0a b") - 1,
		  "letters");
	args_case("", 0, NULL);
	args_case("--as-pid-1\0weather\0", sizeof("--as-pid-1\0weather\0") - 1, "options only");
	args_case("--\0", 3, "options only");
	args_case("--args\0"
		  "5",
		  sizeof("--args\0"
			 "5") -
			  1,
		  "cannot stand in");
	args_case("--nonsense\0", 11, "in what --args");
	memset(big, 'x', (1 << 20) + 1);
	args_case(big, (1 << 20) + 1, "more than 1 MiB");
	refuses("--args|900|b", "not open");
	refuses("--args|0|b", "the plugin's own");
}

static void test_table(void)
{
	size_t n = 0;
	autofree struct option *table = options_table(&n);

	for (size_t i = 0; i < n; i++) {
		const struct option *o = &table[i];

		for (size_t k = 0; k < i; k++)
			if (strcmp(table[k].name, o->name) == 0 ||
			    (o->letter && table[k].letter == o->letter))
				ok(false, "--%s is there twice", o->name);
		ok(o->help && *o->help && o->commands && o->group < GROUP_N &&
			   (i == 0 || table[i - 1].group <= o->group),
		   "row --%s", o->name);
	}
}

int main(void)
{
	test_modes();
	test_syntax();
	test_allow();
	test_mounts();
	test_environment();
	test_words();
	test_limits();
	test_fds();
	test_args();
	test_table();
	return done_testing();
}
