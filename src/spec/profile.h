/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile: what may be given to a plugin, whatever its manifest asks for. The format is
 * plugbox-profile(5); it is read by the same strict parser as the manifest.
 *
 * A profile that extends another is a chain, and is asked as one: what it allows its parent must
 * allow too, so that a child can only narrow. Where it says more than its parent, that is an error
 * when they are linked, and not in silence without effect. `widen: true`, which only a file of
 * root's may say, joins the two instead. A denial is never taken back, by nobody.
 *
 * An absent list grants nothing, and neither does an empty one.
 */
#pragma once

#include <stdbool.h>

#include "spec/definition.h"
#include "spec/demand.h"
#include "spec/limits.h"
#include "spec/manifest.h"
#include "spec/plugin_rule.h"
#include "spec/syscalls.h"

/* How many profiles a chain may have */
#define PROFILE_MAX_CHAIN 8

struct profile {
	char *file;	   /* as it is to be shown in messages */
	char *description; /* or NULL */
	char *extends;	   /* the name of the parent, or NULL */
	struct src_pos extends_pos;
	struct profile *parent; /* owned; set by profile_link */
	struct profile **ceilings; /* owned; see profile_bound */
	size_t n_ceilings, cap_ceilings;
	bool widen;
	bool unbounded; /* allows all that it does not deny; not of a file, see spec/hostconf.h */
	bool silent;	/* a bound only: gives nothing by itself */
	bool bound; /* it is for one plugin only */
	struct plugin_rule plugin;
	bool has_allow, has_defaults;
	struct requests allow;	  /* the most that can be given */
	struct requests deny;	  /* never given */
	struct requests defaults; /* given without a word of the caller; absent: all of allow */
	struct limits max;	  /* upper bounds */
	struct limits usual;	  /* for a plugin that names none */
	enum limits_by limits_by; /* by what a limit must be kept at least */
	bool namespaces;	  /* isolation: namespaces, nothing weaker */
	struct src_pos isolation_pos;
	struct definitions definitions; /* of application permissions */
	struct env_pairs env_set; /* what the plugin finds set, whatever its manifest sets */
	char *runtime;		  /* "none", "host" or a directory where --runtime says nothing; or NULL */
	enum demand consent, audit;
	struct src_pos consent_pos, audit_pos;
	bool has_registration, registration_open; /* whether a manifest without a list registers all */
	bool has_calls; /* syscalls.allow stands there */
	struct syscall_set calls_allowed, calls_denied;
	struct src_pos calls_pos; /* of syscalls.allow */
};

/* Reads n bytes of text. admin says that the file is root's alone to write. Errors are added to
 * errs, as by manifest_parse. Returns the profile, which profile_free frees, or NULL. */
struct profile *profile_parse(const char *text, size_t n, const char *name, bool admin,
			      struct manifest_errors *errs);

/* Makes parent, which is linked itself, the parent of p and takes it. What p says beyond it is
 * added to errs, with positions in p's file. Returns 0, or -1 with at least one error. */
int profile_link(struct profile *p, struct profile *parent, struct manifest_errors *errs);

/* Bounds p, which is linked, by another, which is taken: what p allows, that one must allow and not
 * deny, and its upper limits hold too. What is given by itself, p says alone. */
void profile_bound(struct profile *p, struct profile *ceiling);

void profile_free(struct profile *p);

/* Whether the permission may be given for that argument; arg NULL asks for a permission that has
 * none, or for all of one that has. */
bool profile_allows(const struct profile *p, const char *name, const char *arg);

/* Whether it is given without --allow, as far as profile_allows allows it. */
bool profile_gives(const struct profile *p, const char *name, const char *arg);

/* The file and line that give it, where profile_gives says so; NULL where no line does. */
const struct profile *profile_giver(const struct profile *p, const char *name, const char *arg,
				    struct src_pos *pos);

/* The file and line of an allow that covers the application permission, or NULL. */
const struct profile *profile_allower(const struct profile *p, const char *name, struct src_pos *pos);

/* Adds the names KIND:… that it, its parents and what bounds it write under allow and that may wholly
 * be given; "KIND:*" alone where that may. */
void profile_allowed_names(const struct profile *p, const char *kind, struct strv *names);

/* Whether it, or any part of it, is denied. */
bool profile_denies(const struct profile *p, const char *name, const char *arg);

/* The file that stands in the way of it, *pos the line of a denial (0 where nothing allows it), or
 * NULL where it may be given. */
const struct profile *profile_obstacle(const struct profile *p, const char *name, const char *arg,
				       struct src_pos *pos);

/* The upper bound of a limit, or the value for a plugin that names none: false where the
 * profile says nothing of it. */
bool profile_max(const struct profile *p, enum limit_id id, uint64_t *v);
bool profile_usual(const struct profile *p, enum limit_id id, uint64_t *v);

/* The file and line that it comes from, or NULL where the profile says nothing of it. */
const struct profile *profile_limiter(const struct profile *p, enum limit_id id, bool max,
				      struct src_pos *pos);

/* Adds what it sets to the environment, what counts more after what counts less: the parent's, its
 * own, and those that bound it. */
void profile_environment(const struct profile *p, struct env_pairs *to);

/* Where the runtime comes from: its own, its parent's, that of what bounds it; or NULL. */
const char *profile_runtime(const struct profile *p);

/* The most that it, its parents and what bounds it want of consent or of the log. *by receives the one
 * that does, NULL with DEMAND_OFF. */
enum demand profile_demand(const struct profile *p, bool audit, const struct profile **by);

/* By what a limit must be kept at least, for it, its parents and what bounds it. */
enum limits_by profile_limits_by(const struct profile *p);

/* The one of them that forbids a sandbox without namespaces, or NULL. */
const struct profile *profile_namespaces(const struct profile *p);

/* Whether all of them that speak of it open the registrations, and one does. */
bool profile_registration_open(const struct profile *p);

/* The system calls that it adds to those of the permissions, and those that it takes. */
void profile_calls(const struct profile *p, struct syscall_set *added, struct syscall_set *removed);

/* What the chain defines the application permission to be; NULL where it is the host's alone to say.
 * What bounds the profile makes no name stand for more. *in receives the file. */
const struct definition *profile_definition(const struct profile *p, const char *name,
					    const struct profile **in);

/* The first with rules for the channel, of the chain and of what bounds it, which counts whoever else
 * defines the name. */
const struct definition *profile_channel(const struct profile *p, const char *name,
					 const struct profile **in);
