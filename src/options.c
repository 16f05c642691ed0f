/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "options_table.h"
#include "spec/value.h"

#define ARGS_MAX_BYTES (1024 * 1024)

/* clang-format off */
const struct command_info command_table[CMD_N] = {
	[CMD_RUN] = {
		.name = "run",
		.usage = "[OPTION]... BUNDLE|MANIFEST [-- ARG...]",
		.usage2 = "[OPTION]... -- COMMAND [ARG]...",
		.summary = "run a plugin, or any command, in a sandbox",
		.text = "Runs the plugin of BUNDLE, a directory with a plugin.yaml, or of MANIFEST in "
			"a sandbox that allows what the manifest asks for and --allow grants. After -- "
			"alone stands any command: the working directory is then its bundle, and "
			"the options say what a manifest would. Standard input, output and error are "
			"the plugin's.",
		.operands = OPERANDS_LAUNCH,
	},
	[CMD_EXPLAIN] = {
		.name = "explain",
		.usage = "[OPTION]... BUNDLE|MANIFEST [-- ARG...]",
		.usage2 = "[OPTION]... -- COMMAND [ARG]...",
		.summary = "print the sandbox of a plugin, line by line with reasons",
		.text = "Prints what run would set up for the same arguments, each line with the "
			"reason it is there. Nothing is run.",
		.operands = OPERANDS_LAUNCH,
	},
	[CMD_WHY] = {
		.name = "why",
		.usage = "[OPTION]... BUNDLE|MANIFEST ACTION SUBJECT",
		.usage2 = "[OPTION]... ACTION SUBJECT -- COMMAND [ARG]...",
		.summary = "say whether a plugin could do one thing, and why",
		.text = "Asks the sandbox that run would set up for the same options: could the plugin "
			"read PATH, write PATH, exec PATH, connect HOST:PORT, listen PORT, make syscall "
			"NAME or see env NAME? Prints the answer, the line that decides, and what would "
			"change it. Exits with 0 for yes and 1 for no. Nothing is run.",
		.operands = OPERANDS_LAUNCH,
	},
	[CMD_CHECK] = {
		.name = "check",
		.usage = "[OPTION]... FILE...",
		.summary = "check manifests and print every error with its position",
		.text = "Reads manifests, or those of bundles, and prints every error with file, line "
			"and column on standard error. Exits with 0 where there is none, otherwise 2.",
		.operands = OPERANDS_FILES,
		.min_operands = 1,
		.max_operands = -1,
	},
	[CMD_PERMISSIONS] = {
		.name = "permissions",
		.usage = "[OPTION]... [NAME]",
		.summary = "print what a plugin can ask for and what it changes",
		.text = "Prints the permissions that plugbox enforces, or of NAME what it changes in the "
			"sandbox of a plugin that asks for nothing else: what is there with it (+) and "
			"no longer there (-).",
		.operands = OPERANDS_NONE,
		.max_operands = 1,
	},
	[CMD_PROFILE] = {
		.name = "profile",
		.usage = "[OPTION]... list",
		.usage2 = "[OPTION]... check|show|diff NAME|PATH...",
		.summary = "list, check, print and compare profiles",
		.text = "list prints the profiles that there are, and which stand in the way of others "
			"of their name. check reads profiles with all that they extend and prints the "
			"first error with its place; show prints what each of them says; diff what the "
			"second of two gives more and less than the first.",
		.operands = OPERANDS_FILES,
		.max_operands = -1,
	},
	[CMD_DIGEST] = {
		.name = "digest",
		.usage = "[OPTION]... BUNDLE|MANIFEST...",
		.summary = "print the hash of all that a bundle shows its plugin",
		.text = "Prints for each bundle a hash of all that a plugin finds in it: names, kinds, "
			"modes, contents and the targets of links. It is what an approval is bound to, "
			"and what a signature is of.",
		.operands = OPERANDS_FILES,
		.min_operands = 1,
		.max_operands = -1,
	},
	[CMD_APPROVE] = {
		.name = "approve",
		.usage = "[OPTION]... BUNDLE|MANIFEST",
		.summary = "show what a plugin wants, and let it run",
		.text = "Shows what the plugin asks for, by risk, and what of it it will not have; asks on "
			"the terminal; and records the answer with the digest of the bundle. With "
			"--consent required, run runs only what was approved, and gives it that.",
		.operands = OPERANDS_FILES,
		.min_operands = 1,
		.max_operands = 1,
	},
	[CMD_GRANTS] = {
		.name = "grants",
		.usage = "[OPTION]...",
		.summary = "print which plugins were approved, and for what",
		.text = "Prints what was approved: plugin, versions, when and by whom, what it has, when it "
			"was last used, and whether it is on hold.",
		.operands = OPERANDS_NONE,
	},
	[CMD_REVOKE] = {
		.name = "revoke",
		.usage = "[OPTION]... PLUGIN",
		.summary = "take an approval back",
		.text = "Forgets all that was recorded of the plugin of that name. One that runs goes on.",
		.operands = OPERANDS_NONE,
		.min_operands = 1,
		.max_operands = 1,
	},
	[CMD_RELEASE] = {
		.name = "release",
		.usage = "[OPTION]... PLUGIN",
		.summary = "let a plugin run again that is on hold",
		.text = "Lifts the hold of the plugin of that name, and counts anew.",
		.operands = OPERANDS_NONE,
		.min_operands = 1,
		.max_operands = 1,
	},
	[CMD_AUDIT] = {
		.name = "audit",
		.usage = "[OPTION]...",
		.usage2 = "[OPTION]... verify [HASH]",
		.summary = "print the audit log, or verify that it is whole",
		.text = "Prints a line for each run in the audit log. verify reads all of it and says "
			"whether a line was changed, removed or moved, and the hash of the last one; with "
			"a HASH that was noted earlier, whether that line is still there. Exits with 1 "
			"where it is not whole.",
		.operands = OPERANDS_NONE,
		.max_operands = 2,
	},
	[CMD_DOCTOR] = {
		.name = "doctor",
		.usage = "[OPTION]...",
		.summary = "print what this host offers and the remedy for each lack",
		.text = "Prints what this host offers a sandbox, what plugbox will use of it, and the "
			"remedy for each lack. Exits with 0 where a run at full strength is possible, "
			"otherwise 1.",
		.operands = OPERANDS_NONE,
	},
	[CMD_COMPLETION] = {
		.name = "completion",
		.usage = "[OPTION]... bash|zsh|fish",
		.summary = "print the completion script for a shell",
		.text = "Prints the script that completes plugbox's commands and options in that "
			"shell.",
		.operands = OPERANDS_SHELL,
		.min_operands = 1,
		.max_operands = 1,
	},
};
/* clang-format on */

enum command command_find(const char *name)
{
	for (enum command c = 0; c < CMD_N; c++)
		if (strcmp(command_table[c].name, name) == 0)
			return c;
	return CMD_N;
}

struct option *options_table(size_t *n)
{
	struct option *table = xcalloc(n_option_rows + LIMIT_N, sizeof(*table));
	bool limits_done = false;

	*n = 0;
	for (size_t i = 0; i < n_option_rows; i++) {
		if (!limits_done && option_rows[i].group >= GROUP_LIMITS) {
			limits_done = true;
			for (int id = 0; id < LIMIT_N; id++) {
				static const char *const unit_names[] = {
					[UNIT_CORES] = "CORES",	    [UNIT_BYTES] = "SIZE",
					[UNIT_COUNT] = "COUNT",	    [UNIT_MS] = "DURATION",
					[UNIT_RATE] = "PER_SECOND", [UNIT_CPUS] = "LIST",
				};

				if (!limit_table[id].option)
					continue;
				table[(*n)++] = (struct option){
					.name = limit_table[id].option,
					.arg = {unit_names[limit_table[id].unit]},
					.commands = 1U << CMD_RUN | 1U << CMD_EXPLAIN | 1U << CMD_WHY,
					.group = GROUP_LIMITS,
					.set = options_set_limit,
					.number = id,
					.help = limit_table[id].summary,
				};
			}
		}
		table[(*n)++] = option_rows[i];
	}
	return table;
}

static int usage_hint(struct options_parse *p, struct pb_err *e)
{
	return pb_err_hint(e, "see plugbox %s --help", command_table[p->command].name);
}

static const struct option *find_option(const struct options_parse *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n_table; i++) {
		const struct option *o = &p->table[i];

		if (!(o->commands & 1U << p->command))
			continue;
		if (strncmp(o->name, name, n) == 0 && !o->name[n])
			return o;
		if (o->alias && strncmp(o->alias, name, n) == 0 && !o->alias[n])
			return o;
	}
	return NULL;
}

/* Says what is wrong with an option that the command does not have. */
static int unknown_option(struct options_parse *p, const char *arg, struct pb_err *e)
{
	size_t n = strcspn(arg, "=");
	autofree char *name = xstrndup(arg, n);
	autofree const char **names = xcalloc(p->n_table * 2, sizeof(*names));
	const char *nearest;
	size_t n_names = 0;

	(void)pb_err_set(e, PB_ERR_USAGE, 0, "unknown option \"%s\"", name);
	for (size_t i = 0; i < p->n_table; i++) {
		const struct option *o = &p->table[i];

		if (!(o->commands & 1U << p->command)) {
			if (n > 2 && strcmp(o->name, name + 2) == 0) {
				enum command c = 0;

				while (!(o->commands & 1U << c))
					c++;
				return pb_err_hint(e, "it is an option of plugbox %s",
						   command_table[c].name);
			}
			continue;
		}
		names[n_names++] = o->name;
		if (o->alias)
			names[n_names++] = o->alias;
	}
	nearest = n > 2 ? str_nearest(name + 2, names, n_names) : NULL;
	if (nearest)
		return pb_err_hint(e, "did you mean \"--%s\"?", nearest);
	return usage_hint(p, e);
}

static int parse_vector(struct options_parse *p, int argc, char **argv, struct pb_err *e);

int options_fd(const char *name, const char *value, int access, int *fd, struct pb_err *e)
{
	const char *why = NULL;
	uint64_t v = 0;
	int flags;

	if (value_uint(value, 0, INT_MAX, &v, &why) < 0)
		return pb_err_set(e, PB_ERR_USAGE, 0,
				  "--%s \"%s\": expected the number of an open descriptor", name,
				  value);
	if (v <= 2) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "--%s %s: 0, 1 and 2 are the plugin's own",
				 name, value);
		return pb_err_hint(e,
				   "open another descriptor, as in: plugbox run --%s 3 ... 3%sFILE",
				   name, access == O_RDONLY ? "<" : ">");
	}
	*fd = (int)v;
	flags = fcntl(*fd, F_GETFL);
	if (flags < 0)
		return pb_err_set(e, PB_ERR_USAGE, 0, "--%s %s: descriptor %d is not open", name,
				  value, *fd);
	if (access != O_RDWR &&
	    ((flags & O_PATH) || ((flags & O_ACCMODE) != access && (flags & O_ACCMODE) != O_RDWR)))
		return pb_err_set(e, PB_ERR_USAGE, 0, "--%s %s: descriptor %d is not open for %s",
				  name, value, *fd, access == O_RDONLY ? "reading" : "writing");
	return 0;
}

/* --args FD: the options of a caller whose command line would be too long, or seen
 * by others. The descriptor is closed, so that nothing reads it twice. */
static int read_args(struct options_parse *p, const char *value, struct pb_err *e)
{
	autofree char *text = xcalloc(ARGS_MAX_BYTES + 2, 1);
	autofree char **argv = NULL;
	autoclose int fd = -1;
	size_t cap = 0;
	int argc = 0;
	ssize_t n;
	int r;

	if (p->in_args)
		return pb_err_set(e, PB_ERR_USAGE, 0, "--args cannot stand in what --args reads");
	if (options_fd("args", value, O_RDONLY, &fd, e) < 0)
		return -1;
	n = fd_read_all(fd, text, ARGS_MAX_BYTES + 1);
	if (n < 0)
		return pb_err_set(e, PB_ERR_USAGE, errno, "--args %s: cannot read", value);
	if (n > ARGS_MAX_BYTES)
		return pb_err_set(e, PB_ERR_USAGE, 0, "--args %s: more than 1 MiB of options",
				  value);
	/* a last one without its NUL counts, nothing at all is no option */
	for (char *s = text; s < text + n; s += strlen(s) + 1) {
		grow(&argv, &cap, (size_t)argc + 1, sizeof(*argv));
		argv[argc++] = s;
	}
	if (!argc)
		return 0;
	p->in_args = true;
	r = parse_vector(p, argc, argv, e);
	p->in_args = false;
	if (r < 0)
		(void)pb_err_wrap(e, "in what --args %s brought", value);
	return r;
}

/* One option with its values. *i stands on it and is left on its last value. */
static int parse_option(struct options_parse *p, const struct option *o, const char *inline_value,
			int argc, char **argv, int *i, struct pb_err *e)
{
	char *value[2] = {NULL, NULL};
	int want = o->arg[0] ? (o->arg[1] ? 2 : 1) : 0;

	if (inline_value && want == 0)
		return pb_err_set(e, PB_ERR_USAGE, 0, "option \"--%s\" takes no value", o->name);
	if (inline_value && want == 2) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "option \"--%s\" takes two values", o->name);
		return pb_err_hint(e, "write --%s %s %s, without \"=\"", o->name, o->arg[0],
				   o->arg[1]);
	}
	if (inline_value) {
		value[0] = (char *)inline_value;
	} else {
		for (int k = 0; k < want; k++) {
			/* `--timeout -- cmd` forgot the value; "--" as one is written --opt=-- */
			if (*i + 1 >= argc || (k == 0 && strcmp(argv[*i + 1], "--") == 0)) {
				(void)pb_err_set(e, PB_ERR_USAGE, 0, "option \"--%s\" needs %s",
						 o->name, want == 2 ? "two values" : "a value");
				return pb_err_hint(e, "write --%s %s%s%s", o->name, o->arg[0],
						   want == 2 ? " " : "",
						   want == 2 ? o->arg[1] : "");
			}
			value[k] = argv[++*i];
		}
	}
	if (!o->set)
		return read_args(p, value[0], e);
	return o->set(p, o, value, e);
}

static int parse_letters(struct options_parse *p, const char *arg, struct pb_err *e)
{
	for (const char *s = arg + 1; *s; s++) {
		const struct option *o = NULL;
		int r;

		for (size_t k = 0; k < p->n_table && !o; k++)
			if (p->table[k].letter == *s && (p->table[k].commands & 1U << p->command))
				o = &p->table[k];
		if (!o)
			return unknown_option(p, arg, e);
		r = o->set(p, o, NULL, e); /* none with a letter takes a value */
		if (r)
			return r;
	}
	return 0;
}

static int parse_vector(struct options_parse *p, int argc, char **argv, struct pb_err *e)
{
	for (int i = 0; i < argc; i++) {
		char *arg = argv[i];
		const struct option *o;
		size_t n;
		int r;

		if (strcmp(arg, "--") == 0) {
			if (p->in_args)
				return pb_err_set(e, PB_ERR_USAGE, 0,
						  "--args reads options only, not \"--\"");
			p->dashes = true;
			p->rest = argv + i + 1;
			p->n_rest = argc - i - 1;
			return 0;
		}
		if (arg[0] != '-' || !arg[1]) {
			if (p->in_args)
				return pb_err_set(e, PB_ERR_USAGE, 0,
						  "--args reads options only, not \"%s\"", arg);
			strv_add(&p->operands, arg);
			continue;
		}
		if (arg[1] != '-') {
			r = parse_letters(p, arg, e);
			if (r)
				return r;
			continue;
		}
		n = strcspn(arg + 2, "=");
		o = find_option(p, arg + 2, n);
		if (!o)
			return unknown_option(p, arg, e);
		r = parse_option(p, o, arg[2 + n] ? arg + 3 + n : NULL, argc, argv, &i, e);
		if (r)
			return r;
	}
	return 0;
}

int options_parse(struct options_parse *p, int argc, char **argv, struct pb_err *e)
{
	p->table = options_table(&p->n_table);
	return parse_vector(p, argc - 1, argv + 1, e);
}

void options_parse_free(struct options_parse *p)
{
	strv_free(&p->operands);
	free(p->plugin);
	free(p->outcome);
	free(p->digest);
	free(p->write);
	free((void *)p->table);
	p->table = NULL;
}

int options_launch(struct launch *l, bool explain, int argc, char **argv, struct pb_err *e)
{
	struct options_parse p = {.command = explain ? CMD_EXPLAIN : CMD_RUN, .l = l};
	int r = options_parse(&p, argc, argv, e);

	if (r == 0)
		r = options_launch_finish(&p, e);
	if (r < 0 && !e->hint[0])
		(void)usage_hint(&p, e);
	options_parse_free(&p);
	return r;
}

static int too_many(const struct command_info *c, const struct strv *operands, struct pb_err *e)
{
	if (c->max_operands < 0 || operands->n <= (size_t)c->max_operands)
		return 0;
	return pb_err_set(e, PB_ERR_USAGE, 0, "plugbox %s: unexpected operand \"%s\"", c->name,
			  operands->v[c->max_operands]);
}

int options_state(const char *command, struct options_state *s, int argc, char **argv,
		  struct pb_err *e)
{
	struct options_parse p = {.command = command_find(command), .l = &s->l};
	int r;

	*s = (struct options_state){0};
	launch_init(&s->l);
	r = options_parse(&p, argc, argv, e);
	for (size_t i = 0; i < p.operands.n; i++)
		strv_add(&s->operands, p.operands.v[i]);
	for (int i = 0; i < p.n_rest; i++)
		strv_add(&s->operands, p.rest[i]);
	if (r == 0 && s->operands.n < (size_t)command_table[p.command].min_operands)
		r = pb_err_set(e, PB_ERR_USAGE, 0, "plugbox %s: no %s is named", command,
			       p.command == CMD_APPROVE || p.command == CMD_DIGEST ? "bundle"
										   : "plugin");
	if (r == 0)
		r = too_many(&command_table[p.command], &s->operands, e);
	s->json = s->l.json;
	s->follow = p.follow;
	s->yes = p.yes;
	s->digest = take_ptr(p.digest);
	s->write = take_ptr(p.write);
	s->plugin = take_ptr(p.plugin);
	s->outcome = take_ptr(p.outcome);
	memcpy(s->since, p.since, sizeof(s->since));
	if (r < 0 && !e->hint[0])
		(void)usage_hint(&p, e);
	options_parse_free(&p);
	return r;
}

void options_state_free(struct options_state *s)
{
	launch_free(&s->l);
	free(s->plugin);
	free(s->outcome);
	free(s->digest);
	free(s->write);
	strv_free(&s->operands);
}

int options_since(const char *text, char *out, size_t size)
{
	static const char *const formats[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S",
					      "%Y-%m-%dT%H:%MZ",    "%Y-%m-%dT%H:%M",
					      "%Y-%m-%d %H:%M:%S",  "%Y-%m-%d %H:%M",
					      "%Y-%m-%d"};
	const size_t n = strlen(text);
	struct tm tm = {0};
	const char *why = NULL;
	uint64_t v = 0;
	time_t at;

	if (n && text[n - 1] == 'd') {
		autofree char *days = xstrndup(text, n - 1);

		if (value_uint(days, 0, 36500, &v, &why) < 0)
			return -1;
		at = time(NULL) - (time_t)v * 86400;
		(void)gmtime_r(&at, &tm);
	} else if (value_duration(text, &v, &why) == 0) {
		at = time(NULL) - (time_t)(v / 1000);
		(void)gmtime_r(&at, &tm);
	} else {
		bool read = false;

		for (size_t i = 0; i < ARRAY_SIZE(formats) && !read; i++) {
			const char *end;

			tm = (struct tm){0};
			end = strptime(text, formats[i], &tm);
			read = end && !*end;
		}
		if (!read)
			return -1;
	}
	return strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm) ? 0 : -1;
}

int options_why(struct launch *l, struct strv *question, int argc, char **argv, struct pb_err *e)
{
	struct options_parse p = {.command = CMD_WHY, .l = l};
	int r = options_parse(&p, argc, argv, e);

	if (r == 0 && p.operands.n < (p.n_rest ? 2U : 3U)) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "why: there is no question");
		r = pb_err_hint(e, "write: plugbox why BUNDLE read /etc/passwd");
	}
	if (r == 0) {
		struct strv *o = &p.operands;

		strv_add(question, o->v[o->n - 2]);
		strv_add(question, o->v[o->n - 1]);
		for (int i = 0; i < 2; i++) {
			o->n--;
			free(take_ptr(o->v[o->n]));
		}
		r = options_launch_finish(&p, e);
	}
	if (r < 0 && !e->hint[0])
		(void)usage_hint(&p, e);
	options_parse_free(&p);
	return r;
}

int options_simple(const char *command, bool *json, struct strv *operands, int argc, char **argv,
		   struct pb_err *e)
{
	struct options_parse p = {.command = command_find(command)};
	const struct command_info *c = &command_table[p.command];
	int r = options_parse(&p, argc, argv, e);

	if (r == 0) {
		for (size_t i = 0; i < p.operands.n; i++)
			strv_add(operands, p.operands.v[i]);
		for (int i = 0; i < p.n_rest; i++)
			strv_add(operands, p.rest[i]);
		if (json)
			*json = p.json;
		if (operands->n < (size_t)c->min_operands)
			r = pb_err_set(e, PB_ERR_USAGE, 0, "plugbox %s: nothing to %s", c->name,
				       p.command == CMD_CHECK ? "check"
							      : "print: no shell is named");
		else
			r = too_many(c, operands, e);
	}
	if (r < 0 && !e->hint[0])
		(void)usage_hint(&p, e);
	options_parse_free(&p);
	return r;
}
