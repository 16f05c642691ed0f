/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox why: one question to the plan that run would carry out. */
#include "cmd.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "options.h"
#include "run/prepare.h"
#include "spec/why.h"

/* Not one of the codes that run has: the answer is no. */
#define EXIT_NO 1

static void line(const char *title, const char *text)
{
	char shown[1200];

	if (text)
		(void)printf("%s: %s\n", title,
			     str_escape(shown, sizeof(shown), text, strlen(text)));
}

static void print(const struct launch *l, enum act act, const char *subject, const struct why *w)
{
	struct json j = {0};

	if (!l->json) {
		line(w->yes ? "yes" : "no", w->reason);
		line("by", w->rule);
		line("to allow it", w->change);
		return;
	}
	json_object(&j, NULL);
	json_str(&j, "action", act_table[act].name);
	json_str(&j, "subject", subject);
	json_bool(&j, "allowed", w->yes);
	json_str(&j, "reason", w->reason);
	json_str(&j, "rule", w->rule);
	json_str(&j, "change", w->change);
	json_end_object(&j);
	(void)puts(j.out.s);
	json_free(&j);
}

int cmd_why(int argc, char **argv, struct pb_err *e)
{
	struct prepared p = PREPARED_INIT;
	struct strv question = {0};
	autofree char *real = NULL;
	struct launch l;
	struct why w = {0};
	enum act act = ACT_READ;
	int rc;

	launch_init(&l);
	rc = options_why(&l, &question, argc, argv, e);
	if (rc == 0)
		rc = why_find(question.v[0], &act, e);
	if (rc == 0)
		rc = prepare(&l, NULL, &p, e);
	/* what is not launched does nothing */
	if (rc == 0)
		rc = policy_refusal(&p.rights, e);
	if (rc == 0 && p.authority.exempt) {
		const struct hostconf *by = p.authority.exempt;

		w.yes = true;
		w.reason = xstrdup("it runs in no sandbox, with all that its caller may do");
		w.rule = xasprintf("%s:%u:%u", by->file, by->unconfined_pos.line,
				   by->unconfined_pos.col);
	} else if (rc == 0) {
		const struct why_input in = {
			.plan = &p.plan,
			.rights = &p.rights,
			.profile = p.authority.profile,
			.m = p.m,
			.bundle_path = p.bundle_path,
		};

		/* the host's own links are followed there before a rule is looked for */
		if (p.plan.bare && question.v[1][0] == '/')
			real = realpath(question.v[1], NULL);
		rc = why_ask(&in, act, real ? real : question.v[1], &w, e);
	}
	if (rc == 0) {
		print(&l, act, question.v[1], &w);
		rc = w.yes ? 0 : EXIT_NO;
	} else {
		rc = rc > 0 ? 0 : pb_err_exit_code(e);
	}
	why_free(&w);
	strv_free(&question);
	prepare_free(&p);
	launch_free(&l);
	return rc;
}
