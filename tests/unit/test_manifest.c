/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spec/manifest, spec/manifest_file and spec/yaml: what a manifest becomes; and of a
 * faulty one which errors are found, and where. */
#include "spec/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "spec/yaml.h"

#define HEAD "name: a\nversion: 1\nentrypoint: x\n" /* what follows begins on line 4 */

static int count, failed;

static void check(bool ok, const char *what)
{
	count++;
	if (!ok)
		failed++;
	printf("%sok %d - %s\n", ok ? "" : "not ", count, what);
}

static void show(const struct manifest_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++)
		printf("# %u:%u %s (%s)\n", errs->v[i].pos.line, errs->v[i].pos.col,
		       errs->v[i].text, errs->v[i].hint ? errs->v[i].hint : "-");
}

static struct manifest *parse(const char *text, struct manifest_errors *errs)
{
	return manifest_parse(text, strlen(text), "plugin.yaml", errs);
}

/* Exactly one error, "LINE:COLUMN TEXT", in n bytes of text. */
static void one_error_n(const char *text, size_t n, const char *name, const char *want)
{
	struct manifest_errors errs = {0};
	struct manifest *m = manifest_parse(text, n, name, &errs);
	char found[700] = "";
	bool ok;

	if (errs.n)
		(void)snprintf(found, sizeof(found), "%u:%u %s", errs.v[0].pos.line,
			       errs.v[0].pos.col, errs.v[0].text);
	ok = !m && errs.n == 1 && strcmp(found, want) == 0;
	check(ok, want);
	if (!ok)
		show(&errs);
	manifest_errors_free(&errs);
	manifest_free(m);
}

static void one_error(const char *text, const char *want)
{
	one_error_n(text, strlen(text), "plugin.yaml", want);
}

/* The same below HEAD. */
static void below_head(const char *text, const char *want)
{
	autofree char *whole = xasprintf("%s%s", HEAD, text);

	one_error(whole, want);
}

static void accepts(const char *text, const char *what)
{
	struct manifest_errors errs = {0};
	struct manifest *m = parse(text, &errs);

	check(m && errs.n == 0, what);
	show(&errs);
	manifest_errors_free(&errs);
	manifest_free(m);
}

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool has(const struct strv *sv, const char *const *want, size_t n)
{
	if (sv->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(sv->v[i], want[i]) != 0)
			return false;
	return true;
}

#define HAS(sv, ...)                                                                               \
	has(sv, (const char *const[]){__VA_ARGS__},                                                \
	    ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

static const char full[] = "name: weather\n"
			   "version: 1.2.0\n"
			   "author: community_user\n"
			   "description: Weather by city\n"
			   "entrypoint: [python3, -u, main.py]\n"
			   "channel:\n"
			   "  framing: lines\n"
			   "environment:\n"
			   "  pass: [LANG, EDITOR, LC_TIME, VISUAL]\n"
			   "  set: {MODE: production, EMPTY: \"\"}\n"
			   "capabilities:\n"
			   "  optional: [\"tool:radar*\"]\n"
			   "  required: [\"tool:forecast\", subprocess]\n"
			   "permissions:\n"
			   "  - read_messages\n"
			   "  - http_requests: [api.weather.example:443]\n"
			   "  - file_system_read: [/usr/share/zoneinfo, /etc/foo]\n"
			   "  - network: loopback\n"
			   "tools: [forecast]\n"
			   "hooks: []\n"
			   "resources:\n"
			   "  cpu_limit: 0.25\n"
			   "  memory_limit: 100M\n"
			   "  timeout: 30s\n"
			   "  rate_limits:\n"
			   "    messages_per_second: 5\n"
			   "x-host: {anything: [1, {a: ~}]}\n";

static void test_full(void)
{
	struct manifest_errors errs = {0};
	struct manifest *m = parse(full, &errs);
	const struct request *rq;

	show(&errs);
	check(m != NULL, "a full manifest is read");
	if (!m)
		return;
	check(is(m->file, "plugin.yaml") && is(m->name, "weather") && is(m->version, "1.2.0") &&
		      is(m->author, "community_user") && is(m->description, "Weather by city"),
	      "its words");
	check(HAS(&m->entrypoint, "python3", "-u", "main.py") && m->entrypoint_pos.line == 5 &&
		      m->entrypoint_pos.col == 13,
	      "entrypoint, and where it stands");
	check(m->framing == FRAMING_LINES, "framing");
	check(HAS(&m->env_pass, "LANG", "LC_TIME"), "language needs no request");
	check(m->env_set.n == 2 && is(m->env_set.v[0].name, "MODE") &&
		      is(m->env_set.v[0].value, "production") && is(m->env_set.v[1].value, ""),
	      "environment.set");
	check(m->requests.n == 8, "all requests");
	rq = m->requests.v;
	check(is(rq[0].name, "read_messages") && rq[0].required && rq[0].args.n == 0 &&
		      rq[0].pos.line == 15 && rq[0].pos.col == 5,
	      "permissions come first, in their order");
	check(is(rq[1].name, "http_requests") && HAS(&rq[1].args, "api.weather.example:443"),
	      "an application permission with a list");
	check(is(rq[2].name, "file_system_read") &&
		      HAS(&rq[2].args, "/usr/share/zoneinfo", "/etc/foo"),
	      "a kernel permission with a list");
	check(is(rq[3].name, "network") && HAS(&rq[3].args, "loopback"), "a single argument");
	check(is(rq[4].name, "tool:forecast") && rq[4].required, "then required capabilities");
	check(is(rq[6].name, "tool:radar*") && !rq[6].required, "then optional ones");
	check(is(rq[7].name, "environment") && rq[7].required &&
		      HAS(&rq[7].args, "EDITOR", "VISUAL"),
	      "then what environment.pass asks for");
	check(m->registrations[REG_TOOLS].present &&
		      m->registrations[REG_TOOLS].names.n == 1 &&
		      is(m->registrations[REG_TOOLS].names.v[0].name, "forecast") &&
		      m->registrations[REG_TOOLS].names.v[0].required,
	      "tools");
	check(m->registrations[REG_HOOKS].present && m->registrations[REG_HOOKS].names.n == 0,
	      "an empty list is present");
	check(!m->registrations[REG_COMMANDS].present, "an absent one is not");
	check(m->limits.l[LIMIT_CPU].set && m->limits.l[LIMIT_CPU].v == 250 &&
		      m->limits.l[LIMIT_MEMORY].v == 100 << 20 &&
		      m->limits.l[LIMIT_TIMEOUT].v == 30000 && m->limits.l[LIMIT_MESSAGES].v == 5 &&
		      m->limits.l[LIMIT_MESSAGES].pos.line == 26 && !m->limits.l[LIMIT_PIDS].set,
	      "limits");
	manifest_free(m);
	manifest_errors_free(&errs);
}

static void test_minimal(void)
{
	struct manifest_errors errs = {0};
	struct manifest *m = parse("name: a\nversion: 1.20\nentry_point: bin/x\n", &errs);

	check(m && is(m->version, "1.20") && HAS(&m->entrypoint, "bin/x") &&
		      m->framing == FRAMING_RAW && m->requests.n == 0,
	      "the least manifest; a version in plain digits keeps its text");
	manifest_free(m);
	manifest_errors_free(&errs);
	accepts("\xef\xbb\xbf" HEAD, "a UTF-8 byte order mark in front");
	accepts("name: a\r\nversion: 1\r\nentrypoint: x\r\n", "the line ends of Windows");
	accepts("# c\n---\n" HEAD "...\n# c\n", "comments, document marks");
	accepts(HEAD "author: \xc3\x89ric \xf0\x9f\x98\x80\n", "UTF-8");
	accepts(HEAD "description: |\n  two\n  lines\n", "a block scalar");
	accepts(HEAD "tools:\n- a\n- b.c\n- d*\n- '*'\n", "a list at the indentation of its key");
	accepts("name: \"no\"\nversion: '1'\nentrypoint: ['x', \"-1\", 'true', \"\"]\n",
		"quotes make strings");
	accepts(HEAD "permissions: [environment: [LANG]]\nenvironment: {pass: [EDITOR]}\n",
		"a permission of that name beside environment.pass");
	accepts(HEAD "channel: {x-a: 1, framing: headers}\nresources: {x-b: [], timeout: 5}\n"
		     "capabilities: {x-c: ~}\nenvironment: {x-d: {}, set: {x-e: 1}}\n",
		"x- keys at every level");
	accepts(HEAD "resources: {memory_limit: \"64M\", timeout: \"30s\"}\n", "units in quotes");
}

static void test_types(void)
{
	one_error("", "1:1 the document is empty");
	one_error("# nothing\n", "1:1 the document is empty");
	one_error("--- ~\n", "1:1 the document is empty");
	one_error("[a]", "1:1 the manifest must be a mapping, not a list");
	one_error("a b", "1:1 the manifest must be a mapping, not a string");
	one_error("version: 1\nentrypoint: x\n", "1:1 missing key \"name\"");
	one_error("name: a\nentrypoint: x\n", "1:1 missing key \"version\"");
	one_error("name: a\nversion: 1\n", "1:1 missing key \"entrypoint\"");
	one_error("name:\nversion: 1\nentrypoint: x\n", "1:6 name must be a string, not empty");
	one_error("name: ~\nversion: 1\nentrypoint: x\n", "1:7 name must be a string, not empty");
	one_error("name: null\nversion: 1\nentrypoint: x\n",
		  "1:7 name must be a string, not empty");
	one_error("name: 12\nversion: 1\nentrypoint: x\n",
		  "1:7 name must be a string, not a number");
	one_error("name: no\nversion: 1\nentrypoint: x\n",
		  "1:7 name must be a string, not true or false");
	one_error("name: [a]\nversion: 1\nentrypoint: x\n",
		  "1:7 name must be a string, not a list");
	one_error("name: a\nversion: true\nentrypoint: x\n",
		  "2:10 version must be a string, not true or false");
	one_error("name: a\nversion: 1\nentrypoint: {}\n",
		  "3:13 entrypoint must be a string or a list, not a mapping");
	one_error("name: a\nversion: 1\nentrypoint: [x, -1]\n",
		  "3:17 an entry of entrypoint must be a string, not a number");
	below_head("author: .5\n", "4:9 author must be a string, not a number");
	below_head("author: 0x1F\n", "4:9 author must be a string, not a number");
	below_head("permissions:\n", "4:13 permissions must be a list, not empty");
	below_head("permissions: storage\n", "4:14 permissions must be a list, not a string");
	below_head("permissions: [[a]]\n",
		   "4:15 an entry of permissions must be a string, not a list");
	below_head("channel: lines\n", "4:10 channel must be a mapping, not a string");
	below_head("capabilities: 3\n",
		   "4:15 capabilities must be a list or a mapping, not a number");
	below_head("tools: a\n", "4:8 tools must be a list, not a string");
	below_head("tools: {a: b}\n", "4:9 unknown key \"a\"");
	below_head("tools: {optional: b}\n", "4:19 optional must be a list, not a string");
	below_head("tools: {required: [a, b], optional: [c, b]}\n", "4:41 \"b\" stands under required too");
	below_head("hooks: {optional: [a, a]}\n", "4:23 optional names \"a\" twice");
	below_head("resources: []\n", "4:12 resources must be a mapping, not a list");
	below_head("resources: {pids_limit: '3'}\n",
		   "4:25 pids_limit must be a number, not a string");
	below_head("resources: {timeout: yes}\n",
		   "4:22 timeout must be a time like 30s, not true or false");
	below_head("resources: {rate_limits: 3}\n",
		   "4:26 rate_limits must be a mapping, not a number");
	below_head("environment: {set: {A: 1}}\n", "4:24 A must be a string, not a number");
	below_head("environment: {set: {A: }}\n", "4:24 A must be a string, not empty");
	below_head("environment: {pass: A}\n", "4:21 pass must be a list, not a string");
}

static void test_values(void)
{
	static const char bad_name[] =
		"expected 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\", a letter "
		"or digit first, without \"..\"";
	autofree char *want = xasprintf("1:7 name \"Weather\": %s", bad_name);
	autofree char *dots = xasprintf("1:7 name \"a..b\": %s", bad_name);

	one_error("name: Weather\nversion: 1\nentrypoint: x\n", want);
	one_error("name: a..b\nversion: 1\nentrypoint: x\n", dots);
	one_error("name: a\nversion: 1\nentrypoint: python3 main.py\n",
		  "3:13 entrypoint \"python3 main.py\" is not split into words");
	one_error("name: a\nversion: 1\nentrypoint: []\n", "3:13 entrypoint is an empty list");
	one_error("name: a\nversion: 1\nentrypoint: [../x]\n",
		  "3:14 entrypoint \"../x\": leaves the bundle by \"..\"");
	one_error(
		"name: a\nversion: 1\nentrypoint: /bin/sh\n",
		"3:13 entrypoint \"/bin/sh\": is absolute: expected a path beneath the bundle, or "
		"the name of a program");
	one_error("name: a\nversion: 1\nentrypoint: [-c]\n",
		  "3:14 entrypoint \"-c\": begins with \"-\", as an option");
	one_error(HEAD "entry_point: y\n",
		  "4:1 \"entrypoint\" and \"entry_point\" are two spellings of one key");
	one_error("entry_point: y\n" HEAD,
		  "4:1 \"entrypoint\" and \"entry_point\" are two spellings of one key");
	below_head("permisions: []\n", "4:1 unknown key \"permisions\"");
	below_head("channel: {frame: raw}\n", "4:11 unknown key \"frame\"");
	below_head("channel: {framing: line}\n", "4:20 unknown framing \"line\"");
	below_head("resources: {cpu: 1}\n", "4:13 unknown key \"cpu\"");
	below_head("resources: {messages_per_second: 1}\n",
		   "4:13 unknown key \"messages_per_second\"");
	below_head("resources: {pids_limit: 0x10}\n",
		   "4:25 pids_limit \"0x10\": expected a whole number in decimal digits, like 64");
	below_head("resources: {pids_limit: 40000}\n",
		   "4:25 pids_limit \"40000\": must be between 1 and 32768");
	below_head("environment: {pass: [LD_PRELOAD]}\n",
		   "4:22 variable \"LD_PRELOAD\": variables of the dynamic loader cannot be set or "
		   "passed");
	below_head("environment: {set: {LD_PRELOAD: x}}\n",
		   "4:21 variable \"LD_PRELOAD\": variables of the dynamic loader cannot be set or "
		   "passed");
	below_head("environment: {set: {TZ: x}, pass: [TZ]}\n", "4:21 TZ is both set and passed");
	below_head("environment: {pass: [TZ, TZ]}\n", "4:26 pass names \"TZ\" twice");
	below_head("tools: [a b]\n", "4:9 invalid name \"a b\"");
	below_head("tools: [a, a]\n", "4:12 tools names \"a\" twice");
}

static void test_requests(void)
{
	below_head("permissions: [red_messages]\n", "4:15 unknown permission \"red_messages\"");
	below_head("permissions: ['toool:x']\n", "4:15 unknown permission \"toool:x\"");
	below_head("permissions: [tool: x]\n", "4:15 unknown permission \"tool\"");
	below_head("permissions: [storage, storage]\n", "4:24 \"storage\" is requested twice");
	below_head("permissions: [storage]\ncapabilities: {optional: [storage]}\n",
		   "5:27 \"storage\" is requested twice");
	below_head("permissions: [{storage: [a]}]\n", "4:25 permission storage takes no argument");
	below_head("permissions: [file_system_read]\n",
		   "4:15 permission file_system_read needs an argument");
	below_head("permissions: [file_system_read: []]\n",
		   "4:33 permission file_system_read needs an argument");
	below_head("permissions: [http_requests: []]\n", "4:30 \"http_requests\" is an empty list");
	below_head("capabilities: [tool:a: []]\n", "4:24 \"tool:a\" is an empty list");
	below_head("permissions: [file_system_read: [/a, b]]\n",
		   "4:38 file_system_read \"b\": expected an absolute path");
	below_head("permissions: [file_system_read: [/a, /a]]\n",
		   "4:38 file_system_read names \"/a\" twice");
	below_head("permissions: [network: internet]\n",
		   "4:24 network \"internet\": expected host or loopback");
	below_head("permissions: [network: [host, loopback]]\n", "4:24 network takes one argument");
	below_head("permissions: [devices: mem]\n",
		   "4:24 devices \"mem\": it is the memory of the host");
	below_head("permissions: [environment: LD_X]\n",
		   "4:28 environment \"LD_X\": variables of the dynamic loader cannot be set or "
		   "passed");
	below_head("permissions: [http_requests: [1]]\n",
		   "4:31 an entry of http_requests must be a string, not a number");
	below_head("permissions:\n- tty:\n", "5:7 permission tty takes no argument");
	below_head("permissions: [{storage: , tty: }]\n", "4:27 more than one request in an entry");
	below_head("permissions: [{}]\n", "4:15 an entry names no request");
	below_head("capabilities: {must: []}\n", "4:16 unknown key \"must\"");
}

static void test_yaml(void)
{
	below_head("author: &a x\n", "4:9 anchors are not allowed");
	below_head("author: *a\n", "4:9 aliases are not allowed");
	below_head("author: !!str x\n", "4:9 tags are not allowed");
	below_head("author: ! x\n", "4:9 tags are not allowed");
	below_head("author: !a!b x\n", "4:9 tags are not allowed");
	below_head("tools: !!seq [a]\n", "4:8 tags are not allowed");
	below_head("channel: &c {framing: raw}\n", "4:10 anchors are not allowed");
	below_head("&k author: x\n", "4:1 anchors are not allowed");
	below_head("x-a: {b: &c 1}\n", "4:10 anchors are not allowed");
	below_head("<<: {a: b}\n", "4:1 merge keys are not allowed");
	below_head("? [a]\n: b\n", "4:3 a key must be a string, not a list");
	below_head("{a: b}: c\n", "4:1 a key must be a string, not a mapping");
	below_head("version: 2\n", "4:1 duplicate key \"version\"");
	below_head("x-a: {b: 1, c: 2, b: 3}\n", "4:19 duplicate key \"b\"");
	below_head("x-a: 1\nx-a: 2\n", "5:1 duplicate key \"x-a\"");
	below_head("---\na: b\n", "4:1 a second document is not allowed");
	below_head("...\n# c\n---\n", "6:1 a second document is not allowed");
	below_head("...\nfoo\n", "5:1 text after the end of the document");
	one_error("%YAML 1.1\n---\n" HEAD, "1:1 directives are not allowed");
	one_error("# \xc3\xa9\n\n%TAG ! x\n---\n" HEAD, "3:1 directives are not allowed");
	one_error("name: a\r\nversion: 1\r\nentrypoint: x\r\nauthor: |\r\n  \xc3\xa9\r\n\r\n"
		  "description: \"a\r\n  b\\\r\n  c\"\r\nx-a: 'd\r\n\r\n  e'\r\nx-b: f\r\n "
		  "g\r\nbad: 1\r\n",
		  "15:1 unknown key \"bad\"");
	below_head("author: @x\n", "4:9 a plain value cannot begin with \"@\"");
	below_head("\tauthor: x\n", "4:1 a tab in the indentation");
	below_head("author: a: b\n", "4:10 \": \" is not expected here");
	below_head("author: \"abc\n\n", "4:9 a string is not closed");
	below_head("author\nx-y: z\n", "4:1 a key without \":\"");
	below_head("tools: [a, b\n", "5:1 syntax error: expected ',' or ']' here");
	below_head("author: \"\\q\"\n", "4:10 unknown escape in a double-quoted string");
	below_head("author: \"\\ud83d\\ude00\"\n", "4:12 an escape that is no character");
	below_head("x-d: [[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]\n", "4:21 nested deeper than 16 levels");
	accepts(HEAD "x-d: [[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]\n", "16 levels");
}

static void test_characters(void)
{
	static const struct {
		const char *text;
		size_t n;
		const char *want;
	} bad[] = {
#define T(s) s, sizeof(s) - 1
		{T(HEAD "author: a\xff\n"), "4:10 invalid UTF-8: byte 0xff"},
		{T(HEAD "author: a\xc0\x80\n"), "4:10 invalid UTF-8: byte 0xc0"},
		{T(HEAD "author: a\xed\xa0\x80\n"), "4:10 invalid UTF-8: byte 0xed"},
		{T(HEAD "author: a\xe2\x82"), "4:10 invalid UTF-8: byte 0xe2"},
		{T(HEAD "author: \xc3\xa9\xe2\x80\xaex\n"),
		 "4:10 bidirectional control character U+202E in the text"},
		{T(HEAD "# \xe2\x81\xa6\n"),
		 "4:3 bidirectional control character U+2066 in the text"},
		{T(HEAD "author: \x1b[31m\n"), "4:9 control character U+001B in the text"},
		{T(HEAD "author: a\0b\n"), "4:10 NUL U+0000 in the text"},
		{T(HEAD "author: a\xe2\x80\xa8"), "4:10 line separator U+2028 in the text"},
		{T(HEAD "author: a\xc2\x85"), "4:10 control character U+0085 in the text"},
		{T("name: a\rversion: 1\n"),
		 "1:8 carriage return without a line feed U+000D in the text"},
		{T(HEAD "author: \xef\xbb\xbf"), "4:9 byte order mark U+FEFF in the text"},
		{T("\xff\xfen\0a\0"), "1:1 the text is UTF-16 or UTF-32"},
		{T("\xfe\xff\0n\0a"), "1:1 the text is UTF-16 or UTF-32"},
		{T("\xff\xfe\0\0n\0\0\0"), "1:1 the text is UTF-16 or UTF-32"},
		{T("\0\0\xfe\xff\0\0\0n"), "1:1 the text is UTF-32"},
		{T("n\0a\0"), "1:2 NUL U+0000 in the text"},
		{T(HEAD "author: \"\\0\"\n"), "4:9 NUL U+0000 in a string"},
		{T(HEAD "author: \"a\\x00b\"\n"), "4:9 NUL U+0000 in a string"},
		{T(HEAD "author: \"\\e[1m\"\n"), "4:9 control character U+001B in a string"},
		{T(HEAD "author: \"\\u202e\"\n"),
		 "4:9 bidirectional control character U+202E in a string"},
		{T(HEAD "author: \"\\L\"\n"), "4:9 line separator U+2028 in a string"},
		{T(HEAD "author: \"\\N\"\n"), "4:9 control character U+0085 in a string"},
		{T(HEAD "\"na\\0me\": b\n"), "4:1 NUL U+0000 in a string"},
		{T(HEAD "x-a: {b: \"\\r\"}\n"),
		 "4:10 carriage return without a line feed U+000D in a string"},
#undef T
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		one_error_n(bad[i].text, bad[i].n, "plugin.yaml", bad[i].want);
}

static void json_error(const char *text, const char *want)
{
	one_error_n(text, strlen(text), "plugin.json", want);
}

#define JHEAD                                                                                      \
	"{\"name\":\"a\",\"version\":\"1\",\"entrypoint\":\"x\"" /* 43 characters with a comma */

static void test_json(void)
{
	struct manifest_errors errs = {0};
	struct manifest *m = parse(
		"\t\n\t{\n\t\"name\"\t:\t\"a\",\n\t\"version\": \"1\",\n"
		"\t\"entrypoint\": [\n\t\t\"x\",\n\t\t\"\\ud83d\\ude00\\/\\u00e9\\\\ud83d\"\n\t],\n"
		"\t\"description\": \"\\\"\\uD83D\\uDE00\\\"\",\n\t\"resources\": "
		"{\"pids_limit\": 3, \"timeout\": \"5s\"}\n}\t\n\t\n",
		&errs);

	show(&errs);
	check(m && HAS(&m->entrypoint, "x", "\xf0\x9f\x98\x80/\xc3\xa9\\ud83d") &&
		      is(m->description, "\"\xf0\x9f\x98\x80\"") &&
		      m->limits.l[LIMIT_PIDS].v == 3 && m->entrypoint_pos.line == 5 &&
		      m->entrypoint_pos.col == 16,
	      "JSON with tabs, surrogate pairs and \\/");
	manifest_free(m);
	json_error(JHEAD ",\"description\":\"\\ud83d\\ude00\",\"bad\":1}",
		   "1:73 unknown key \"bad\"");
	json_error(JHEAD ",\"description\":\"\\ud83d\"}",
		   "1:59 half a surrogate pair: \"\\ud83d\"");
	json_error(JHEAD ",\"description\":\"\\ud83dx\\ude00\"}",
		   "1:59 half a surrogate pair: \"\\ud83d\"");
	json_error(JHEAD ",\"description\":\"\\ude00\\ud83d\"}",
		   "1:59 half a surrogate pair: \"\\ude00\"");
	json_error(JHEAD ",\"description\":\"\\u001b\"}",
		   "1:58 control character U+001B in a string");
	json_error(JHEAD ",\"description\":\"\\ud83f\\udffe\"}",
		   "1:58 noncharacter U+1FFFE in a string");
	json_error(JHEAD ",\"description\":null}", "1:58 description must be a string, not empty");
	json_error(JHEAD ",\"name\":\"b\"}", "1:44 duplicate key \"name\"");
	json_error(JHEAD "} {}", "1:45 text after the end of the document");
	json_error(JHEAD, "1:43 syntax error: expected ',' or '}' here");
	json_error(JHEAD ",\"tools\":[1]}",
		   "1:53 an entry of tools must be a string, not a number");
}

/* What must end soon. Nothing is measured: main sets an alarm. */
static void test_hostile(void)
{
	static const char *const pieces[] = {
		"[",
		"{",
		"- ",
		"? ",
		"[a, ",
		"{a: ",
		"a: ",
		"a\n",
		"''",
		"\"\"",
		"&a ",
		"!a ",
		"!",
		"[]",
		"{}: ",
		": ",
		"[?",
		"-\n",
		"*a ",
		"|\n",
		">\n ",
		"#\n",
		"%TAG !a! b\n",
		"...\n",
		"---\n",
		"a: 1\n",
		"\"\\",
		"\\",
		"\t",
		",",
		"\"a\": \"b\",",
		"'a': ",
		"[[],",
		"\xf0\x9f\x98\x80",
		"x-a: \n ",
	};
	autofree char *text = xcalloc(MANIFEST_MAX_BYTES + 2, 1);

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t len = strlen(pieces[i]);
		size_t n = 0;

		for (; n + len <= MANIFEST_MAX_BYTES; n += len)
			memcpy(text + n, pieces[i], len);
		for (int json = 0; json < 2; json++) {
			struct manifest_errors errs = {0};
			struct manifest *m =
				manifest_parse(text, n, json ? "plugin.json" : "plugin.yaml",
					       &errs);

			check(!m && errs.n > 0 && errs.n <= 50, "64 KiB of one piece is refused");
			manifest_errors_free(&errs);
		}
	}
	memset(text, ' ', MANIFEST_MAX_BYTES + 1);
	memcpy(text, HEAD, strlen(HEAD));
	one_error_n(text, MANIFEST_MAX_BYTES + 1, "plugin.yaml",
		    "1:1 the text is larger than 65536 bytes");
	text[MANIFEST_MAX_BYTES] = '\0';
	accepts(text, "a text of just the size allowed");
}

static void test_order(void)
{
	struct manifest_errors errs = {0};
	struct strbuf b = {0};
	bool sorted = true;
	struct manifest *m;

	m = parse("resources: {timeout: x}\nfoo: 1\nversion: 1\nname: B\ntools: [a\n", &errs);
	check(!m && errs.n == 4 && errs.v[0].pos.line == 1 && errs.v[1].pos.line == 2 &&
		      errs.v[2].pos.line == 4 && errs.v[3].pos.line == 6,
	      "by position, the syntax error last, nothing missing said of half a text");
	show(&errs);
	manifest_errors_free(&errs);
	for (int i = 0; i < 120; i++)
		strbuf_printf(&b, "bad%d: 1\n", i);
	m = parse(b.s, &errs);
	for (size_t i = 1; i < errs.n; i++)
		sorted &= errs.v[i - 1].pos.line <= errs.v[i].pos.line;
	check(!m && errs.n == 50 && sorted &&
		      is(errs.v[49].text, "too many errors: the rest is not shown"),
	      "50 errors and no more");
	strbuf_free(&b);
	manifest_errors_free(&errs);
	m = parse("\"\\u00e9 bad key that is much longer than anything one wants to read in one "
		  "line of a terminal\": 1\n" HEAD,
		  &errs);
	check(!m && errs.n == 1 && strlen(errs.v[0].text) < 90 && strstr(errs.v[0].text, "..."),
	      "echoed text is cut");
	manifest_errors_free(&errs);
	m = parse("permisions: []\n" HEAD, &errs);
	check(!m && errs.n == 1 && is(errs.v[0].hint, "did you mean \"permissions\"?"),
	      "a near miss is told");
	manifest_errors_free(&errs);
	m = parse(HEAD "timeout: 3\nresources: {messages_per_second: 3}\n", &errs);
	check(!m && errs.n == 2 && is(errs.v[0].hint, "it stands below resources") &&
		      is(errs.v[1].hint, "it stands below resources: rate_limits"),
	      "a key in the wrong mapping is told where it belongs");
	manifest_errors_free(&errs);
}

static void test_sizes(void)
{
	struct strbuf b = {0};

	strbuf_puts(&b, HEAD "author: ");
	for (int i = 0; i < 1024; i++)
		strbuf_puts(&b, "\xc3\xa9");
	accepts(b.s, "1024 characters of author");
	strbuf_puts(&b, "x");
	one_error(b.s, "4:9 author is longer than 1024 characters");
	strbuf_free(&b);
	strbuf_puts(&b, HEAD "tools:");
	for (int i = 0; i < 256; i++)
		strbuf_printf(&b, "\n- a%d", i);
	accepts(b.s, "256 entries");
	strbuf_puts(&b, "\n- b");
	one_error(b.s, "5:1 tools has more than 256 entries");
	strbuf_free(&b);
	strbuf_puts(&b, "name: a\nversion: 1\nentrypoint: [x, ");
	for (int i = 0; i < 4097; i++)
		strbuf_puts(&b, "y");
	strbuf_puts(&b, "]");
	one_error(b.s, "3:17 an entry of entrypoint is longer than 4096 characters");
	strbuf_free(&b);
	strbuf_puts(&b, HEAD "x-a: [");
	for (int i = 0; i < 4200; i++)
		strbuf_puts(&b, "1,");
	strbuf_puts(&b, "]");
	one_error(b.s, "4:8177 the text has more than 4096 keys, values and brackets");
	strbuf_free(&b);
}

/* What manifest_open says of path: part of its message, or NULL for success. */
static void opens(const char *path, const char *want, const char *what)
{
	struct pb_err e = {0};
	autofree char *file = NULL;
	autoclose int bundle = -1;
	autoclose int fd = manifest_open(path, &file, &bundle, &e);
	bool ok;

	if (want)
		ok = fd < 0 && e.kind == PB_ERR_MANIFEST && strstr(e.msg, want) && !file &&
		     bundle < 0;
	else
		ok = fd >= 0 && file && bundle >= 0;
	check(ok, what);
	if (!ok)
		printf("# fd %d, file %s: %s\n", fd, file ? file : "-", e.msg);
}

static void put(const char *path, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
}

static void put_link(const char *target, const char *path)
{
	if (symlink(target, path) < 0)
		abort();
}

static void test_open(void)
{
	char dir[] = "/tmp/plugbox-test-XXXXXX";
	autofree char *big = xcalloc(MANIFEST_MAX_BYTES + 2, 1);
	const char *const leave[] = {"plugin.yaml", "x.plugin.json", "y.plugin.json", "link",
				     "other",	    "target",	     "plugin.yml"};

	memset(big, '#', MANIFEST_MAX_BYTES + 1);
	if (!mkdtemp(dir) || chdir(dir) < 0)
		abort();
	opens(".", "no manifest in bundle", "a directory without a manifest");
	opens("", "is empty", "an empty name");
	opens("nothing", "No such file", "a name that is not there");
	put("plugin.yaml", HEAD);
	opens(".", NULL, "plugin.yaml in the working directory");
	opens(dir, NULL, "plugin.yaml in a directory");
	opens("plugin.yaml", NULL, "named directly");
	opens("plugin.yaml/", "Not a directory", "a file with a slash at its end");
	put("x.plugin.json", HEAD);
	opens(".", "more than one manifest", "two candidates");
	opens("x.plugin.json", NULL, "one of two, named");
	(void)unlink("plugin.yaml");
	opens(".", NULL, "the only *.plugin.json");
	put("y.plugin.json", HEAD);
	opens(".", "more than one manifest", "two of them");
	(void)unlink("x.plugin.json");
	(void)unlink("y.plugin.json");
	put_link("/etc/passwd", "plugin.yaml");
	opens(".", "is a symbolic link", "a link in a bundle");
	opens("plugin.yaml", "is a symbolic link", "a link named directly");
	put_link(".", "link");
	(void)unlink("plugin.yaml");
	(void)mkfifo("plugin.yaml", 0644);
	opens(".", "is a pipe", "a FIFO in a bundle");
	opens("plugin.yaml", "is a pipe", "a FIFO, named");
	(void)unlink("plugin.yaml");
	(void)mkdir("plugin.yaml", 0755);
	opens(".", "is a directory", "a directory of that name");
	(void)rmdir("plugin.yaml");
	opens("/dev/null", "is a device", "a device");
	put("plugin.yaml", big);
	opens(".", "larger than 65536 bytes", "a file that is too large");
	put("plugin.yml", HEAD);
	(void)unlink("plugin.yaml");
	opens("link", NULL, "a bundle through a link to its directory");
	opens("link/plugin.yml", NULL, "and a manifest there");
	for (size_t i = 0; i < ARRAY_SIZE(leave); i++)
		(void)unlink(leave[i]);
	if (chdir("/") < 0 || rmdir(dir) < 0)
		printf("# %s is left behind\n", dir);
}

/* A kernel without openat2: the same answers. For the rest of the process, so last. */
static void without_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {.len = ARRAY_SIZE(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0) {
		printf("ok %d - without openat2 # SKIP no seccomp\n", ++count);
		return;
	}
	check(syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0) < 0 && errno == ENOSYS,
	      "openat2 is gone");
	test_open();
}

/* Growth after the check of the size: the file is read as it is, to one byte too many. */
static void test_growth(void)
{
	struct manifest_errors errs = {0};
	autofree char *big = xcalloc(MANIFEST_MAX_BYTES + 1, 1);
	autoclose int fd = memfd_create("manifest", MFD_CLOEXEC);
	int ends[2];
	struct manifest *m;

	memset(big, '#', MANIFEST_MAX_BYTES + 1);
	if (fd < 0 || write(fd, big, MANIFEST_MAX_BYTES + 1) != MANIFEST_MAX_BYTES + 1 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		abort();
	m = manifest_read(fd, "f", &errs);
	check(!m && errs.n == 1 && errs.v[0].pos.line == 0 && strstr(errs.v[0].text, "larger"),
	      "a file that grew over the limit");
	manifest_errors_free(&errs);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, HEAD, strlen(HEAD), 0) < 0 ||
	    lseek(fd, 5, SEEK_SET) < 0)
		abort();
	m = manifest_read(fd, "f", &errs);
	check(!m && errs.n == 1 && strstr(errs.v[0].text, "changed"), "a file that is not whole");
	manifest_errors_free(&errs);
	if (pipe2(ends, O_CLOEXEC) < 0)
		abort();
	m = manifest_read(ends[0], "f", &errs);
	check(!m && errs.n == 1 && strstr(errs.v[0].text, "regular"), "a pipe is not waited for");
	manifest_errors_free(&errs);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	(void)alarm(300); /* a bound, not a measurement */
	test_full();
	test_minimal();
	test_types();
	test_values();
	test_requests();
	test_yaml();
	test_characters();
	test_json();
	test_hostile();
	test_order();
	test_sizes();
	test_open();
	test_growth();
	without_openat2();
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
