/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option table itself: between the parser (options.c), the rows
 * (options_launch.c), and what is written from them (options_help.c,
 * options_completion.c). Nothing else includes this. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/launch.h"

/* One command, in the order of --help */
enum command {
	CMD_RUN,
	CMD_EXPLAIN,
	CMD_WHY,
	CMD_CHECK,
	CMD_PERMISSIONS,
	CMD_PROFILE,
	CMD_DIGEST,
	CMD_APPROVE,
	CMD_GRANTS,
	CMD_REVOKE,
	CMD_RELEASE,
	CMD_AUDIT,
	CMD_DOCTOR,
	CMD_COMPLETION,
	CMD_N
};

/* What stands after the options, for the completions */
enum operands { OPERANDS_NONE, OPERANDS_LAUNCH, OPERANDS_FILES, OPERANDS_SHELL };

struct command_info {
	const char *name;
	const char *usage;   /* what follows "plugbox NAME" */
	const char *usage2;  /* a second form, or NULL */
	const char *summary; /* one line of plugbox --help */
	const char *text;    /* a paragraph of plugbox NAME --help */
	enum operands operands;
	int min_operands, max_operands; /* max -1: any number; not for OPERANDS_LAUNCH */
};

extern const struct command_info command_table[CMD_N];

/* The command of that name, or CMD_N. */
enum command command_find(const char *name);

enum option_group {
	GROUP_SANDBOX,
	GROUP_FILES,
	GROUP_ENVIRONMENT,
	GROUP_LIMITS,
	GROUP_RESULT,
	GROUP_GENERAL,
	GROUP_N
};

/* How a value is completed */
enum option_complete {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_WORDS,	     /* one of words */
	COMPLETE_WORDS_DIR,  /* one of words, or a directory */
	COMPLETE_PERMISSION, /* a name of perm_names */
};

struct options_parse;

struct option {
	const char *name;   /* without the dashes */
	const char *alias;  /* another long name, or NULL */
	char letter;	    /* -q, or 0 */
	const char *arg[2]; /* what the values are called in --help; NULL: none */
	unsigned commands;  /* bits 1 << enum command */
	enum option_group group;
	enum option_complete complete; /* of the first value */
	const char *words;	       /* separated by blanks, for COMPLETE_WORDS* */
	/* Takes the values (as many as arg names) into p->l. Returns 0, 1 for "stop, all is
	 * done" (--help), or -1 with *e. */
	int (*set)(struct options_parse *p, const struct option *o, char **value, struct pb_err *e);
	int number;	  /* for rows that share a function: which limit, mount, level … */
	const char *help; /* what it does; the first clause, up to ';' or '.', is the summary */
};

/* The state of one command line */
struct options_parse {
	enum command command;
	struct launch *l;     /* run and explain */
	bool json;	      /* the others: --json was given */
	bool follow, yes;     /* those of struct options_state, likewise the next */
	char *plugin, *outcome, *digest, *write;
	char since[32];
	struct strv operands; /* what is neither option nor value, up to -- */
	bool dashes;	      /* -- was there; what follows is in rest */
	char **rest;
	int n_rest;
	bool in_args; /* reading what --args brought */
	bool framing_given;
	uint64_t size; /* --size that waits for its --tmpfs, 0: none */
	const struct option *table;
	size_t n_table;
};

/* All rows by group, those of limit_table among them. The array is the caller's to free, the
 * strings in it are constant. */
struct option *options_table(size_t *n);

/* Reads argv (after the command's name, argv[0]) into *p, whose command and l are set; release
 * it with options_parse_free. Returns as options_launch. */
int options_parse(struct options_parse *p, int argc, char **argv, struct pb_err *e);

void options_parse_free(struct options_parse *p);

/* What the options of a launch mean together, once all are read. */
int options_launch_finish(struct options_parse *p, struct pb_err *e);

/* plugbox NAME --help on stdout. */
void options_command_help(enum command command);

/* The point of time that text means, as the audit log writes it: a date, with a time or without, or
 * how long ago. Returns 0, or -1 where it means none. */
int options_since(const char *text, char *out, size_t size);

/* Appends the first clause of an option's help. */
void options_summary(struct strbuf *b, const char *help);

/* Reads a descriptor number that the caller must have opened, above 2, for reading or
 * writing as access says (O_RDONLY, O_WRONLY) or any (O_RDWR). Returns 0, or -1 with *e. */
int options_fd(const char *name, const char *value, int access, int *fd, struct pb_err *e);

/* The rows that are not limits, by group, and the function of those that are. */
extern const struct option option_rows[];
extern const size_t n_option_rows;
int options_set_limit(struct options_parse *p, const struct option *o, char **value,
		      struct pb_err *e);
