/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox approve: what a plugin wants, in words, and the user's answer. */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"
#include "base/log.h"
#include "base/users.h"
#include "options.h"
#include "run/prepare.h"
#include "spec/permission.h"
#include "trust/consent.h"
#include "trust/state.h"

struct question {
	struct prepared p;
	struct requests asked, granted;
	struct strv lacks; /* asked for and not given */
	struct strv news;  /* more than was approved before */
	bool changed;	   /* another bundle under a version that is known */
};

static int ask_for(const struct launch *l, struct question *q, struct pb_err *e)
{
	const struct record *before = &q->p.approval.record;
	const char *known;

	if (prepare(l, NULL, &q->p, e) < 0)
		return -1;
	if (policy_refusal(&q->p.rights, e) < 0)
		return -1;
	consent_asked(q->p.m, &q->asked);
	consent_granted(&q->asked, q->p.authority.profile, &q->granted);
	consent_difference(&q->granted, &q->asked, &q->lacks);
	if (!q->p.approval.found || !before->approved)
		return 0;
	consent_difference(&before->asked, &q->asked, &q->news);
	known = record_digest(before, q->p.m->version);
	q->changed = known && strcmp(known, q->p.digest) != 0;
	return 0;
}

/* ---- telling ---- */

static void add_shown(struct strbuf *b, const char *text)
{
	char shown[800];

	strbuf_puts(b, str_escape(shown, sizeof(shown), text, strlen(text)));
}

static void tell_request(struct strbuf *b, const struct request *r, const char *what)
{
	strbuf_puts(b, "    ");
	add_shown(b, r->name);
	for (size_t i = 0; i < r->args.n; i++) {
		strbuf_puts(b, i ? ", " : ": ");
		add_shown(b, r->args.v[i]);
	}
	strbuf_printf(b, "%s\n        %s\n", r->required ? "" : " (it does without)", what);
}

static void tell_risk(struct strbuf *b, const struct requests *granted, enum perm_risk risk,
		      const char *title)
{
	bool titled = false;

	for (size_t i = 0; i < granted->n; i++) {
		const int id = perm_find(granted->v[i].name);

		if (id < 0 || perm_table[id].risk != risk)
			continue;
		if (!titled)
			strbuf_printf(b, "  %s\n", title);
		titled = true;
		tell_request(b, &granted->v[i], perm_table[id].summary);
	}
}

static void tell_application(struct strbuf *b, const struct requests *granted)
{
	bool titled = false;

	for (size_t i = 0; i < granted->n; i++) {
		if (perm_find(granted->v[i].name) >= 0)
			continue;
		if (!titled)
			strbuf_puts(b, "  of the program that it serves\n");
		titled = true;
		tell_request(b, &granted->v[i], "what that means is up to the program");
	}
}

static void tell_list(struct strbuf *b, const char *title, const struct strv *list)
{
	for (size_t i = 0; i < list->n; i++) {
		strbuf_puts(b, i ? ", " : title);
		add_shown(b, list->v[i]);
	}
	if (list->n)
		strbuf_puts(b, "\n");
}

static bool gives(const struct requests *granted, const char *name)
{
	for (size_t i = 0; i < granted->n; i++)
		if (strcmp(granted->v[i].name, name) == 0)
			return true;
	return false;
}

static void tell(const struct question *q, struct strbuf *b)
{
	const struct manifest *m = q->p.m;
	const struct record *before = &q->p.approval.record;

	strbuf_printf(b, "%s %s", m->name, m->version);
	if (m->author) {
		strbuf_puts(b, ", by its own account of ");
		add_shown(b, m->author);
	}
	strbuf_puts(b, "\n");
	if (m->description) {
		strbuf_puts(b, "  ");
		add_shown(b, m->description);
		strbuf_puts(b, "\n");
	}
	strbuf_puts(b, "  in ");
	add_shown(b, q->p.bundle_path);
	strbuf_printf(b, "\n  %s\n\n", q->p.digest);
	if (q->p.approval.found && before->approved)
		strbuf_printf(b, "It was approved on %s.%s\n", before->approved,
			      q->changed ? " The bundle has changed since, under the same version."
					 : "");
	tell_list(b, "New is: ", &q->news);
	if (q->p.approval.found && before->held) {
		strbuf_puts(b, "It is on hold, and stays so: ");
		add_shown(b, before->reason);
		strbuf_puts(b, "\n");
	}
	strbuf_puts(b, q->granted.n ? "It wants\n" : "It wants nothing beyond its own files.\n");
	tell_risk(b, &q->granted, RISK_HIGH, "of high risk");
	tell_risk(b, &q->granted, RISK_MEDIUM, "of medium risk");
	tell_application(b, &q->granted);
	tell_risk(b, &q->granted, RISK_LOW, "of low risk");
	tell_list(b, "It asks for, and will not have: ", &q->lacks);
	strbuf_puts(b, "Whatever else it tries, it has");
	if (!gives(&q->granted, perm_table[PERM_NETWORK].name))
		strbuf_puts(b, " no network,");
	if (!gives(&q->granted, perm_table[PERM_FS_READ].name) &&
	    !gives(&q->granted, perm_table[PERM_FS_WRITE].name))
		strbuf_puts(b, " no files of yours,");
	if (!gives(&q->granted, perm_table[PERM_SUBPROCESS].name))
		strbuf_puts(b, " no other programs to start,");
	strbuf_puts(b, " no sight of other processes and no privileges.\n");
}

static void tell_json(const struct question *q, struct json *j)
{
	const struct manifest *m = q->p.m;

	json_object(j, NULL);
	json_str(j, "plugin", m->name);
	json_str(j, "version", m->version);
	json_str(j, "author", m->author);
	json_str(j, "description", m->description);
	json_str(j, "bundle", q->p.bundle_path);
	json_str(j, "digest", q->p.digest);
	json_array(j, "wants");
	for (int risk = RISK_HIGH; risk >= -1; risk--)
		for (size_t i = 0; i < q->granted.n; i++) {
			static const char *const words[] = {"low", "medium", "high"};
			const struct request *r = &q->granted.v[i];
			const int id = perm_find(r->name);

			if ((id < 0 ? -1 : (int)perm_table[id].risk) != risk)
				continue;
			json_object(j, NULL);
			json_str(j, "name", r->name);
			json_strv(j, "args", &r->args);
			json_bool(j, "required", r->required);
			json_str(j, "risk", id < 0 ? NULL : words[risk]);
			json_str(j, "summary", id < 0 ? NULL : perm_table[id].summary);
			json_end_object(j);
		}
	json_end_array(j);
	json_strv(j, "not_granted", &q->lacks);
	json_str(j, "approved_before", q->p.approval.record.approved);
	json_strv(j, "new", &q->news);
	json_bool(j, "changed", q->changed);
	json_str(j, "held", q->p.approval.record.held);
}

/* ---- the answer ---- */

/* On the terminal itself: standard input may be anything. */
static int ask_user(const struct strbuf *text, struct pb_err *e)
{
	autoclose int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	static const char prompt[] = "\nLet it run? [y/N] ";
	char answer[64];
	ssize_t n;

	if (tty < 0) {
		pb_err_set(e, PB_ERR_USAGE, 0, "there is no terminal to ask on");
		return pb_err_hint(
			e, "look at it with --json, and approve it with --yes --digest HASH");
	}
	if (fd_write_all(tty, text->s, text->n) < 0 ||
	    fd_write_all(tty, prompt, sizeof(prompt) - 1) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot write to the terminal");
	n = read(tty, answer, sizeof(answer) - 1);
	answer[n < 0 ? 0 : n] = '\0';
	if (strcmp(answer, "y\n") == 0 || strcmp(answer, "Y\n") == 0 ||
	    strcmp(answer, "yes\n") == 0)
		return 0;
	return pb_err_set(e, PB_ERR_POLICY, 0, "not approved");
}

static char *who(void)
{
	struct user u;
	char *text;

	if (user_by_id(getuid(), &u) <= 0)
		return xasprintf("uid %u", getuid());
	text = xasprintf("%s (%u)", u.name, getuid());
	user_free(&u);
	return text;
}

static void move(struct requests *to, struct requests *from)
{
	requests_free(to);
	*to = *from;
	*from = (struct requests){0};
}

static int record_it(struct question *q, struct pb_err *e)
{
	const struct prepared *p = &q->p;
	autoclose int lock = state_lock(p->approval.grants, e);
	struct pb_err unread = {0};
	struct record r;
	char now[32];
	int rc;

	if (lock < 0)
		return -1;
	/* what it did stays counted, and versions that ask for no more stay known */
	if (record_read(p->approval.grants, p->m->name, &r, &unread) <= 0)
		r = (struct record){.plugin = xstrdup(p->m->name)};
	record_now(now);
	free(r.approved);
	free(r.by);
	free(r.bundle);
	free(r.profile);
	r.approved = xstrdup(now);
	r.by = who();
	r.bundle = xstrdup(p->bundle_path);
	r.profile = p->rights.profile ? xstrdup(p->rights.profile) : NULL;
	move(&r.asked, &q->asked);
	move(&r.granted, &q->granted);
	record_add_version(&r, p->m->version, p->digest);
	rc = record_write(p->approval.grants, &r, e);
	record_free(&r);
	return rc;
}

static int approve(const struct options_state *o, struct question *q, struct pb_err *e)
{
	struct strbuf text = {0};
	struct json j = {0};
	bool yes = o->yes;
	int rc = ask_for(&o->l, q, e);

	if (rc == 0 && o->digest && strcmp(o->digest, q->p.digest) != 0) {
		pb_err_set(e, PB_ERR_POLICY, 0, "the bundle has another digest: %s", q->p.digest);
		rc = pb_err_hint(e, "it changed since it was looked at: look again");
	}
	if (rc == 0 && o->json)
		tell_json(q, &j);
	if (rc == 0 && !o->json)
		tell(q, &text);
	if (rc == 0 && !o->json && !yes) {
		rc = ask_user(&text, e);
		yes = rc == 0;
	} else if (rc == 0 && !o->json) {
		(void)fputs(text.s, stdout);
	}
	if (rc == 0 && yes)
		rc = record_it(q, e);
	if (rc == 0 && o->json) {
		json_bool(&j, "approved", yes);
		json_end_object(&j);
		(void)puts(j.out.s);
	} else if (rc == 0) {
		log_note("\"%s\" %s is approved; plugbox revoke %s takes it back", q->p.m->name,
			 q->p.m->version, q->p.m->name);
	}
	json_free(&j);
	strbuf_free(&text);
	return rc;
}

int cmd_approve(int argc, char **argv, struct pb_err *e)
{
	struct question q = {.p = PREPARED_INIT};
	struct options_state o;
	int rc = options_state("approve", &o, argc, argv, e);

	if (rc == 0) {
		o.l.target = xstrdup(o.operands.v[0]);
		o.l.approving = true;
		rc = approve(&o, &q, e);
	} else if (rc > 0) {
		rc = 0; /* --help */
	}
	requests_free(&q.asked);
	requests_free(&q.granted);
	strv_free(&q.lacks);
	strv_free(&q.news);
	prepare_free(&q.p);
	options_state_free(&o);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
