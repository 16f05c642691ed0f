/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan's mounts, carried out.
 *
 * (Not mount.h: glibc's <sys/mount.h> includes "linux/mount.h" with quotes, and would find ours.)
 *
 * Sources are opened once, before anything is mounted over them, as detached
 * copies of the mount (open_tree) whose attributes are set before they appear
 * anywhere. Where the kernel lacks that interface they are plain descriptors, bound and
 * remounted the old way.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "spec/plan.h"

/* MS_* of what a step shows. */
unsigned long mount_flags(const struct step *s);

/* Sets MS_* flags, and no propagation, on the mount of fd with mount_setattr. Returns 0, or -1 with
 * errno. */
int mount_set_flags(int fd, unsigned long flags, bool recursive);

struct source {
	int fd;	      /* -1: not open (any more) */
	bool present; /* false: nothing to open, or optional and absent */
	bool tree;   /* a detached mount, to be moved; else a descriptor to be bound */
	bool is_dir;
	bool fresh; /* its mount point is a plain one that we made, on our own root */
};

struct mount_env {
	const struct plan *plan;
	struct source *sources; /* one for each step, fds -1 at first */
	const char *data_path;	/* host path of the data directory, NULL without storage */
	struct stat data_stat;	/* what was checked: compared after opening */
	int bundle_fd;		/* -1: the bundle is the working directory, which clone carried
				 * over into the new mount namespace: no name is looked up again */
	bool want_proc;		/* mount_build is to leave proc behind */
	int proc;		/* of the new pid namespace, with no name inside; -1: none */
	int scratch_fd;		/* the directory for temporary files, -1 but where the plan is bare */
	int idmap_userns;	/* user namespace for an idmapped mount of the bundle, or -1 */
};

/* Opens the source of every step that has none yet. A caller that is to leave the rest to
 * the child (the parent, run by root, which reaches what the child cannot) passes trees_only:
 * then a kernel without open_tree opens nothing, without an error. Returns 0 or -1 with *e. */
int mount_open_sources(struct mount_env *env, bool trees_only, struct pb_err *e);

/* Sends what is open to the child that is to mount it, and closes nothing; and takes it. The steps of
 * both are the same. Both return 0, or -1 with *e. */
int mount_send_sources(const struct mount_env *env, int sock, struct pb_err *e);
int mount_take_sources(struct mount_env *env, int sock, struct pb_err *e);

/* Opens the sources of a plan without mounts, whose steps are all paths and devices, as descriptors.
 * Returns 0 or -1 with *e. */
int mount_open_plain(struct mount_env *env, struct pb_err *e);

/* Builds the new root out of the steps and makes it "/", with the old one over it. The sources stay
 * open: whoever calls closes them. Returns 0 or -1 with *e. */
int mount_build(struct mount_env *env, struct pb_err *e);

/* Then the old one goes. The kernel waits for all processors with that. Returns 0 or -1 with *e. */
int mount_detach_old(struct pb_err *e);
