/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of an append, under the lock: look at the head, repair what a crash left, write the
 * line, write the head. A crash before the line leaves nothing; one in the middle of it a torn
 * line, which the next append ends and tells; one after it a head that lags, which the next append
 * finds by reading on from there. A full disk leaves nothing: what was written is taken back.
 */
#include "trust/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "base/utc.h"

#define HEAD_FILE "audit.head"
#define HEAD_SIZE 128
#define HEAD_WORD "plugbox-audit-head"

/* A writer holds the lock for some microseconds; one that was stopped in it must not stop all others:
 * five seconds without a line. Where there are lines others were faster, and on a slow machine that
 * may be so for long: a minute. */
#define LOCK_TRIES 2000
#define LOCK_TRIES_IN_ALL 24000
#define LOCK_NAP_NS 2500000

struct head {
	uint64_t seq, size;
	char hash[HASH_TEXT];
};

static const char zero_hash[HASH_TEXT] =
	"b2:0000000000000000000000000000000000000000000000000000000000000000";

static void line_hash(const char *line, size_t n, char out[HASH_TEXT])
{
	unsigned char bytes[HASH_BYTES];
	struct hash h;

	hash_begin(&h, "plugbox audit 1");
	hash_string(&h, line, n);
	hash_end(&h, bytes);
	(void)hash_text(bytes, out);
}

static bool is_hash(const char *s)
{
	return strncmp(s, "b2:", 3) == 0 && strspn(s + 3, "0123456789abcdef") >= HASH_TEXT - 4;
}

bool chain_parse(const char *line, size_t n, uint64_t *seq, char prev[HASH_TEXT])
{
	static const char one[] = "{\"seq\":";
	static const char two[] = ",\"prev\":\"";
	const size_t fixed = sizeof(two) - 1 + HASH_TEXT - 1 + 2;
	size_t at = sizeof(one) - 1;
	size_t digits = 0;

	if (n <= at || memcmp(line, one, at) != 0 || line[at] == '0')
		return false;
	*seq = 0;
	while (at < n && line[at] >= '0' && line[at] <= '9' && digits++ < 18)
		*seq = *seq * 10 + (uint64_t)(line[at++] - '0');
	if (!digits || n - at <= fixed || memcmp(line + at, two, sizeof(two) - 1) != 0)
		return false;
	at += sizeof(two) - 1;
	memcpy(prev, line + at, HASH_TEXT - 1);
	prev[HASH_TEXT - 1] = '\0';
	at += HASH_TEXT - 1;
	return strlen(prev) == HASH_TEXT - 1 && is_hash(prev) && line[at] == '"' &&
	       line[at + 1] == ',' && line[n - 1] == '}';
}

static int own_file(int state, const char *name, int flags, struct stat *st)
{
	int fd = openat(state, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode) || st->st_uid != geteuid() ||
	    st->st_nlink > 1 || (st->st_mode & (S_IWGRP | S_IWOTH))) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

static void file_name(unsigned n, char name[32])
{
	(void)snprintf(name, 32, n ? CHAIN_FILE ".%u" : CHAIN_FILE, n);
}

int chain_open(int state, unsigned n)
{
	char name[32];
	struct stat st;

	file_name(n, name);
	return own_file(state, name, O_RDONLY, &st);
}

/* Whether the head is another than it was: any bytes will do, it is not locked. */
static bool has_moved(int fd, char last[HEAD_SIZE])
{
	char text[HEAD_SIZE] = {0};
	const bool moved = pread(fd, text, sizeof(text), 0) > 0 && memcmp(text, last, sizeof(text)) != 0;

	memcpy(last, text, sizeof(text));
	return moved;
}

static int lock_head(int state, struct pb_err *e)
{
	struct stat st;
	autoclose int fd = own_file(state, HEAD_FILE, O_RDWR | O_CREAT, &st);
	char last[HEAD_SIZE] = {0};
	int still = 0;

	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"" HEAD_FILE "\"");
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		const struct timespec nap = {.tv_nsec = LOCK_NAP_NS};

		if (errno != EWOULDBLOCK && errno != EINTR)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot lock \"" HEAD_FILE "\"");
		still = has_moved(fd, last) ? 0 : still + 1;
		if (still == LOCK_TRIES || i == LOCK_TRIES_IN_ALL)
			return pb_err_set(e, PB_ERR_SETUP, 0,
					  "another process holds \"" HEAD_FILE "\"");
		(void)nanosleep(&nap, NULL);
	}
	return take_fd(&fd);
}

/* Up to 18 digits. */
static bool take_number(const char **at, uint64_t *v)
{
	const char *const from = *at;

	for (*v = 0; **at >= '0' && **at <= '9' && *at - from < 18; (*at)++)
		*v = *v * 10 + (uint64_t)(**at - '0');
	return *at != from;
}

/* As write_head writes it. By hand: sscanf costs as much as all the rest of a line does. */
static bool read_head(int fd, struct head *h)
{
	static const char word[] = HEAD_WORD " 1 ";
	char text[HEAD_SIZE + 1] = {0};
	const char *at = text + sizeof(word) - 1;

	*h = (struct head){0};
	memcpy(h->hash, zero_hash, sizeof(zero_hash));
	if (pread(fd, text, HEAD_SIZE, 0) <= 0 || !str_starts(text, word) ||
	    !take_number(&at, &h->seq) || *at++ != ' ' || !is_hash(at))
		return false;
	memcpy(h->hash, at, HASH_TEXT - 1);
	at += HASH_TEXT - 1;
	return *at++ == ' ' && take_number(&at, &h->size) && *at == '\n';
}

static int write_head(int fd, const struct head *h)
{
	struct strbuf text = {0};
	bool whole;

	strbuf_puts(&text, HEAD_WORD " 1 ");
	strbuf_decimal(&text, h->seq);
	strbuf_puts(&text, " ");
	strbuf_puts(&text, h->hash);
	strbuf_puts(&text, " ");
	strbuf_decimal(&text, h->size);
	strbuf_puts(&text, "\n");
	whole = pwrite(fd, text.s, text.n, 0) == (ssize_t)text.n;
	strbuf_free(&text);
	return whole ? 0 : -1;
}

/* All of the file from offset on; the caller frees it. */
static char *read_from(int fd, uint64_t offset, size_t *n)
{
	struct stat st;
	char *text;
	ssize_t got;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size < offset)
		return NULL;
	text = xcalloc(1, (size_t)st.st_size - offset + 1);
	if (lseek(fd, (off_t)offset, SEEK_SET) < 0) {
		free(text);
		return NULL;
	}
	got = fd_read_all(fd, text, (size_t)st.st_size - offset);
	if (got < 0) {
		free(text);
		return NULL;
	}
	*n = (size_t)got;
	return text;
}

/* ---- writing ---- */

static void now_text(char out[32])
{
	struct timespec now;
	char text[UTC_TEXT];

	unsigned ms;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	ms = (unsigned)(now.tv_nsec / 1000000) % 1000;
	utc_text(now.tv_sec, text);
	(void)stpcpy(stpcpy(out, text),
		     (char[]){'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z', 0});
}

/* One line and its line feed, or nothing. */
static int put_line(int log, struct head *h, const char *body, struct pb_err *e)
{
	struct strbuf line = {0};
	char when[32];
	ssize_t k;

	now_text(when);
	strbuf_puts(&line, "{\"seq\":");
	strbuf_decimal(&line, h->seq + 1);
	strbuf_puts(&line, ",\"prev\":\"");
	strbuf_puts(&line, h->hash);
	strbuf_puts(&line, "\",\"time\":\"");
	strbuf_puts(&line, when);
	strbuf_puts(&line, "\",");
	strbuf_puts(&line, body);
	strbuf_puts(&line, "}\n");
	if (line.n > CHAIN_MAX_LINE) {
		strbuf_free(&line);
		return pb_err_set(e, PB_ERR_SETUP, EMSGSIZE,
				  "cannot write a line of the audit log");
	}
	do {
		k = pwrite(log, line.s, line.n, (off_t)h->size);
	} while (k < 0 && errno == EINTR);
	if (k != (ssize_t)line.n) {
		int saved = k < 0 ? errno : ENOSPC;

		(void)!ftruncate(log, (off_t)h->size);
		strbuf_free(&line);
		return pb_err_set(e, PB_ERR_SETUP, saved, "cannot write the audit log");
	}
	h->seq++;
	h->size += line.n;
	line_hash(line.s, line.n - 1, h->hash);
	strbuf_free(&line);
	return 0;
}

static int put_notice(int log, struct head *h, const char *event, const char *key, uint64_t v,
		      struct pb_err *e)
{
	autofree char *body = xasprintf("\"event\":\"%s\",\"%s\":%" PRIu64, event, key, v);

	return put_line(log, h, body, e);
}

/* What is in the file beyond what the head knows: whole lines of somebody who was killed before he
 * wrote the head, and perhaps one that is not whole. */
static int catch_up(int log, struct head *h, struct pb_err *e)
{
	size_t n = 0;
	autofree char *text = read_from(log, h->size, &n);
	char *line = text;

	if (!text)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read the audit log");
	while (n) {
		const char *end = memchr(line, '\n', n);
		const size_t len = end ? (size_t)(end - line) : n;
		char prev[HASH_TEXT];
		uint64_t seq;

		if (!end) {
			/* it is ended, hashed as it is, and told by the line after it */
			if (pwrite(log, "\n", 1, (off_t)(h->size + len)) != 1)
				return pb_err_set(e, PB_ERR_SETUP, errno,
						  "cannot write the audit log");
			line_hash(line, len, h->hash);
			h->size += len + 1;
			return put_notice(log, h, "torn", "bytes", len, e);
		}
		line_hash(line, len, h->hash);
		h->size += len + 1;
		if (chain_parse(line, len, &seq, prev))
			h->seq = seq;
		line += len + 1;
		n -= len + 1;
	}
	return 0;
}

/* Without a head there is nothing but the file to go by. */
static int settle(int log, struct head *h, uint64_t size, bool known, struct pb_err *e)
{
	if (known && size == h->size)
		return 0;
	if (known && size < h->size) {
		char last = '\n';

		/* the chain goes on from the line that is gone, and so never closes again */
		h->size = size;
		if (size && pread(log, &last, 1, (off_t)size - 1) == 1 && last != '\n' &&
		    pwrite(log, "\n", 1, (off_t)h->size++) != 1)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot write the audit log");
		return put_notice(log, h, "cut", "after", h->seq, e);
	}
	return catch_up(log, h, e);
}

static int rotate(int state, int *log, struct head *h, struct pb_err *e)
{
	struct stat st;

	if (h->size < CHAIN_MAX_BYTES)
		return 0;
	for (unsigned n = CHAIN_KEPT; n > 0; n--) {
		char from[32];
		char to[32];

		file_name(n - 1, from);
		file_name(n, to);
		if (renameat(state, from, state, to) < 0 && errno != ENOENT)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot rename \"%s\"", from);
	}
	close_fd(log);
	*log = own_file(state, CHAIN_FILE, O_RDWR | O_CREAT | O_EXCL, &st);
	if (*log < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make a new \"" CHAIN_FILE "\"");
	h->size = 0;
	return 0;
}

/* Whether a rotation was ended between the two files: the head is of the one that was renamed. Its
 * lines are held to the chain all the same. */
static bool was_rotated(int state, const struct head *h, uint64_t size)
{
	autoclose int before = size == 0 && h->size ? chain_open(state, 1) : -1;
	struct stat st;

	return before >= 0 && fstat(before, &st) == 0 && (uint64_t)st.st_size == h->size;
}

int chain_append(int state, const char *body, struct pb_err *e)
{
	autoclose int lock = lock_head(state, e);
	autoclose int log = -1;
	struct head h;
	struct stat st;
	bool known;

	if (lock < 0)
		return -1;
	log = own_file(state, CHAIN_FILE, O_RDWR | O_CREAT, &st);
	if (log < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"" CHAIN_FILE "\"");
	known = read_head(lock, &h);
	if (!known) {
		h = (struct head){0};
		memcpy(h.hash, zero_hash, sizeof(zero_hash));
	}
	if (known && was_rotated(state, &h, (uint64_t)st.st_size))
		h.size = 0;
	if (settle(log, &h, (uint64_t)st.st_size, known, e) < 0 || rotate(state, &log, &h, e) < 0 ||
	    put_line(log, &h, body, e) < 0)
		return -1;
	/* the line stands: a head that cannot be written lags, and is found to */
	(void)write_head(lock, &h);
	return 0;
}

/* ---- reading ---- */

struct reader {
	struct chain_report *r;
	const char *expect;
	char hash[HASH_TEXT]; /* of the line before, "" where there is none */
	uint64_t seq;
	char head_hash[HASH_TEXT];
	uint64_t head_seq;
	bool head_seen;
	bool loose; /* the line before was none: it must be told as torn */
};

__attribute__((format(printf, 2, 3))) static void problem(struct reader *rd, const char *fmt, ...)
{
	va_list ap;

	if (rd->r->problem[0])
		return;
	va_start(ap, fmt);
	(void)vsnprintf(rd->r->problem, sizeof(rd->r->problem), fmt, ap);
	va_end(ap);
}

static bool has(const char *line, size_t n, const char *text)
{
	return memmem(line, n, text, strlen(text)) != NULL;
}

static void verify_line(struct reader *rd, const char *file, uint64_t number, const char *line,
			size_t n)
{
	char prev[HASH_TEXT];
	uint64_t seq = 0;

	rd->r->lines++;
	if (!chain_parse(line, n, &seq, prev)) {
		if (rd->loose)
			problem(rd, "%s:%" PRIu64 ": two lines that are none", file, number);
		rd->loose = true;
		line_hash(line, n, rd->hash);
		return;
	}
	if (rd->loose && !has(line, n, ",\"event\":\"torn\","))
		problem(rd, "%s:%" PRIu64 ": the line before it was changed", file, number);
	else if (rd->loose)
		rd->r->torn++;
	rd->loose = false;
	if (has(line, n, ",\"event\":\"cut\","))
		problem(rd, "%s:%" PRIu64 ": the log was cut before this line", file, number);
	if (rd->hash[0] && strcmp(prev, rd->hash) != 0)
		problem(rd, "%s:%" PRIu64 ": the line before it was changed, removed or moved",
			file, number);
	if (rd->hash[0] && seq != rd->seq + 1)
		problem(rd, "%s:%" PRIu64 ": number %" PRIu64 " follows %" PRIu64, file, number,
			seq, rd->seq);
	if (seq == 1 && strcmp(prev, zero_hash) != 0)
		problem(rd, "%s:%" PRIu64 ": the first line has one before it", file, number);
	if (!rd->r->first)
		rd->r->first = seq;
	rd->seq = rd->r->last = seq;
	line_hash(line, n, rd->hash);
	rd->head_seen |= seq == rd->head_seq && strcmp(rd->hash, rd->head_hash) == 0;
	rd->r->found |= rd->expect && strcmp(rd->expect, rd->hash) == 0;
}

static int verify_file(struct reader *rd, int fd, unsigned which, struct pb_err *e)
{
	size_t n = 0;
	autofree char *text = read_from(fd, 0, &n);
	const char *line = text;
	char file[32];

	if (!text)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read the audit log");
	file_name(which, file);
	for (uint64_t number = 1; n; number++) {
		const char *end = memchr(line, '\n', n);
		const size_t len = end ? (size_t)(end - line) : n;

		if (!end) {
			/* nobody has written since: the next line would tell it */
			if (which == 0)
				rd->r->torn++;
			else
				problem(rd, "%s: the last line is not whole", file);
			return 0;
		}
		verify_line(rd, file, number, line, len);
		line += len + 1;
		n -= len + 1;
	}
	rd->r->files++;
	return 0;
}

int chain_verify(int state, const char *expect, struct chain_report *r, struct pb_err *e)
{
	struct reader rd = {.r = r, .expect = expect};
	autoclose int lock = -1;
	struct head h;
	bool known;

	*r = (struct chain_report){0};
	lock = lock_head(state, e);
	if (lock < 0)
		return -1;
	known = read_head(lock, &h);
	rd.head_seq = h.seq;
	memcpy(rd.head_hash, h.hash, sizeof(h.hash));
	for (unsigned n = CHAIN_KEPT + 1; n-- > 0;) {
		autoclose int fd = chain_open(state, n);

		if (fd < 0 && errno == ENOENT) {
			if (rd.hash[0] && n == 0)
				problem(&rd, CHAIN_FILE " is gone");
			else if (rd.hash[0])
				problem(&rd, CHAIN_FILE ".%u is gone", n);
			continue;
		}
		if (fd < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the audit log");
		if (verify_file(&rd, fd, n, e) < 0)
			return -1;
	}
	if (rd.loose)
		problem(&rd, "the last line was changed");
	if (known && h.seq && !rd.head_seen)
		problem(&rd,
			r->last < h.seq ? "the log was cut at its end: line %" PRIu64 " is gone"
					: "line %" PRIu64 " was changed",
			h.seq);
	if (!known && r->lines)
		problem(&rd, HEAD_FILE " is gone: whether the end is whole cannot be told");
	memcpy(r->head, rd.hash, sizeof(rd.hash));
	return 0;
}
