/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup v2: one leaf per run, below a cgroup that the caller may write.
 *
 * Nothing here needs root. What it needs is a cgroup that was handed to the user
 * (by systemd's Delegate=, by a container, by an admin's chown), with the controllers
 * in it. A leaf is named plugbox-PID-RUNID; no text of a plugin is ever part of a name
 * here. Everything is opened relative to descriptors, so a cgroup that is moved or
 * replaced meanwhile is an error, never another cgroup.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "spec/facts.h"
#include "spec/limits.h"

/* Where a leaf can be made. */
struct cgroup_place {
	int dirfd;	      /* the parent cgroup, O_DIRECTORY; -1 where there is none */
	unsigned controllers; /* CG_*: there, and enabled or to be enabled for children */
	unsigned enabled;     /* CG_*: in cgroup.subtree_control already */
	char *shown;	      /* its path below the cgroup2 mount, for messages; or NULL */
	char *reason;	      /* why it is not usable, one clause; NULL where it is */
	const char *remedy;   /* what to do about it, or NULL */
	bool move_self;	      /* plugbox is the only process in it and must leave first */
	bool transient;	      /* it is gone when plugbox is, and nothing need be put back in it */
};

/*
 * Finds the place: the cgroup given (absolute, or relative to /sys/fs/cgroup), or where
 * given is NULL plugbox's own. Changes nothing; about fifteen system calls. Returns 0
 * where it is usable with at least one controller, -1 with reason and remedy set where
 * not. Either way *p is released with cgroup_place_free.
 */
int cgroup_probe(const char *given, struct cgroup_place *p);
void cgroup_place_free(struct cgroup_place *p);

struct cgroup {
	int dirfd;    /* the leaf, for CLONE_INTO_CGROUP and usage_of_cgroup, also when its last
		       * task is gone; it holds a lock while plugbox lives */
	int parentfd; /* the place */
	char name[64];
	bool moved;	      /* plugbox moved itself into its own leaf */
	unsigned controllers; /* CG_* that the leaf has */
	unsigned enabled;     /* CG_* that were switched on for this run, when moved */
};

#define CGROUP_INIT ((struct cgroup){.dirfd = -1, .parentfd = -1})

/*
 * Makes the leaf with its limits, each read back. run_id is letters, digits and "-", at
 * most 40. A limit whose controller the place lacks is an error. On success *cg is the caller's, to
 * be ended with cgroup_destroy; on failure nothing is left behind but an empty leaf of plugbox's
 * own where it had to move. Returns 0, or -1 with *e. The place may be freed afterwards.
 */
int cgroup_create(const struct cgroup_place *p, const char *run_id, const struct cgroup_limits *l,
		  struct cgroup *cg, struct pb_err *e);

/* SIGKILL to every task in the leaf, new ones included. Returns 0, or -1 with errno. */
int cgroup_kill(const struct cgroup *cg);

/* Kills what is left, waits (at most five seconds) until the leaf is empty, removes it,
 * undoes what cgroup_create changed in the place, and sweeps. Safe on CGROUP_INIT. */
void cgroup_destroy(struct cgroup *cg);

/* Writes the path of this process's cgroup below the mount. Returns 0, or -1 where it is not
 * visible. */
int cgroup_own_path(char *path, size_t size);

/* Removes the empty leaves in the cgroup dirfd of plugboxes that are gone. Returns how
 * many. */
int cgroup_sweep(int dirfd);

/* The pure parts, for the unit tests. */

/* The CG_* in a line of controller names as cgroup.controllers has it. */
unsigned cgroup_parse_controllers(const char *text);

/* Finds the "0::" line of /proc/PID/cgroup in text and copies its path. Returns 0, or -1
 * where there is none, it is not absolute, it leaves the namespace ("/..") or was deleted. */
int cgroup_parse_self(const char *text, char *path, size_t size);

/* Writes the text for cpu.max: "QUOTA PERIOD" in microseconds, exact to a thousandth. */
char *cgroup_format_cpu(char *buf, size_t size, uint64_t cpu_milli);

/* The value after "key " at the start of a line, as cpu.stat has it. Returns whether
 * there is one. */
bool cgroup_parse_key(const char *text, const char *key, uint64_t *v);

/* The pid in the name of a leaf ("plugbox-PID-RUNID"), or -1 where it is no such name. */
long cgroup_leaf_pid(const char *name);
