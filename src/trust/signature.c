/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_sign.h>
#include <sodium/utils.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"

#define ALGORITHM_BYTES 2
#define HASH_OF_LINE 64

_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");

struct key {
	unsigned char algorithm[ALGORITHM_BYTES], id[SIGNATURE_ID_BYTES],
		public[crypto_sign_PUBLICKEYBYTES];
};

struct head {
	unsigned char algorithm[ALGORITHM_BYTES], id[SIGNATURE_ID_BYTES], bytes[SIGNATURE_BYTES];
};

/* Exactly so many bytes, and no other way to write them. */
static bool read_base64(const char *s, size_t n, void *out, size_t want)
{
	const char *end = NULL;
	size_t got = 0;

	return sodium_base642bin(out, want, s, n, NULL, &got, &end,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == want && end == s + n;
}

/* The line at *at, without its end, and its length; NULL where there is none. */
static const char *take_line(const char *text, size_t n, size_t *at, size_t *length)
{
	const char *line = text + *at;
	const char *end = *at < n ? memchr(line, '\n', n - *at) : NULL;

	if (*at >= n)
		return NULL;
	*length = end ? (size_t)(end - line) : n - *at;
	*at += *length + (end != NULL);
	return line;
}

static const char *take_comment(const char *text, size_t n, size_t *at, const char *prefix,
				size_t *length)
{
	const char *line = take_line(text, n, at, length);
	const size_t skip = strlen(prefix);

	if (!line || *length < skip || memcmp(line, prefix, skip) != 0)
		return NULL;
	*length -= skip;
	return line + skip;
}

static int parse(const char *text, size_t n, struct signature *s)
{
	struct head head;
	const char *line;
	size_t at = 0;
	size_t length;

	if (!take_comment(text, n, &at, "untrusted comment: ", &length))
		return -1;
	line = take_line(text, n, &at, &length);
	if (!line || !read_base64(line, length, &head, sizeof(head)))
		return -1;
	if (memcmp(head.algorithm, "Ed", ALGORITHM_BYTES) != 0 &&
	    memcmp(head.algorithm, "ED", ALGORITHM_BYTES) != 0)
		return -1;
	s->prehashed = head.algorithm[1] == 'D';
	memcpy(s->id, head.id, sizeof(s->id));
	memcpy(s->bytes, head.bytes, sizeof(s->bytes));
	if (at == n)
		return s->prehashed ? -1 : 0; /* signify's */
	line = take_comment(text, n, &at, "trusted comment: ", &length);
	if (!line || memchr(line, '\0', length))
		return -1;
	s->comment = xstrndup(line, length);
	line = take_line(text, n, &at, &length);
	return line && at == n && read_base64(line, length, s->of_comment, sizeof(s->of_comment))
		       ? 0
		       : -1;
}

int signature_parse(const char *text, size_t n, struct signature *s)
{
	*s = (struct signature){0};
	if (parse(text, n, s) == 0)
		return 0;
	signature_free(s);
	return -1;
}

void signature_free(struct signature *s)
{
	free(s->file);
	free(s->comment);
	*s = (struct signature){0};
}

/* A file that is not there, or is none that can be read to its end, leaves *text NULL. */
static int read_file(const char *path, char **text, size_t *n, bool *there, struct pb_err *e)
{
	autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	autofree char *buf = NULL;
	struct stat st;
	ssize_t got;

	*there = fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
	if (fd < 0 && (!*there || errno == ELOOP || errno == ENXIO))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the signature \"%s\"", path);
		return pb_err_hint(e, "whether it holds cannot be told: make it readable, or remove it");
	}
	if (!S_ISREG(st.st_mode) || st.st_size > SIGNATURE_MAX_BYTES)
		return 0;
	buf = xcalloc(1, SIGNATURE_MAX_BYTES + 1);
	got = fd_read_all(fd, buf, SIGNATURE_MAX_BYTES + 1);
	if (got < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read the signature \"%s\"", path);
	if (got > SIGNATURE_MAX_BYTES)
		return 0;
	*n = (size_t)got;
	*text = take_ptr(buf);
	return 0;
}

int signatures_read(const char *bundle, struct signatures *s, struct pb_err *e)
{
	static const char *const endings[] = {"minisig", "sig"};

	*s = (struct signatures){.looked = true};
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		autofree char *path = xasprintf("%s.digest.%s", bundle, endings[i]);
		autofree char *text = NULL;
		bool there = false;
		size_t n = 0;

		if (read_file(path, &text, &n, &there, e) < 0)
			return -1;
		if (text && signature_parse(text, n, &s->v[s->n]) == 0) {
			s->v[s->n++].file = take_ptr(path);
		} else if (there && !s->broken) {
			s->broken = take_ptr(path);
		}
	}
	return 0;
}

void signatures_free(struct signatures *s)
{
	for (size_t i = 0; i < s->n; i++)
		signature_free(&s->v[i]);
	free(s->broken);
	*s = (struct signatures){0};
}

static bool read_key(const char *text, struct key *k)
{
	return read_base64(text, strlen(text), k, sizeof(*k)) &&
	       memcmp(k->algorithm, "Ed", ALGORITHM_BYTES) == 0;
}

bool signature_names(const struct signature *s, const char *key)
{
	struct key k;

	return read_key(key, &k) && memcmp(k.id, s->id, sizeof(s->id)) == 0;
}

static bool verify(const unsigned char *signature, const void *p, size_t n, const struct key *k)
{
	return crypto_sign_verify_detached(signature, p, n, k->public) == 0;
}

/* What minisign would refuse is refused, though nothing is made of the comment. */
static bool comment_holds(const struct signature *s, const struct key *k)
{
	struct strbuf both = {0};
	bool holds;

	if (!s->comment)
		return true;
	strbuf_add(&both, (const char *)s->bytes, sizeof(s->bytes));
	strbuf_puts(&both, s->comment);
	holds = verify(s->of_comment, both.s, both.n, k);
	strbuf_free(&both);
	return holds;
}

bool signature_holds(const struct signature *s, const char *key, const char *digest)
{
	autofree char *line = signature_message(digest);
	unsigned char hash[HASH_OF_LINE];
	const size_t n = strlen(line);
	struct key k;

	if (!read_key(key, &k) || memcmp(k.id, s->id, sizeof(s->id)) != 0 || !comment_holds(s, &k))
		return false;
	if (!s->prehashed)
		return verify(s->bytes, line, n, &k);
	return crypto_generichash(hash, sizeof(hash), (const unsigned char *)line, n, NULL, 0) ==
		       0 &&
	       verify(s->bytes, hash, sizeof(hash), &k);
}

char *signature_message(const char *digest)
{
	return xasprintf("plugbox bundle %s\n", digest);
}
