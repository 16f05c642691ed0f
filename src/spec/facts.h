/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts about a host that a plan depends on. Declared here, filled by
 * linux/probe, made up by the golden tests: the same facts and the same manifest give
 * the same plan on every machine. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"

enum entry_kind { ENTRY_DIR, ENTRY_FILE, ENTRY_LINK };

/* One thing of the runtime that is shown inside: "/usr", "/lib64", "/etc/ssl/certs" … */
struct runtime_entry {
	char *path;   /* where it appears inside */
	char *source; /* host path for a directory or file; target for a link */
	enum entry_kind kind;
};

enum cgroup_controller { CG_CPU = 1, CG_MEMORY = 2, CG_PIDS = 4, CG_IO = 8, CG_CPUSET = 16 };

struct host_facts {
	uid_t uid; /* of the caller */
	gid_t gid;
	int landlock_abi;	     /* 0: none */
	bool seccomp;		     /* filters at all */
	bool seccomp_notify;	     /* user notification */
	bool nproc_per_userns;	     /* RLIMIT_NPROC is counted per user namespace (5.14) */
	unsigned cgroup_controllers; /* CG_* usable for a child cgroup of ours, 0: none */
	char *cgroup_reason;	     /* why none, one clause; NULL where there are some */
	bool cgroup_scope;	     /* they are those of a scope of systemd, and the reason why
				      * plugbox's own cgroup would not do */
	char *scope_reason;	     /* why systemd was asked and gives none that helps, or NULL */
	bool data_quota;	     /* a project quota of its file system can limit /data */
	const char *quota_reason;    /* why not, or NULL where nobody asked */
	char *lang, *tz;	     /* of the caller's environment, or NULL */
	char *runtime;		     /* "host", "none" or a directory */
	struct runtime_entry *entries;
	size_t n_entries, cap_entries;
};

/* The name of the lowest controller in the bits: "cpu" … */
const char *facts_controller(unsigned bits);

void facts_free(struct host_facts *f);
