/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox grants, revoke and release: what was approved, taking it back, and lifting a hold. */
#include "cmd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "options.h"
#include "spec/value.h"
#include "trust/state.h"
#include "trust/store.h"

/* Returns a descriptor; -1 with *e, which is empty where nothing was ever recorded. */
static int open_grants(const struct options_state *o, struct pb_err *e)
{
	autoclose int state = state_open(o->l.state_dir, false, e);
	int grants = state >= 0 ? state_open_below(state, "grants", false, e) : -1;

	if (grants < 0 && e->sys == ENOENT)
		*e = (struct pb_err){0};
	return grants;
}

static void put_list(const char *title, const struct requests *rs)
{
	(void)fputs(title, stdout);
	for (size_t i = 0; i < rs->n; i++) {
		(void)printf("%s%s", i ? "; " : "", rs->v[i].name);
		for (size_t k = 0; k < rs->v[i].args.n; k++) {
			char shown[600];

			(void)printf("%s%s", k ? ", " : ": ",
				     str_escape(shown, sizeof(shown), rs->v[i].args.v[k],
						strlen(rs->v[i].args.v[k])));
		}
	}
	(void)puts(rs->n ? "" : "nothing");
}

static void put_record(const struct record *r, const char *used)
{
	char shown[1024];

	(void)printf("%s", r->plugin);
	for (size_t i = 0; i < r->n_versions; i++)
		(void)printf("%s %s", i ? "," : "", r->versions[i].version);
	(void)puts("");
	if (r->approved) {
		(void)printf("  approved %s by %s, last used %s\n  in %s\n", r->approved, r->by,
			     used[0] ? used : "never",
			     str_escape(shown, sizeof(shown), r->bundle, strlen(r->bundle)));
		put_list("  has ", &r->granted);
	} else {
		(void)puts("  not approved");
	}
	if (r->held)
		(void)printf("  on hold since %s: %s\n", r->held,
			     str_escape(shown, sizeof(shown), r->reason, strlen(r->reason)));
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names(int grants, struct strv *out, struct pb_err *e)
{
	int fd = openat(grants, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *en;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read what was approved");
	}
	while ((en = readdir(d))) {
		const size_t more = strlen(RECORD_SUFFIX);
		const size_t n = strlen(en->d_name);

		if (en->d_name[0] != '.' && n > more &&
		    strcmp(en->d_name + n - more, RECORD_SUFFIX) == 0)
			strv_take(out, xstrndup(en->d_name, n - more));
	}
	(void)closedir(d);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_bytes);
	return 0;
}

static int list(const struct options_state *o, struct pb_err *e)
{
	autoclose int grants = open_grants(o, e);
	struct strv all = {0};
	struct json j = {0};
	int bad = 0;

	if (grants < 0 && e->kind != PB_ERR_NONE)
		return -1;
	if (grants >= 0 && names(grants, &all, e) < 0)
		return -1;
	json_array(&j, NULL);
	for (size_t i = 0; i < all.n; i++) {
		struct pb_err one = {0};
		struct record r;
		char used[32];

		/* the others are shown all the same; the first such error is the result */
		if (record_read(grants, all.v[i], &r, &one) <= 0) {
			if (one.kind != PB_ERR_NONE && !bad++)
				*e = one;
			continue;
		}
		record_last_use(grants, r.plugin, used);
		if (o->json) {
			json_object(&j, NULL);
			record_json(&r, &j);
			json_str(&j, "last_use", used[0] ? used : NULL);
			json_end_object(&j);
		} else {
			put_record(&r, used);
		}
		record_free(&r);
	}
	json_end_array(&j);
	if (o->json)
		(void)puts(j.out.s);
	json_free(&j);
	strv_free(&all);
	return bad ? -1 : 0;
}

static int change(const struct options_state *o, bool release, struct pb_err *e)
{
	const char *plugin = o->operands.v[0];
	autoclose int grants = -1;
	autoclose int lock = -1;
	const char *why = NULL;
	struct record r;
	int rc;

	if (value_plugin_name(plugin, &why) < 0)
		return pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\": %s", plugin, why);
	grants = open_grants(o, e);
	if (grants < 0 && e->kind == PB_ERR_NONE)
		return pb_err_set(e, PB_ERR_USAGE, 0, "nothing is recorded of \"%s\"", plugin);
	lock = grants < 0 ? -1 : state_lock(grants, e);
	if (lock < 0)
		return -1;
	if (!release)
		return record_remove(grants, plugin, e);
	rc = record_read(grants, plugin, &r, e);
	if (rc == 0)
		return pb_err_set(e, PB_ERR_USAGE, 0, "nothing is recorded of \"%s\"", plugin);
	if (rc < 0)
		return -1;
	if (!r.held)
		log_note("\"%s\" was not on hold", plugin);
	free(take_ptr(r.held));
	free(take_ptr(r.reason));
	r.kills = r.denials = 0;
	rc = record_write(grants, &r, e);
	record_free(&r);
	return rc;
}

static int command(const char *name, int argc, char **argv, struct pb_err *e)
{
	struct options_state o;
	int rc = options_state(name, &o, argc, argv, e);

	if (rc == 0)
		rc = strcmp(name, "grants") == 0 ? list(&o, e)
						 : change(&o, strcmp(name, "release") == 0, e);
	else if (rc > 0)
		rc = 0; /* --help */
	options_state_free(&o);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}

int cmd_grants(int argc, char **argv, struct pb_err *e)
{
	return command("grants", argc, argv, e);
}

int cmd_revoke(int argc, char **argv, struct pb_err *e)
{
	return command("revoke", argc, argv, e);
}

int cmd_release(int argc, char **argv, struct pb_err *e)
{
	return command("release", argc, argv, e);
}
