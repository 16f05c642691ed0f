/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "linux/owned.h"
#include "run/profile_load.h"

/* ---- plugbox.yaml ---- */

/* Reads the file of a place. dir is set where the place exists at all: a launch on a host without
 * any configuration looks no further. */
static int load_file(enum place place, struct hostconf **h, bool *dir, struct pb_err *e)
{
	autofree char *path = place_directory(place);
	const int unknown = path ? 0 : errno;
	autofree char *file = path ? xasprintf("%s/plugbox.yaml", path) : NULL;
	struct manifest_errors errs = {0};
	autofree char *text = NULL;
	autoclose int at = -1;
	autoclose int fd = -1;
	bool admin = false;
	size_t n = 0;

	/* what the user says there is not left out because nobody knows where it is */
	if (unknown) {
		pb_err_set(e, PB_ERR_SETUP, unknown, "cannot tell the home directory of user %u", geteuid());
		return pb_err_hint(e, "the name services do not answer, or this host executes nothing from "
				      "memory: a line in /etc/passwd does without them");
	}
	if (!path)
		return 0;
	/* a link that leads nowhere is not nothing */
	at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	*dir = true;
	fd = owned_open(file, geteuid(), &admin, e);
	if (fd < 0 && e->kind != PB_ERR_POLICY && e->sys == ENOENT) {
		*e = (struct pb_err){0};
		return 0;
	}
	if (fd >= 0 && place == PLACE_SYSTEM && !admin) {
		pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" is not root's", file);
		pb_err_hint(e, "chown it, and the directories that lead to it, to root");
	}
	if (fd < 0 || e->kind != PB_ERR_NONE)
		return pb_err_wrap(e, "host configuration");
	text = manifest_text(fd, &n, &errs);
	if (text)
		*h = hostconf_parse(text, n, file, &errs);
	if (!*h)
		(void)manifest_errors_raise(&errs, file, NULL, e);
	manifest_errors_free(&errs);
	return *h ? 0 : -1;
}

/* The user's own file only takes away. */
static int check_unconfined(const struct hostconf *user, struct pb_err *e)
{
	if (!user || !user->unconfined)
		return 0;
	pb_err_set(e, PB_ERR_POLICY, 0, "%s:%u:%u: isolation cannot be turned off here", user->file,
		   user->unconfined_pos.line, user->unconfined_pos.col);
	return pb_err_hint(e, "only /etc/plugbox/plugbox.yaml can, for plugins that it trusts");
}

/* Whose file wants the usual state directory, or NULL: another would be another log, and another's
 * approvals. */
static const struct hostconf *state_by(const struct hostpolicy *host)
{
	/* a user's profile is the user's to take back, but root's may bound it */
	const struct hostconf *files[] = {host->system, host->profile};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i] && (files[i]->consent != DEMAND_OFF || files[i]->audit != DEMAND_OFF))
			return files[i];
	return NULL;
}

/* A home is of a user, and root's file is for all of them. */
static int check_directories(const struct hostconf *system, struct pb_err *e)
{
	const struct host_dir *dirs[] = {system ? &system->data : NULL, system ? &system->cache : NULL};

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!dirs[i] || !dirs[i]->path || !str_starts(dirs[i]->path, "~/"))
			continue;
		pb_err_set(e, PB_ERR_MANIFEST, 0, "%s:%u:%u: \"%s\" begins with \"~/\"", system->file,
			   dirs[i]->pos.line, dirs[i]->pos.col, dirs[i]->path);
		return pb_err_hint(e, "that is for a user's own plugbox.yaml: write an absolute path, in which "
				      "each user has a directory");
	}
	return 0;
}

int authority_read_files(struct hostpolicy *h, bool *system_dir, bool *user_dir, struct pb_err *e)
{
	return load_file(PLACE_SYSTEM, &h->system, system_dir, e) < 0 ||
			       load_file(PLACE_USER, &h->user, user_dir, e) < 0 ||
			       check_unconfined(h->user, e) < 0 || check_directories(h->system, e) < 0
		       ? -1
		       : 0;
}

static int check_state(const struct launch *l, const struct hostpolicy *host, struct pb_err *e)
{
	const struct hostconf *by = l->state_dir ? state_by(host) : NULL;
	struct src_pos pos;
	bool consent;

	if (!by)
		return 0;
	consent = by->consent != DEMAND_OFF;
	pos = consent ? by->consent_pos : by->audit_pos;
	pb_err_set(e, PB_ERR_POLICY, 0, "--state-dir cannot be given: %s:%u:%u wants %s",
		   consent || !by->audit_file ? by->file : by->audit_file, pos.line, pos.col,
		   consent ? "consent" : "an audit log");
	return pb_err_hint(e, "both are kept in the usual place: leave the option out");
}

/* ---- trust ---- */

/* What seen_matches says of any of a list; by receives the line. */
static int on_list(const struct plugin_rules *rules, const char *file, bool gives,
		   struct plugin_seen *seen, struct strbuf *by, struct pb_err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rules->n; i++) {
		const struct src_pos *pos = &rules->v[i].pos;

		rc = seen_matches(&rules->v[i], file, gives, seen, e);
		if (rc > 0)
			strbuf_printf(by, "%s%s:%u:%u", by->n ? ", " : "", file, pos->line, pos->col);
	}
	return rc;
}

static int refuse_untrusted(const struct hostconf *h, const struct plugin_seen *seen, const char *why,
			    struct pb_err *e)
{
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" is not trusted, and %s:%u:%u lets no other run%s%s",
		   seen->name ? seen->name : "a command", h->file, h->untrusted_pos.line,
		   h->untrusted_pos.col, why ? ": " : "", why ? why : "");
	if (!seen->name || !seen->path)
		return pb_err_hint(e, "only a plugin with a manifest can be on the list");
	return pb_err_hint(e, "to trust it, add to the list: {name: %s, path: %s}", seen->name,
			   seen->path);
}

/* Whether root's file lets the trusted run in no sandbox and lists this one by its path: what no mount
 * holds, a digest says nothing of by the time it is executed. Returns 1, 0, or -1 with *e. */
static int is_exempt(const struct launch *l, const struct hostconf *h, struct plugin_seen *seen,
		     struct pb_err *e)
{
	int rc = 0;

	/* a caller that says how the sandbox is to be wants one */
	if (!h || !h->unconfined || !seen->name || launch_shapes(l))
		return 0;
	for (size_t i = 0; rc == 0 && i < h->trusted.n; i++)
		if (h->trusted.v[i].path)
			rc = seen_matches(&h->trusted.v[i], h->file, true, seen, e);
	return rc;
}

struct judgement {
	bool trusted;			/* by all that were heard */
	bool listed;			/* one of them has a list */
	bool says;			/* one lets it run, but only in a whole sandbox */
	const struct hostconf *against; /* the first that lets only the trusted run */
	struct strbuf by, not_by;	/* the lines that are about it */
};

static int hear(const struct hostconf *h, struct plugin_seen *seen, struct judgement *j,
		struct pb_err *e)
{
	int bad = on_list(&h->untrusted, h->file, false, seen, &j->not_by, e);
	int good = bad >= 0 && h->trusted.present && seen->name
			   ? on_list(&h->trusted, h->file, true, seen, &j->by, e)
			   : 0;

	if (bad < 0 || good < 0)
		return -1;
	if (bad || (h->trusted.present && !good))
		j->trusted = false;
	j->listed |= h->trusted.present;
	j->says |= bad || (h->says_untrusted && h->allow_untrusted);
	if (!j->against && (h->says_untrusted ? !h->allow_untrusted : h->trusted.present))
		j->against = h;
	return 0;
}

/* For explain, where anybody said something. */
static char *trust_text(const struct judgement *j, const char *why)
{
	if (j->trusted)
		return xasprintf("trusted by %s", j->by.s);
	if (j->not_by.n)
		return xasprintf("not trusted, by %s", j->not_by.s);
	if (!j->listed && !j->says)
		return NULL;
	return xasprintf("not trusted%s%s", why ? ": " : "", why ? why : "");
}

static int conclude(const struct launch *l, const struct judgement *j, struct hostconf *system,
		    struct plugin_seen *seen, struct authority *a, struct pb_err *e)
{
	autofree char *why = seen_signature_text(seen);
	int exempt = 0;

	if (!j->trusted && j->against)
		return refuse_untrusted(j->against, seen, why, e);
	a->trust = trust_text(j, why);
	/* one that is there and says nothing is somebody's mistake, or worse */
	if (!j->trusted && seen->signature_file)
		log_note("\"%s\" is not trusted: %s", seen->name, why);
	a->whole = !j->trusted && j->says;
	if (j->trusted)
		exempt = is_exempt(l, system, seen, e);
	a->exempt = exempt > 0 ? system : NULL;
	return exempt < 0 ? -1 : 0;
}

/* A plugin is trusted where each file that has a list has it on it, and none lists it as untrusted.
 * A command is none that somebody could have listed. */
static int judge(const struct launch *l, const struct hostpolicy *host, struct plugin_seen *seen,
		 struct authority *a, struct pb_err *e)
{
	const struct hostconf *files[] = {host->system, host->user};
	struct judgement j = {.trusted = seen->name != NULL};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(files); i++)
		rc = files[i] ? hear(files[i], seen, &j, e) : 0;
	j.trusted &= j.listed;
	if (rc == 0)
		rc = conclude(l, &j, host->system, seen, a, e);
	strbuf_free(&j.by);
	strbuf_free(&j.not_by);
	return rc;
}

int authority_check_whole(const struct authority *a, const char *plugin, const struct strv *missing,
			  struct pb_err *e)
{
	for (size_t i = 0; a->whole && i < missing->n; i++) {
		/* a report to the caller, no wall */
		if (strcmp(missing->v[i], "seccomp-notify") == 0)
			continue;
		pb_err_set(e, PB_ERR_POLICY, 0,
			   "security: \"%s\" is not trusted, and its sandbox would lack %s", plugin,
			   missing->v[i]);
		return pb_err_hint(e, "--best-effort is for plugins that plugbox.yaml trusts; see "
				      "plugbox doctor for what lacks");
	}
	return 0;
}

/* ---- profiles ---- */

/* A profile of a plugin, wherever it was found, is for the one that it names. */
static int check_bound(const struct profile *p, struct plugin_seen *seen, struct pb_err *e)
{
	for (; p; p = p->parent) {
		autofree char *why = NULL;
		int holds = p->bound ? seen_matches(&p->plugin, p->file, true, seen, e) : 1;

		if (holds < 0)
			return -1;
		if (holds)
			continue;
		why = p->plugin.signer ? seen_signature_text(seen) : NULL;
		pb_err_set(e, PB_ERR_POLICY, 0, "%s:%u:%u is for another plugin than \"%s\"%s%s%s%s%s",
			   p->file, p->plugin.pos.line, p->plugin.pos.col,
			   seen->name ? seen->name : "a command", seen->path ? " in \"" : "",
			   seen->path ? seen->path : "", seen->path ? "\"" : "", why ? ": " : "",
			   why ? why : "");
		return pb_err_hint(e,
				   "where it is the same plugin, write its path or digest there");
	}
	return 0;
}

/* What a place says of the plugin: its own profile and the one for all that have none. Takes both.
 */
static struct profile *combine(struct profile *own, struct profile *usual)
{
	if (own && own->bound) {
		profile_free(usual);
		return own;
	}
	if (own && usual) {
		profile_bound(usual, own);
		return usual;
	}
	if (own)
		own->silent = true;
	return own ? own : usual;
}

static int find_profile(enum place place, const struct hostconf *h, bool dir,
			struct plugin_seen *seen, struct profile **found, struct pb_err *e)
{
	struct profile *own = NULL;
	struct profile *usual = NULL;

	if (dir && seen->name && profile_load_plugin(place, seen->name, &own, e) < 0)
		return -1;
	if (check_bound(own, seen, e) < 0) {
		profile_free(own);
		return -1;
	}
	if (h && h->profile) {
		usual = profile_load_from(place, h->profile, e);
		if (!usual || check_bound(usual, seen, e) < 0) {
			profile_free(own);
			profile_free(usual);
			return pb_err_wrap(e, "named by %s:%u:%u", h->file, h->profile_pos.line,
					   h->profile_pos.col);
		}
	}
	*found = combine(own, usual);
	return 0;
}

/* Bounds *p by another, which is taken and may be NULL. */
static void add_bound(struct profile **p, struct profile *ceiling)
{
	if (ceiling && *p)
		profile_bound(*p, ceiling);
	else if (ceiling)
		*p = ceiling;
}

/* What the profiles want beside the two files, in the form of a third. */
static void add_demands(struct authority *a)
{
	const struct profile *consent = NULL;
	const struct profile *audit = NULL;
	struct hostconf *h;

	if (!a->profile)
		return;
	h = xcalloc(1, sizeof(*h));
	h->consent = profile_demand(a->profile, false, &consent);
	h->audit = profile_demand(a->profile, true, &audit);
	if (consent)
		h->consent_pos = consent->consent_pos;
	if (audit)
		h->audit_pos = audit->audit_pos;
	h->file = xstrdup(consent ? consent->file : audit ? audit->file : a->profile->file);
	/* the two can be of different profiles */
	if (consent && audit && consent != audit)
		h->audit_file = xstrdup(audit->file);
	a->host.profile = h;
}

/* The weaker sandbox is the caller's own word, and others may have a say. */
static int check_isolation(const struct launch *l, const struct plugin_seen *seen,
			   const struct authority *a, struct pb_err *e)
{
	const struct profile *by = a->profile ? profile_namespaces(a->profile) : NULL;

	if (l->isolation != ISOLATION_LANDLOCK || (!by && !a->whole))
		return 0;
	if (by)
		pb_err_set(e, PB_ERR_POLICY, 0, "%s:%u:%u forbids --isolation landlock", by->file,
			   by->isolation_pos.line, by->isolation_pos.col);
	else
		pb_err_set(e, PB_ERR_POLICY, 0,
			   "security: \"%s\" is not trusted, and --isolation landlock is no whole sandbox",
			   seen->name ? seen->name : "a command");
	return pb_err_hint(e, "run it without --isolation landlock, where user namespaces are allowed: "
			      "see plugbox doctor");
}

int authority_find(const struct launch *l, struct plugin_seen *seen, struct authority *a,
		   struct pb_err *e)
{
	bool system_dir = false;
	bool user_dir = false;
	struct profile *ceiling = NULL;

	*a = (struct authority){0};
	if (authority_read_files(&a->host, &system_dir, &user_dir, e) < 0 ||
	    judge(l, &a->host, seen, a, e) < 0)
		return -1;
	if (l->profile) {
		a->profile = profile_load(l->profile, e);
		if (!a->profile || check_bound(a->profile, seen, e) < 0)
			return -1;
	} else if (find_profile(PLACE_USER, a->host.user, user_dir, seen, &a->profile, e) < 0) {
		return -1;
	}
	if (find_profile(PLACE_SYSTEM, a->host.system, system_dir, seen, &ceiling, e) < 0)
		return -1;
	add_bound(&a->profile, ceiling);
	if (a->host.system)
		add_bound(&a->profile, hostconf_ceiling(a->host.system));
	if (a->host.user)
		add_bound(&a->profile, hostconf_ceiling(a->host.user));
	add_demands(a);
	a->found = true;
	return check_isolation(l, seen, a, e) < 0 || check_state(l, &a->host, e) < 0 ? -1 : 0;
}

/* Adds what a profile wants of the log to *h. Takes p, which may be NULL. */
static void add_demand(struct hostconf *h, struct profile *p)
{
	const struct profile *by;
	const enum demand wanted = p ? profile_demand(p, true, &by) : DEMAND_OFF;

	h->audit = wanted > h->audit ? wanted : h->audit;
	profile_free(p);
}

void authority_find_demands(const struct launch *l, const char *plugin, struct authority *a)
{
	struct hostconf **const files[] = {&a->host.user, &a->host.system};
	const enum place places[] = {PLACE_USER, PLACE_SYSTEM};
	struct hostconf *others;

	if (a->found)
		return;
	others = xcalloc(1, sizeof(*others));
	others->file = xstrdup("a profile");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct profile *p = NULL;
		struct pb_err e = {0};
		bool dir = false;

		if (!*files[i])
			(void)load_file(places[i], files[i], &dir, &e);
		/* whichever bundle it is for: another's launch under this name is to be seen as well */
		if (plugin && e.kind == PB_ERR_NONE)
			(void)profile_load_plugin(places[i], plugin, &p, &e);
		add_demand(others, p);
		if (*files[i] && (*files[i])->profile && e.kind == PB_ERR_NONE)
			add_demand(others, profile_load_from(places[i], (*files[i])->profile, &e));
		if (e.kind != PB_ERR_NONE && others->audit == DEMAND_OFF)
			others->audit = DEMAND_ON;
	}
	if (l->profile) {
		struct pb_err e = {0};

		add_demand(others, profile_load(l->profile, &e));
	}
	hostconf_free(a->host.profile);
	a->host.profile = others;
}

const char *authority_state_dir(const struct launch *l, const struct authority *a)
{
	return state_by(&a->host) ? NULL : l->state_dir;
}

void authority_free(struct authority *a)
{
	free(a->trust);
	profile_free(a->profile);
	hostpolicy_free(&a->host);
	*a = (struct authority){0};
}
