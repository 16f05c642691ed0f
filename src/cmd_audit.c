/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox audit: the log of runs, read, followed or verified. */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"
#include "options.h"
#include "spec/decode.h"
#include "spec/yaml.h"
#include "trust/chain.h"
#include "trust/state.h"

#define READ_SIZE 65536

struct listing {
	const struct options_state *o;
	struct strv running; /* "RUN_ID …": lines of runs whose end was not read yet */
	struct strbuf rest;  /* what was read of a line */
	int fd;		     /* the current file */
};

static const char *field(const struct yaml_node *root, const char *key)
{
	const struct yaml_item *item = decode_find(root, key);

	return item && item->value.kind == YAML_SCALAR && item->value.type != YAML_NULL
		       ? item->value.text
		       : NULL;
}

static const char *shown(const char *s, char *buf, size_t size)
{
	return s ? str_escape(buf, size, s, strlen(s)) : "-";
}

static char *describe(const struct yaml_node *root, bool ended)
{
	char name[160];
	char version[160];
	char reason[400];
	const char *time = field(root, "time");
	const char *run = field(root, "run_id");
	const char *seconds = field(root, "wall_seconds");

	return xasprintf("%.19s %s %s %s: %s (%.5s s, run %s)", time ? time : "-",
			 shown(field(root, "plugin"), name, sizeof(name)),
			 shown(field(root, "version"), version, sizeof(version)),
			 ended ? field(root, "outcome") : "started",
			 ended ? shown(field(root, "reason"), reason, sizeof(reason))
			       : "no end is in the log: it runs, or was killed with plugbox",
			 seconds ? seconds : "-", run ? run : "-");
}

/* Whether its start was read. */
static bool forget(struct listing *l, const char *run)
{
	for (size_t i = 0; i < l->running.n; i++) {
		if (strncmp(l->running.v[i], run, strlen(run)) != 0 ||
		    l->running.v[i][strlen(run)] != ' ')
			continue;
		free(l->running.v[i]);
		l->running.v[i] = l->running.v[--l->running.n];
		return true;
	}
	return false;
}

/* A clock that was set back in a run gives its end an earlier time than its start. */
static bool in_time(const struct listing *l, const char *time, bool begun)
{
	return !l->o->since[0] || begun || (time && strcmp(time, l->o->since) >= 0);
}

static void print_json(const char *line, size_t n)
{
	(void)fwrite(line, 1, n, stdout);
	(void)putchar('\n');
}

static void one_line(struct listing *l, const char *line, size_t n)
{
	const struct options_state *o = l->o;
	struct manifest_errors errs = {0};
	struct yaml_node root;
	const char *event;
	const char *time;
	const char *run;

	if (ydoc_read(line, n, true, &root, &errs) < 0 || root.kind != YAML_MAP || errs.n) {
		(void)fprintf(
			stderr,
			"plugbox: a line of the log is not whole: see plugbox audit verify\n");
		goto out;
	}
	event = field(&root, "event");
	time = field(&root, "time");
	run = field(&root, "run_id");
	if (!event || !run ||
	    (o->plugin &&
	     (!field(&root, "plugin") || strcmp(o->plugin, field(&root, "plugin")) != 0)))
		goto out;
	if (strcmp(event, "start") == 0 && in_time(l, time, false)) {
		autofree char *text = describe(&root, false);

		strv_take(&l->running, xasprintf("%s %s", run, text));
		if (o->json && !o->outcome)
			print_json(line, n);
	} else if (strcmp(event, "end") == 0 && field(&root, "outcome")) {
		if (!in_time(l, time, forget(l, run)))
			goto out;
		if (o->outcome && strcmp(o->outcome, field(&root, "outcome")) != 0)
			goto out;
		if (o->json) {
			print_json(line, n);
		} else {
			autofree char *text = describe(&root, true);

			(void)puts(text);
		}
	}
out:
	ydoc_free(&root);
	manifest_errors_free(&errs);
}

/* All lines of the file that are whole by now. */
static int read_lines(struct listing *l, struct pb_err *e)
{
	char buf[READ_SIZE];
	ssize_t n;

	while ((n = fd_read_all(l->fd, buf, sizeof(buf))) > 0) {
		size_t at = 0;
		const char *end;

		strbuf_add(&l->rest, buf, (size_t)n);
		while ((end = memchr(l->rest.s + at, '\n', l->rest.n - at))) {
			one_line(l, l->rest.s + at, (size_t)(end - l->rest.s) - at);
			at = (size_t)(end - l->rest.s) + 1;
		}
		memmove(l->rest.s, l->rest.s + at, l->rest.n - at + 1);
		l->rest.n -= at;
	}
	if (n < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read the audit log");
	return 0;
}

static bool rotated(int state, int fd)
{
	struct stat now;
	struct stat ours;

	return fstatat(state, CHAIN_FILE, &now, AT_SYMLINK_NOFOLLOW) < 0 || fstat(fd, &ours) < 0 ||
	       now.st_ino != ours.st_ino || now.st_dev != ours.st_dev;
}

/* Until somebody ends it. A file that was renamed is read to its end before the new one is. */
static int follow(struct listing *l, int state, struct pb_err *e)
{
	autoclose int watch = inotify_init1(IN_CLOEXEC);
	char self[32];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", state);
	if (watch < 0 || inotify_add_watch(watch, self, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot watch the audit log");
	for (;;) {
		char events[4096];

		if (l->fd >= 0 && read_lines(l, e) < 0)
			return -1;
		if (fflush(stdout) != 0)
			return 0; /* nobody reads any more */
		if (l->fd < 0 || rotated(state, l->fd)) {
			int next = chain_open(state, 0);

			if (next >= 0) {
				/* written between the last look and the renaming */
				if (l->fd >= 0 && read_lines(l, e) < 0)
					return -1;
				close_fd(&l->fd);
				l->fd = next;
				continue;
			}
		}
		if (read(watch, events, sizeof(events)) < 0 && errno != EINTR)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot watch the audit log");
	}
}

static int list(const struct options_state *o, int state, struct pb_err *e)
{
	struct listing l = {.o = o, .fd = -1};
	int rc = 0;

	for (unsigned n = CHAIN_KEPT + 1; n-- > 0 && rc == 0;) {
		int fd = chain_open(state, n);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0) {
			rc = pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the audit log");
			break;
		}
		close_fd(&l.fd);
		l.fd = fd;
		rc = read_lines(&l, e);
	}
	for (size_t i = 0; rc == 0 && !o->json && !o->outcome && i < l.running.n; i++)
		(void)puts(strchr(l.running.v[i], ' ') + 1);
	strv_free(&l.running);
	if (rc == 0 && o->follow)
		rc = follow(&l, state, e);
	strbuf_free(&l.rest);
	strv_free(&l.running);
	close_fd(&l.fd);
	return rc;
}

static int verify(const struct options_state *o, int state, struct pb_err *e)
{
	const char *expect = o->operands.n > 1 ? o->operands.v[1] : NULL;
	struct chain_report r;
	struct json j = {0};
	bool whole;

	if (chain_verify(state, expect, &r, e) < 0)
		return -1;
	if (!r.problem[0] && expect && !r.found)
		(void)snprintf(r.problem, sizeof(r.problem), "no line has that hash");
	whole = !r.problem[0];
	if (o->json) {
		json_object(&j, NULL);
		json_bool(&j, "whole", whole);
		json_str(&j, "problem", whole ? NULL : r.problem);
		json_uint(&j, "lines", r.lines);
		json_uint(&j, "first", r.first);
		json_uint(&j, "last", r.last);
		json_uint(&j, "torn", r.torn);
		json_str(&j, "head", r.head[0] ? r.head : NULL);
		json_end_object(&j);
		(void)puts(j.out.s);
		json_free(&j);
	} else {
		(void)printf("%s: %" PRIu64 " lines, number %" PRIu64 " to %" PRIu64
			     ", in %u files\n",
			     whole ? "whole" : r.problem, r.lines, r.first, r.last, r.files);
		if (r.torn)
			(void)printf("%" PRIu64 " lines were left unfinished by a crash\n", r.torn);
		if (r.first > 1)
			(void)printf("lines before number %" PRIu64 " were rotated away\n",
				     r.first);
		if (r.head[0])
			(void)printf("last line: %s\n", r.head);
	}
	return whole ? 0 : 1;
}

int cmd_audit(int argc, char **argv, struct pb_err *e)
{
	struct options_state o;
	autoclose int state = -1;
	int rc = options_state("audit", &o, argc, argv, e);
	bool verifies = o.operands.n > 0;

	if (rc == 0 && verifies && strcmp(o.operands.v[0], "verify") != 0) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "audit: unexpected operand \"%s\"",
				 o.operands.v[0]);
		rc = pb_err_hint(e, "write: plugbox audit, or plugbox audit verify");
	}
	if (rc == 0) {
		state = state_open(o.l.state_dir, false, e);
		if (state < 0 && e->sys == ENOENT) {
			(void)pb_err_hint(e, "nothing was logged yet: plugbox run --audit on does");
			rc = -1;
		} else {
			rc = state < 0 ? -1 : verifies ? verify(&o, state, e) : list(&o, state, e);
		}
	} else if (rc > 0) {
		rc = 0; /* --help */
	}
	options_state_free(&o);
	return rc < 0 ? pb_err_exit_code(e) : rc;
}
