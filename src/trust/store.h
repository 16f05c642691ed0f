/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the user said of a plugin, and what it did since: one file NAME.record for each in grants/ of
 * the state directory, replaced as a whole. A file that cannot be read, or says anything that is
 * not understood, is an error and never "nothing was said".
 *
 * It is read on every launch that wants consent, and so is made to be read in one pass: lines of
 * fields with a tab between, in which \\, \t and \n stand for a backslash, a tab and a line feed.
 * The text is UTF-8 without control characters, 64 KiB at most. What is not there has no line.
 *
 *     plugbox-record  1
 *     plugin          NAME
 *     approved        TIME                     with who, what and versions
 *     by              WHO
 *     bundle          PATH
 *     profile         NAME
 *     asked           PERMISSION [ARGUMENT…]   any number
 *     granted         PERMISSION [ARGUMENT…]   any number
 *     version         VERSION DIGEST           32 at most, the newest last
 *     kills           NUMBER
 *     denials         NUMBER
 *     held            TIME                     with a reason
 *     reason          TEXT
 *     end
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "spec/manifest.h"

#define RECORD_SUFFIX ".record"
#define RECORD_MAX_BYTES 65536
/* Of one plugin; the oldest is forgotten, and asks again */
#define RECORD_MAX_VERSIONS 32

struct record_version {
	char *version, *digest;
};

struct record {
	char *plugin;
	char *approved;		     /* when, NULL: it was not (any more) */
	char *by, *bundle, *profile; /* who, of what, under which ceiling; profile may be NULL */
	struct requests asked;	     /* all that the manifest asked for then */
	struct requests granted;     /* what of it is given */
	struct record_version *versions; /* known, the newest last */
	size_t n_versions, cap_versions;
	uint64_t kills, denials; /* since it was approved or released */
	char *held, *reason;	 /* since when and why it may not run, or NULL */
};

/* Reads the record of that plugin. Returns 1, 0 where there is none, or -1 with *e (PB_ERR_POLICY:
 * nothing may be concluded). */
int record_read(int grants, const char *plugin, struct record *r, struct pb_err *e);

/* The same from memory; plugin NULL: any. Returns 0, or -1 with a reason in *e. */
int record_parse(const char *text, size_t n, const char *plugin, struct record *r,
		 struct pb_err *e);

/* Replaces it, on the disk when this returns. Returns 0, or -1 with *e. */
int record_write(int grants, const struct record *r, struct pb_err *e);
/* Adds the file's text. */
void record_text(const struct record *r, struct strbuf *b);
/* Adds its members to an open object of JSON. */
void record_json(const struct record *r, struct json *j);
int record_remove(int grants, const char *plugin, struct pb_err *e);
void record_free(struct record *r);

/* The digest of that version, or NULL. */
const char *record_digest(const struct record *r, const char *version);
void record_add_version(struct record *r, const char *version, const char *digest);

/* Notes a use of the plugin; and the time of the last one, as text, "" for none. */
void record_touch(int grants, const char *plugin);
void record_last_use(int grants, const char *plugin, char out[32]);

/* Now, as the store writes times. */
void record_now(char out[32]);
