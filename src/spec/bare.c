/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/bare.h"

#include <string.h>

#include "base/cleanup.h"

static const struct bare_promise promises[] = {
	{"file-names", "that a file or directory of the host exists, its size, owner and times, and where "
		       "a link leads, can be asked by its path (its contents and a directory's list cannot "
		       "be read)"},
	{"processes", "that a process number of the host is in use, and its CPU time, can be asked (it "
		      "cannot be read, signaled or traced)"},
	{"host-identity", "the host's name and the user's own ids are seen"},
	{"user-limits", "what the kernel counts for each user (processes, queued signals, pipes) is "
			"shared with the user's other processes"},
	{"tmp-size", "the directory for temporary files lies on the host's own, and nothing bounds it"},
	{"written-code", "what the plugin writes can be mapped as code (it cannot be executed as a "
			 "program)"},
	{"second-wall", "one wall where there are two: no mounts stand behind Landlock, and no network "
			"namespace behind the system call filter"},
	{"killed-together", "where plugbox and its keeper are killed by somebody else at the same moment "
			    "the plugin stays"},
};

const struct bare_promise *bare_promises(size_t *n)
{
	*n = ARRAY_SIZE(promises);
	return promises;
}

const char *bare_lack(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(promises); i++)
		if (strcmp(promises[i].id, id) == 0)
			return promises[i].lack;
	return NULL;
}

bool bare_expresses(enum perm_id id, const char *arg)
{
	/* a loopback of its own is a network namespace, a terminal of its own a /dev/pts, and a file of
	 * users a mount over the host's */
	if (id == PERM_NETWORK)
		return arg && strcmp(arg, "host") == 0;
	/* any request to a device is any request to a file as well, which Landlock does not ask about and
	 * no read-only mount refuses */
	return id != PERM_TTY && id != PERM_USER_DATABASE && id != PERM_DEVICES;
}

static void mount_option(const struct mount_opt *o, struct strv *to)
{
	static const char *const names[] = {
		[MOUNT_RO_BIND] = "ro-bind", [MOUNT_BIND] = "bind",	  [MOUNT_TMPFS] = "tmpfs",
		[MOUNT_DIR] = "dir",	     [MOUNT_SYMLINK] = "symlink",
	};
	const bool bind = o->kind == MOUNT_RO_BIND || o->kind == MOUNT_BIND;

	/* a path that stays where it is needs no mount */
	if (bind && strcmp(o->src, o->dst) == 0)
		return;
	strv_take(to, o->src ? xasprintf("--%s %s %s", names[o->kind], o->src, o->dst)
			     : xasprintf("--%s %s", names[o->kind], o->dst));
}

void bare_options(const struct launch *l, struct strv *to)
{
	if (l->hostname)
		strv_add(to, "--hostname");
	if (l->as_pid_1)
		strv_add(to, "--as-pid-1");
	if (l->runtime && strcmp(l->runtime, "host") != 0 && strcmp(l->runtime, "none") != 0)
		strv_take(to, xasprintf("--runtime %s", l->runtime));
	for (size_t i = 0; i < l->n_mounts; i++)
		mount_option(&l->mounts[i], to);
}
