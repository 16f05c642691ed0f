/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/seen.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/str.h"
#include "linux/owned.h"
#include "trust/digest.h"

void seen_free(struct plugin_seen *seen)
{
	signatures_free(&seen->signatures);
}

static bool same_directory(int a, int b)
{
	struct stat x;
	struct stat y;

	return a >= 0 && b >= 0 && fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Only where a rule asks. */
static int take_digest(struct plugin_seen *seen, struct pb_err *e)
{
	if (seen->digest[0] || !seen->manifest)
		return 0;
	return digest_guarded(seen->bundle_fd, seen->manifest, seen->as_read, -1, seen->digest, e);
}

static void note_signature(struct plugin_seen *seen, enum seen_signature what, const char *file)
{
	if (what <= seen->signature)
		return;
	seen->signature = what;
	seen->signature_file = file;
}

/* The bundle is read only where a signature names the key. */
static int is_signed_by(const char *key, struct plugin_seen *seen, struct pb_err *e)
{
	struct signatures *s = &seen->signatures;

	if (!seen->manifest || !seen->path)
		return 0;
	if (!s->looked && signatures_read(seen->path, s, e) < 0)
		return -1;
	note_signature(seen, s->n ? SIGNATURE_OTHER_KEY : SIGNATURE_NONE,
		       s->n ? s->v[0].file : s->broken);
	for (size_t i = 0; i < s->n; i++) {
		if (!signature_names(&s->v[i], key))
			continue;
		if (take_digest(seen, e) < 0)
			return -1;
		if (signature_holds(&s->v[i], key, seen->digest))
			return 1;
		note_signature(seen, SIGNATURE_STALE, s->v[i].file);
	}
	return 0;
}

static int is_at(const char *path, bool gives, const struct plugin_seen *seen, struct pb_err *e)
{
	autoclose int there = path_open_follow(path, O_PATH | O_DIRECTORY);
	autoclose int owned = -1;
	bool admin;

	if (!same_directory(there, seen->bundle_fd))
		return 0;
	if (!gives)
		return 1;
	owned = owned_open_directory(path, geteuid(), &admin, e);
	return owned < 0 ? -1 : same_directory(owned, seen->bundle_fd);
}

int seen_matches(const struct plugin_rule *r, const char *file, bool gives,
		 struct plugin_seen *seen, struct pb_err *e)
{
	int rc = !r->name || (seen->name && strcmp(r->name, seen->name) == 0);

	if (rc > 0 && r->path)
		rc = is_at(r->path, gives, seen, e);
	if (rc > 0 && r->digest)
		rc = take_digest(seen, e) < 0 ? -1 : strcmp(r->digest, seen->digest) == 0;
	if (rc > 0 && r->signer)
		rc = is_signed_by(r->signer, seen, e);
	return rc < 0 ? pb_err_wrap(e, "%s:%u:%u", file, r->pos.line, r->pos.col) : rc;
}

char *seen_signature_text(const struct plugin_seen *seen)
{
	const char *file = seen->signature_file;

	switch (seen->signature) {
	case SIGNATURE_UNASKED:
		return NULL;
	case SIGNATURE_NONE:
		return file ? xasprintf("\"%s\" is no signature", file)
			    : xasprintf("it is not signed: there is no \"%s.digest.minisig\"",
					seen->path);
	case SIGNATURE_OTHER_KEY:
		return xasprintf("\"%s\" is of another key", file);
	case SIGNATURE_STALE:
		break;
	}
	return xasprintf("\"%s\" is a signature of something else than this bundle", file);
}
