/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/expansion.h"

#include <string.h>

#include "base/cleanup.h"
#include "spec/plan.h"
#include "spec/plan_print.h"

/* A plan in lines, and its policy of system calls. */
struct picture {
	struct strv lines;
	struct syscall_policy syscalls;
};

/* The text of the plan, line by line, without what says the same in other words: the head, what was
 * granted, and the lists of system calls. */
static void take_lines(char *text, struct strv *lines)
{
	bool skip = true;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] != ' ')
			skip = strcmp(line, "granted") == 0 || strcmp(line, "system calls") == 0;
		else if (!skip)
			strv_add(lines, line + strspn(line, " "));
	}
}

static int draw(const char *request, const char *arg, struct picture *pic, struct pb_err *e)
{
	/* a host that lacks nothing, and no /usr in the way of the paths */
	struct host_facts f = {.landlock_abi = 7,
			       .seccomp = true,
			       .seccomp_notify = true,
			       .nproc_per_userns = true,
			       .runtime = xstrdup("host")};
	struct manifest m = {.name = "plugin", .version = "1", .file = "plugin.yaml"};
	struct launch l;
	struct rights r;
	struct plan p = {0};
	struct strbuf text = {0};
	int rc;

	launch_init(&l);
	if (request) {
		struct request *q = requests_add(&m.requests, request);

		if (arg)
			strv_add(&q->args, arg);
		(void)requests_add(&l.allow, request);
	}
	rc = policy_decide(&m, &l, NULL, &f, &r, e);
	if (rc == 0)
		rc = plan_make(&m, &l, &r, &f, "/bundle", &p, e);
	if (rc == 0) {
		plan_print_text(&p, &r, &text);
		take_lines(text.s, &pic->lines);
		pic->syscalls = p.syscalls;
	}
	strbuf_free(&text);
	plan_free(&p);
	rights_free(&r);
	requests_free(&m.requests);
	launch_free(&l);
	facts_free(&f);
	return rc;
}

static void difference(const struct strv *a, const struct strv *b, const char *sign,
		       struct strv *out)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strv_has(b, a->v[i]))
			strv_take(out, xasprintf("%s %s", sign, a->v[i]));
}

static const struct syscall_rule *rule_of(const struct syscall_rule *rules, size_t n,
					  const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

static void call_difference(const struct syscall_policy *without, const struct syscall_policy *with,
			    struct strv *out)
{
	size_t n = 0;
	size_t m = 0;
	const struct syscall_rule *a = syscalls_rules(without, &n);
	const struct syscall_rule *b = syscalls_rules(with, &m);

	for (size_t i = 0; i < m; i++) {
		const struct syscall_rule *old = rule_of(a, n, b[i].name);
		bool open = b[i].verdict == SYSCALL_ALLOW || b[i].verdict == SYSCALL_FILTERED;
		const char *what = b[i].what ? b[i].what : "";

		if (old && old->verdict == b[i].verdict &&
		    strcmp(old->what ? old->what : "", what) == 0)
			continue;
		strv_take(out, xasprintf("%s system call %s%s%s", open ? "+" : "-", b[i].name,
					 *what ? ": " : "", what));
	}
}

int expansion(enum perm_id id, const char *arg, struct strv *lines, struct pb_err *e)
{
	struct picture without = {0};
	struct picture with = {0};
	int rc = draw(NULL, NULL, &without, e);

	if (rc == 0)
		rc = draw(perm_table[id].name, arg, &with, e);
	if (rc == 0) {
		difference(&with.lines, &without.lines, "+", lines);
		difference(&without.lines, &with.lines, "-", lines);
		call_difference(&without.syscalls, &with.syscalls, lines);
	}
	strv_free(&without.lines);
	strv_free(&with.lines);
	return rc;
}
