/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugbox.yaml: what holds for every plugin of a host, or of a user. The format is
 * plugbox.yaml(5); it is read by the same strict parser as the manifest.
 *
 * There are two, the system's and the user's own, and neither knows of the other: a launch has to
 * satisfy both, so that the user's can only take away. What a file says nothing of it leaves open.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/demand.h"
#include "spec/limits.h"
#include "spec/manifest.h"
#include "spec/plugin_rule.h"

struct profile;

struct plugin_rules {
	bool present; /* an empty list is one that nobody is on */
	struct plugin_rule *v;
	size_t n, cap;
};

/* An absolute path, normal and not "/", or one that begins with "~/". */
struct host_dir {
	char *path; /* NULL: nothing is said */
	struct src_pos pos;
};

struct hostconf {
	char *file;    /* as it is to be shown in messages */
	char *profile; /* for plugins that have none of their own, or NULL */
	struct src_pos profile_pos;
	struct signers signers;
	struct plugin_rules trusted, untrusted;
	bool says_untrusted; /* allow_untrusted stands there */
	bool allow_untrusted;
	struct src_pos untrusted_pos; /* of allow_untrusted, else of trusted */
	enum demand consent, audit;
	struct src_pos consent_pos, audit_pos, misuse_pos;
	char *audit_file; /* in which audit_pos is where that is not file, or NULL */
	uint64_t hold_kills, hold_denials; /* misuse: how many put a plugin on hold; 0: none */
	bool unconfined; /* plugins.isolation.enabled: false: the trusted run in no sandbox */
	struct src_pos unconfined_pos;
	bool no_network;		   /* plugins.isolation.network_enabled: false */
	struct src_pos network_pos;
	enum limits_by limits_by; /* by what a limit must be kept at least */
	bool namespaces;	  /* isolation: namespaces, nothing weaker */
	struct src_pos isolation_pos;
	struct host_dir data, cache; /* where plugins' data and plugbox's caches are kept */
	struct limits max; /* plugins.isolation: timeout and limits */
};

/* Any may be NULL: there is no such file. profile is made of what the profiles of the launch want of
 * consent and audit, under the name of the file that does. */
struct hostpolicy {
	struct hostconf *system, *user, *profile;
};

/* Reads n bytes of text. Errors are added to errs, as by manifest_parse. Returns what
 * hostconf_free frees, or NULL. */
struct hostconf *hostconf_parse(const char *text, size_t n, const char *name,
				struct manifest_errors *errs);
void hostconf_free(struct hostconf *h);
void hostpolicy_free(struct hostpolicy *h);

/* The bounds of the file as a profile that allows all else and gives nothing, the caller's to free;
 * NULL where it has none. */
struct profile *hostconf_ceiling(const struct hostconf *h);

/* What both files together want. *by receives the file that wants it most, NULL with DEMAND_OFF. */
enum demand hostpolicy_consent(const struct hostpolicy *h, const struct hostconf **by);
enum demand hostpolicy_audit(const struct hostpolicy *h, const struct hostconf **by);

/* The lower number of the two files, 0 where neither has one. */
uint64_t hostpolicy_hold_kills(const struct hostpolicy *h);
uint64_t hostpolicy_hold_denials(const struct hostpolicy *h);
