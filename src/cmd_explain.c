/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox explain: the sandbox that run would build, and why. Nothing is run. */
#include "cmd.h"

#include <stdio.h>

#include "base/json.h"
#include "options.h"
#include "run/prepare.h"
#include "spec/plan_print.h"

int cmd_explain(int argc, char **argv, struct pb_err *e)
{
	struct prepared p = {.bundle_fd = -1, .place = {.dirfd = -1}};
	struct launch l;
	int rc;

	launch_init(&l);
	rc = options_launch(&l, true, argc, argv, e);
	if (rc) {
		launch_free(&l);
		return rc > 0 ? 0 : pb_err_exit_code(e);
	}
	rc = prepare(&l, &p, e);
	if (rc == 0) {
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
