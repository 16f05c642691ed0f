/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cgroup from systemd, for who has none: a transient scope with Delegate=yes in plugbox.slice,
 * asked of the system's manager by root and of the user's own by anybody else.
 *
 * The talk is D-Bus, by libsystemd's sd-bus, in a process that is gone when it is over: the library
 * is loaded by who needs it alone (base/hostlib). The scope is made around that process. Only when
 * what the manager accepted was read back, and is what was asked for, plugbox itself is moved there;
 * else the process ends, and the scope with it.
 *
 * Alone in the scope plugbox finds there what a delegated cgroup of its own is (linux/cgroup). When it
 * ends, killed or not, the scope is empty and the manager removes it.
 *
 * No variable says where the bus is, only the user's id; who answers there must be that user or root,
 * and a process that this one can see, since what is said is a process number.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What the manager would give. */
struct sdscope_offer {
	unsigned controllers; /* CG_* delegated to it; 0: see reason */
	char *reason;	      /* why there is no scope to be had, one clause; or NULL */
	const char *remedy;   /* or NULL */
};

/* Says what a scope would have, from what the manager has: nothing is asked of it, and nothing
 * changes. The caller ends *o with sdscope_offer_free. */
void sdscope_probe(struct sdscope_offer *o);
void sdscope_offer_free(struct sdscope_offer *o);

/* Moves this process into a scope of its own, which takes at most half a minute.
 * plugin and run_id name it. Returns 0 when the process is there, and what was asked for was
 * accepted; or -1 with *e: it is where it was, and the scope is gone or about to be. */
int sdscope_enter(const char *plugin, const char *run_id, struct pb_err *e);

/* The pure part: "plugbox-PLUGIN-RUNID.scope", PLUGIN being any text: what a unit's name cannot
 * have, a slash above all, is written \xNN as systemd-escape does, and what is long is cut.
 * size of at least SDSCOPE_NAME_MAX. Returns buf. */
#define SDSCOPE_NAME_MAX 192
char *sdscope_unit_name(char *buf, size_t size, const char *plugin, const char *run_id);
