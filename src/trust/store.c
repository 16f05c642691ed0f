/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "base/utc.h"
#include "spec/permission.h"
#include "spec/value.h"
#include "trust/state.h"

#define FIRST_LINE "plugbox-record\t1\n"
#define LAST_LINE "end"

void record_now(char out[32])
{
	char text[UTC_TEXT];

	utc_text(time(NULL), text);
	(void)snprintf(out, 32, "%sZ", text);
}

/* ---- reading ---- */

/* The fields of a line that are still to be taken. */
struct fields {
	char *next; /* NULL: no more */
	bool bad;   /* an escape that is none */
};

static char escaped(char c)
{
	switch (c) {
	case '\\':
		return '\\';
	case 't':
		return '\t';
	case 'n':
		return '\n';
	default:
		return '\0';
	}
}

/* The next field, as what it stands for, in its own place. NULL where there is none. */
static char *take_field(struct fields *f)
{
	char *const start = f->next;
	char *out = start;
	char *in = start;

	if (!start)
		return NULL;
	for (; *in && *in != '\t'; in++) {
		char c = *in;

		if (c == '\\') {
			c = escaped(in[1]);
			if (!c) {
				f->bad = true;
				return NULL;
			}
			in++;
		}
		*out++ = c;
	}
	f->next = *in ? in + 1 : NULL;
	*out = '\0';
	return start;
}

/* The only field there is. */
static char *take_last(struct fields *f)
{
	char *text = take_field(f);

	return f->next ? NULL : text;
}

static bool take_text(struct fields *f, char **out)
{
	const char *text = take_last(f);

	if (!text || *out)
		return false;
	*out = xstrdup(text);
	return true;
}

static bool take_number(struct fields *f, uint64_t *out)
{
	const char *text = take_last(f);
	const char *why;

	return text && !*out && value_uint(text, 0, UINT64_MAX, out, &why) == 0;
}

static bool take_request(struct fields *f, struct requests *rs)
{
	const char *text = take_field(f);
	struct request *q;

	if (!text || (perm_find(text) < 0 && !perm_is_application(text)))
		return false;
	q = requests_add(rs, text);
	while ((text = take_field(f)))
		strv_add(&q->args, text);
	return !f->bad;
}

static bool take_version(struct fields *f, struct record *r)
{
	const char *version = take_field(f);
	const char *digest = take_last(f);

	if (!version || !digest || r->n_versions == RECORD_MAX_VERSIONS || record_digest(r, version))
		return false;
	record_add_version(r, version, digest);
	return true;
}

static bool take_line(char *line, struct record *r)
{
	const struct {
		const char *key;
		char **to;
	} texts[] = {{"plugin", &r->plugin}, {"approved", &r->approved}, {"by", &r->by},
		     {"bundle", &r->bundle}, {"profile", &r->profile},	 {"held", &r->held},
		     {"reason", &r->reason}};
	struct fields f = {.next = line};
	const char *key = take_field(&f);

	if (!key)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(key, texts[i].key) == 0)
			return take_text(&f, texts[i].to);
	if (strcmp(key, "asked") == 0)
		return take_request(&f, &r->asked);
	if (strcmp(key, "granted") == 0)
		return take_request(&f, &r->granted);
	if (strcmp(key, "version") == 0)
		return take_version(&f, r);
	if (strcmp(key, "kills") == 0)
		return take_number(&f, &r->kills);
	if (strcmp(key, "denials") == 0)
		return take_number(&f, &r->denials);
	return false; /* it may take away what is granted here */
}

/* What is shown later may not move a terminal's cursor. */
static bool is_clean(const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = 1;

		if ((text[i] < ' ' || text[i] > '~') &&
		    (!(len = utf8_decode(text + i, n - i, &cp)) || utf8_is_unsafe(cp)))
			return false;
		i += len;
	}
	return true;
}

/* All lines between the first and the last. */
static bool take_lines(char *text, struct record *r)
{
	char *next;

	if (!str_starts(text, FIRST_LINE))
		return false;
	for (char *line = text + strlen(FIRST_LINE); (next = strchr(line, '\n')); line = next) {
		*next++ = '\0';
		if (strcmp(line, LAST_LINE) == 0)
			return !*next;
		if (!take_line(line, r))
			return false;
	}
	return false; /* cut short */
}

int record_parse(const char *text, size_t n, const char *plugin, struct record *r, struct pb_err *e)
{
	autofree char *copy = xstrndup(text, n);

	*r = (struct record){0};
	if (is_clean(text, n) && take_lines(copy, r) && r->plugin &&
	    (!plugin || strcmp(plugin, r->plugin) == 0) && (!r->held || r->reason) &&
	    (!r->approved || (r->by && r->bundle && r->n_versions)))
		return 0;
	record_free(r);
	return pb_err_set(e, PB_ERR_POLICY, 0, "the record cannot be understood");
}

static char *file_of(const char *plugin)
{
	return xasprintf("%s" RECORD_SUFFIX, plugin);
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

static void put_field(struct strbuf *b, const char *text)
{
	strbuf_puts(b, "\t");
	for (; *text; text++) {
		if (*text == '\\')
			strbuf_puts(b, "\\\\");
		else if (*text == '\t')
			strbuf_puts(b, "\\t");
		else if (*text == '\n')
			strbuf_puts(b, "\\n");
		else
			strbuf_add(b, text, 1);
	}
}

/* text NULL: no line */
static void put_text(struct strbuf *b, const char *key, const char *text)
{
	if (!text)
		return;
	strbuf_puts(b, key);
	put_field(b, text);
	strbuf_puts(b, "\n");
}

static void put_number(struct strbuf *b, const char *key, uint64_t n)
{
	if (n)
		strbuf_printf(b, "%s\t%" PRIu64 "\n", key, n);
}

static void put_requests(struct strbuf *b, const char *key, const struct requests *rs)
{
	for (size_t i = 0; i < rs->n; i++) {
		strbuf_puts(b, key);
		put_field(b, rs->v[i].name);
		for (size_t k = 0; k < rs->v[i].args.n; k++)
			put_field(b, rs->v[i].args.v[k]);
		strbuf_puts(b, "\n");
	}
}

void record_text(const struct record *r, struct strbuf *b)
{
	strbuf_puts(b, FIRST_LINE);
	put_text(b, "plugin", r->plugin);
	put_text(b, "approved", r->approved);
	put_text(b, "by", r->by);
	put_text(b, "bundle", r->bundle);
	put_text(b, "profile", r->profile);
	put_requests(b, "asked", &r->asked);
	put_requests(b, "granted", &r->granted);
	for (size_t i = 0; i < r->n_versions; i++) {
		strbuf_puts(b, "version");
		put_field(b, r->versions[i].version);
		put_field(b, r->versions[i].digest);
		strbuf_puts(b, "\n");
	}
	put_number(b, "kills", r->kills);
	put_number(b, "denials", r->denials);
	put_text(b, "held", r->held);
	put_text(b, "reason", r->reason);
	strbuf_puts(b, LAST_LINE "\n");
}

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
static int check_readable(const struct record *r, const struct strbuf *b, struct pb_err *e)
{
	struct record again;
	struct pb_err why;

	if (record_parse(b->s, b->n, r->plugin, &again, &why) == 0) {
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
	struct strbuf b = {0};
	int rc;

	record_text(r, &b);
	if (b.n > RECORD_MAX_BYTES)
		rc = pb_err_set(e, PB_ERR_SETUP, EFBIG, "cannot write \"%s\"", file);
	else if ((rc = check_readable(r, &b, e)) == 0)
		rc = state_write(grants, file, b.s, b.n, true, e);
	strbuf_free(&b);
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
