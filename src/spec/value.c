/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/value.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NAME_CHARS UPPER LOWER DIGITS "_"
#define PLUGIN_NAME_MAX 64
#define VERSION_MAX 64
#define ENV_NAME_MAX 255

static int bad(const char **why, const char *text)
{
	*why = text;
	return -1;
}

/* A text with numbers in it. One buffer: the caller shows it before it asks again. */
__attribute__((format(printf, 2, 3))) static int bad_fmt(const char **why, const char *fmt, ...)
{
	static _Thread_local char buf[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return bad(why, buf);
}

enum scan { SCAN_OK, SCAN_FORM, SCAN_HUGE };

/*
 * Reads decimal digits at *s, and up to three decimals where scale is 1000; *v
 * receives the number times scale, *s what follows. No strtoull: it takes signs,
 * white space and "0x", and wraps "-1". A leading zero is refused since YAML 1.1
 * and C read "010" as eight.
 */
static enum scan scan_decimal(const char **s, unsigned scale, uint64_t *v)
{
	const char *p = *s;
	uint64_t n = 0;
	bool huge = false;

	if (*p < '0' || *p > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
		return SCAN_FORM;
	for (; *p >= '0' && *p <= '9'; p++)
		huge |= __builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*p - '0'), &n);
	huge |= __builtin_mul_overflow(n, scale, &n);
	if (*p == '.' && scale > 1) {
		unsigned unit = scale;

		p++;
		if (*p < '0' || *p > '9')
			return SCAN_FORM;
		for (; *p >= '0' && *p <= '9'; p++) {
			unit /= 10;
			if (unit == 0)
				return SCAN_FORM;
			huge |= __builtin_add_overflow(n, (uint64_t)(*p - '0') * unit, &n);
		}
	}
	*s = p;
	*v = n;
	return huge ? SCAN_HUGE : SCAN_OK;
}

int value_uint(const char *s, uint64_t min, uint64_t max, uint64_t *v, const char **why)
{
	enum scan r = scan_decimal(&s, 1, v);

	if (r == SCAN_FORM || *s)
		return bad(why, "expected a whole number in decimal digits, like 64");
	if (r == SCAN_HUGE || *v < min || *v > max)
		return bad_fmt(why, "must be between %llu and %llu", (unsigned long long)min,
			       (unsigned long long)max);
	return 0;
}

int value_size(const char *s, uint64_t *bytes, const char **why)
{
	static const struct {
		const char *unit;
		unsigned shift;
	} units[] = {{"", 0},	  {"K", 10},   {"M", 20},  {"G", 30},
		     {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
	enum scan r = scan_decimal(&s, 1, bytes);

	if (r == SCAN_FORM)
		return bad(why, "expected a size in decimal digits, like 64M");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s, units[i].unit) != 0)
			continue;
		if (r == SCAN_HUGE || *bytes > UINT64_MAX >> units[i].shift)
			return bad(why, "is too large");
		*bytes <<= units[i].shift;
		return 0;
	}
	return bad(why, "expected a size like 64M: the units are K, M and G (of 1024), or KiB, "
			"MiB and GiB");
}

int value_duration(const char *s, uint64_t *ms, const char **why)
{
	static const struct {
		const char *unit;
		unsigned ms;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
	enum scan r = scan_decimal(&s, 1000, ms);

	if (r == SCAN_FORM)
		return bad(why, "expected a time in decimal digits, with at most three decimals, "
				"like 30s");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s, units[i].unit) != 0)
			continue;
		if (r == SCAN_HUGE || __builtin_mul_overflow(*ms, units[i].ms, ms))
			return bad(why, "is too long");
		if (*ms % 1000)
			return bad(why, "expected whole milliseconds");
		*ms /= 1000;
		return 0;
	}
	return bad(why, "expected a time like 30s: the units are ms, s, m and h");
}

int value_cores(const char *s, uint64_t *milli, const char **why)
{
	enum scan r = scan_decimal(&s, 1000, milli);

	if (r == SCAN_FORM || *s)
		return bad(why, "expected a number of cores in decimal digits, with at most three "
				"decimals, like 0.25");
	if (r == SCAN_HUGE)
		return bad(why, "is too large");
	return 0;
}

int value_cpus(const char *s, uint64_t *mask, const char **why)
{
	*mask = 0;
	for (;;) {
		uint64_t first;
		uint64_t last;

		if (scan_decimal(&s, 1, &first) != SCAN_OK)
			break;
		last = first;
		if (*s == '-' && (s++, scan_decimal(&s, 1, &last) != SCAN_OK))
			break;
		if (last > 63)
			return bad(why, "only processors up to 63 can be named");
		if (last < first)
			return bad(why, "a range goes from the lower to the higher processor");
		for (uint64_t i = first; i <= last; i++)
			*mask |= UINT64_C(1) << i;
		if (*s == '\0')
			return 0;
		if (*s++ != ',')
			break;
	}
	return bad(why, "expected processors by their numbers, like 0-3,6");
}

int value_limit(enum limit_id id, const char *s, uint64_t *v, const char **why)
{
	const struct limit_info *info = &limit_table[id];
	char lo[LIMIT_TEXT_MAX];
	char hi[LIMIT_TEXT_MAX];
	int r = -1;

	switch (info->unit) {
	case UNIT_CORES:
		r = value_cores(s, v, why);
		break;
	case UNIT_BYTES:
		r = value_size(s, v, why);
		break;
	case UNIT_MS:
		r = value_duration(s, v, why);
		break;
	case UNIT_CPUS:
		return value_cpus(s, v, why);
	case UNIT_COUNT:
	case UNIT_RATE:
		return value_uint(s, info->min, info->max, v, why);
	}
	if (r < 0)
		return -1;
	if (*v < info->min || *v > info->max)
		return bad_fmt(why, "must be between %s and %s",
			       limit_format(lo, sizeof(lo), id, info->min),
			       limit_format(hi, sizeof(hi), id, info->max));
	return 0;
}

/* Control characters have no business in a name that is shown and mounted. */
static bool has_control(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		unsigned cp = 0;
		size_t len = utf8_decode(s + i, n - i, &cp);

		if (!len || cp < 0x20 || utf8_is_unsafe(cp))
			return true;
		i += len;
	}
	return false;
}

/* It becomes a directory, a cgroup and a variable: no "..", and no two names that a
 * file system without case takes for one. */
int value_plugin_name(const char *s, const char **why)
{
	size_t n = strlen(s);

	if (n == 0 || n > PLUGIN_NAME_MAX || strchr("._-", s[0]) ||
	    strspn(s, LOWER DIGITS "._-") != n || strstr(s, ".."))
		return bad(why, "expected 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\", a letter or "
				"digit first, without \"..\"");
	return 0;
}

int value_version(const char *s, const char **why)
{
	size_t n = strlen(s);

	if (n == 0 || n > VERSION_MAX || strspn(s, UPPER LOWER DIGITS ".+~_-") != n)
		return bad(why, "expected 1 to 64 letters, digits, \".\", \"+\", \"~\", \"_\" and "
				"\"-\"");
	return 0;
}

static bool has_dotdot(const char *path)
{
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (strncmp(p, "..", 2) == 0 && (p[2] == '\0' || p[2] == '/'))
			return true;
	}
	return false;
}

int value_program(const char *s, const char **why)
{
	size_t n = strlen(s);

	if (n == 0)
		return bad(why, "expected a path beneath the bundle, or the name of a program");
	if (s[0] == '/')
		return bad(why, "is absolute: expected a path beneath the bundle, or the name of a "
				"program");
	if (has_dotdot(s))
		return bad(why, "leaves the bundle by \"..\"");
	if (s[0] == '-')
		return bad(why, "begins with \"-\", as an option");
	if (s[n - 1] == '/' || strcmp(s, ".") == 0 || (n > 1 && strcmp(s + n - 2, "/.") == 0))
		return bad(why, "is a directory");
	if (n >= PATH_MAX)
		return bad(why, "is too long for a path");
	if (has_control(s))
		return bad(why, "has a control character in it");
	return 0;
}

int value_grant_path(const char *s, const char **why)
{
	static const char *const never[] = {"/proc", "/sys", "/dev", "/run"};

	if (s[0] != '/')
		return bad(why, "expected an absolute path");
	if (strcmp(s, "/") == 0)
		return bad(why, "the whole host cannot be granted: name the directories needed");
	if (strlen(s) >= PATH_MAX)
		return bad(why, "is too long for a path");
	if (has_control(s))
		return bad(why, "has a control character or invalid UTF-8 in it");
	if (!path_is_normal(s))
		return bad(why, "expected a path without \".\", \"..\", \"//\" and a \"/\" at its "
				"end");
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (path_below(s, never[i]))
			return bad_fmt(why,
				       "%s is the kernel's and the host's own, and cannot be "
				       "granted",
				       never[i]);
	return 0;
}

/*
 * What glibc itself drops from the environment of a privileged program
 * (sysdeps/generic/unsecvars.h), for the same reason: it makes the loader or libc
 * open files or load code that the entrypoint did not name. TMPDIR and TZDIR, also
 * on that list, only name data and are of use to plugins.
 */
static const char *const loader_vars[] = {
	"GCONV_PATH", "GETCONF_DIR", "GLIBC_TUNABLES",	 "HOSTALIASES", "LOCALDOMAIN",	"LOCPATH",
	"NIS_PATH",   "NLSPATH",     "RESOLV_HOST_CONF", "RES_OPTIONS", "MALLOC_TRACE",
};

static const char *const own_vars[] = {
	"SANDBOX_POLICY",
	"NO_NETWORK",
	"NO_SUBPROCESS",
	"NO_FILESYSTEM_WRITE",
};

int value_env_name(const char *s, const char **why)
{
	size_t n = strlen(s);

	if (n == 0 || (s[0] >= '0' && s[0] <= '9') || strspn(s, NAME_CHARS) != n)
		return bad(why, "expected a variable name: letters, digits and \"_\", no digit "
				"first");
	if (n > ENV_NAME_MAX)
		return bad_fmt(why, "is longer than %d characters", ENV_NAME_MAX);
	if (str_starts(s, "LD_"))
		return bad(why, "variables of the dynamic loader cannot be set or passed");
	for (size_t i = 0; i < ARRAY_SIZE(loader_vars); i++)
		if (strcmp(s, loader_vars[i]) == 0)
			return bad(why, "it makes the loader or the C library open files and load "
					"code, and cannot be set or passed");
	if (str_starts(s, "PLUGBOX"))
		return bad(why, "variables that begin with PLUGBOX are set by plugbox alone");
	for (size_t i = 0; i < ARRAY_SIZE(own_vars); i++)
		if (strcmp(s, own_vars[i]) == 0)
			return bad(why, "it is set by plugbox alone, where it is true");
	return 0;
}

/* NUMBER: the prefix and a digit after it; DIRECTORY: the name and all below it */
enum match { EXACT, PREFIX, NUMBER, DIRECTORY };

/*
 * What no grant of devices gives: memory and the machine, whole disks (past every
 * file permission), the terminals of the host, and kernel interfaces that inject
 * input or take calls the filter refuses.
 */
static const struct {
	const char *name;
	enum match match;
	const char *why;
} host_devices[] = {
	{"mem", EXACT, "it is the memory of the host"},
	{"kmem", EXACT, "it is the memory of the host"},
	{"port", EXACT, "it is the I/O ports of the host"},
	{"kmsg", EXACT, "it is the kernel's log"},
	{"nvram", EXACT, "it is the firmware's memory"},
	{"cpu", DIRECTORY, "it is the registers of the processor"},
	{"cpu_dma_latency", EXACT, "it steers the whole host"},
	{"snapshot", EXACT, "it is the memory of the host"},
	{"watchdog", PREFIX, "it reboots the host"},
	{"userfaultfd", EXACT, "no permission allows userfaultfd"},
	{"uinput", EXACT, "it types into the host's session"},
	{"uhid", EXACT, "it types into the host's session"},
	{"sd", PREFIX, "it is a disk of the host"},
	{"hd", PREFIX, "it is a disk of the host"},
	{"vd", PREFIX, "it is a disk of the host"},
	{"xvd", PREFIX, "it is a disk of the host"},
	{"nvme", PREFIX, "it is a disk of the host"},
	{"ng", NUMBER, "it is a disk of the host"},
	{"mmcblk", PREFIX, "it is a disk of the host"},
	{"loop", PREFIX, "it is a disk of the host"},
	{"dm-", PREFIX, "it is a disk of the host"},
	{"md", PREFIX, "it is a disk of the host"},
	{"nbd", PREFIX, "it is a disk of the host"},
	{"rbd", NUMBER, "it is a disk of the host"},
	{"drbd", NUMBER, "it is a disk of the host"},
	{"bcache", PREFIX, "it is a disk of the host"},
	{"pmem", NUMBER, "it is a disk of the host"},
	{"ram", NUMBER, "it is a disk of the host"},
	{"zram", PREFIX, "it is a disk of the host"},
	{"zd", NUMBER, "it is a disk of the host"},
	{"mtd", PREFIX, "it is a disk of the host"},
	{"ubi", PREFIX, "it is a disk of the host"},
	{"sr", NUMBER, "it is a disk of the host"},
	{"sg", NUMBER, "it is a disk of the host"},
	{"st", NUMBER, "it is a disk of the host"},
	{"nst", NUMBER, "it is a disk of the host"},
	{"fd", NUMBER, "it is a disk of the host"},
	{"mapper", DIRECTORY, "it is a disk of the host"},
	{"disk", DIRECTORY, "it is a disk of the host"},
	{"block", DIRECTORY, "it is a disk of the host"},
	{"bsg", DIRECTORY, "it is a disk of the host"},
	{"raw", DIRECTORY, "it is a disk of the host"},
	{"zfs", EXACT, "it is a disk of the host"},
	{"btrfs-control", EXACT, "it is a disk of the host"},
	{"autofs", EXACT, "it mounts file systems"},
	{"console", EXACT, "it is a terminal of the host"},
	{"tty", EXACT, "it is a terminal of the host: ask for tty instead"},
	{"tty", NUMBER, "it is a terminal of the host"},
	{"ttyprintk", EXACT, "it is the kernel's log"},
	{"vcs", PREFIX, "it is a terminal of the host"},
	{"ptmx", EXACT, "it makes terminals: ask for tty instead"},
	{"pts", PREFIX, "it is a terminal of the host: ask for tty instead"},
	{"shm", PREFIX, "it is not a device, and a private one is always there"},
	{"mqueue", PREFIX, "it is not a device"},
	{"hugepages", PREFIX, "it is not a device"},
	{"log", EXACT, "it is a socket of the host, not a device"},
	{"initctl", EXACT, "it is a pipe of the host, not a device"},
	{"fd", DIRECTORY, "it is always there"},
	{"stdin", EXACT, "it is always there"},
	{"stdout", EXACT, "it is always there"},
	{"stderr", EXACT, "it is always there"},
	{"null", EXACT, "it is always there"},
	{"zero", EXACT, "it is always there"},
	{"full", EXACT, "it is always there"},
	{"random", EXACT, "it is always there"},
	{"urandom", EXACT, "it is always there"},
};

int value_device(const char *s, const char **why)
{
	char path[256];
	size_t n = strlen(s);

	if (n == 0 || strspn(s, NAME_CHARS ".-:+,@/") != n)
		return bad(why, "expected the name of a device, like dri/renderD128");
	if (s[0] == '/')
		return bad(why, "expected a name below /dev, without /dev/ in front");
	if (n + 2 > sizeof(path))
		return bad(why, "is too long for a device");
	path[0] = '/';
	memcpy(path + 1, s, n + 1);
	if (!path_is_normal(path))
		return bad(why, "expected a name without \".\", \"..\", \"//\" and a \"/\" at its "
				"end");
	for (size_t i = 0; i < ARRAY_SIZE(host_devices); i++) {
		size_t len = strlen(host_devices[i].name);
		char next;

		if (strncmp(s, host_devices[i].name, len) != 0)
			continue;
		next = s[len];
		if (host_devices[i].match == EXACT && next)
			continue;
		if (host_devices[i].match == DIRECTORY && next && next != '/')
			continue;
		if (host_devices[i].match == NUMBER && (next < '0' || next > '9'))
			continue;
		return bad(why, host_devices[i].why);
	}
	return 0;
}

#define LABEL_MAX 63
#define HOST_NAME_MAX_DNS 253
#define PORT_MAX 65535

/* Labels of letters, digits and inner dashes, between dots. *labels receives their number, *numeric
 * whether the last is a number, as of an address. */
static bool is_host_name(const char *s, size_t n, unsigned *labels, bool *numeric)
{
	size_t label = 0;

	*labels = 1;
	*numeric = true;
	for (size_t i = 0; i < n; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';
		bool end = i + 1 == n || s[i + 1] == '.';

		if (s[i] == '.') {
			if (!label)
				return false;
			label = 0;
			*numeric = true;
			(*labels)++;
			continue;
		}
		if (!digit && !(s[i] >= 'a' && s[i] <= 'z') && !(s[i] == '-' && label && !end))
			return false;
		*numeric = *numeric && digit;
		if (++label > LABEL_MAX)
			return false;
	}
	return label > 0 && n <= HOST_NAME_MAX_DNS;
}

static bool is_address(const char *s, size_t n)
{
	unsigned char out[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];
	char again[INET6_ADDRSTRLEN];
	bool v6 = n > 2 && s[0] == '[' && s[n - 1] == ']';
	int family = v6 ? AF_INET6 : AF_INET;

	if (v6) {
		s++;
		n -= 2;
	}
	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	/* written in the one way that it is printed: no two texts are one address */
	return inet_pton(family, text, out) == 1 && inet_ntop(family, out, again, sizeof(again)) &&
	       strcmp(text, again) == 0;
}

int value_host(const char *s, const char **why)
{
	const char *bracket = s[0] == '[' ? strchr(s, ']') : NULL;
	const char *colon = strchr(bracket ? bracket : s, ':');
	size_t n = colon ? (size_t)(colon - s) : strlen(s);
	bool wild = str_starts(s, "*.");
	unsigned labels = 0;
	bool numeric = false;
	uint64_t port;

	*why = "expected a host like api.example.com, *.example.com, 192.0.2.1 or [2001:db8::1], in lower "
	       "case and ASCII, and perhaps \":\" and a port";
	for (const char *p = s; *p; p++)
		if ((unsigned char)*p >= 0x80) {
			*why = "a name of other letters than ASCII is written as the network has it, "
			       "beginning with xn--";
			return -1;
		}
	if (colon && value_uint(colon + 1, 1, PORT_MAX, &port, why) < 0) {
		*why = "expected a port from 1 to 65535 after the \":\"";
		return -1;
	}
	if (is_address(s, n))
		return 0;
	if (wild) {
		s += 2;
		n -= 2;
	}
	if (!is_host_name(s, n, &labels, &numeric) || numeric)
		return -1;
	/* "*.com" is nobody's to give; a name of one label is whatever the search list makes of it */
	if (labels < 2) {
		*why = "expected a name of at least two labels, like example.com";
		return -1;
	}
	return 0;
}
