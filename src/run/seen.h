/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which plugin it is that somebody started, whatever it calls itself: its bundle as it was opened,
 * held against the rules of profiles and of plugbox.yaml. */
#pragma once

#include <sys/stat.h>

#include "base/err.h"
#include "spec/plugin_rule.h"
#include "trust/hash.h"
#include "trust/signature.h"

/* What became of its signatures, as far as a rule asked for them; the later says more. */
enum seen_signature { SIGNATURE_UNASKED, SIGNATURE_NONE, SIGNATURE_OTHER_KEY, SIGNATURE_STALE };

/* The plugin as it was opened. */
struct plugin_seen {
	const char *name;     /* NULL for a command, which is no plugin */
	int bundle_fd;	      /* O_PATH, -1 without one */
	const char *path;     /* of the bundle, for messages and signatures; NULL without one */
	const char *manifest; /* as it was named, NULL for a command */
	const struct stat *as_read;    /* of the manifest, when it was read */
	char digest[HASH_TEXT];	       /* of the bundle; "" until a rule asks for it */
	struct signatures signatures;  /* beside the bundle, likewise */
	enum seen_signature signature; /* why none of them counted for a rule … */
	const char *signature_file;    /* … and which, NULL where there is none */
};

void seen_free(struct plugin_seen *seen);

/*
 * Whether the rule, which stands in file, is about this plugin. One that gives something holds for
 * a path only where nobody else could have put another bundle there: an error, and not another
 * plugin, where somebody could. A digest and a signature are held against what is in the directory
 * that will be mounted, and every file of it is read: what is remembered of them is the user's to
 * write, and the rule may be root's. A bundle that somebody else could change afterwards is an
 * error. Returns 1, 0, or -1 with *e.
 */
int seen_matches(const struct plugin_rule *r, const char *file, bool gives,
		 struct plugin_seen *seen, struct pb_err *e);

/* Why no signature made a rule hold, a clause that the caller frees; NULL where no rule asked. */
char *seen_signature_text(const struct plugin_seen *seen);
