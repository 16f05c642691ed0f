/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/hostlib.h"
#include "base/str.h"

/* A file with more than this is the name services' matter. */
#define FILE_BYTES (1 << 20)

/* A directory service may have to be reached first. */
#define ASK_MS 30000

enum { FIELDS = 7 };

/* Cuts the line at its colons. Returns how many fields there are, max at most: the last has the
 * rest. */
static size_t split(char *line, char *fields[FIELDS], size_t max)
{
	size_t n = 0;

	for (;;) {
		fields[n++] = line;
		line = n < max ? strchr(line, ':') : NULL;
		if (!line)
			return n;
		*line++ = '\0';
	}
}

static bool parse_number(const char *text, unsigned *n)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	v = strtoul(text, &end, 10);
	*n = (unsigned)v;
	return !*end && v < UINT32_MAX;
}

/* All of a file. Returns it, owned, or NULL with errno: EFBIG where it is too large. */
static char *read_text(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	autofree char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (st.st_size >= FILE_BYTES) {
		errno = EFBIG;
		return NULL;
	}
	text = xcalloc(1, (size_t)st.st_size + 1);
	n = fd_read_all(fd, text, (size_t)st.st_size);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return take_ptr(text);
}

/* Ends the line, and returns the one after it. */
static char *cut_line(char *line)
{
	char *next = strchrnul(line, '\n');

	if (*next)
		*next++ = '\0';
	return next;
}

/*
 * Finds the line whose field number `key` is want. Returns the file's text, owned, in which fields
 * point, or NULL with errno: ENOENT where there is no such line, or no such file. By hand, since
 * fgetpwent costs a tenth of all that a launch computes; and a line is cut only when it has what is
 * looked for.
 */
static char *find(const char *path, size_t key, const char *want, size_t need, char *fields[FIELDS])
{
	autofree char *text = read_text(path);
	const size_t length = strlen(want);
	char *next;

	if (!text)
		return NULL;
	for (char *line = text; *line; line = next) {
		const char *field = line;

		next = cut_line(line);
		for (size_t i = 0; i < key && field; i++) {
			field = strchr(field, ':');
			field += field ? 1 : 0;
		}
		if (!field || strncmp(field, want, length) != 0 || field[length] != ':')
			continue;
		if (split(line, fields, FIELDS) >= need)
			return take_ptr(text);
	}
	errno = ENOENT;
	return NULL;
}

static int fill(struct user *u, const char *uid, const char *gid, const char *name, const char *home)
{
	unsigned n, m;

	if (!parse_number(uid, &n) || !parse_number(gid, &m)) {
		errno = EBADMSG;
		return -1;
	}
	*u = (struct user){.uid = n, .gid = m, .name = xstrdup(name), .home = xstrdup(home)};
	return 1;
}

/* Where no other service is named the files are all there is (nsswitch.conf(5)): in a container with
 * little in it, in plugbox's own sandbox, and with a C library that has no name services. Of several
 * lines the C library takes the last; whatever is not as plain as it can be is left to it. */
static bool files_only(const char *database)
{
	autofree char *text = read_text("/etc/nsswitch.conf");
	const size_t n = strlen(database);
	bool only = false;
	char *next;

	/* openSUSE's default is the other one */
	if (!text)
		return errno == ENOENT && access("/usr/etc/nsswitch.conf", F_OK) < 0;
	for (char *line = text; *line; line = next) {
		next = cut_line(line);
		line += strspn(line, " \t");
		if (strncmp(line, database, n) != 0 || (line[n] && !strchr(": \t", line[n])))
			continue;
		line += n;
		line += strspn(line, ": \t");
		if (strncmp(line, "files", 5) != 0 || line[5 + strspn(line + 5, " \t")])
			return false;
		only = true;
	}
	return only;
}

/* Asks of who was not found in the database's file: errno is what find left. */
static int ask_services(const char *database, const char *question, const char *what, char *answer)
{
	const char *const args[] = {question, what, NULL};

	if (errno == ENOENT && files_only(database))
		return 0;
	return hostlib_ask(args, ASK_MS, answer);
}

static int ask(const char *question, const char *what, struct user *u)
{
	char answer[HOSTLIB_MAX];
	char *fields[FIELDS];
	int rc = ask_services("passwd", question, what, answer);

	if (rc <= 0)
		return rc;
	if (split(answer, fields, 4) == 4)
		return fill(u, fields[0], fields[1], fields[2], fields[3]);
	errno = EBADMSG;
	return -1;
}

static int look_up(size_t key, const char *want, const char *question, struct user *u)
{
	char *f[FIELDS];
	autofree char *text = find("/etc/passwd", key, want, 6, f);

	if (text)
		return fill(u, f[2], f[3], f[0], f[5]);
	return ask(question, want, u);
}

int user_by_id(uid_t uid, struct user *u)
{
	char want[16];

	(void)snprintf(want, sizeof(want), "%u", (unsigned)uid);
	return look_up(2, want, "user-id", u);
}

int user_by_name(const char *name, struct user *u)
{
	return *name && !strpbrk(name, ":\n") ? look_up(0, name, "user-name", u) : 0;
}

void user_free(struct user *u)
{
	free(u->name);
	free(u->home);
	*u = (struct user){0};
}

int group_by_name(const char *name, gid_t *gid)
{
	char answer[HOSTLIB_MAX];
	char *f[FIELDS];
	autofree char *text = NULL;
	unsigned id;
	int rc;

	if (!*name || strpbrk(name, ":\n"))
		return 0;
	text = find("/etc/group", 0, name, 3, f);
	rc = text ? 1 : ask_services("group", "group-name", name, answer);
	if (rc > 0 && !parse_number(text ? f[2] : answer, &id)) {
		errno = EBADMSG;
		rc = -1;
	}
	if (rc > 0)
		*gid = id;
	return rc;
}
