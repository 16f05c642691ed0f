/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consent and misuse in a launch. Where consent is required, what the user approved takes the place
 * of --allow, and a plugin that was not approved, or is another now, does not run; where misuse is
 * counted, one that is on hold does not.
 *
 * The digest is taken of the directory that is mounted for the plugin, by the same descriptor: what
 * has the bundle's name by then is another matter. Of what is in it only root and the user can
 * change anything after that, or the launch is refused.
 */
#pragma once

#include "base/err.h"
#include "run/result.h"
#include "spec/hostconf.h"
#include "spec/launch.h"
#include "spec/manifest.h"
#include "trust/store.h"

struct prepared;

struct approval {
	int grants; /* directory of the store, -1: there is none */
	int state;
	bool required; /* consent is */
	bool found;    /* record is */
	struct record record;
	struct launch launch; /* the caller's, with what was approved in the place of --allow;
			       * shares its strings */
};

#define APPROVAL_INIT ((struct approval){.grants = -1, .state = -1})

/* After plugbox.yaml is known: looks the plugin up and judges it. Fills p->approval, and p->digest
 * unless later says that approval_use will follow and take it. Returns the launch to decide by,
 * which is l itself where there is nothing to say, or NULL with *e. */
const struct launch *approval_find(const struct launch *l, struct prepared *p, bool later,
				   struct pb_err *e);

/* After the policy has decided: nothing is given that was not approved. Returns 0, or -1 with *e.
 */
int approval_check(const struct launch *l, const struct prepared *p, struct pb_err *e);

/* Before the plugin is started, while its sandbox is built: that takes about as long as to look at
 * each file of the bundle. Takes the digest where that was left for later, and refuses a bundle that
 * is another than was approved; notes the use, and a new version with its digest. Returns 0, or -1
 * with *e. */
int approval_use(const struct launch *l, struct prepared *p, struct pb_err *e);

/* Where a launch has failed before that: the log says of which bundle all the same, where that can be
 * told. */
void approval_note_digest(struct prepared *p);

/* After it: counts what it did and puts it on hold. */
void approval_judge(const struct launch *l, const struct prepared *p, const struct result *r);

void approval_free(struct approval *a);
