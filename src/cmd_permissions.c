/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox permissions: what there is to ask for, and what each changes in the sandbox. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "options.h"
#include "spec/expansion.h"

static const char *const risks[] = {
	[RISK_LOW] = "low", [RISK_MEDIUM] = "medium", [RISK_HIGH] = "high"};

/* What each kind of argument is called, and one to show the change by. */
static const struct {
	const char *name, *example[2];
} args[] = {
	[PERM_ARG_NONE] = {NULL, {NULL, NULL}},
	[PERM_ARG_PATHS] = {"paths", {"/srv/example", NULL}},
	[PERM_ARG_NETWORK] = {"host or loopback", {"host", "loopback"}},
	[PERM_ARG_ENV] = {"names", {"EXAMPLE", NULL}},
	[PERM_ARG_DEVICES] = {"names", {"example", NULL}},
};

static int print_json(struct json *j, const struct perm_info *p, struct pb_err *e)
{
	json_object(j, NULL);
	json_str(j, "name", p->name);
	json_str(j, "enforced_by", "plugbox");
	json_str(j, "argument", args[p->arg].name);
	json_str(j, "risk", risks[p->risk]);
	json_bool(j, "reaches_out", p->reaches_out);
	json_str(j, "summary", p->summary);
	json_array(j, "changes");
	for (size_t i = 0; i < 2 && (i == 0 || args[p->arg].example[i]); i++) {
		struct strv lines = {0};

		if (expansion((enum perm_id)(p - perm_table), args[p->arg].example[i], &lines, e) <
		    0)
			return -1;
		json_object(j, NULL);
		json_str(j, "argument", args[p->arg].example[i]);
		json_strv(j, "lines", &lines);
		json_end_object(j);
		strv_free(&lines);
	}
	json_end_array(j);
	json_end_object(j);
	return 0;
}

static int print_one(const struct perm_info *p, struct pb_err *e)
{
	(void)printf("%s%s%s\n  %s\n  risk: %s%s\n", p->name, args[p->arg].name ? ": " : "",
		     args[p->arg].name ? args[p->arg].name : "", p->summary, risks[p->risk],
		     p->reaches_out ? "; reaches out of the sandbox" : "");
	for (size_t i = 0; i < 2 && (i == 0 || args[p->arg].example[i]); i++) {
		const char *arg = args[p->arg].example[i];
		struct strv lines = {0};

		if (expansion((enum perm_id)(p - perm_table), arg, &lines, e) < 0)
			return -1;
		(void)printf("\nchanges%s%s\n", arg ? " by " : "", arg ? arg : "");
		for (size_t k = 0; k < lines.n; k++)
			(void)printf("  %s\n", lines.v[k]);
		strv_free(&lines);
	}
	return 0;
}

/* ---- those of applications ---- */

static void application_json(struct json *j, const struct perm_application *p)
{
	json_object(j, NULL);
	json_str(j, "name", p->name);
	json_str(j, "enforced_by", "host");
	json_str(j, "argument", p->argument);
	json_str(j, "risk", risks[p->risk]);
	json_str(j, "summary", p->summary);
	json_end_object(j);
}

/* name is that of a kind too: "tool:forecast" */
static const struct perm_application *find_application(const char *name)
{
	for (size_t i = 0; i < perm_n_applications; i++) {
		const struct perm_application *p = &perm_applications[i];
		bool kind = strchr(p->name, ':') != NULL;

		if (kind ? str_starts(name, p->name) && perm_is_application(name)
			 : strcmp(name, p->name) == 0)
			return p;
	}
	return NULL;
}

static void print_application(const char *name, const struct perm_application *p)
{
	char shown[256];

	(void)printf("%s\n  %s\n  risk: %s\n  the host at the other end of the channel enforces it, and "
		     "the caller says by --allow that it does\n",
		     str_escape(shown, sizeof(shown), name, strlen(name)), p->summary, risks[p->risk]);
}

static int unknown(const char *name, struct pb_err *e)
{
	size_t n = 0;
	const char *const *names = perm_names(&n);
	const char *nearest = str_nearest(name, names, n);

	(void)pb_err_set(e, PB_ERR_USAGE, 0, "unknown permission \"%s\"", name);
	return nearest ? pb_err_hint(e, "did you mean \"%s\"?", nearest)
		       : pb_err_hint(e, "plugbox permissions lists them");
}

static int print_kernel(int only, struct json *j, struct pb_err *e)
{
	for (int i = 0; i < PERM_N; i++) {
		const struct perm_info *p = &perm_table[i];
		int rc = 0;

		if (only >= 0 && i != only)
			continue;
		if (j)
			rc = print_json(j, p, e);
		else if (only >= 0)
			rc = print_one(p, e);
		else
			(void)printf("%-18s %-7s %s\n", p->name, risks[p->risk], p->summary);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static void print_applications(struct json *j)
{
	if (!j)
		(void)puts("\nenforced by the host at the other end of the channel");
	for (size_t i = 0; i < perm_n_applications; i++) {
		const struct perm_application *p = &perm_applications[i];
		bool kind = strchr(p->name, ':') != NULL;
		char name[64];

		if (j) {
			application_json(j, p);
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s%s", p->name, kind ? p->argument : "");
		(void)printf("%-18s %-7s %s\n", name, risks[p->risk], p->summary);
	}
}

int cmd_permissions(int argc, char **argv, struct pb_err *e)
{
	struct strv names = {0};
	struct json j = {0};
	bool json = false;
	int id = -1;
	const struct perm_application *app = NULL;
	int rc = options_simple("permissions", &json, &names, argc, argv, e);

	if (rc == 0 && names.n) {
		id = perm_find(names.v[0]);
		app = id < 0 ? find_application(names.v[0]) : NULL;
		if (id < 0 && !app)
			rc = unknown(names.v[0], e);
	}
	if (rc == 0 && json)
		json_array(&j, NULL);
	if (rc == 0 && app && json)
		application_json(&j, app);
	else if (rc == 0 && app)
		print_application(names.v[0], app);
	else if (rc == 0)
		rc = print_kernel(id, json ? &j : NULL, e);
	if (rc == 0 && !names.n)
		print_applications(json ? &j : NULL);
	if (rc == 0 && json) {
		json_end_array(&j);
		(void)puts(j.out.s);
	}
	json_free(&j);
	strv_free(&names);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
