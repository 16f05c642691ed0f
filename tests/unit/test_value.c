/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spec/value, spec/limits and spec/permission: each kind of text, at its edges. */
#include "spec/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "spec/permission.h"

static int count, failed;

static void check(bool ok, const char *what, const char *text)
{
	char shown[96];

	count++;
	if (!ok)
		failed++;
	printf("%sok %d - %s \"%s\"\n", ok ? "" : "not ", count, what,
	       str_escape(shown, sizeof(shown), text, strlen(text)));
}

typedef int number_fn(const char *s, uint64_t *v, const char **why);
typedef int text_fn(const char *s, const char **why);

static void reads(number_fn *fn, const char *what, const char *s, uint64_t want)
{
	const char *why = NULL;
	uint64_t v = 0;
	bool ok = fn(s, &v, &why) == 0 && v == want;

	check(ok, what, s);
	if (!ok)
		printf("# got %" PRIu64 ", wanted %" PRIu64 ", why: %s\n", v, want,
		       why ? why : "-");
}

static void refuses(number_fn *fn, const char *what, const char *s)
{
	const char *why = NULL;
	uint64_t v = 0;

	check(fn(s, &v, &why) < 0 && why && why[0], what, s);
}

static int whole(const char *s, uint64_t *v, const char **why)
{
	return value_uint(s, 2, 300, v, why);
}

static int any_whole(const char *s, uint64_t *v, const char **why)
{
	return value_uint(s, 0, UINT64_MAX, v, why);
}

/* What no number may look like, whatever it counts. */
static const char *const never[] = {
	"",    " ",   " 1",  "1 ",  "+1",   "-1",    "0x10",   "1e3",  "1E3", "1_000", "1,000",
	"010", "00",  ".5",  "5.",  "1..2", "1.2.3", "1.2345", "inf",  "nan", "NaN",   "1\n",
	"\t1", "1\t", "one", "١",   "-",    "+",     "0b1",    "0o7",  "1d",  "1T",    "1MB",
	"1mb", "1k",  "1 M", "1 s", "1KB",  "1kib",  "1MiBs",  "1sec", "1S",  "1M5",   "0x",
};

static void test_never(void)
{
	static const struct {
		number_fn *fn;
		const char *what;
	} kinds[] = {{any_whole, "count refuses"},
		     {value_size, "size refuses"},
		     {value_duration, "time refuses"},
		     {value_cores, "cores refuse"}};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < ARRAY_SIZE(never); i++)
			refuses(kinds[k].fn, kinds[k].what, never[i]);
}

static void test_numbers(void)
{
	reads(any_whole, "count", "0", 0);
	reads(any_whole, "count", "18446744073709551615", UINT64_MAX);
	refuses(any_whole, "count refuses", "18446744073709551616");
	refuses(any_whole, "count refuses", "99999999999999999999999999999999999999");
	refuses(any_whole, "count refuses", "1.5");
	reads(whole, "count", "2", 2);
	reads(whole, "count", "300", 300);
	refuses(whole, "count refuses", "1");
	refuses(whole, "count refuses", "301");

	reads(value_size, "size", "0", 0);
	reads(value_size, "size", "1", 1);
	reads(value_size, "size", "1K", 1024);
	reads(value_size, "size", "100M", UINT64_C(100) << 20);
	reads(value_size, "size", "3G", UINT64_C(3) << 30);
	reads(value_size, "size", "1KiB", 1024);
	reads(value_size, "size", "2MiB", UINT64_C(2) << 20);
	reads(value_size, "size", "2GiB", UINT64_C(2) << 30);
	reads(value_size, "size", "17179869183G", UINT64_C(17179869183) << 30);
	refuses(value_size, "size refuses", "17179869184G");
	refuses(value_size, "size refuses", "18446744073709551616");
	refuses(value_size, "size refuses", "1.5M");

	reads(value_duration, "time", "0", 0);
	reads(value_duration, "time", "30", 30000);
	reads(value_duration, "time", "1.5", 1500);
	reads(value_duration, "time", "30s", 30000);
	reads(value_duration, "time", "0.001s", 1);
	reads(value_duration, "time", "250ms", 250);
	reads(value_duration, "time", "1.5m", 90000);
	reads(value_duration, "time", "2h", 7200000);
	refuses(value_duration, "time refuses", "1.5ms");
	refuses(value_duration, "time refuses", "0.0001s");
	refuses(value_duration, "time refuses", "18446744073709551615s");
	refuses(value_duration, "time refuses", "5124095576030431h");

	reads(value_cores, "cores", "0.25", 250);
	reads(value_cores, "cores", "1", 1000);
	reads(value_cores, "cores", "0.1", 100);
	reads(value_cores, "cores", "12.345", 12345);
	refuses(value_cores, "cores refuse", "0.25x");
	reads(value_cpus, "processors", "0", 1);
	reads(value_cpus, "processors", "0-3,6", 0x4f);
	reads(value_cpus, "processors", "0-63", UINT64_MAX);
	refuses(value_cpus, "processors refuse", "");
	refuses(value_cpus, "processors refuse", "3-1");
	refuses(value_cpus, "processors refuse", "1,");
	refuses(value_cpus, "processors refuse", "1-");
	refuses(value_cpus, "processors refuse", "0-64");
	refuses(value_cpus, "processors refuse", "1 2");
	refuses(value_cpus, "processors refuse", "all");
	refuses(value_cores, "cores refuse", "99999999999999999999");
}

static void limit(enum limit_id id, const char *s, bool good)
{
	const char *why = NULL;
	uint64_t v = 0;
	char what[64];

	(void)snprintf(what, sizeof(what), "%s %s", limit_table[id].key,
		       good ? "takes" : "refuses");
	check((value_limit(id, s, &v, &why) == 0) == good, what, s);
}

/* The ranges at both edges, and what is written is read again as the same. */
static void test_limits(void)
{
	static const struct {
		enum limit_id id;
		const char *below, *min, *max, *above;
	} edges[] = {
		{LIMIT_CPU, "0.009", "0.01", "1024", "1024.001"},
		{LIMIT_MEMORY, "1048575", "1M", "1024G", "1025G"},
		{LIMIT_PIDS, "0", "1", "32768", "32769"},
		{LIMIT_CPU_WEIGHT, "0", "1", "10000", "10001"},
		{LIMIT_MEMORY_HIGH, "1048575", "1M", "1024G", "1025G"},
		{LIMIT_SWAP, NULL, "0", "1024G", "1025G"},
		{LIMIT_IO_WEIGHT, "0", "1", "10000", "10001"},
		{LIMIT_IO_READ, "4095", "4K", "1024G", "1025G"},
		{LIMIT_IO_WRITE, "4095", "4K", "1024G", "1025G"},
		{LIMIT_CPUS, "", "0", "0-63", "64"},
		{LIMIT_TIMEOUT, "0", "1ms", "8760h", "8760.001h"},
		{LIMIT_IDLE_TIMEOUT, "0", "1ms", "8760h", "8761h"},
		{LIMIT_STARTUP_TIMEOUT, "0s", "1ms", "8760h", "8761h"},
		{LIMIT_CPU_TIME, "0", "1ms", "8760h", "8761h"},
		{LIMIT_OPEN_FILES, "7", "8", "1048576", "1048577"},
		{LIMIT_FILE_SIZE, NULL, "0", "1024G", "1025G"},
		{LIMIT_TMP_SIZE, "63K", "64K", "64G", "65G"},
		{LIMIT_DATA_SIZE, "65535", "64K", "1024G", "1025G"},
		{LIMIT_OUTPUT_SIZE, "0", "1", "1024G", "1025G"},
		{LIMIT_MESSAGES, "0", "1", "1000000", "1000001"},
		{LIMIT_DB_QUERIES, "0", "1", "1000000", "1000001"},
	};
	static const struct {
		enum limit_id id;
		uint64_t v;
		const char *text;
	} forms[] = {
		{LIMIT_CPU, 250, "0.25"},
		{LIMIT_CPU, 2000, "2"},
		{LIMIT_CPU, 1010, "1.01"},
		{LIMIT_MEMORY, UINT64_C(100) << 20, "100M"},
		{LIMIT_MEMORY, 1500, "1500"},
		{LIMIT_FILE_SIZE, 0, "0"},
		{LIMIT_TIMEOUT, 30000, "30s"},
		{LIMIT_TIMEOUT, 1500, "1.5s"},
		{LIMIT_TIMEOUT, 250, "250ms"},
		{LIMIT_TIMEOUT, 120000, "2m"},
		{LIMIT_TIMEOUT, 3600000, "1h"},
		{LIMIT_PIDS, 64, "64"},
		{LIMIT_DATA_SIZE, UINT64_C(1) << 40, "1024G"},
		{LIMIT_CPUS, 0x4f, "0-3,6"},
		{LIMIT_CPUS, UINT64_C(1) << 63 | 3, "0-1,63"},
	};
	char buf[64];

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		if (edges[i].below)
			limit(edges[i].id, edges[i].below, false);
		limit(edges[i].id, edges[i].min, true);
		limit(edges[i].id, edges[i].max, true);
		limit(edges[i].id, edges[i].above, false);
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *why;
		uint64_t v = 0;

		(void)limit_format(buf, sizeof(buf), forms[i].id, forms[i].v);
		check(strcmp(buf, forms[i].text) == 0, "written as", forms[i].text);
		check(value_size(buf, &v, &why) == 0 || value_duration(buf, &v, &why) == 0 ||
			      value_cores(buf, &v, &why) == 0 || value_cpus(buf, &v, &why) == 0,
		      "and read again", buf);
	}
	for (int i = 0; i < LIMIT_N; i++)
		check(limit_table[i].key && limit_table[i].summary &&
			      limit_table[i].min < limit_table[i].max &&
			      (limit_table[i].unit == UNIT_RATE) == !limit_table[i].option,
		      "limit_table has a whole row for", limit_table[i].key);
}

static void texts(text_fn *fn, const char *what, const char *const *v, size_t n, bool good)
{
	for (size_t i = 0; i < n; i++) {
		const char *why = NULL;
		int r = fn(v[i], &why);

		check(good ? r == 0 : r < 0 && why && why[0], what, v[i]);
	}
}

#define GOOD(fn, ...)                                                                              \
	texts(fn, #fn " takes", (const char *const[]){__VA_ARGS__},                                \
	      ARRAY_SIZE(((const char *const[]){__VA_ARGS__})), true)
#define BAD(fn, ...)                                                                               \
	texts(fn, #fn " refuses", (const char *const[]){__VA_ARGS__},                              \
	      ARRAY_SIZE(((const char *const[]){__VA_ARGS__})), false)

static void test_texts(void)
{
	GOOD(value_grant_path, "/usr/share/zoneinfo", "/home/u/a b", "/procfs", "/deviant",
	     "/a/..b", "/runtime", "/sysroot", "/..a");
	BAD(value_grant_path, "", "/", "relative", "/a/../b", "/a/./b", "/a//b", "/a/", "//", "/..",
	    "/proc", "/proc/1", "/sys", "/sys/fs", "/dev", "/dev/null", "/run", "/run/user", "~/x",
	    "/a\nb", "/a\033b", "/a\xff", "/a\xe2\x80\xae");

	GOOD(value_env_name, "A", "_", "LANG", "LC_ALL", "a1_B", "LDAP", "NO_COLOR", "TMPDIR",
	     "SANDBOX");
	BAD(value_env_name, "", "1A", "A-B", "A=B", "A B", "LD_PRELOAD", "LD_", "LD_LIBRARY_PATH",
	    "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "PLUGBOX", "PLUGBOX_X", "SANDBOX_POLICY",
	    "NO_NETWORK", "NO_SUBPROCESS", "NO_FILESYSTEM_WRITE", "\xc3\xa9", "A\n");

	GOOD(value_device, "dri/renderD128", "kvm", "ttyUSB0", "ttyACM1", "snd/pcmC0D0p", "video0",
	     "bus/usb/001/002", "memory", "portal", "hidraw0", "fdtool");
	BAD(value_device, "", "/dev/kvm", "mem", "kmem", "port", "kmsg", "sda", "sda1", "nvme0n1",
	    "vda", "loop0", "loop-control", "dm-0", "mapper/root", "disk/by-id/x", "disk", "tty",
	    "tty1", "console", "pts/0", "ptmx", "vcs1", "vcsa", "a/../b", "a//b", "a/", ".", "..",
	    "a b", "sr0", "sg1", "md127", "cpu/0/msr", "watchdog0", "userfaultfd", "null", "fd/3",
	    "shm/x");

	GOOD(value_plugin_name, "a", "0", "weather", "my-plugin_2.x",
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	BAD(value_plugin_name, "", "A", ".a", "-a", "_a", "a..b", "a/b", "a b", "a\n", "\xc3\xa9",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

	GOOD(value_version, "1", "1.2.0", "v1.0~rc1+git_3-4");
	BAD(value_version, "", "1 2", "1/2", "1:2", "1\n",
	    "11111111111111111111111111111111111111111111111111111111111111111");

	GOOD(value_program, "main", "bin/main", "./main", "a b", "a..b", "..a", "a/..b", "a/b..");
	BAD(value_program, "", "/bin/sh", "..", "../x", "a/..", "a/../b", "-c", "a/", ".", "./",
	    "a/.", "a\tb", "a\nb", "a\033");
}

static void application(const char *name, bool good)
{
	check(perm_is_application(name) == good,
	      good ? "an application permission:" : "no application permission:", name);
}

static void test_permissions(void)
{
	static const char *const good[] = {
		"read_messages", "send_messages", "database_read", "database_write",
		"http_requests", "tool:forecast", "tool:*",	   "tool:radar*",
		"cli:plugins.*", "service:a-b_c", "hook:x.y",	   "rpc:1",
		"channel:C",	 "music.play",	 "music.*",	   "org.example.a-b_c2",
	};
	static const char *const bad[] = {
		"",	    "storage",	     "tool",	     "tool:",
		"tool:a b", "tool:a*b",	     "tool:**",	     "tool:*a",
		"fs:x",	    "net:x",	     "*:*",	     "Tool:x",
		":x",	    "tool:a:b",	     "tool:a/b",     "read",
		"toolx:a",  "tool:\xc3\xa9", "http_request",
		"music.",   ".play",	     "music.play*",  "Music.play",
		"music..a", "2.play",	     "music.pl ay",  "m\xd1\x83sic.play",
		"music.*.a", "*.play",
	};
	size_t n;
	const char *const *names = perm_names(&n);

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		application(good[i], true);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		application(bad[i], false);
	for (int i = 0; i < PERM_N; i++) {
		check(perm_table[i].name && perm_table[i].summary &&
			      perm_find(perm_table[i].name) == i &&
			      strcmp(names[i], perm_table[i].name) == 0,
		      "perm_table and perm_names agree on", perm_table[i].name);
		application(perm_table[i].name, false);
	}
	for (size_t i = 0; i < n; i++)
		check((perm_find(names[i]) >= 0) != perm_is_application(names[i]),
		      "one kind or the other:", names[i]);
	check(perm_find("storag") < 0, "not found:", "storag");
}

static void test_hosts(void)
{
	static const struct {
		const char *allowed, *asked;
		bool covers, overlaps;
	} rows[] = {
		{"api.example.com", "api.example.com:443", true, true},
		{"api.example.com:443", "api.example.com:443", true, true},
		{"api.example.com:443", "api.example.com", false, true},
		{"api.example.com:443", "api.example.com:80", false, false},
		{"*.example.com:443", "api.example.com:443", true, true},
		{"*.example.com:443", "api.example.com", false, true},
		{"*.example.com", "a.b.example.com", true, true},
		{"*.example.com", "*.api.example.com", true, true},
		{"*.example.com", "example.com", false, false},
		{"*.example.com", "badexample.com", false, false},
		{"*.example.com", "api.example.com.evil.org", false, false},
		{"*.example.com", "example.com.evil.org", false, false},
		{"api.example.com", "*.example.com", false, true},
		{"*.api.example.com", "*.example.com", false, true},
		{"[2001:db8::1]:443", "[2001:db8::1]:443", true, true},
		{"[2001:db8::1]", "[2001:db8::1]:80", true, true},
		{"192.0.2.1", "192.0.2.10", false, false},
	};

	GOOD(value_host, "example.com", "api.example.com:443", "*.example.com", "*.example.com:8443",
	     "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:443", "xn--mnchen-3ya.de",
	     "a-b.c-d.org", "1.example.com", "example.com:65535");
	BAD(value_host, "", "example", "localhost", "*", "*.com", "*.*.com", "a.*.com", "*example.com",
	    "api.*", "Example.com", "example.com.", ".example.com", "a..com", "-a.com", "a-.com",
	    "a_b.com", "example.com:", "example.com:0", "example.com:65536", "example.com:https",
	    "example.com:443/x", "https://example.com", "example.com/", "user@example.com",
	    "192.0.2.01", "192.0.2", "0x7f.0.0.1", "2130706433", "127.1", "[2001:DB8::1]", "[::1",
	    "2001:db8::1", "[2001:db8:0::1]", "example.com ", " example.com", "ex\xd0\xb0mple.com",
	    "m\xc3\xbcnchen.de", "example\xe3\x80\x82" "com", "a.com,b.com");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check(perm_arg_covers("http_requests", rows[i].allowed, rows[i].asked) ==
			      rows[i].covers,
		      rows[i].covers ? "is covered:" : "is not covered:", rows[i].asked);
		check(perm_arg_overlaps("http_requests", rows[i].allowed, rows[i].asked) ==
				      rows[i].overlaps &&
			      perm_arg_overlaps("http_requests", rows[i].asked, rows[i].allowed) ==
				      rows[i].overlaps,
		      rows[i].overlaps ? "has to do with:" : "has nothing to do with:",
		      rows[i].allowed);
	}
}

int main(void)
{
	test_never();
	test_numbers();
	test_limits();
	test_texts();
	test_permissions();
	test_hosts();
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
