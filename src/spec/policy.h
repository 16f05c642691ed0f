/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policy: what the manifest asks for, cut down to what may be given.
 *
 * A manifest can only ask. Given is
 *
 *     what it asks for, and the profile allows and does not deny, and
 *     (the profile gives by itself, or --allow names, or stays inside the sandbox).
 *
 * Without a profile there is no bound but --allow: what stays inside the sandbox (subprocess,
 * user_database, a private loopback) is given for the asking, what reaches out of it needs
 * --allow. With one, --allow cannot go beyond its `allow`, nor can what stays inside; and what the
 * runtime shows anyway needs nobody's leave. An application permission always needs --allow: it is
 * the caller's word that the other end of the channel enforces it, which plugbox does not; the
 * profile bounds which may be named.
 *
 * The names that a manifest lists for registration stay on the channel and need no --allow, but a
 * profile has to allow them, as KIND:NAME. Where it opens the registrations, a list that the manifest
 * lacks asks for whatever it allows of that kind.
 *
 * A limit of the profile is an upper bound: the lowest of manifest, option and bound is kept, and
 * the bound itself where nobody names a limit.
 *
 * In command mode there is nobody to ask: --allow says what is asked for and given. Required and
 * not given refuses the launch, every missing one by name; optional and not given is dropped, and
 * told.
 */
#pragma once

#include "base/err.h"
#include "spec/facts.h"
#include "spec/launch.h"
#include "spec/manifest.h"
#include "spec/permission.h"
#include "spec/profile.h"

struct grant {
	bool given;
	struct strv args;
	struct strv origins; /* of each of args, or of a permission without any: who asks, and who
			      * gives where that takes somebody, "plugin.yaml:7:5, --allow" or
			      * "plugin.yaml:7:5, /etc/plugbox/profiles/ci.yaml:9:5" */
};

enum limit_origin { FROM_NOWHERE, FROM_DEFAULT, FROM_MANIFEST, FROM_OPTION, FROM_PROFILE };

enum network_kind { NETWORK_NONE, NETWORK_LOOPBACK, NETWORK_HOST };

struct rights {
	char *plugin;  /* the manifest's name, or that of the command */
	char *version; /* or NULL */
	struct grant perm[PERM_N];
	enum network_kind network;
	struct strv host_enforced; /* application permissions given: the host at the other end of
				    * the channel enforces them, plugbox does not read it */
	struct strv dropped;	   /* optional requests that were not given */
	struct strv unasked;	   /* --allow entries that the manifest does not ask for */
	struct limit limits[LIMIT_N];
	enum limit_origin limit_from[LIMIT_N];
	char *limit_at[LIMIT_N]; /* where: "plugin.yaml:9:3", "--timeout"; NULL for a default */
	struct strv refused;	   /* "network: host (plugin.yaml:7:5)", required and not given */
	struct strv remedies;	   /* what to add for each, in the same order; "" where only another
				    * profile would help */
	struct strv unenforced; /* required, and nothing here can enforce it: each a clause that says why */
	struct strv inexpressible; /* required, and beyond what --isolation landlock can give */
	char *profile;		   /* the file of the profile, or NULL */
	struct env_pairs env_set;  /* what the profile sets, the later counts */
	struct syscall_set calls_added, calls_removed; /* by the profile */
	enum limits_by limits_by;  /* by what a limit must be kept at least, whatever the caller says */
	struct grant registrations[REG_N]; /* given: the manifest has the list, or the profile
					    * opens it; "*" is any name */
	struct strv bounds;	   /* the files that bound it */
	char *data, *cache;	   /* where plugbox.yaml wants these kept, and its line; or NULL */
	char *trust;		   /* what plugbox.yaml says of the plugin, or NULL; see run/authority.h */
	char *obstacle;		   /* the file that the first of those with "" is beyond, or NULL */
};

/* Decides. m is NULL in command mode, profile where none was named. Refusals are listed in *r and
 * are no error here: explain shows them, run turns them into one with policy_refusal. Returns 0, or
 * -1 with *e where the options contradict themselves. */
int policy_decide(const struct manifest *m, const struct launch *l, const struct profile *profile,
		  const struct host_facts *f, struct rights *r, struct pb_err *e);

/* 0 where nothing was refused; otherwise -1 with a PB_ERR_POLICY that names all. */
int policy_refusal(const struct rights *r, struct pb_err *e);

void rights_free(struct rights *r);
