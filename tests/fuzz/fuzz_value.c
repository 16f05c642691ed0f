/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values that manifest and options share. The first byte says which; what is accepted is
 * measured by another rule than the one that accepted it. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "spec/value.h"

static const char *why;

static void said(int rc)
{
	must(rc == 0 || (rc == -1 && why && *why));
}

/* A processor is in the mask where a number or range names it. */
static void cpus(const char *s, uint64_t v)
{
	char *copy = xstrdup(s);
	char *save = NULL;
	uint64_t named = 0;

	must(s[strspn(s, "0123456789,-")] == '\0');
	for (char *c = strtok_r(copy, ",", &save); c; c = strtok_r(NULL, ",", &save)) {
		unsigned long first = strtoul(c, &c, 10);
		unsigned long last = *c == '-' ? strtoul(c + 1, &c, 10) : first;

		must(*c == '\0' && first <= last && last < 64);
		for (int i = 0; i < 64; i++)
			named |= (uint64_t)((unsigned long)i >= first && (unsigned long)i <= last) << i;
	}
	must(v && v == named);
	free(copy);
}

/* What is written of an accepted limit is read as the same. */
static void limit(enum limit_id id, const char *s)
{
	uint64_t v = 0;
	uint64_t again = 0;
	char buf[LIMIT_TEXT_MAX];
	int rc = value_limit(id, s, &v, &why);

	said(rc);
	if (rc < 0)
		return;
	must(isdigit((unsigned char)*s) && !strpbrk(s, " +xXeE\t\n"));
	if (limit_table[id].unit == UNIT_CPUS)
		cpus(s, v);
	else
		must(!strchr(s, '-'));
	must(v >= limit_table[id].min && v <= limit_table[id].max);
	must(value_limit(id, limit_format(buf, sizeof(buf), id, v), &again, &why) == 0 && again == v);
}

static void number(const char *s)
{
	uint64_t v = 0;
	char buf[32];
	int rc = value_uint(s, 5, UINT64_MAX - 1, &v, &why);

	said(rc);
	if (rc < 0)
		return;
	(void)snprintf(buf, sizeof(buf), "%llu", (unsigned long long)v);
	must(strcmp(buf, s) == 0 && v >= 5 && v < UINT64_MAX);
}

/* The components of a path one by one, without path_is_normal. */
static void must_be_plain(const char *path)
{
	char *copy = xstrdup(path);
	char *save = NULL;
	size_t sum = 0;

	for (char *c = strtok_r(copy, "/", &save); c; c = strtok_r(NULL, "/", &save)) {
		must(strcmp(c, ".") != 0 && strcmp(c, "..") != 0);
		sum += strlen(c) + 1;
	}
	/* so that no slash is doubled, and none at the end */
	must(sum == strlen(path));
	free(copy);
}

static void grant_path(const char *s)
{
	int rc = value_grant_path(s, &why);

	said(rc);
	if (rc < 0)
		return;
	must(s[0] == '/' && s[1] && strlen(s) < PATH_MAX);
	must_be_plain(s);
	must_be_clean(s);
	for (size_t i = 0; i < 4; i++) {
		const char *never = ((const char *[]){"/proc", "/sys", "/dev", "/run"})[i];
		size_t n = strlen(never);

		must(strncmp(s, never, n) != 0 || (s[n] && s[n] != '/'));
	}
}

static void device(const char *s)
{
	char path[300];
	int rc = value_device(s, &why);

	said(rc);
	if (rc < 0)
		return;
	must((size_t)snprintf(path, sizeof(path), "/%s", s) < sizeof(path));
	must_be_plain(path);
	must(strcmp(s, "mem") != 0 && strcmp(s, "kmsg") != 0 && strncmp(s, "sda", 3) != 0 &&
	     strncmp(s, "pts", 3) != 0 && strncmp(s, "loop", 4) != 0 && strcmp(s, "tty") != 0);
}

static void variable(const char *s)
{
	int rc = value_env_name(s, &why);

	said(rc);
	if (rc < 0)
		return;
	must(*s && !isdigit((unsigned char)*s) && !strchr(s, '='));
	for (const char *c = s; *c; c++)
		must(isalnum((unsigned char)*c) || *c == '_');
	must(strncmp(s, "LD_", 3) != 0 && strncmp(s, "PLUGBOX", 7) != 0);
}

static void names(const char *s)
{
	int rc = value_plugin_name(s, &why);

	said(rc);
	/* one component of a path, a cgroup's and a directory's name */
	if (rc == 0)
		must(strlen(s) <= 64 && !strpbrk(s, "/ \n=") && s[0] != '.' && s[0] != '-');
	rc = value_version(s, &why);
	said(rc);
	if (rc == 0)
		must(*s && strlen(s) <= 64 && !strpbrk(s, "/ \n="));
}

static void program(const char *s)
{
	int rc = value_program(s, &why);
	char *copy;
	char *save = NULL;

	said(rc);
	if (rc < 0)
		return;
	must(*s && *s != '/' && *s != '-');
	must_be_clean(s);
	copy = xstrdup(s);
	for (char *c = strtok_r(copy, "/", &save); c; c = strtok_r(NULL, "/", &save))
		must(strcmp(c, "..") != 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const others[])(const char *) = {number,   grant_path, device,
						       variable, names,	     program};
	const unsigned n_others = sizeof(others) / sizeof(others[0]);
	unsigned kind;
	char *s;

	if (n < 1)
		return 0;
	kind = data[0] % (LIMIT_N + n_others);
	s = as_text(data + 1, n - 1);
	why = NULL;
	if (kind < LIMIT_N)
		limit((enum limit_id)kind, s);
	else
		others[kind - LIMIT_N](s);
	free(s);
	return 0;
}
