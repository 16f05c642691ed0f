/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is true of every manifest and of every list of errors, for the two targets that read
 * manifests: what manifest.h promises, and that a manifest written down again is the same one. */
#pragma once

#include "base/cleanup.h"
#include "base/json.h"
#include "fuzz.h"
#include "spec/manifest.h"
#include "spec/permission.h"
#include "spec/value.h"

static void clean_all(const struct strv *sv)
{
	for (size_t i = 0; i < sv->n; i++)
		must_be_clean(sv->v[i]);
}

static void check_errors(const struct manifest_errors *errs, size_t n)
{
	must(errs->n >= 1 && errs->n <= 50);
	for (size_t i = 0; i < errs->n; i++) {
		const struct manifest_error *e = &errs->v[i];

		must(e->pos.line >= 1 && e->pos.col >= 1);
		must(e->pos.line <= n + 1 && e->pos.col <= n + 1);
		must_be_clean(e->text);
		must(!strchr(e->text, '\n') && strlen(e->text) < 400);
		if (e->hint)
			must_be_clean(e->hint);
		if (i)
			must(e[-1].pos.line < e->pos.line ||
			     (e[-1].pos.line == e->pos.line && e[-1].pos.col <= e->pos.col));
	}
}

static void check_request(const struct request *rq)
{
	const char *why;
	int id = perm_find(rq->name);

	must(id >= 0 || perm_is_application(rq->name));
	clean_all(&rq->args);
	if (id < 0)
		return;
	must((perm_table[id].arg == PERM_ARG_NONE) == (rq->args.n == 0));
	for (size_t i = 0; i < rq->args.n; i++) {
		if (perm_table[id].arg == PERM_ARG_PATHS)
			must(path_is_normal(rq->args.v[i]) &&
			     value_grant_path(rq->args.v[i], &why) == 0);
		if (perm_table[id].arg == PERM_ARG_ENV)
			must(value_env_name(rq->args.v[i], &why) == 0);
		if (perm_table[id].arg == PERM_ARG_DEVICES)
			must(value_device(rq->args.v[i], &why) == 0);
	}
}

static void check_manifest(const struct manifest *m)
{
	const char *why;

	must(value_plugin_name(m->name, &why) == 0 && value_version(m->version, &why) == 0);
	must(m->entrypoint.n >= 1 && value_program(m->entrypoint.v[0], &why) == 0);
	clean_all(&m->entrypoint);
	if (m->author)
		must_be_clean(m->author);
	if (m->description)
		must_be_clean(m->description);
	for (size_t i = 0; i < m->requests.n; i++) {
		must(m->requests.v[i].pos.line >= 1 && m->requests.v[i].pos.col >= 1);
		check_request(&m->requests.v[i]);
	}
	clean_all(&m->env_pass);
	for (size_t i = 0; i < m->env_pass.n; i++)
		must(value_env_name(m->env_pass.v[i], &why) == 0);
	for (size_t i = 0; i < m->env_set.n; i++) {
		must(value_env_name(m->env_set.v[i].name, &why) == 0);
		must_be_clean(m->env_set.v[i].value);
	}
	for (int i = 0; i < REG_N; i++)
		for (size_t k = 0; k < m->registrations[i].names.n; k++) {
			autofree char *name = xasprintf("%s:%s", registration_kinds[i],
							m->registrations[i].names.v[k].name);

			must(perm_is_application(name));
			must(m->registrations[i].names.v[k].pos.line >= 1);
		}
	for (int i = 0; i < LIMIT_N; i++)
		if (m->limits.l[i].set)
			must(m->limits.l[i].v >= limit_table[i].min &&
			     m->limits.l[i].v <= limit_table[i].max);
}

/* ---- writing it down ---- */

static void write_request(struct json *j, const struct request *rq)
{
	if (rq->args.n == 0) {
		json_str(j, NULL, rq->name);
		return;
	}
	json_object(j, NULL);
	json_strv(j, rq->name, &rq->args);
	json_end_object(j);
}

static void write_names(struct json *j, const char *key, const struct requests *names)
{
	json_object(j, key);
	for (int required = 1; required >= 0; required--) {
		json_array(j, required ? "required" : "optional");
		for (size_t i = 0; i < names->n; i++)
			if (names->v[i].required == required)
				json_str(j, NULL, names->v[i].name);
		json_end_array(j);
	}
	json_end_object(j);
}

static bool is_locale(const char *name)
{
	return strcmp(name, "LANG") == 0 || strcmp(name, "TZ") == 0 || str_starts(name, "LC_");
}

/* Where variables are asked for twice, the request that environment.pass has made; or NULL. Names
 * of the locale are never in that one. */
static const struct request *passed(const struct manifest *m)
{
	const struct request *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < m->requests.n; i++) {
		const struct request *rq = &m->requests.v[i];
		bool may_be = rq->required;

		if (strcmp(rq->name, "environment") != 0)
			continue;
		n++;
		for (size_t k = 0; k < rq->args.n; k++)
			may_be &= !is_locale(rq->args.v[k]);
		if (may_be)
			found = rq;
	}
	return n > 1 ? found : NULL;
}

static void write_requests(struct json *j, const struct manifest *m)
{
	for (int optional = 0; optional < 2; optional++) {
		if (optional)
			json_object(j, "capabilities");
		json_array(j, optional ? "optional" : "permissions");
		for (size_t i = 0; i < m->requests.n; i++)
			if (m->requests.v[i].required != optional &&
			    &m->requests.v[i] != passed(m))
				write_request(j, &m->requests.v[i]);
		json_end_array(j);
		if (optional)
			json_end_object(j);
	}
}

/* Sizes and times are strings, numbers are none. */
static void write_limit(struct json *j, enum limit_id id, uint64_t v)
{
	const enum limit_unit unit = limit_table[id].unit;
	char buf[64];

	(void)limit_format(buf, sizeof(buf), id, v);
	if (unit == UNIT_BYTES || unit == UNIT_MS)
		json_str(j, limit_table[id].key, buf);
	else
		json_raw(j, limit_table[id].key, buf);
}

static void write_limits(struct json *j, const struct manifest *m)
{
	json_object(j, "resources");
	for (int i = 0; i < LIMIT_N; i++)
		if (m->limits.l[i].set && limit_table[i].unit != UNIT_RATE)
			write_limit(j, (enum limit_id)i, m->limits.l[i].v);
	json_object(j, "rate_limits");
	for (int i = 0; i < LIMIT_N; i++)
		if (m->limits.l[i].set && limit_table[i].unit == UNIT_RATE)
			write_limit(j, (enum limit_id)i, m->limits.l[i].v);
	json_end_object(j);
	json_end_object(j);
}

static void write_environment(struct json *j, const struct manifest *m)
{
	const struct request *rq = passed(m);

	json_object(j, "environment");
	json_array(j, "pass");
	for (size_t i = 0; i < m->env_pass.n; i++)
		json_str(j, NULL, m->env_pass.v[i]);
	for (size_t i = 0; rq && i < rq->args.n; i++)
		json_str(j, NULL, rq->args.v[i]);
	json_end_array(j);
	json_object(j, "set");
	for (size_t i = 0; i < m->env_set.n; i++)
		json_str(j, m->env_set.v[i].name, m->env_set.v[i].value);
	json_end_object(j);
	json_end_object(j);
}

static void write_manifest(struct json *j, const struct manifest *m)
{
	static const char *const framings[] = {
		[FRAMING_RAW] = "raw", [FRAMING_LINES] = "lines", [FRAMING_HEADERS] = "headers"};

	json_object(j, NULL);
	json_str(j, "name", m->name);
	json_str(j, "version", m->version);
	if (m->author)
		json_str(j, "author", m->author);
	if (m->description)
		json_str(j, "description", m->description);
	json_strv(j, "entrypoint", &m->entrypoint);
	json_object(j, "channel");
	json_str(j, "framing", framings[m->framing]);
	json_end_object(j);
	write_requests(j, m);
	for (int i = 0; i < REG_N; i++)
		if (m->registrations[i].present)
			write_names(j, registration_keys[i], &m->registrations[i].names);
	write_limits(j, m);
	write_environment(j, m);
	json_end_object(j);
}

static void must_be_same_text(const char *a, const char *b)
{
	must((a == NULL) == (b == NULL) && (!a || strcmp(a, b) == 0));
}

static void must_be_same_list(const struct strv *a, const struct strv *b)
{
	must(a->n == b->n);
	for (size_t i = 0; i < a->n; i++)
		must_be_same_text(a->v[i], b->v[i]);
}

/* Whether rs asks for all that other does; the order within a manifest is of no weight. */
static void must_ask_for_all(const struct requests *rs, const struct requests *other)
{
	for (size_t i = 0; i < other->n; i++) {
		bool found = false;

		for (size_t k = 0; k < rs->n && !found; k++) {
			const struct request *a = &rs->v[k];
			const struct request *b = &other->v[i];

			found = strcmp(a->name, b->name) == 0 && a->required == b->required &&
				a->args.n == b->args.n;
			for (size_t w = 0; found && w < a->args.n; w++)
				found = strcmp(a->args.v[w], b->args.v[w]) == 0;
		}
		must(found);
	}
}

static void must_be_same(const struct manifest *a, const struct manifest *b)
{
	must_be_same_text(a->name, b->name);
	must_be_same_text(a->version, b->version);
	must_be_same_text(a->author, b->author);
	must_be_same_text(a->description, b->description);
	must_be_same_list(&a->entrypoint, &b->entrypoint);
	must(a->framing == b->framing && a->requests.n == b->requests.n);
	must_ask_for_all(&a->requests, &b->requests);
	must_ask_for_all(&b->requests, &a->requests);
	must_be_same_list(&a->env_pass, &b->env_pass);
	must(a->env_set.n == b->env_set.n);
	for (size_t i = 0; i < a->env_set.n; i++) {
		must_be_same_text(a->env_set.v[i].name, b->env_set.v[i].name);
		must_be_same_text(a->env_set.v[i].value, b->env_set.v[i].value);
	}
	for (int i = 0; i < REG_N; i++) {
		must(a->registrations[i].present == b->registrations[i].present);
		must(a->registrations[i].names.n == b->registrations[i].names.n);
		must_ask_for_all(&a->registrations[i].names, &b->registrations[i].names);
	}
	for (int i = 0; i < LIMIT_N; i++) {
		must(a->limits.l[i].set == b->limits.l[i].set);
		must(!a->limits.l[i].set || a->limits.l[i].v == b->limits.l[i].v);
	}
}

/* Read, checked, written as JSON, read again. */
static void check_text(const uint8_t *data, size_t n, const char *name)
{
	struct manifest_errors errs = {0};
	struct manifest *m = manifest_parse((const char *)data, n, name, &errs);
	struct manifest *again;
	struct json j = {0};

	must((m != NULL) == (errs.n == 0));
	if (!m) {
		check_errors(&errs, n);
		manifest_errors_free(&errs);
		return;
	}
	check_manifest(m);
	write_manifest(&j, m);
	again = manifest_parse(j.out.s, j.out.n, "again.plugin.json", &errs);
	/* written in full it may be above the size and the number of events that are allowed */
	if (again)
		must_be_same(m, again);
	else
		must(n > MANIFEST_MAX_BYTES / 8);
	json_free(&j);
	manifest_free(m);
	manifest_free(again);
	manifest_errors_free(&errs);
}
