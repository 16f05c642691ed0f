/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan of a launch: rights and host facts turned into an ordered list of typed
 * steps and a handful of values. Pure: the same inputs make the same plan on every
 * machine. linux/ carries it out, explain prints it, golden tests compare it;
 * nothing after it looks at a manifest or an option again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "spec/facts.h"
#include "spec/launch.h"
#include "spec/manifest.h"
#include "spec/policy.h"
#include "spec/syscalls.h"

/* Inside, every plugin is this user and group, whoever started it: the
 * caller's ids are nobody's business, and host uid 0 is never mapped. */
#define PLAN_INNER_ID 1000

enum step_op {
	STEP_DIR,     /* an empty directory on the root tmpfs */
	STEP_FILE,    /* a file on the root tmpfs with data */
	STEP_SYMLINK, /* src is the target */
	STEP_BIND,    /* src (or the bundle, or the data directory) shown at dst */
	STEP_TMPFS,   /* size and inodes */
	STEP_DEVICE,  /* src is a character device below /dev */
	STEP_DEVPTS,  /* a private instance */
	STEP_PROC,
	STEP_SEAL,    /* the root tmpfs turns read-only; the mount points of all later steps are
		       * made before it */
};

enum step_source { SOURCE_PATH, SOURCE_BUNDLE, SOURCE_DATA, SOURCE_SCRATCH };

/* What Landlock grants below dst. */
enum step_access {
	ACCESS_NONE,
	ACCESS_READ,
	ACCESS_READ_EXEC,
	ACCESS_WRITE,	   /* private to the plugin: all but devices and executing */
	ACCESS_WRITE_EXEC, /* --bind: the caller's own word, as with bwrap */
	ACCESS_WRITE_HOST, /* shared with the host: no sockets, FIFOs or devices */
	ACCESS_DEVICE,
};

struct step {
	enum step_op op;
	enum step_source source;
	char *src, *dst;
	char *data;
	uint64_t size, inodes;
	unsigned mode;
	bool writable, exec;
	bool follow;   /* symlinks in src are the caller's own and followed */
	bool host;     /* shows a part of the host that is not the runtime */
	bool optional; /* skipped where src does not exist */
	enum step_access access;
	char *why; /* one clause, for explain */
};

struct plan_rlimit {
	int resource;
	const char *name;
	uint64_t soft, hard;
	char *why;
};

#define PLAN_UCOUNTS 4

struct plan_ucount {
	const char *name; /* below /proc/sys/user */
	uint64_t value;
	const char *why;
};

/* What keeps a limit. */
enum limit_means {
	MEANS_NONE,	/* nothing: best effort only */
	MEANS_CGROUP,
	MEANS_WATCHDOG,
	MEANS_RLIMIT,
	MEANS_MOUNT,
	MEANS_QUOTA,
	MEANS_TIMER,
	MEANS_RELAY,
	MEANS_N
};

/* The stable words for them. */
extern const char *const limit_means_words[MEANS_N];

/* How one limit is kept, for explain, the status stream and the result. */
struct plan_limit {
	enum limit_id id;
	uint64_t v;
	enum limit_origin from;
	enum limit_means means;
	const char *detail; /* "cpu.max", "NPROC per user namespace", … or NULL */
};

/* Below what the plugin's own cgroup is made. */
enum cgroup_way {
	CGROUP_NONE,  /* it has none */
	CGROUP_GIVEN, /* --cgroup */
	CGROUP_OWN,   /* that of plugbox */
	CGROUP_SCOPE, /* one that systemd makes for the run */
};

/* What the watchdog is to keep (run/watchdog.h), 0 for none. */
struct plan_watch {
	uint64_t memory; /* bytes, of all processes together */
	uint64_t cpu_ms; /* CPU time, likewise */
	uint64_t cpu_milli; /* thousandths of a processor, likewise */
	uint64_t data; /* bytes in the data directory */
	bool cpu_by_cgroup; /* the plugin's cgroup counts the CPU time */
	bool pid_1;	 /* process 1 is the plugin itself */
	bool host_proc;	 /* there is no pid namespace: it looks in the host's /proc */
};

struct plan {
	char *plugin, *version;
	bool bare;		  /* --isolation landlock: no namespaces, see spec/bare.h */
	unsigned long namespaces; /* CLONE_NEW* */
	struct step *steps;
	size_t n_steps, cap_steps;
	struct plan_rlimit *rlimits;
	size_t n_rlimits, cap_rlimits;
	struct plan_ucount ucounts[PLAN_UCOUNTS];
	size_t n_ucounts;
	struct plan_limit *limits;
	size_t n_limits, cap_limits;
	enum cgroup_way cgroup_way;
	struct strv cgroup_notes; /* why not another way: "own: not writable for this user" … */
	struct cgroup_limits cgroup;
	struct plan_watch watch;
	uint64_t timeout_ms, kill_after_ms; /* timeout 0: none; likewise the next two */
	uint64_t idle_ms, startup_ms; /* no byte on the channel; none from the plugin yet */
	uint64_t output_size; /* bytes on each of 1 and 2, 0: no limit */
	bool loopback;	    /* bring lo up in the new network namespace */
	char *hostname;	    /* NULL where bare */
	uint64_t data_quota; /* bytes that the file system itself lets the data directory have, 0: none */
	bool storage;	    /* the data directory is wanted */
	bool subprocess, tty;
	bool as_pid_1;
	int landlock_abi;   /* 0: the layer is not in force */
	bool seccomp;
	struct syscall_policy syscalls;
	char *cwd;	    /* inside */
	char *bundle_dst;   /* where the bundle appears, NULL without one */
	bool bundle_first;  /* a bare name is looked for in the bundle before PATH */
	struct strv argv;   /* argv[0] as written: looked up inside, see linux/exec.h */
	struct strv env;    /* NAME=VALUE; the value of PLUGBOX_RUN_ID is the run's to fill in */
	struct strv env_pass; /* names to be taken from the caller's environment, granted */
	struct strv path;   /* directories of PATH, inside */
	struct strv not_kept; /* ids of spec/bare.h */
	struct strv layers, missing; /* in force; asked for but absent (best effort only) */
	struct strv notes;  /* told to the caller: weaker defaults, dropped requests */
	struct strv denied; /* what is denied by default, for explain */
	struct strv granted; /* "subprocess (plugin.yaml:7:5)" …, for explain and the result */
};

/* "given", "own", "scope", or NULL for none: in explain and the status stream. */
const char *plan_cgroup_name(enum cgroup_way way);

/* The controllers (CG_*) of the limits that somebody asked for, which a cgroup keeps best. What is
 * only usual needs none. */
unsigned plan_cgroup_needs(const struct rights *r);

/* Makes the plan. bundle_path is the canonical host path of the bundle (shown at its
 * own place in command mode), NULL without one. Returns 0, or -1 with *e (PB_ERR_SETUP, naming the
 * layer and the remedy, where the policy needs what the facts do not offer). */
int plan_make(const struct manifest *m, const struct launch *l, const struct rights *r,
	      const struct host_facts *f, const char *bundle_path, struct plan *p,
	      struct pb_err *e);

/* What stands in a bare plan for the directories of a run, which has its own each time: the
 * temporary one and that of its data. */
#define PLAN_SCRATCH "<scratch>"
#define PLAN_DATA "<data>"

/* Puts the paths in their place: where a step, the working directory or the value of a variable is one
 * of these words. NULL leaves it. */
void plan_fill(struct plan *p, const char *scratch, const char *data);

void plan_free(struct plan *p);

/* Whether plugbox has to look again and again; and whether at the plugin's processes. */
bool plan_is_watched(const struct plan *p);
bool plan_sees_processes(const struct plan *p);
