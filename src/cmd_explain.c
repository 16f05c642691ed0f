/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox explain: the sandbox that run would build, and why. Nothing is run. */
#include "cmd.h"

#include <stdio.h>

#include "base/json.h"
#include "options.h"
#include "run/prepare.h"
#include "spec/plan_print.h"

static void print_exempt(const struct launch *l, const struct prepared *p)
{
	const struct hostconf *by = p->authority.exempt;
	struct json j = {0};

	if (!l->json) {
		(void)printf("\"%s\" runs in no sandbox, with all that its caller may do.\n"
			     "%s:%u:%u turned isolation off for the plugins that it trusts.\n",
			     p->m->name, by->file, by->unconfined_pos.line, by->unconfined_pos.col);
		return;
	}
	json_object(&j, NULL);
	json_str(&j, "plugin", p->m->name);
	json_str(&j, "version", p->m->version);
	json_str(&j, "isolation", "none");
	json_str(&j, "by", by->file);
	json_uint(&j, "line", by->unconfined_pos.line);
	json_uint(&j, "column", by->unconfined_pos.col);
	json_end_object(&j);
	(void)puts(j.out.s);
	json_free(&j);
}

int cmd_explain(int argc, char **argv, struct pb_err *e)
{
	struct prepared p = PREPARED_INIT;
	struct launch l;
	int rc;

	launch_init(&l);
	rc = options_launch(&l, true, argc, argv, e);
	if (rc) {
		launch_free(&l);
		return rc > 0 ? 0 : pb_err_exit_code(e);
	}
	rc = prepare(&l, NULL, &p, e);
	if (rc == 0 && p.authority.exempt) {
		print_exempt(&l, &p);
	} else if (rc == 0) {
		if (l.json) {
			struct json j = {0};

			plan_print_json(&p.plan, &p.rights, &j);
			(void)puts(j.out.s);
			json_free(&j);
		} else {
			struct strbuf b = {0};

			plan_print_text(&p.plan, &p.rights, &b);
			(void)fputs(b.s, stdout);
			strbuf_free(&b);
		}
		/* the same verdict as run's */
		(void)policy_refusal(&p.rights, e);
	}
	prepare_free(&p);
	launch_free(&l);
	return pb_err_exit_code(e);
}
