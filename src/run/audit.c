/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "run/status.h"
#include "trust/chain.h"
#include "trust/state.h"

/* Room for seq, prev and time */
#define BODY_MAX (CHAIN_MAX_LINE - 256)

enum demand audit_demand(const struct launch *l, const struct hostpolicy *h)
{
	const struct hostconf *by;
	const enum demand host = hostpolicy_audit(h, &by);

	return host > l->audit ? host : l->audit;
}

static void identity(struct json *j, const struct prepared *p, const struct result *r)
{
	status_identity(j, r);
	json_str(j, "digest", p->digest[0] ? p->digest : NULL);
	json_str(j, "profile", p->rights.profile);
	json_uint(j, "uid", getuid());
	json_uint(j, "pid", (uint64_t)getpid());
}

/* The members without the braces. */
static int put(struct audit *a, struct json *j, struct pb_err *e)
{
	int rc;

	json_end_object(j);
	j->out.s[j->out.n - 1] = '\0';
	rc = chain_append(a->state, j->out.s + 1, e);
	if (a->syslog)
		syslog(LOG_USER | LOG_INFO, "{%s}", j->out.s + 1);
	json_free(j);
	return rc;
}

static int open_log(struct audit *a, const struct launch *l, const struct prepared *p, struct pb_err *e)
{
	if (a->state >= 0)
		return 0;
	/* a launch for which approvals were read has passed the rule on where they are */
	a->state = p->approval.state >= 0
			   ? fcntl(p->approval.state, F_DUPFD_CLOEXEC, 3)
			   : state_open(authority_state_dir(l, &p->authority), true, e);
	a->syslog = l->audit_syslog;
	if (a->syslog)
		openlog("plugbox", LOG_PID, LOG_USER);
	if (a->state < 0 && e->kind == PB_ERR_NONE)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot copy a descriptor");
	return a->state < 0 ? -1 : 0;
}

int audit_start(struct audit *a, const struct launch *l, const struct prepared *p,
		const struct result *r, struct pb_err *e)
{
	const enum demand demand = audit_demand(l, &p->authority.host);
	struct json j = {0};
	int rc;

	if (demand == DEMAND_OFF)
		return 0;
	json_object(&j, NULL);
	json_str(&j, "event", "start");
	identity(&j, p, r);
	json_strv(&j, "granted", &p->plan.granted);
	json_strv(&j, "host_enforced", &p->rights.host_enforced);
	json_strv(&j, "layers", &p->plan.layers);
	json_strv(&j, "missing", &p->plan.missing);
	status_limits(&j, &p->plan);
	rc = open_log(a, l, p, e);
	if (rc == 0)
		rc = put(a, &j, e);
	json_free(&j);
	if (rc == 0)
		return 0;
	if (demand == DEMAND_REQUIRED) {
		(void)pb_err_wrap(e, "the audit log is required");
		return pb_err_step(e, "audit");
	}
	log_note("not in the audit log: %s", e->msg);
	*e = (struct pb_err){0};
	return 0;
}

static void end_line(struct json *j, const struct prepared *p, const struct result *r)
{
	json_object(j, NULL);
	json_str(j, "event", "end");
	json_str(j, "digest", p->digest[0] ? p->digest : NULL);
	json_str(j, "profile", p->rights.profile);
	json_uint(j, "uid", getuid());
	status_result(j, r, p->have_plan ? &p->plan : NULL);
}

/* A run with very many refusals or grants still has its line: first what --debug saw goes, in which
 * the plugin has the word. */
static void shorten(struct json *j, const struct prepared *p, const struct result *r)
{
	struct result less = *r;

	if (j->out.n > BODY_MAX && less.n_traced) {
		json_free(j);
		less.denials_lost += less.n_traced;
		less.n_traced = 0;
		end_line(j, p, &less);
	}
	if (j->out.n <= BODY_MAX)
		return;
	json_free(j);
	less.denials_lost += less.n_denials;
	less.n_denials = 0;
	json_object(j, NULL);
	json_str(j, "event", "end");
	json_bool(j, "shortened", true);
	json_str(j, "digest", p->digest[0] ? p->digest : NULL);
	status_result(j, &less, NULL);
}

void audit_end(struct audit *a, const struct launch *l, struct prepared *p, const struct result *r)
{
	struct json j = {0};
	struct pb_err e = {0};

	authority_find_demands(l, p->m ? p->m->name : NULL, &p->authority);
	if (audit_demand(l, &p->authority.host) == DEMAND_OFF)
		return;
	end_line(&j, p, r);
	shorten(&j, p, r);
	if (open_log(a, l, p, &e) < 0 || put(a, &j, &e) < 0)
		log_error("the end of this run is not in the audit log: %s", e.msg);
	json_free(&j);
}

void audit_usage(const struct launch *l, struct result *r, const struct pb_err *e)
{
	struct audit a = AUDIT_INIT;
	struct prepared none = PREPARED_INIT;

	r->err = *e;
	result_finish(r);
	audit_end(&a, l, &none, r);
	audit_close(&a);
	prepare_free(&none);
}

void audit_close(struct audit *a)
{
	close_fd(&a->state);
}
