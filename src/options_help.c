/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --help, from the option table. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "options_table.h"

enum { WIDTH = 80, HELP_COLUMN = 31 };

/* Prints text from column on, wrapped at WIDTH; the cursor stands at column at. */
static void put_wrapped(const char *text, size_t at, size_t column)
{
	bool first = true;

	if (at > column || (at && at == column)) {
		(void)putchar('\n');
		at = 0;
	}
	(void)printf("%*s", (int)(column - at), "");
	at = column;
	while (*text) {
		size_t n = strcspn(text, " ");

		if (!first && at + 1 + n > WIDTH) {
			(void)printf("\n%*s", (int)column, "");
			at = column;
			first = true;
		}
		(void)printf("%s%.*s", first ? "" : " ", (int)n, text);
		at += n + !first;
		first = false;
		text += n + (text[n] == ' ');
	}
	(void)putchar('\n');
}

static void put_option(const struct option *o)
{
	struct strbuf left = {0};

	strbuf_printf(&left, o->letter ? "  -%c, " : "      ", o->letter);
	strbuf_printf(&left, "--%s", o->name);
	for (int i = 0; i < 2 && o->arg[i]; i++)
		strbuf_printf(&left, " %s", o->arg[i]);
	if (o->alias)
		strbuf_printf(&left, ", --%s", o->alias);
	(void)fputs(left.s, stdout);
	put_wrapped(o->help, left.n + 2 > HELP_COLUMN ? HELP_COLUMN : left.n, HELP_COLUMN);
	strbuf_free(&left);
}

static void put_group(const struct option *table, size_t n, enum command command,
		      enum option_group group)
{
	static const char *const titles[GROUP_N] = {
		[GROUP_SANDBOX] = "Sandbox",	     [GROUP_FILES] = "Files",
		[GROUP_ENVIRONMENT] = "Environment", [GROUP_LIMITS] = "Limits",
		[GROUP_RESULT] = "Result",	     [GROUP_GENERAL] = "General",
	};
	bool titled = false;

	for (size_t i = 0; i < n; i++) {
		if (table[i].group != group || !(table[i].commands & 1U << command))
			continue;
		if (!titled)
			(void)printf("\n%s:\n", titles[group]);
		titled = true;
		put_option(&table[i]);
	}
}

void options_command_help(enum command command)
{
	const struct command_info *c = &command_table[command];
	size_t n = 0;
	autofree struct option *table = options_table(&n);

	(void)printf("Usage: plugbox %s %s\n", c->name, c->usage);
	if (c->usage2)
		(void)printf("       plugbox %s %s\n", c->name, c->usage2);
	(void)putchar('\n');
	put_wrapped(c->text, 0, 0);
	for (enum option_group g = 0; g < GROUP_N; g++)
		put_group(table, n, command, g);
	if (c->operands != OPERANDS_LAUNCH)
		return;
	(void)putchar('\n');
	put_wrapped("SIZE is a number with K, M or G; DURATION one with ms, s, m or h, seconds by "
		    "itself. --OPTION=VALUE is understood for an option with one value. A limit "
		    "can only be lower than the manifest's.",
		    0, 0);
}

void options_help(void)
{
	size_t n = 0;
	autofree struct option *table = options_table(&n);

	(void)printf("Usage: plugbox [-q|-v] COMMAND [OPTION]... [OPERAND]...\n\n");
	put_wrapped("Runs plugins in a sandbox that allows what their manifest asks for and the "
		    "caller grants, and nothing else.",
		    0, 0);
	(void)printf("\nCommands:\n");
	for (enum command c = 0; c < CMD_N; c++)
		(void)printf("  %-14s%s\n", command_table[c].name, command_table[c].summary);
	put_group(table, n, CMD_COMPLETION, GROUP_GENERAL);
	(void)printf("      --version%*sprint the version\n", HELP_COLUMN - 15, "");
	(void)printf("\nplugbox COMMAND --help lists the options of a command; the manual is "
		     "plugbox(1).\n");
}

void options_summary(struct strbuf *b, const char *help)
{
	size_t n = strcspn(help, ";");
	const char *dot = strstr(help, ". ");

	if (dot && (size_t)(dot - help) < n)
		n = (size_t)(dot - help);
	strbuf_add(b, help, n);
}
