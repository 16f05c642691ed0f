/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between plan.c and its parts: what each part adds to a plan. */
#pragma once

#include "spec/plan.h"

struct plan_input {
	const struct manifest *m; /* NULL in command mode */
	const struct launch *l;
	const struct rights *r;
	const struct host_facts *f;
	const char *bundle_path; /* canonical host path, or NULL */
};

/* Every mount, device and synthetic file (plan_mounts.c). */
int plan_mounts(struct plan *p, const struct plan_input *in, struct pb_err *e);

/* The same, and the layers and denials, of a plan without namespaces (plan_bare.c). */
int plan_bare_layers(struct plan *p, const struct plan_input *in, struct pb_err *e);
int plan_bare_files(struct plan *p, const struct plan_input *in, struct pb_err *e);
void plan_bare_denials(struct plan *p, const struct plan_input *in);

/* A part of the host, or a device of it, at dst; host is what is not the runtime. */
struct step *plan_add_bind(struct plan *p, const char *src, const char *dst, enum step_access access,
			   const char *why);
struct step *plan_add_host_bind(struct plan *p, const char *src, const char *dst,
				enum step_access access, const char *why);
struct step *plan_add_device(struct plan *p, const char *path, const char *why);

/* The files by which the C library resolves names, where the host's network is granted. */
void plan_names(struct plan *p, const struct plan_input *in);

/* What file_system_read and file_system_write name, parents first. */
void plan_grants(struct plan *p, const struct plan_input *in);

/* cgroup, rlimits, ucounts and deadlines (plan_limits.c). */
int plan_limits(struct plan *p, const struct plan_input *in, struct pb_err *e);

#define PLAN_CGROUP_REMEDY                                                                         \
	"run plugbox in a delegated cgroup (see plugbox doctor), or pass --best-effort to run without"

/* Notes how a limit of the rights is kept. */
void plan_limit_add(struct plan *p, const struct plan_input *in, enum limit_id id,
		    enum limit_means means, const char *detail);

/* plan_lacks for a limit, where --limits decides and not --best-effort. */
int plan_limit_lacks(struct plan *p, const struct plan_input *in, enum limit_id id, const char *why,
		     const char *remedy, struct pb_err *e);

/* Chooses the way to a cgroup (plan_cgroup.c). Returns the CG_* that it has, 0 without one. */
unsigned plan_cgroup(struct plan *p, const struct plan_input *in);

/* Why no way has this controller (one CG_*), one clause; the caller's to free. */
char *plan_cgroup_lack(const struct plan_input *in, unsigned controller);

/* The limits that nothing but a cgroup with the controllers have keeps. */
int plan_cgroup_limits(struct plan *p, const struct plan_input *in, unsigned have,
		       struct pb_err *e);

/* A layer or limit that the policy needs and the host lacks: noted under
 * --best-effort, otherwise an error of kind PB_ERR_SETUP. Returns 0 or -1. */
int plan_lacks(struct plan *p, const struct plan_input *in, const char *layer, const char *why,
	       const char *remedy, struct pb_err *e);
