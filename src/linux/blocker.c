/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/blocker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/caps.h"

const char blocker_in_container[] =
	"in a container: allow it in the container's seccomp profile (docker, podman: "
	"--security-opt seccomp=unconfined) or run plugbox outside";

static const char apparmor_remedy[] =
	"install an AppArmor profile for plugbox that has \"userns,\" (as in /etc/apparmor.d/"
	"plugbox: profile plugbox /usr/bin/plugbox flags=(unconfined) { userns, }), or: "
	"sysctl kernel.apparmor_restrict_unprivileged_userns=0";

static bool setting_is(const char *path, const char *value)
{
	char text[64];

	return fd_read_file(AT_FDCWD, path, text, sizeof(text)) >= 0 && strcmp(text, value) == 0;
}

/* Whether this process was put below another root, where the kernel gives no user
 * namespace: then no mount stands at its "/". */
static bool in_chroot(void)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	if (!f)
		return false;
	while (!found && getline(&line, &size, f) > 0) {
		char at[8];

		/* the fifth word is where it is mounted */
		found = sscanf(line, "%*s %*s %*s %*s %7s", at) == 1 && !strcmp(at, "/");
	}
	free(line);
	(void)fclose(f);
	return !found;
}

/* Whether a seccomp filter is on this process already. */
static bool is_filtered(void)
{
	char text[4096];

	return fd_read_file(AT_FDCWD, "/proc/self/status", text, sizeof(text)) > 0 &&
	       strstr(text, "\nSeccomp:\t2");
}

/* Whether the id has a place in this process's own user namespace. */
static bool is_mapped(const char *file, unsigned id)
{
	autofree char *path = xasprintf("/proc/self/%s", file);
	unsigned first, outer, count;
	bool found = false;
	FILE *f = fopen(path, "re");

	while (f && !found && fscanf(f, "%u %u %u", &first, &outer, &count) == 3)
		found = id >= first && id - first < count;
	if (f)
		(void)fclose(f);
	return found;
}

/* Root of the machine and not only of a container's user namespace: the settings for ordinary users
 * do not bind it. */
static bool is_host_root(void)
{
	unsigned first, outer, count;
	bool all = false;
	FILE *f = fopen("/proc/self/uid_map", "re");

	if (f) {
		all = fscanf(f, "%u %u %u", &first, &outer, &count) == 3 && count == UINT32_MAX;
		(void)fclose(f);
	}
	return all && geteuid() == 0;
}

static bool apparmor_restricts(void)
{
	return !is_host_root() &&
	       setting_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1");
}

const char *blocker_userns(int err, const char **remedy)
{
	const bool filtered = is_filtered();

	if (setting_is("/proc/sys/user/max_user_namespaces", "0")) {
		*remedy = "sysctl user.max_user_namespaces=15000";
		return "switched off by user.max_user_namespaces=0";
	}
	if (!is_host_root() && setting_is("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
		*remedy = "sysctl kernel.unprivileged_userns_clone=1";
		return "switched off by kernel.unprivileged_userns_clone=0";
	}
	if ((err == EPERM || err == EACCES) && apparmor_restricts()) {
		*remedy = apparmor_remedy;
		return "restricted by AppArmor (kernel.apparmor_restrict_unprivileged_userns=1) "
		       "and no profile allows plugbox";
	}
	if ((err == EINVAL || err == ENOSYS) && access("/proc/self/ns/user", F_OK) < 0) {
		*remedy = "use a kernel with CONFIG_USER_NS";
		return "not in this kernel";
	}
	if (err == ENOSPC || err == EUSERS) {
		/* that of a surrounding namespace cannot be seen from here */
		*remedy = filtered ? "raise user.max_user_namespaces and the like, around this container "
				     "too, or allow them in the container's seccomp profile"
				   : "raise user.max_user_namespaces and the like, around this container "
				     "too, or nest fewer sandboxes";
		return filtered ? "at the limit of their number or depth, or the seccomp filter that this "
				  "process runs under says so"
				: "at the limit of their number or depth";
	}
	if (err != ENOSYS && in_chroot()) {
		*remedy = "run plugbox outside of the chroot, or enter it with pivot_root";
		return "refused in a chroot";
	}
	if (filtered) {
		*remedy = blocker_in_container;
		return "refused by the seccomp filter that this process runs under";
	}
	*remedy = "see security policies of this host (LSM, container) for user namespaces";
	return "refused";
}

const char *blocker_namespaces(int err, const char **remedy)
{
	static const struct {
		const char *file, *limit, *found, *remedy;
	} others[] = {
#define KIND(name)                                                                                 \
	{"/proc/self/ns/" name, "/proc/sys/user/max_" name "_namespaces",                          \
	 "switched off by user.max_" name "_namespaces=0",                                         \
	 "sysctl user.max_" name "_namespaces=15000"}
		KIND("mnt"), KIND("pid"), KIND("net"), KIND("ipc"), KIND("uts"), KIND("cgroup"),
#undef KIND
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (err == ENOSPC && setting_is(others[i].limit, "0")) {
			*remedy = others[i].remedy;
			return others[i].found;
		}
		if (err == EINVAL && access(others[i].file, F_OK) < 0) {
			*remedy = "use a kernel with all kinds of them: plugbox doctor says which is missing";
			return "not all in this kernel";
		}
	}
	return blocker_userns(err, remedy);
}

const char *blocker_map(const char *file, unsigned id, const char **remedy)
{
	if (!is_mapped(file, id)) {
		*remedy = "choose one that is with --run-as";
		return "the id has no place here, as in a container whose user namespace holds few ids";
	}
	if (geteuid() == 0 && (!caps_has(CAP_SETUID) || !caps_has(CAP_SETGID))) {
		*remedy = "let it have both, or run plugbox as an ordinary user";
		return "root has no CAP_SETUID and CAP_SETGID here, as in a container that drops them";
	}
	if (apparmor_restricts()) {
		*remedy = apparmor_remedy;
		return "user namespaces are restricted by AppArmor "
		       "(kernel.apparmor_restrict_unprivileged_userns=1)";
	}
	*remedy = "see whether a security policy of this host restricts /proc/PID/uid_map";
	return "user namespaces are given here, but no id may be mapped into them";
}

const char *blocker_withheld(const char **remedy)
{
	if (!apparmor_restricts())
		return NULL;
	*remedy = apparmor_remedy;
	return "without capabilities: restricted by AppArmor "
	       "(kernel.apparmor_restrict_unprivileged_userns=1)";
}
