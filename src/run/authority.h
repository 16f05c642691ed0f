/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has a say in a launch beside the command line: plugbox.yaml of the system and of the user,
 * and the profiles that hold without being named.
 *
 * What is given by itself, one profile says: that of --profile, else the user's for this plugin
 * (profiles/plugins/NAME.yaml), else the one that the user's plugbox.yaml names, else the system's
 * in the same order. What the system's say bounds whatever was chosen, and so do both plugbox.yaml:
 * a user's word only takes away from root's.
 *
 * A profile that is found by the plugin's name is found by what the plugin calls itself. It gives
 * something only where its `plugin` says which bundle is meant, and then the launch of any other is
 * refused; without that it is a bound of what else was found.
 */
#pragma once

#include "base/err.h"
#include "run/seen.h"
#include "spec/hostconf.h"
#include "spec/launch.h"
#include "spec/profile.h"

struct authority {
	struct hostpolicy host;
	struct profile *profile; /* with all that bounds it, or NULL: nobody has a say */
	const struct hostconf *exempt; /* root's file that lets this plugin run in no sandbox, or NULL */
	char *trust; /* whether it is trusted and by which lines, or NULL: nobody says anything of it */
	bool whole;		 /* the plugin is not trusted: no layer may lack, whatever the
				  * caller says */
	bool found;		 /* authority_find came to its end */
};

/* Reads both plugbox.yaml, as far as they are there; the flags receive whether their directories are.
 * hostpolicy_free in any case. Returns 0, or -1 with *e. */
int authority_read_files(struct hostpolicy *h, bool *system_dir, bool *user_dir, struct pb_err *e);

/* Reads what there is and judges the plugin by it. Fills *a, which authority_free releases in any
 * case. Returns 0, or -1 with *e: PB_ERR_POLICY where it may not run. */
int authority_find(const struct launch *l, struct plugin_seen *seen, struct authority *a,
		   struct pb_err *e);
void authority_free(struct authority *a);

/* What is wanted of the audit log for a launch that ended before authority_find did: completes
 * a->host and nothing else. plugin is the name, or NULL where no manifest was read. Where a file that
 * could want a log is there and cannot be read, a log is wanted. */
void authority_find_demands(const struct launch *l, const char *plugin, struct authority *a);

/* The --state-dir of the launch, or NULL for the usual directory where the files want consent or a log,
 * which are not led elsewhere. */
const char *authority_state_dir(const struct launch *l, const struct authority *a);

/* Whether the plan of a launch may be carried out: refuses one in which a layer lacks where the
 * sandbox must be whole. missing is the plan's. Returns 0, or -1 with *e. */
int authority_check_whole(const struct authority *a, const char *plugin, const struct strv *missing,
			  struct pb_err *e);
