/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/permission.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

const struct perm_info perm_table[PERM_N] = {
	[PERM_FS_READ] = {"file_system_read", PERM_ARG_PATHS, RISK_MEDIUM, true,
			  "reads these host files and directories"},
	[PERM_FS_WRITE] = {"file_system_write", PERM_ARG_PATHS, RISK_HIGH, true,
			   "reads and writes these host files and directories"},
	[PERM_STORAGE] = {"storage", PERM_ARG_NONE, RISK_LOW, true,
			  "keeps files of its own in /data, which stay on the host"},
	[PERM_SUBPROCESS] = {"subprocess", PERM_ARG_NONE, RISK_MEDIUM, false,
			     "starts other programs of the bundle and the runtime"},
	[PERM_NETWORK] = {"network", PERM_ARG_NETWORK, RISK_HIGH, true,
			  "uses the host's network (host), or a private loopback that reaches "
			  "nothing outside (loopback)"},
	[PERM_ENVIRONMENT] = {"environment", PERM_ARG_ENV, RISK_MEDIUM, true,
			      "sees these environment variables of the caller"},
	[PERM_DEVICES] = {"devices", PERM_ARG_DEVICES, RISK_HIGH, true,
			  "uses these host devices below /dev"},
	[PERM_TTY] = {"tty", PERM_ARG_NONE, RISK_MEDIUM, true,
		      "has the caller's terminal itself, and pseudo-terminals"},
	[PERM_USER_DATABASE] = {"user_database", PERM_ARG_NONE, RISK_LOW, false,
				"finds an /etc/passwd and /etc/group, which name itself only"},
};

const struct perm_application perm_applications[] = {
	{"read_messages", NULL, RISK_MEDIUM, "is sent the messages of the conversations it is in"},
	{"send_messages", NULL, RISK_HIGH, "speaks in the host's name"},
	{"database_read", "tables", RISK_MEDIUM, "has the host look things up in its database"},
	{"database_write", "tables", RISK_HIGH, "has the host change its database"},
	{"http_requests", "hosts", RISK_HIGH, "has the host fetch from the web for it"},
	{"tool:", "NAME", RISK_LOW, "offers this tool to the host, or calls it there"},
	{"channel:", "NAME", RISK_MEDIUM, "takes part in this channel"},
	{"cli:", "NAME", RISK_LOW, "adds this command to the host's own"},
	{"service:", "NAME", RISK_MEDIUM, "offers this service to other plugins, or uses it"},
	{"hook:", "NAME", RISK_MEDIUM, "is called when this happens in the host"},
	{"rpc:", "NAME", RISK_MEDIUM, "calls this method of the host"},
};

const size_t perm_n_applications = ARRAY_SIZE(perm_applications);

/* Kernel permissions first, in the order of perm_table, then the application's. */
static const char *const names[] = {
	"file_system_read", "file_system_write", "storage",	  "subprocess",
	"network",	    "environment",	 "devices",	  "tty",
	"user_database",    "read_messages",	 "send_messages", "database_read",
	"database_write",   "http_requests",
};

static const char *const kinds[] = {"tool", "channel", "cli", "service", "hook", "rpc"};

#define APP_NAME_MAX 128

int perm_find(const char *name)
{
	for (int i = 0; i < PERM_N; i++)
		if (strcmp(perm_table[i].name, name) == 0)
			return i;
	return -1;
}

/* A name of [A-Za-z0-9._-]+, or a prefix of one (which may be empty) and "*". */
static bool pattern_ok(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	if (n > APP_NAME_MAX)
		return false;
	if (s[n] == '*')
		return s[n + 1] == '\0';
	return n > 0 && s[n] == '\0';
}

/* A name that an application made up: "music.play", of lower case letters, digits, "_" and "-" between
 * dots, or a beginning of one up to a dot and "*". The dot keeps a misspelt name from being one. */
static bool own_name_ok(const char *s)
{
	size_t label = 0;
	const char *p = s;

	if (strlen(s) > APP_NAME_MAX || !(*s >= 'a' && *s <= 'z'))
		return false;
	for (; *p && *p != '*'; p++) {
		if (*p == '.' && !label)
			return false;
		label = *p == '.' ? 0 : label + 1;
		if (*p != '.' && !(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_' &&
		    *p != '-')
			return false;
	}
	return *p == '*' ? !p[1] && p > s && p[-1] == '.' : label > 0;
}

bool perm_is_application(const char *name)
{
	const char *colon = strchr(name, ':');

	if (!colon && strchr(name, '.'))
		return own_name_ok(name);
	if (!colon) {
		for (size_t i = PERM_N; i < ARRAY_SIZE(names); i++)
			if (strcmp(names[i], name) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i]) == (size_t)(colon - name) &&
		    strncmp(kinds[i], name, (size_t)(colon - name)) == 0)
			return pattern_ok(colon + 1);
	return false;
}

const char *const *perm_names(size_t *n)
{
	*n = ARRAY_SIZE(names);
	return names;
}

static bool separator(char c)
{
	return c == '.' || c == '_' || c == '-' || c == ':';
}

bool perm_name_covers(const char *allowed, const char *asked)
{
	size_t n = strlen(allowed);
	const char *rest;

	if (strcmp(allowed, asked) == 0)
		return true;
	if (!n || allowed[n - 1] != '*' || strncmp(allowed, asked, n - 1) != 0)
		return false;
	rest = asked + n - 1;
	if (n == 1 || separator(allowed[n - 2]))
		return *rest != '\0';
	return *rest == '\0' || separator(*rest);
}

bool perm_takes_hosts(const char *permission)
{
	return strcmp(permission, "http_requests") == 0;
}

/* The host of "HOST" or "HOST:PORT", its length, and the port or NULL. */
static const char *split_host(const char *s, size_t *n)
{
	const char *bracket = s[0] == '[' ? strchr(s, ']') : NULL;
	const char *colon = strchr(bracket ? bracket : s, ':');

	*n = colon ? (size_t)(colon - s) : strlen(s);
	return colon ? colon + 1 : NULL;
}

static bool host_name_covers(const char *allowed, size_t n, const char *asked, size_t m)
{
	if (n == m && strncmp(allowed, asked, n) == 0)
		return true;
	/* "*.example.com" is what ends in ".example.com", and more than that */
	return str_starts(allowed, "*.") && m > n - 1 &&
	       strncmp(asked + m - (n - 1), allowed + 1, n - 1) == 0;
}

static bool host_covers(const char *allowed, const char *asked)
{
	size_t n;
	size_t m;
	const char *port = split_host(allowed, &n);
	const char *wanted = split_host(asked, &m);

	return (!port || (wanted && strcmp(port, wanted) == 0)) && host_name_covers(allowed, n, asked, m);
}

static bool host_overlaps(const char *a, const char *b)
{
	size_t n;
	size_t m;
	const char *port = split_host(a, &n);
	const char *other = split_host(b, &m);

	return (!port || !other || strcmp(port, other) == 0) &&
	       (host_name_covers(a, n, b, m) || host_name_covers(b, m, a, n));
}

bool perm_arg_covers(const char *permission, const char *allowed, const char *asked)
{
	int id = perm_find(permission);

	if (perm_takes_hosts(permission))
		return host_covers(allowed, asked);
	if (id < 0)
		return perm_name_covers(allowed, asked);
	if (perm_table[id].arg == PERM_ARG_PATHS)
		return path_below(asked, allowed);
	if (id == PERM_NETWORK && strcmp(allowed, "host") == 0)
		return true;
	return strcmp(allowed, asked) == 0;
}

/* Two sets of names are apart unless one holds the other: each is all that begins so. */
bool perm_name_overlaps(const char *a, const char *b)
{
	return perm_name_covers(a, b) || perm_name_covers(b, a);
}

bool perm_arg_overlaps(const char *permission, const char *a, const char *b)
{
	/* to deny the host's network is not to deny a loopback, nor the other way round */
	if (perm_find(permission) == PERM_NETWORK)
		return strcmp(a, b) == 0;
	if (perm_takes_hosts(permission))
		return host_overlaps(a, b);
	return perm_arg_covers(permission, a, b) || perm_arg_covers(permission, b, a);
}
