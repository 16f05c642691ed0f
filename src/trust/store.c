/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/utc.h"
#include "spec/permission.h"
#include "spec/value.h"
#include "spec/yaml.h"
#include "trust/state.h"

#define FORMAT "1"

void record_now(char out[32])
{
	char text[UTC_TEXT];

	utc_text(time(NULL), text);
	(void)snprintf(out, 32, "%sZ", text);
}

/* ---- reading ---- */

static bool take_text(const struct yaml_node *v, char **out)
{
	if (v->kind != YAML_SCALAR || *out)
		return false;
	if (v->plain)
		return strcmp(v->text, "null") == 0;
	*out = xstrdup(v->text);
	return true;
}

static bool take_number(const struct yaml_node *v, uint64_t *out)
{
	const char *why;

	return v->kind == YAML_SCALAR && v->plain &&
	       value_uint(v->text, 0, UINT64_MAX, out, &why) == 0;
}

static bool take_request(const struct yaml_node *v, struct requests *rs)
{
	const struct yaml_node *args;
	struct request *q;

	if (v->kind != YAML_MAP || v->n != 2 || strcmp(v->items[0].key, "name") != 0 ||
	    v->items[0].value.kind != YAML_SCALAR || strcmp(v->items[1].key, "args") != 0 ||
	    v->items[1].value.kind != YAML_LIST)
		return false;
	if (perm_find(v->items[0].value.text) < 0 && !perm_is_application(v->items[0].value.text))
		return false;
	q = requests_add(rs, v->items[0].value.text);
	args = &v->items[1].value;
	for (size_t i = 0; i < args->n; i++) {
		if (args->items[i].value.kind != YAML_SCALAR)
			return false;
		strv_add(&q->args, args->items[i].value.text);
	}
	return true;
}

static bool take_requests(const struct yaml_node *v, struct requests *rs)
{
	bool ok = v->kind == YAML_LIST;

	for (size_t i = 0; ok && i < v->n; i++)
		ok = take_request(&v->items[i].value, rs);
	return ok;
}

static bool take_versions(const struct yaml_node *v, struct record *r)
{
	if (v->kind != YAML_LIST || v->n > RECORD_MAX_VERSIONS)
		return false;
	for (size_t i = 0; i < v->n; i++) {
		const struct yaml_node *one = &v->items[i].value;

		if (one->kind != YAML_MAP || one->n != 2 ||
		    strcmp(one->items[0].key, "version") != 0 ||
		    strcmp(one->items[1].key, "digest") != 0 ||
		    one->items[0].value.kind != YAML_SCALAR ||
		    one->items[1].value.kind != YAML_SCALAR ||
		    record_digest(r, one->items[0].value.text))
			return false;
		record_add_version(r, one->items[0].value.text, one->items[1].value.text);
	}
	return true;
}

static bool take_item(const struct yaml_item *item, struct record *r, bool *format)
{
	const struct {
		const char *key;
		char **to;
	} texts[] = {{"plugin", &r->plugin}, {"approved", &r->approved}, {"by", &r->by},
		     {"bundle", &r->bundle}, {"profile", &r->profile},	 {"held", &r->held},
		     {"reason", &r->reason}};
	const struct yaml_node *v = &item->value;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(item->key, texts[i].key) == 0)
			return take_text(v, texts[i].to);
	if (strcmp(item->key, "format") == 0) {
		*format = v->kind == YAML_SCALAR && strcmp(v->text, FORMAT) == 0;
		return *format;
	}
	if (strcmp(item->key, "asked") == 0)
		return take_requests(v, &r->asked);
	if (strcmp(item->key, "granted") == 0)
		return take_requests(v, &r->granted);
	if (strcmp(item->key, "versions") == 0)
		return take_versions(v, r);
	if (strcmp(item->key, "kills") == 0)
		return take_number(v, &r->kills);
	if (strcmp(item->key, "denials") == 0)
		return take_number(v, &r->denials);
	return false; /* it may take away what is granted here */
}

int record_parse(const char *text, size_t n, const char *plugin, struct record *r, struct pb_err *e)
{
	struct manifest_errors errs = {0};
	struct yaml_node root;
	bool format = false;
	bool ok;

	*r = (struct record){0};
	ok = ydoc_read(text, n, true, &root, &errs) == 0 && errs.n == 0 && root.kind == YAML_MAP;
	for (size_t i = 0; ok && i < root.n; i++)
		ok = take_item(&root.items[i], r, &format);
	ok = ok && format && r->plugin && (!plugin || strcmp(plugin, r->plugin) == 0) &&
	     (!r->held || r->reason) && (!r->approved || (r->by && r->bundle && r->n_versions));
	ydoc_free(&root);
	manifest_errors_free(&errs);
	if (ok)
		return 0;
	record_free(r);
	return pb_err_set(e, PB_ERR_POLICY, 0, "the record cannot be understood");
}

static char *file_of(const char *plugin)
{
	return xasprintf("%s.json", plugin);
}

int record_read(int grants, const char *plugin, struct record *r, struct pb_err *e)
{
	autofree char *file = file_of(plugin);
	autofree char *text = NULL;
	size_t n = 0;

	*r = (struct record){0};
	if (state_read(grants, file, RECORD_MAX_BYTES, &text, &n, e) < 0) {
		if (e->sys == ENOENT) {
			*e = (struct pb_err){0};
			return 0;
		}
		e->kind = PB_ERR_POLICY;
	} else if (record_parse(text, n, plugin, r, e) == 0) {
		return 1;
	}
	(void)pb_err_wrap(e, "what was approved of \"%s\"", plugin);
	return pb_err_hint(e, "to forget it: plugbox revoke %s; then approve the plugin again",
			   plugin);
}

/* ---- writing ---- */

static void requests_json(struct json *j, const char *key, const struct requests *rs)
{
	json_array(j, key);
	for (size_t i = 0; i < rs->n; i++) {
		json_object(j, NULL);
		json_str(j, "name", rs->v[i].name);
		json_strv(j, "args", &rs->v[i].args);
		json_end_object(j);
	}
	json_end_array(j);
}

void record_json(const struct record *r, struct json *j)
{
	json_str(j, "plugin", r->plugin);
	json_str(j, "approved", r->approved);
	json_str(j, "by", r->by);
	json_str(j, "bundle", r->bundle);
	json_str(j, "profile", r->profile);
	requests_json(j, "asked", &r->asked);
	requests_json(j, "granted", &r->granted);
	json_array(j, "versions");
	for (size_t i = 0; i < r->n_versions; i++) {
		json_object(j, NULL);
		json_str(j, "version", r->versions[i].version);
		json_str(j, "digest", r->versions[i].digest);
		json_end_object(j);
	}
	json_end_array(j);
	json_uint(j, "kills", r->kills);
	json_uint(j, "denials", r->denials);
	json_str(j, "held", r->held);
	json_str(j, "reason", r->reason);
}

/* A path may hold what no text here may: what could not be read again is not written. */
static int check_readable(const struct record *r, const struct json *j, struct pb_err *e)
{
	struct record again;
	struct pb_err why;

	if (record_parse(j->out.s, j->out.n, r->plugin, &again, &why) == 0) {
		record_free(&again);
		return 0;
	}
	pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" cannot be recorded with its path \"%s\"%s%s%s", r->plugin,
		   r->bundle ? r->bundle : "", r->profile ? " and the profile \"" : "",
		   r->profile ? r->profile : "", r->profile ? "\"" : "");
	return pb_err_hint(e, "rename what has control characters in its name or is not UTF-8");
}

int record_write(int grants, const struct record *r, struct pb_err *e)
{
	autofree char *file = file_of(r->plugin);
	struct json j = {0};
	int rc;

	json_object(&j, NULL);
	json_raw(&j, "format", FORMAT);
	record_json(r, &j);
	json_end_object(&j);
	if (j.out.n > RECORD_MAX_BYTES)
		rc = pb_err_set(e, PB_ERR_SETUP, EFBIG, "cannot write \"%s\"", file);
	else if ((rc = check_readable(r, &j, e)) == 0)
		rc = state_write(grants, file, j.out.s, j.out.n, true, e);
	json_free(&j);
	return rc;
}

int record_remove(int grants, const char *plugin, struct pb_err *e)
{
	autofree char *file = file_of(plugin);
	autofree char *used = xasprintf("%s.used", plugin);

	if (unlinkat(grants, file, 0) < 0)
		return pb_err_set(e, errno == ENOENT ? PB_ERR_USAGE : PB_ERR_SETUP,
				  errno == ENOENT ? 0 : errno,
				  errno == ENOENT ? "nothing is recorded of \"%s\""
						  : "cannot forget \"%s\"",
				  plugin);
	(void)unlinkat(grants, used, 0);
	return 0;
}

void record_free(struct record *r)
{
	char **const texts[] = {&r->plugin,  &r->approved, &r->by,    &r->bundle,
				&r->profile, &r->held,	   &r->reason};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*texts[i]);
	requests_free(&r->asked);
	requests_free(&r->granted);
	for (size_t i = 0; i < r->n_versions; i++) {
		free(r->versions[i].version);
		free(r->versions[i].digest);
	}
	free(r->versions);
	*r = (struct record){0};
}

const char *record_digest(const struct record *r, const char *version)
{
	for (size_t i = 0; i < r->n_versions; i++)
		if (strcmp(r->versions[i].version, version) == 0)
			return r->versions[i].digest;
	return NULL;
}

static void drop_version(struct record *r, size_t i)
{
	free(r->versions[i].version);
	free(r->versions[i].digest);
	r->n_versions--;
	memmove(&r->versions[i], &r->versions[i + 1], (r->n_versions - i) * sizeof(*r->versions));
}

void record_add_version(struct record *r, const char *version, const char *digest)
{
	struct record_version v = {xstrdup(version), xstrdup(digest)};

	for (size_t i = r->n_versions; i-- > 0;)
		if (strcmp(r->versions[i].version, version) == 0)
			drop_version(r, i);
	if (r->n_versions == RECORD_MAX_VERSIONS)
		drop_version(r, 0);
	grow(&r->versions, &r->cap_versions, r->n_versions, sizeof(v));
	r->versions[r->n_versions++] = v;
}

/* ---- the last use: the time of a file of its own, which costs one call ---- */

void record_touch(int grants, const char *plugin)
{
	autofree char *used = xasprintf("%s.used", plugin);
	autoclose int fd = -1;

	if (utimensat(grants, used, NULL, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		return;
	fd = openat(grants, used, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
}

void record_last_use(int grants, const char *plugin, char out[32])
{
	autofree char *used = xasprintf("%s.used", plugin);
	struct stat st;
	char text[UTC_TEXT];

	out[0] = '\0';
	if (fstatat(grants, used, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	utc_text(st.st_mtim.tv_sec, text);
	(void)snprintf(out, 32, "%sZ", text);
}
