/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libFuzzer over manifest_parse: whatever the text, there is a manifest or an error,
 * never both, and what a manifest promises in its header is true. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "spec/manifest.h"
#include "spec/permission.h"
#include "spec/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Text that may reach a terminal or another program. */
static void clean(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(s + i, n - i, &cp);

		must(len && !utf8_is_unsafe(cp));
		i += len;
	}
}

static void clean_all(const struct strv *sv)
{
	for (size_t i = 0; i < sv->n; i++)
		clean(sv->v[i]);
}

static void check_errors(const struct manifest_errors *errs, size_t n)
{
	must(errs->n >= 1 && errs->n <= 50);
	for (size_t i = 0; i < errs->n; i++) {
		const struct manifest_error *e = &errs->v[i];

		must(e->pos.line >= 1 && e->pos.col >= 1);
		must(e->pos.line <= n + 1 && e->pos.col <= n + 1);
		clean(e->text);
		must(!strchr(e->text, '\n') && strlen(e->text) < 400);
		if (e->hint)
			clean(e->hint);
		if (i)
			must(e[-1].pos.line < e->pos.line ||
			     (e[-1].pos.line == e->pos.line && e[-1].pos.col <= e->pos.col));
	}
}

static void check_manifest(const struct manifest *m)
{
	const char *why;

	must(value_plugin_name(m->name, &why) == 0 && value_version(m->version, &why) == 0);
	must(m->entrypoint.n >= 1 && value_program(m->entrypoint.v[0], &why) == 0);
	clean_all(&m->entrypoint);
	if (m->author)
		clean(m->author);
	if (m->description)
		clean(m->description);
	for (size_t i = 0; i < m->requests.n; i++) {
		const struct request *rq = &m->requests.v[i];
		int id = perm_find(rq->name);

		must(id >= 0 || perm_is_application(rq->name));
		must(rq->pos.line >= 1 && rq->pos.col >= 1);
		clean_all(&rq->args);
		if (id >= 0)
			must((perm_table[id].arg == PERM_ARG_NONE) == (rq->args.n == 0));
	}
	clean_all(&m->env_pass);
	for (size_t i = 0; i < m->n_env_set; i++) {
		must(value_env_name(m->env_set[i].name, &why) == 0);
		clean(m->env_set[i].value);
	}
	for (int i = 0; i < REG_N; i++)
		clean_all(&m->registrations[i].names);
	for (int i = 0; i < LIMIT_N; i++)
		if (m->limits.l[i].set)
			must(m->limits.l[i].v >= limit_table[i].min &&
			     m->limits.l[i].v <= limit_table[i].max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"plugin.yaml", "plugin.json"};

	for (size_t i = 0; i < 2; i++) {
		struct manifest_errors errs = {0};
		struct manifest *m = manifest_parse((const char *)data, n, names[i], &errs);

		must((m != NULL) == (errs.n == 0));
		if (m)
			check_manifest(m);
		else
			check_errors(&errs, n);
		manifest_free(m);
		manifest_errors_free(&errs);
	}
	return 0;
}
