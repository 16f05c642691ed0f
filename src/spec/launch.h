/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line of `run` and `explain` says, parsed and checked one
 * option at a time; what they mean together is policy's business. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"
#include "spec/hostconf.h"
#include "spec/limits.h"
#include "spec/manifest.h"

enum mount_kind { MOUNT_RO_BIND, MOUNT_BIND, MOUNT_TMPFS, MOUNT_DIR, MOUNT_SYMLINK };

/* --ro-bind SRC DEST, --bind SRC DEST, --tmpfs DEST, --dir DEST, --symlink TARGET DEST */
struct mount_opt {
	enum mount_kind kind;
	char *src; /* host path, or the target of the symlink; NULL for tmpfs and dir */
	char *dst; /* absolute, normalised path inside */
	uint64_t size; /* --size of the tmpfs, 0 for the default */
};

enum env_op { ENV_SET, ENV_UNSET, ENV_CLEAR };

struct env_opt {
	enum env_op op;
	char *name, *value;
};

/* How a plugin is kept apart: see spec/bare.h for the second. */
enum isolation { ISOLATION_NAMESPACES, ISOLATION_LANDLOCK };

enum init_error { INIT_ERROR_NONE, INIT_ERROR_JSONRPC };

struct launch {
	bool command;	    /* `-- COMMAND ARGS…` without a manifest */
	char *target;	    /* BUNDLE or MANIFEST; NULL in command mode */
	struct strv args;   /* what stood after -- */
	char *bundle_dir;   /* --bundle */
	bool no_bundle;	    /* --no-bundle */
	struct requests allow; /* --allow NAME[=ARG[,ARG…]], --deny has no use before profiles */
	struct mount_opt *mounts;
	size_t n_mounts, cap_mounts;
	struct env_opt *env;
	size_t n_env, cap_env;
	char *profile; /* --profile, as written, or NULL */
	char *chdir;
	char *hostname;
	char *run_as;	  /* --run-as USER[:GROUP], names or numbers, as written */
	char *runtime;	  /* --runtime none|host|DIR; NULL is host */
	struct strv runtime_add; /* --runtime-add DIR */
	char *data_dir;	  /* --data-dir: where /data of plugins is kept */
	char *cgroup;	  /* --cgroup PATH below /sys/fs/cgroup or absolute */
	struct limits limits; /* options of limit_table, lower than the manifest's only */
	uint64_t kill_after;  /* milliseconds from SIGTERM to SIGKILL at a limit */
	bool die_with_parent; /* default true */
	bool as_pid_1;
	enum isolation isolation; /* never the second but by the caller's own word */
	bool best_effort;
	bool limits_given; /* --limits, else what best_effort says */
	enum limits_by limits_by;
	bool json; /* explain only */
	int *keep_fds;
	size_t n_keep_fds, cap_keep_fds;
	int status_fd; /* -1 where not given, likewise info_fd */
	int info_fd;
	char *status_file;
	char *state_dir;      /* --state-dir: plugbox's own; NULL is the usual one */
	char *correlation_id; /* or NULL */
	enum demand audit;    /* --audit; plugbox.yaml can want more, never less */
	bool audit_syslog;
	bool debug;	      /* --debug: run only */
	enum demand consent;  /* --consent, likewise */
	bool approving;	      /* approve: whatever the manifest asks for counts as allowed */
	enum init_error init_error;
	enum framing framing; /* --framing, in command mode */
};

/* Sets the defaults of *l. */
void launch_init(struct launch *l);
void launch_free(struct launch *l);

/* Whether it says something of the sandbox, beyond what it allows: a plugin that may run in none runs
 * in one then. The timeout is kept without one too. */
bool launch_shapes(const struct launch *l);
