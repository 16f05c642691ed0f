/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/sdscope_bus.h"

#include <stdio.h>

#ifndef PB_LIBSYSTEMD

int sdscope_bus_ask(const char *unit, const char *plugin, pid_t pid, char *why, size_t size)
{
	(void)snprintf(why, size, "plugbox was not built to ask systemd (for %s of %s, %d)", unit, plugin,
		       (int)pid);
	return -1;
}

#else

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define SERVICE "org.freedesktop.systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define ROOT "/org/freedesktop/systemd1"
#define SLICE "plugbox.slice"

/* What of the library is called. It is loaded by name: where it is missing the program still has
 * other questions to answer. */
#define CALLS(X)                                                                                   \
	X(sd_bus_new)                                                                              \
	X(sd_bus_set_fd)                                                                           \
	X(sd_bus_set_bus_client)                                                                   \
	X(sd_bus_start)                                                                            \
	X(sd_bus_set_method_call_timeout)                                                          \
	X(sd_bus_match_signal)                                                                     \
	X(sd_bus_message_new_method_call)                                                          \
	X(sd_bus_message_append)                                                                   \
	X(sd_bus_message_open_container)                                                           \
	X(sd_bus_message_close_container)                                                          \
	X(sd_bus_message_read)                                                                     \
	X(sd_bus_call)                                                                             \
	X(sd_bus_call_method)                                                                      \
	X(sd_bus_process)                                                                          \
	X(sd_bus_wait)                                                                             \
	X(sd_bus_path_encode)                                                                      \
	X(sd_bus_get_property_string)                                                              \
	X(sd_bus_get_property_trivial)

#define MEMBER(name) __typeof__(&name) name;
static struct {
	CALLS(MEMBER)
} lib;

/* What is being asked, and what came of it. */
struct asking {
	sd_bus *bus;
	char *job;    /* its object path */
	char *result; /* of the job, as soon as it is over */
	char *why;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static int fail(const struct asking *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(a->why, a->size, fmt, ap);
	va_end(ap);
	return -1;
}

static int load(const struct asking *a)
{
	void *so = dlopen(PB_LIBSYSTEMD, RTLD_NOW | RTLD_LOCAL);

	if (!so)
		return fail(a, PB_LIBSYSTEMD " cannot be loaded");
#define RESOLVE(name)                                                                              \
	lib.name = (__typeof__(&name))dlsym(so, #name);                                            \
	if (!lib.name)                                                                             \
		return fail(a, PB_LIBSYSTEMD " has no " #name);
	CALLS(RESOLVE)
	return 0;
}

/* ---- the way there ---- */

/*
 * Opens the socket and makes sure of who listens. The path is of this user's own directory, or of
 * root's; still it is the answer that counts: another user could have been given the directory,
 * and in a container the manager may be the host's, for which our process numbers are others'.
 */
static int open_socket(const struct asking *a, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct ucred who = {0};
	socklen_t n = sizeof(who);
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return fail(a, "cannot connect to %s: %s", path, strerror(errno));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0)
		return fail(a, "cannot tell who listens at %s: %s", path, strerror(errno));
	if (who.uid != 0 && who.uid != geteuid())
		return fail(a, "another user listens at %s", path);
	if (who.pid <= 0)
		return fail(a, "who listens at %s is outside of this container", path);
	return take_fd(&fd);
}

static int connect_bus(struct asking *a)
{
	char user_bus[64], user_private[64];
	const bool root = geteuid() == 0;
	const struct {
		const char *path;
		bool bus; /* with other participants, and a name service; else the manager itself */
	} ways[] = {
		{root ? "/run/dbus/system_bus_socket" : user_bus, true},
		{root ? "/run/systemd/private" : user_private, false},
	};

	(void)snprintf(user_bus, sizeof(user_bus), "/run/user/%u/bus", (unsigned)geteuid());
	(void)snprintf(user_private, sizeof(user_private), "/run/user/%u/systemd/private",
		       (unsigned)geteuid());
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		autoclose int fd = open_socket(a, ways[i].path);
		int rc;

		if (fd < 0)
			continue;
		rc = lib.sd_bus_new(&a->bus);
		if (rc >= 0)
			rc = lib.sd_bus_set_fd(a->bus, fd, fd);
		if (rc < 0)
			return fail(a, "cannot speak D-Bus: %s", strerror(-rc));
		(void)take_fd(&fd); /* the library's now */
		if (ways[i].bus)
			rc = lib.sd_bus_set_bus_client(a->bus, 1);
		if (rc >= 0)
			rc = lib.sd_bus_set_method_call_timeout(a->bus, (uint64_t)SDSCOPE_BUS_MS * 1000);
		if (rc >= 0)
			rc = lib.sd_bus_start(a->bus);
		if (rc >= 0)
			return 0;
		(void)fail(a, "no D-Bus at %s: %s", ways[i].path, strerror(-rc));
	}
	return -1;
}

/* ---- the scope ---- */

static int on_removed(sd_bus_message *m, void *data, sd_bus_error *unused)
{
	struct asking *a = data;
	const char *path, *unit, *result;
	uint32_t id;

	(void)unused;
	if (lib.sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) < 0)
		return 0;
	if (a->job && strcmp(path, a->job) == 0 && !a->result)
		a->result = xstrdup(result);
	return 0;
}

/* No OOMPolicy: managers before 253 refuse it for a scope, and the plugin's own cgroup, below, has
 * memory.oom.group. */
static int add_properties(sd_bus_message *m, const char *plugin)
{
	autofree char *about = xasprintf("plugbox: %s", plugin);
	int rc = lib.sd_bus_message_append(m, "(sv)(sv)(sv)", "Description", "s", about, "Slice", "s",
					   SLICE, "PIDs", "au", 1U, (uint32_t)getpid());

	/* a scope that failed would stay, with its name, until somebody looks at it */
	if (rc >= 0)
		rc = lib.sd_bus_message_append(m, "(sv)(sv)(sv)(sv)", "Delegate", "b", 1, "CollectMode",
					       "s", "inactive-or-failed", "KillMode", "s",
					       "control-group", "TimeoutStopUSec", "t", (uint64_t)5000000);
	return rc;
}

static int request(struct asking *a, const char *unit, const char *plugin)
{
	char printable[256];
	sd_bus_message *m = NULL, *reply = NULL;
	sd_bus_error error = {0};
	const char *job;
	int rc;

	/* of a command it is a file's name, and a message holds valid text only */
	(void)str_escape(printable, sizeof(printable), plugin, strlen(plugin));
	rc = lib.sd_bus_match_signal(a->bus, NULL, NULL, ROOT, MANAGER, "JobRemoved", on_removed, a);
	if (rc >= 0)
		rc = lib.sd_bus_message_new_method_call(a->bus, &m, SERVICE, ROOT, MANAGER,
							"StartTransientUnit");
	if (rc >= 0)
		rc = lib.sd_bus_message_append(m, "ss", unit, "fail");
	if (rc >= 0)
		rc = lib.sd_bus_message_open_container(m, 'a', "(sv)");
	if (rc >= 0)
		rc = add_properties(m, printable);
	if (rc >= 0)
		rc = lib.sd_bus_message_close_container(m);
	if (rc >= 0)
		rc = lib.sd_bus_message_append(m, "a(sa(sv))", 0);
	if (rc < 0)
		return fail(a, "cannot ask systemd for a scope: %s", strerror(-rc));
	rc = lib.sd_bus_call(a->bus, m, (uint64_t)SDSCOPE_BUS_MS * 1000, &error, &reply);
	if (rc < 0 && error.message)
		(void)str_escape(printable, sizeof(printable), error.message, strlen(error.message));
	if (rc < 0)
		return fail(a, "systemd refused a scope: %s", error.message ? printable : strerror(-rc));
	if (lib.sd_bus_message_read(reply, "o", &job) < 0)
		return fail(a, "systemd's answer cannot be read");
	a->job = xstrdup(job);
	return 0;
}

/* The request is only queued when it is answered. */
static int wait_for_job(struct asking *a)
{
	const int64_t end = clock_ms() + SDSCOPE_BUS_MS;

	while (!a->result) {
		int64_t now = clock_ms();
		int rc = lib.sd_bus_process(a->bus, NULL);

		if (rc == 0 && now >= end)
			return fail(a, "systemd did not make the scope in time");
		if (rc == 0)
			rc = lib.sd_bus_wait(a->bus, (uint64_t)(end - now) * 1000);
		if (rc < 0 && rc != -EINTR)
			return fail(a, "systemd cannot be heard: %s", strerror(-rc));
	}
	if (strcmp(a->result, "done") != 0)
		return fail(a, "systemd could not make the scope: %s", a->result);
	return 0;
}

/* An older manager ignores nothing and refuses what it does not know, but it is the state that the
 * run stands on, not the word. */
static int read_back(const struct asking *a, const char *unit)
{
	static const struct {
		const char *interface, *property, *want;
	} texts[] = {
		{SERVICE ".Scope", "Slice", SLICE},
		{SERVICE ".Unit", "CollectMode", "inactive-or-failed"},
	};
	autofree char *path = NULL;
	int delegated = 0;

	if (lib.sd_bus_path_encode(ROOT "/unit", unit, &path) < 0)
		return fail(a, "cannot name the scope");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *got = NULL;

		if (lib.sd_bus_get_property_string(a->bus, SERVICE, path, texts[i].interface,
						   texts[i].property, NULL, &got) < 0 ||
		    strcmp(got, texts[i].want) != 0)
			return fail(a, "the scope does not have %s=%s", texts[i].property, texts[i].want);
	}
	if (lib.sd_bus_get_property_trivial(a->bus, SERVICE, path, SERVICE ".Scope", "Delegate", NULL,
					    'b', &delegated) < 0 ||
	    !delegated)
		return fail(a, "the scope does not have Delegate=yes");
	return 0;
}

static int attach(const struct asking *a, const char *unit, pid_t pid)
{
	char printable[256] = "";
	sd_bus_error error = {0};
	int rc = lib.sd_bus_call_method(a->bus, SERVICE, ROOT, MANAGER, "AttachProcessesToUnit", &error,
					NULL, "ssau", unit, "", 1U, (uint32_t)pid);

	if (rc >= 0)
		return 0;
	if (error.message)
		(void)str_escape(printable, sizeof(printable), error.message, strlen(error.message));
	return fail(a, "systemd did not move plugbox into its scope: %s",
		    error.message ? printable : strerror(-rc));
}

int sdscope_bus_ask(const char *unit, const char *plugin, pid_t pid, char *why, size_t size)
{
	struct asking a = {.why = why, .size = size};
	int rc = load(&a);

	if (rc == 0)
		rc = connect_bus(&a);
	if (rc == 0)
		rc = request(&a, unit, plugin);
	if (rc == 0)
		rc = wait_for_job(&a);
	if (rc == 0)
		rc = read_back(&a, unit);
	/* not before: from one that is not what was asked for there is no way back that is sure */
	if (rc == 0)
		rc = attach(&a, unit, pid);
	free(a.job);
	free(a.result);
	return rc;
}

#endif
