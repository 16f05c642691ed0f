/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary of kernel permissions: what a manifest can ask for and
 * plugbox itself enforces. Everything else that a manifest names is an
 * application permission. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum perm_id {
	PERM_FS_READ,
	PERM_FS_WRITE,
	PERM_STORAGE,
	PERM_SUBPROCESS,
	PERM_NETWORK,
	PERM_ENVIRONMENT,
	PERM_DEVICES,
	PERM_TTY,
	PERM_USER_DATABASE,
	PERM_N
};

enum perm_arg {
	PERM_ARG_NONE,	  /* takes no argument */
	PERM_ARG_PATHS,	  /* one or more absolute paths (value_grant_path) */
	PERM_ARG_NETWORK, /* "host" or "loopback" */
	PERM_ARG_ENV,	  /* one or more variable names (value_env_name) */
	PERM_ARG_DEVICES, /* one or more device names (value_device) */
};

enum perm_risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH };

struct perm_info {
	const char *name;
	enum perm_arg arg;
	enum perm_risk risk;
	bool reaches_out;    /* needs --allow: it reaches outside bundle and sandbox */
	const char *summary; /* what the plugin gets, one line */
};

extern const struct perm_info perm_table[PERM_N];

/* An application permission: the host at the other end of the channel says what it means and holds
 * the plugin to it. These are the names that hosts share. */
struct perm_application {
	const char *name;
	const char *argument; /* what its arguments are called, NULL where it has none; for a kind
			       * of names what follows the colon */
	enum perm_risk risk;
	const char *summary;
};

extern const struct perm_application perm_applications[];
extern const size_t perm_n_applications;

/* The index in perm_table, or -1 where name is no kernel permission. */
int perm_find(const char *name);

/* Application permissions that the ecosystems use and plugbox reserves
 * (read_messages, send_messages, database_read, database_write, http_requests),
 * and KIND:NAME requests: tool, channel, cli, service, hook, rpc, each with a name
 * of [A-Za-z0-9._-]+ and an optional "*" at its end (alone, or after ".", as in tool:*
 * and cli:plugins.*; also after a bare prefix as in tool:radar*; perm_name_covers says what
 * each means). Returns true for a well-formed one. */
bool perm_is_application(const char *name);

/* All names a manifest may write where a KIND:NAME is not meant, for near-miss
 * suggestions. *n receives the count. */
const char *const *perm_names(size_t *n);

/*
 * Whether the name allowed, which may end in "*", covers the name asked, which may too. A "*"
 * stands at the boundary of a name: alone it is every name, after ".", "_" or "-" every name that
 * begins so, and after anything else that name itself and those that go on with one of these:
 * "radar*" is radar, radar.wide and radar_2, and never radars. What ends in "*" is covered only
 * where all that it stands for is. Bytes are compared: no case, no look-alikes.
 */
bool perm_name_covers(const char *allowed, const char *asked);

/* The same of one argument of the permission: a path covers what lies below it, the host's
 * network a loopback; of hosts (http_requests) one without a port covers all ports of it, and "*." the
 * names that end so, at a dot; what an application takes else is compared as names are. */
bool perm_arg_covers(const char *permission, const char *allowed, const char *asked);

/* Whether the arguments of the permission are hosts (value_host). */
bool perm_takes_hosts(const char *permission);

/* Whether a and b have something in common: what a denial of one means for the other. */
bool perm_name_overlaps(const char *a, const char *b);
bool perm_arg_overlaps(const char *permission, const char *a, const char *b);
