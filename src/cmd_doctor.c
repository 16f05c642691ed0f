/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox doctor: what this host offers and what to do about the rest. */
#include "cmd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"
#include "base/str.h"
#include "linux/doctor.h"
#include "options.h"
#include "run/authority.h"
#include "run/data.h"
#include "run/dirs.h"
#include "spec/plan.h"
#include "trust/state.h"

/* What keeps the limits that depend on the host. */
static const struct {
	enum limit_id id;
	unsigned controller;
	enum limit_means without;
} kept[] = {
	{LIMIT_CPU, CG_CPU, MEANS_WATCHDOG},
	{LIMIT_MEMORY, CG_MEMORY, MEANS_WATCHDOG},
	{LIMIT_PIDS, CG_PIDS, MEANS_RLIMIT},
	{LIMIT_CPU_TIME, CG_CPU, MEANS_WATCHDOG},
	{LIMIT_DATA_SIZE, 0, MEANS_WATCHDOG},
};

static const char *keeper(const struct doctor *d, size_t i)
{
	if (kept[i].id == LIMIT_DATA_SIZE)
		return limit_means_words[d->data_quota ? MEANS_QUOTA : MEANS_WATCHDOG];
	return limit_means_words[d->lacking & kept[i].controller ? kept[i].without : MEANS_CGROUP];
}

static void print_json(const struct doctor *d, struct strbuf *out)
{
	struct json j = {0};

	json_object(&j, NULL);
	json_bool(&j, "full_strength", d->full_strength);
	json_object(&j, "limits");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		json_str(&j, limit_table[kept[i].id].key, keeper(d, i));
	json_end_object(&j);
	json_array(&j, "checks");
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_check *c = &d->v[i];

		json_object(&j, NULL);
		json_str(&j, "id", c->id);
		json_str(&j, "status", doctor_status_name(c->status));
		json_bool(&j, "required", c->required);
		json_str(&j, "found", c->found);
		json_str(&j, "uses", c->uses);
		json_str(&j, "remedy", c->remedy);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	strbuf_add(out, j.out.s, j.out.n);
	strbuf_puts(out, "\n");
	json_free(&j);
}

static void print_check(const struct doctor_check *c, struct strbuf *out)
{
	char found[512];

	/* a cgroup's name is of somebody else's choosing */
	(void)str_escape(found, sizeof(found), c->found, strlen(c->found));
	strbuf_printf(out, "  %-7s  %-17s  %s", doctor_status_name(c->status), c->id, found);
	if (c->uses)
		strbuf_printf(out, " -- %s", c->uses);
	strbuf_puts(out, "\n");
	if (c->remedy)
		strbuf_printf(out, "  %-7s  %-17s  remedy: %s\n", "", "", c->remedy);
}

static void print_text(const struct doctor *d, struct strbuf *out)
{
	const char *section = "", *comma = "";

	for (size_t i = 0; i < d->n; i++) {
		if (strcmp(section, d->v[i].section) != 0) {
			section = d->v[i].section;
			strbuf_printf(out, "%s\n", section);
		}
		print_check(&d->v[i], out);
	}
	strbuf_puts(out, "\n");
	strbuf_puts(out, "limits: ");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		strbuf_printf(out, "%s%s by %s", i ? ", " : "", limit_table[kept[i].id].key, keeper(d, i));
	strbuf_puts(out, "\n");
	if (d->full_strength) {
		strbuf_puts(out, "full-strength run: possible\n");
		return;
	}
	strbuf_puts(out, "full-strength run: not possible: ");
	for (size_t i = 0; i < d->n; i++) {
		if (!d->v[i].required || d->v[i].status != DOCTOR_MISSING || d->v[i].untried)
			continue;
		strbuf_printf(out, "%s%s", comma, d->v[i].id);
		comma = ", ";
	}
	strbuf_puts(out, "\n");
}

static char *usual_place(enum dir_use use)
{
	struct pb_err ignored = {0};
	autofree char *state = NULL;

	if (use == DIR_DATA)
		return data_usual_base(&ignored);
	state = state_path(NULL, &ignored);
	return state ? xasprintf("%s/cache", state) : NULL;
}

/* Where things are kept, and whether they can be. */
static void check_place(struct doctor *d, enum dir_use use, const struct dir *said,
			const struct pb_err *config)
{
	static const struct {
		const char *id, *uses;
	} ids[DIR_N] = {[DIR_DATA] = {"data", "storage of plugins"},
			[DIR_CACHE] = {"cache", "hashes of bundles that were read"}};
	struct pb_err e = *config;
	autofree char *usual = usual_place(use);
	autofree char *text = dirs_text(said);
	enum doctor_status status = DOCTOR_OK;

	if (e.kind == PB_ERR_NONE && said->path)
		(void)dirs_check(said, use, &e);
	if (e.kind != PB_ERR_NONE)
		status = DOCTOR_MISSING;
	else if (!text && !usual)
		status = DOCTOR_WEAK;
	doctor_add(d, "places", ids[use].id, status,
		   e.kind != PB_ERR_NONE ? e.msg
		   : text		 ? text
		   : usual		 ? usual
					 : "this user has no home",
		   ids[use].uses,
		   e.hint[0] ? e.hint : "name a directory of your own in plugbox.yaml, see plugbox.yaml(5)");
}

static void check_places(struct doctor *d)
{
	struct hostpolicy host = {0};
	struct dir dirs[DIR_N] = {0};
	struct pb_err e = {0};
	bool there = false;

	if (authority_read_files(&host, &there, &there, &e) == 0)
		(void)dirs_find(&host, dirs, &e);
	for (int use = 0; use < DIR_N; use++)
		check_place(d, (enum dir_use)use, &dirs[use], &e);
	dirs_free(dirs);
	hostpolicy_free(&host);
}

int cmd_doctor(int argc, char **argv, struct pb_err *e)
{
	struct strv operands = {0};
	struct strbuf out = {0};
	struct doctor d;
	bool json = false;
	int rc = options_simple("doctor", &json, &operands, argc, argv, e);

	if (rc == 0 && operands.n) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "doctor takes no argument");
		rc = pb_err_hint(e, "write: plugbox doctor [--json]");
	}
	strv_free(&operands);
	if (rc)
		return rc < 0 ? pb_err_exit_code(e) : 0;
	doctor_run(&d);
	check_places(&d);
	if (json)
		print_json(&d, &out);
	else
		print_text(&d, &out);
	rc = d.full_strength ? 0 : 1;
	if (fd_write_all(STDOUT_FILENO, out.s, out.n) < 0) {
		(void)pb_err_set(e, PB_ERR_SETUP, errno, "cannot write to standard output");
		rc = pb_err_exit_code(e);
	}
	doctor_free(&d);
	strbuf_free(&out);
	return rc;
}
