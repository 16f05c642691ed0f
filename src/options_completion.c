/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The completion scripts, from the option table. Each is one function that
 * prints the shell's own frame around a line per option. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "options_table.h"
#include "spec/permission.h"

/* "read_messages send_messages …" */
static char *permission_words(void)
{
	struct strbuf b = {0};
	size_t n = 0;
	const char *const *names = perm_names(&n);

	for (size_t i = 0; i < n; i++)
		strbuf_printf(&b, "%s%s", i ? " " : "", names[i]);
	return b.s;
}

/* s with each character of special and each single quote escaped for the inside of a quoted
 * string: by a backslash, or by quote where the shell has no escape there. */
static char *quoted(const char *s, const char *special, const char *quote)
{
	struct strbuf b = {0};

	strbuf_puts(&b, "");
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_puts(&b, quote);
		else if (strchr(special, *s))
			strbuf_printf(&b, "\\%c", *s);
		else
			strbuf_add(&b, s, 1);
	}
	return b.s;
}

/* ---- bash ---- */

static void bash_options(const struct option *table, size_t n, enum command c)
{
	const char *space = "";

	(void)printf("\t%s) options='", command_table[c].name);
	for (size_t i = 0; i < n; i++) {
		if (!(table[i].commands & 1U << c))
			continue;
		(void)printf("%s--%s", space, table[i].name);
		space = " ";
		if (table[i].alias)
			(void)printf(" --%s", table[i].alias);
	}
	(void)printf("' ;;\n");
}

/* What completes the values, as patterns of a case on the option before them. */
static void bash_values(const struct option *table, size_t n, const char *permissions)
{
	for (size_t i = 0; i < n; i++) {
		const struct option *o = &table[i];

		if (!o->arg[0])
			continue;
		(void)printf("\t--%s", o->name);
		if (o->alias)
			(void)printf("|--%s", o->alias);
		(void)printf(") ");
		switch (o->complete) {
		case COMPLETE_FILE:
			(void)printf("files=-f");
			break;
		case COMPLETE_DIR:
			(void)printf("files=-d");
			break;
		case COMPLETE_WORDS:
			(void)printf("words='%s'", o->words);
			break;
		case COMPLETE_WORDS_DIR:
			(void)printf("words='%s' files=-d", o->words);
			break;
		case COMPLETE_PERMISSION:
			(void)printf("words='%s'", permissions);
			break;
		case COMPLETE_NOTHING:
		default:
			break;
		}
		(void)printf("%svalues=%d ;;\n", o->complete == COMPLETE_NOTHING ? "" : " ",
			     o->arg[1] ? 2 : 1);
	}
}

static void bash_script(const struct option *table, size_t n, const char *permissions)
{
	(void)printf("# bash completion for plugbox, written by: plugbox completion bash\n"
		     "# shellcheck shell=bash\n\n"
		     "# Sets values (how many), words and files for the values of option $1\n"
		     "_plugbox_values() {\n"
		     "\tvalues=0 words='' files=''\n"
		     "\tcase $1 in\n");
	bash_values(table, n, permissions);
	(void)printf("\tesac\n}\n\n"
		     "# Sets options and operands of command $1\n"
		     "_plugbox_command() {\n"
		     "\toptions='' operands=''\n"
		     "\tcase $1 in\n");
	for (enum command c = 0; c < CMD_N; c++)
		bash_options(table, n, c);
	(void)printf("\tesac\n"
		     "\tcase $1 in\n"
		     "\trun|explain|check|profile) operands=files ;;\n"
		     "\tcompletion) operands='bash zsh fish' ;;\n"
		     "\tesac\n}\n\n");
	(void)printf("_plugbox_reply() {\n"
		     "\tlocal IFS=$'\\n'\n"
		     "\t# shellcheck disable=SC2207\n"
		     "\tCOMPREPLY+=($(compgen \"$@\"))\n"
		     "}\n\n"
		     "_plugbox() {\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command='' i word pending=0\n"
		     "\tlocal values words files options operands reply_words='' reply_files=''\n"
		     "\tlocal globals='--help --quiet --verbose --version'\n"
		     "\tCOMPREPLY=()\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		     "\t\tword=${COMP_WORDS[i]}\n"
		     "\t\tif [[ $word == = && $pending -gt 0 ]]; then\n"
		     "\t\t\tcontinue # --option=value comes as three words\n"
		     "\t\telif [[ $pending -gt 0 ]]; then\n"
		     "\t\t\tpending=$((pending - 1)) reply_words='' reply_files=''\n"
		     "\t\telif [[ $word == -- ]]; then\n"
		     "\t\t\tif ((i + 1 == COMP_CWORD)); then _plugbox_reply -c -- \"$cur\"; fi\n"
		     "\t\t\tcompopt -o filenames 2>/dev/null\n"
		     "\t\t\t_plugbox_reply -f -- \"$cur\"\n"
		     "\t\t\treturn\n"
		     "\t\telif [[ $word == --* ]]; then\n"
		     "\t\t\t_plugbox_values \"$word\"\n"
		     "\t\t\tpending=$values reply_words=$words reply_files=$files\n"
		     "\t\telif [[ -z $command && $word != -* ]]; then\n"
		     "\t\t\tcommand=$word\n"
		     "\t\tfi\n"
		     "\tdone\n"
		     "\tif [[ $cur == = ]]; then cur=''; fi\n"
		     "\tif [[ $pending -gt 0 ]]; then\n"
		     "\t\tif [[ -n $reply_words ]]; then\n"
		     "\t\t\t_plugbox_reply -W \"${reply_words// /$'\\n'}\" -- \"$cur\"\n"
		     "\t\tfi\n"
		     "\t\tif [[ -n $reply_files ]]; then\n"
		     "\t\t\tcompopt -o filenames 2>/dev/null\n"
		     "\t\t\t_plugbox_reply \"$reply_files\" -- \"$cur\"\n"
		     "\t\tfi\n"
		     "\t\treturn\n"
		     "\tfi\n");
	(void)printf("\tif [[ -z $command ]]; then\n"
		     "\t\tif [[ $cur == -* ]]; then\n"
		     "\t\t\t_plugbox_reply -W \"${globals// /$'\\n'}\" -- \"$cur\"\n"
		     "\t\telse\n"
		     "\t\t\t_plugbox_reply -W $'");
	for (enum command c = 0; c < CMD_N; c++)
		(void)printf("%s%s", c ? "\\n" : "", command_table[c].name);
	(void)printf("' -- \"$cur\"\n"
		     "\t\tfi\n"
		     "\t\treturn\n"
		     "\tfi\n"
		     "\t_plugbox_command \"$command\"\n"
		     "\tif [[ $cur == -* ]]; then\n"
		     "\t\t_plugbox_reply -W \"${options// /$'\\n'}\" -- \"$cur\"\n"
		     "\telif [[ $operands == files ]]; then\n"
		     "\t\tcompopt -o filenames 2>/dev/null\n"
		     "\t\t_plugbox_reply -f -- \"$cur\"\n"
		     "\telif [[ -n $operands ]]; then\n"
		     "\t\t_plugbox_reply -W \"${operands// /$'\\n'}\" -- \"$cur\"\n"
		     "\tfi\n"
		     "}\n\n"
		     "complete -F _plugbox plugbox\n");
}

/* ---- zsh ---- */

static void zsh_action(const struct option *o, int which, const char *permissions)
{
	(void)printf(":%s:", which ? "value" : "argument");
	if (which == 1)
		return;
	switch (o->complete) {
	case COMPLETE_FILE:
		(void)printf("_files");
		break;
	case COMPLETE_DIR:
		(void)printf("_files -/");
		break;
	case COMPLETE_WORDS:
		(void)printf("(%s)", o->words);
		break;
	case COMPLETE_WORDS_DIR:
		(void)printf("{ compadd %s; _files -/ }", o->words);
		break;
	case COMPLETE_PERMISSION:
		(void)printf("(%s)", permissions);
		break;
	case COMPLETE_NOTHING:
	default:
		break;
	}
}

static void zsh_option(const struct option *o, const char *name, const char *permissions)
{
	struct strbuf summary = {0};
	autofree char *text = NULL;

	options_summary(&summary, o->help);
	text = quoted(summary.s, "[]:\\", "'\\''");
	/* "*" for one that may be repeated; those that may not are no error, the last wins */
	(void)printf("\t\t\t'*--%s%s[%s]", name, o->arg[0] && !o->arg[1] ? "=" : "", text);
	for (int i = 0; i < 2 && o->arg[i]; i++)
		zsh_action(o, i, permissions);
	(void)printf("' \\\n");
	if (o->letter)
		(void)printf("\t\t\t'*-%c[%s]' \\\n", o->letter, text);
	strbuf_free(&summary);
}

static void zsh_script(const struct option *table, size_t n, const char *permissions)
{
	(void)printf("#compdef plugbox\n"
		     "# zsh completion for plugbox, written by: plugbox completion zsh\n\n"
		     "_plugbox() {\n"
		     "\tlocal curcontext=$curcontext state line\n"
		     "\t_arguments -C \\\n"
		     "\t\t'(- *)'{-h,--help}'[print this]' \\\n"
		     "\t\t'(- *)--version[print the version]' \\\n"
		     "\t\t'*'{-q,--quiet}'[print errors only]' \\\n"
		     "\t\t'*'{-v,--verbose}'[print what is done]' \\\n"
		     "\t\t'1:command:->command' \\\n"
		     "\t\t'*::argument:->arguments'\n"
		     "\tcase $state in\n"
		     "\tcommand)\n"
		     "\t\tlocal -a commands=(\n");
	for (enum command c = 0; c < CMD_N; c++) {
		autofree char *text = quoted(command_table[c].summary, ":\\", "'\\''");

		(void)printf("\t\t\t'%s:%s'\n", command_table[c].name, text);
	}
	(void)printf("\t\t)\n"
		     "\t\t_describe command commands\n"
		     "\t\t;;\n"
		     "\targuments)\n"
		     "\t\tcase $words[1] in\n");
	for (enum command c = 0; c < CMD_N; c++) {
		static const char *const operands[] = {
			[OPERANDS_NONE] = "",
			[OPERANDS_LAUNCH] = "\t\t\t'1:bundle:_files' '*::command:_normal'\n",
			[OPERANDS_FILES] = "\t\t\t'*:manifest:_files'\n",
			[OPERANDS_SHELL] = "\t\t\t'1:shell:(bash zsh fish)'\n",
		};

		(void)printf("\t\t%s) _arguments -S \\\n", command_table[c].name);
		for (size_t i = 0; i < n; i++) {
			if (!(table[i].commands & 1U << c))
				continue;
			zsh_option(&table[i], table[i].name, permissions);
			if (table[i].alias)
				zsh_option(&table[i], table[i].alias, permissions);
		}
		(void)printf("%s\t\t\t;;\n", *operands[command_table[c].operands]
						     ? operands[command_table[c].operands]
						     : "\t\t\t'*: :'\n");
	}
	(void)printf("\t\tesac\n"
		     "\t\t;;\n"
		     "\tesac\n"
		     "}\n\n"
		     "_plugbox \"$@\"\n");
}

/* ---- fish ---- */

static void fish_option(const struct option *o, enum command c, const char *permissions)
{
	struct strbuf summary = {0};
	autofree char *text = NULL;

	options_summary(&summary, o->help);
	text = quoted(summary.s, "\\", "\\'");
	(void)printf("complete -c plugbox -n '__fish_seen_subcommand_from %s' -l %s",
		     command_table[c].name, o->name);
	if (o->letter)
		(void)printf(" -s %c", o->letter);
	switch (o->complete) {
	case COMPLETE_FILE:
		(void)printf(" -r -F");
		break;
	case COMPLETE_DIR:
		(void)printf(" -x -a '(__fish_complete_directories)'");
		break;
	case COMPLETE_WORDS:
		(void)printf(" -x -a '%s'", o->words);
		break;
	case COMPLETE_WORDS_DIR:
		(void)printf(" -x -a '%s (__fish_complete_directories)'", o->words);
		break;
	case COMPLETE_PERMISSION:
		(void)printf(" -x -a '%s'", permissions);
		break;
	case COMPLETE_NOTHING:
	default:
		if (o->arg[0])
			(void)printf(" -x");
		break;
	}
	(void)printf(" -d '%s'\n", text);
	if (o->alias) {
		struct option other = *o;

		other.name = o->alias;
		other.alias = NULL;
		other.letter = 0;
		fish_option(&other, c, permissions);
	}
	strbuf_free(&summary);
}

static void fish_script(const struct option *table, size_t n, const char *permissions)
{
	(void)printf("# fish completion for plugbox, written by: plugbox completion fish\n\n"
		     "complete -c plugbox -f\n"
		     "complete -c plugbox -n __fish_use_subcommand -l help -s h -d 'print this'\n"
		     "complete -c plugbox -n __fish_use_subcommand -l version "
		     "-d 'print the version'\n"
		     "complete -c plugbox -n __fish_use_subcommand -l quiet -s q "
		     "-d 'print errors only'\n"
		     "complete -c plugbox -n __fish_use_subcommand -l verbose -s v "
		     "-d 'print what is done'\n");
	for (enum command c = 0; c < CMD_N; c++) {
		autofree char *text = quoted(command_table[c].summary, "\\", "\\'");

		(void)printf("\ncomplete -c plugbox -n __fish_use_subcommand -a %s -d '%s'\n",
			     command_table[c].name, text);
		if (command_table[c].operands == OPERANDS_SHELL)
			(void)printf("complete -c plugbox -n '__fish_seen_subcommand_from %s' "
				     "-a 'bash zsh fish'\n",
				     command_table[c].name);
		else if (command_table[c].operands != OPERANDS_NONE)
			(void)printf("complete -c plugbox -n '__fish_seen_subcommand_from %s' -F\n",
				     command_table[c].name);
		for (size_t i = 0; i < n; i++)
			if (table[i].commands & 1U << c)
				fish_option(&table[i], c, permissions);
	}
}

int options_completion(const char *shell, struct pb_err *e)
{
	static const struct {
		const char *shell;
		void (*script)(const struct option *table, size_t n, const char *permissions);
	} scripts[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
	autofree char *permissions = permission_words();
	size_t n = 0;
	autofree struct option *table = options_table(&n);

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		if (strcmp(shell, scripts[i].shell) == 0) {
			scripts[i].script(table, n, permissions);
			return 0;
		}
	}
	(void)pb_err_set(e, PB_ERR_USAGE, 0, "no completions for \"%s\"", shell);
	return pb_err_hint(e, "the shells are bash, zsh and fish");
}
