/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox check: every error of a manifest, in the form that editors and CI jump to. */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"
#include "options.h"
#include "spec/manifest.h"

struct report {
	bool json;
	struct json doc;
	struct strbuf out; /* lines of the files that are good */
};

/* Reads one file; NULL with at least one error in errs. *file is the shown name. */
static struct manifest *read_one(const char *path, char **file, struct manifest_errors *errs)
{
	struct pb_err e = {0};
	autoclose int bundle_fd = -1;
	autoclose int fd = manifest_open(path, file, &bundle_fd, &e);

	if (fd >= 0)
		return manifest_read(fd, *file, errs);
	*file = xstrdup(path);
	grow(&errs->v, &errs->cap, errs->n, sizeof(*errs->v));
	errs->v[errs->n++] = (struct manifest_error){.text = xstrdup(e.msg),
						     .hint = e.hint[0] ? xstrdup(e.hint) : NULL};
	return NULL;
}

/* FILE:LINE:COL: error: TEXT, and the remedy in the same form. */
static void add_lines(struct strbuf *b, const char *file, const struct manifest_error *err)
{
	char place[32] = "";
	char text[600];

	if (err->pos.line)
		(void)snprintf(place, sizeof(place), "%u:%u:", err->pos.line, err->pos.col);
	strbuf_printf(b, "%s:%s error: %s\n", file, place,
		      str_escape(text, sizeof(text), err->text, strlen(err->text)));
	if (err->hint)
		strbuf_printf(b, "%s:%s hint: %s\n", file, place,
			      str_escape(text, sizeof(text), err->hint, strlen(err->hint)));
}

static void add_json(struct json *j, const char *file, const struct manifest *m,
		     const struct manifest_errors *errs)
{
	json_object(j, NULL);
	json_str(j, "file", file);
	json_bool(j, "ok", m != NULL);
	json_str(j, "name", m ? m->name : NULL);
	json_str(j, "version", m ? m->version : NULL);
	json_array(j, "errors");
	for (size_t i = 0; i < errs->n; i++) {
		json_object(j, NULL);
		json_uint(j, "line", errs->v[i].pos.line);
		json_uint(j, "column", errs->v[i].pos.col);
		json_str(j, "message", errs->v[i].text);
		json_str(j, "hint", errs->v[i].hint);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

/* Returns whether the manifest is good. */
static bool check_one(struct report *r, const char *path)
{
	struct manifest_errors errs = {0};
	autofree char *file = NULL;
	autofree char *shown = NULL;
	struct manifest *m = read_one(path, &file, &errs);
	struct strbuf lines = {0};
	size_t size = strlen(file) * 4 + 8;
	bool good = m != NULL;

	/* a file name can hold escape sequences too */
	shown = xcalloc(size, 1);
	(void)str_escape(shown, size, file, strlen(file));
	for (size_t i = 0; i < errs.n; i++)
		add_lines(&lines, shown, &errs.v[i]);
	if (lines.n)
		(void)fd_write_all(STDERR_FILENO, lines.s, lines.n);
	if (r->json)
		add_json(&r->doc, file, m, &errs);
	else if (m)
		strbuf_printf(&r->out, "%s: ok (%s %s)\n", shown, m->name, m->version);
	strbuf_free(&lines);
	manifest_errors_free(&errs);
	manifest_free(m);
	return good;
}

static int write_report(struct report *r, struct pb_err *e)
{
	const struct strbuf *out = r->json ? &r->doc.out : &r->out;

	if (out->n && fd_write_all(STDOUT_FILENO, out->s, out->n) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot write to standard output");
	return 0;
}

int cmd_check(int argc, char **argv, struct pb_err *e)
{
	struct report r = {0};
	struct strv files = {0};
	bool good = true;
	int rc = options_simple("check", &r.json, &files, argc, argv, e);

	if (rc == 0 && files.n == 0) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "check needs a file");
		rc = pb_err_hint(e, "write: plugbox check FILE...");
	}
	if (rc != 0) {
		strv_free(&files);
		return rc < 0 ? pb_err_exit_code(e) : 0;
	}
	if (r.json) {
		json_object(&r.doc, NULL);
		json_array(&r.doc, "files");
	}
	for (size_t i = 0; i < files.n; i++)
		good &= check_one(&r, files.v[i]);
	if (r.json) {
		json_end_array(&r.doc);
		json_end_object(&r.doc);
		strbuf_puts(&r.doc.out, "\n");
	}
	rc = write_report(&r, e);
	strv_free(&files);
	strbuf_free(&r.out);
	json_free(&r.doc);
	if (rc < 0)
		return pb_err_exit_code(e);
	return good ? 0 : PB_EXIT_USAGE;
}
