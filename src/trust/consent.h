/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user approved of a plugin, compared with what is there now. Decides; reads and writes
 * nothing. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "spec/manifest.h"
#include "spec/policy.h"
#include "spec/profile.h"
#include "trust/store.h"

/* All that the manifest asks for, with what it would register as KIND:NAME. */
void consent_asked(const struct manifest *m, struct requests *asked);

/* What of that the profile (NULL: none) leaves to be given, and by approval is. */
void consent_granted(const struct requests *asked, const struct profile *profile,
		     struct requests *granted);

/* Adds "network: host" for each thing in more that is not covered by have. */
void consent_difference(const struct requests *have, const struct requests *more, struct strv *out);

/*
 * Whether the plugin may run on what was approved: a version that asks for no more, and, where its
 * digest is known (consent_same), is the same bundle. r is NULL where nothing was. Returns 0, or -1
 * with *e (PB_ERR_POLICY) that says why not and which command would approve it; shown is the bundle
 * as the user named it.
 */
int consent_check(const struct record *r, const struct manifest *m, const char *shown,
		  struct pb_err *e);
int consent_same(const struct record *r, const struct manifest *m, const char *digest,
		 const char *shown, struct pb_err *e);

/* Whether it is on hold. Returns 0, or -1 with *e. */
int consent_held(const struct record *r, struct pb_err *e);

/* Whether what policy gives, and what --allow names, was all approved. Returns 0, or -1 with *e. */
int consent_covers(const struct record *r, const struct rights *rights,
		   const struct requests *allow, const char *shown, struct pb_err *e);
