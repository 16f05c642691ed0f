/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/sdscope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hostlib.h"
#include "base/str.h"
#include "linux/cgroup.h"
#include "linux/sdscope_bus.h"

/* Who asks has a limit of its own, which is lower: this one is for when that hangs. */
#define ASK_MS (SDSCOPE_BUS_MS + 5000)

/* Of the plugin's name. The rest of a unit's name, which may have 255 bytes, is short. */
#define NAME_PART 120

/* ---- the name ---- */

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

char *sdscope_unit_name(char *buf, size_t size, const char *plugin, const char *run_id)
{
	char part[NAME_PART + 1];
	size_t n = 0;

	for (const char *p = plugin; *p && n + 4 <= NAME_PART; p++) {
		if (plain(*p) || (*p == '-' && p != plugin))
			part[n++] = *p;
		else
			n += (size_t)snprintf(part + n, sizeof(part) - n, "\\x%02x", (unsigned char)*p);
	}
	part[n] = '\0';
	(void)snprintf(buf, size, "plugbox-%s-%s.scope", part, run_id);
	return buf;
}

/* ---- what there is ---- */

void sdscope_offer_free(struct sdscope_offer *o)
{
	free(o->reason);
	*o = (struct sdscope_offer){0};
}

static void none(struct sdscope_offer *o, const char *remedy, char *reason)
{
	free(o->reason);
	o->reason = reason;
	o->remedy = remedy;
	o->controllers = 0;
}

static const char delegate[] = "have a cgroup delegated instead, and name it with --cgroup";
static const char boot_v2[] = "boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line";
static const char no_cgroup2[] = "the hierarchy at /sys/fs/cgroup is not cgroup v2 alone";

/* Every controller of the system is root's manager's to give. */
static void probe_system(struct sdscope_offer *o)
{
	char text[1024];

	if (access("/run/systemd/system", F_OK) < 0)
		return none(o, delegate, xstrdup("this system was not started by systemd"));
	if (fd_read_file(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", text, sizeof(text)) < 0)
		return none(o, boot_v2, xstrdup(no_cgroup2));
	o->controllers = cgroup_parse_controllers(text);
}

static void probe_user(struct sdscope_offer *o)
{
	char path[128], text[1024];
	const unsigned uid = (unsigned)geteuid();

	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) < 0)
		return none(o, boot_v2, xstrdup(no_cgroup2));
	(void)snprintf(path, sizeof(path),
		       "/sys/fs/cgroup/user.slice/user-%u.slice/user@%u.service/cgroup.controllers", uid,
		       uid);
	if (fd_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
		return none(o, "log in, or have a manager of your own at all times: loginctl enable-linger",
			    xstrdup("no manager of systemd runs for this user"));
	o->controllers = cgroup_parse_controllers(text);
	if (!o->controllers)
		none(o, "have them delegated: Delegate=cpu memory pids for user@.service",
		     xstrdup("the user's manager has no controllers"));
}

void sdscope_probe(struct sdscope_offer *o)
{
	*o = (struct sdscope_offer){0};
#ifdef PB_LIBSYSTEMD
	const bool built = true;
#else
	const bool built = false;
#endif

	if (!built)
		return none(o, "build plugbox with libsystemd: ./configure --with-systemd",
			    xstrdup("plugbox was not built to ask systemd"));
	if (geteuid() == 0)
		probe_system(o);
	else
		probe_user(o);
}

/* ---- going there ---- */

static int fail(struct pb_err *e, int sys, const char *what)
{
	(void)pb_err_set(e, PB_ERR_SETUP, sys, "%s", what);
	return pb_err_step(e, "scope");
}

/* Whether this process is in the scope. */
static bool arrived(const char *unit)
{
	char path[4096];
	const char *last;

	if (cgroup_own_path(path, sizeof(path)) < 0)
		return false;
	last = strrchr(path, '/');
	return last && strcmp(last + 1, unit) == 0;
}

int sdscope_enter(const char *plugin, const char *run_id, struct pb_err *e)
{
	char unit[SDSCOPE_NAME_MAX], self[16], answer[HOSTLIB_MAX];
	const char *const args[] = {"scope", unit, plugin, self, NULL};
	int rc;

	(void)sdscope_unit_name(unit, sizeof(unit), plugin, run_id);
	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	rc = hostlib_ask(args, ASK_MS, answer);
	if (rc < 0)
		return fail(e, errno, "cannot ask systemd");
	if (rc == 0)
		return fail(e, 0, answer);
	if (!arrived(unit))
		return fail(e, 0, "systemd made a scope but did not move plugbox into it");
	return 0;
}
