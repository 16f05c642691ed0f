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
#include "spec/plan.h"

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
};

static const char *keeper(const struct doctor *d, size_t i)
{
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
