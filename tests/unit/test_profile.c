/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles: what a text means, what a chain allows, and that whoever narrows never adds a right:
 * the last over many random manifests, profiles and options (the seed is printed). */
#include "spec/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "spec/permission.h"
#include "spec/policy.h"
#include "spec/profile_diff.h"
#include "tap.h"

enum { TRIALS = 4000 };

static struct profile *parse(const char *text, bool admin, struct manifest_errors *errs)
{
	return profile_parse(text, strlen(text), "p.yaml", admin, errs);
}

/* The first error is that text, at that place. */
static void refuses(const char *text, const char *place, const char *what)
{
	struct manifest_errors errs = {0};
	struct profile *p = parse(text, false, &errs);
	autofree char *at =
		errs.n ? xasprintf("%u:%u", errs.v[0].pos.line, errs.v[0].pos.col) : NULL;

	ok(!p && errs.n && strstr(errs.v[0].text, what), "refused: %s", what);
	is_str(at, place, "  at its place");
	profile_free(p);
	manifest_errors_free(&errs);
}

static void test_text(void)
{
	struct manifest_errors errs = {0};
	struct profile *p =
		parse("description: x\n"
		      "allow: [storage, file_system_read, {network: [loopback]}, \"tool:a.*\"]\n"
		      "deny: [{file_system_read: [/srv/secret]}]\n"
		      "limits: {max: {timeout: 10s}, default: {timeout: 5s}}\n",
		      false, &errs);
	uint64_t v = 0;

	ok(p && !errs.n, "a profile is read");
	ok(profile_allows(p, "storage", NULL), "a name");
	ok(profile_allows(p, "file_system_read", "/x") &&
		   profile_allows(p, "file_system_read", NULL),
	   "a name alone is all of its arguments");
	ok(profile_allows(p, "network", "loopback") && !profile_allows(p, "network", "host") &&
		   !profile_allows(p, "network", NULL),
	   "with arguments it is these");
	ok(profile_allows(p, "tool:a.b", NULL) && !profile_allows(p, "tool:ab", NULL), "a pattern");
	ok(!profile_allows(p, "subprocess", NULL), "what is not there is not allowed");
	ok(profile_denies(p, "file_system_read", "/srv/secret/x") &&
		   profile_denies(p, "file_system_read", "/srv") &&
		   !profile_denies(p, "file_system_read", "/srv/other"),
	   "a denial holds for what lies below and for what holds it");
	ok(profile_gives(p, "storage", NULL), "without defaults all of allow is given");
	ok(profile_max(p, LIMIT_TIMEOUT, &v) && v == 10000 && profile_usual(p, LIMIT_TIMEOUT, &v) &&
		   v == 5000 && !profile_max(p, LIMIT_MEMORY, &v),
	   "limits");
	profile_free(p);
	manifest_errors_free(&errs);
	p = parse("description: x\n", false, &errs);
	ok(p && !profile_allows(p, "storage", NULL), "an absent list allows nothing");
	profile_free(p);
	p = parse("allow: []\ndefaults: []\n", false, &errs);
	ok(p && !profile_allows(p, "storage", NULL) && !profile_gives(p, "storage", NULL),
	   "nor does an empty one");
	profile_free(p);
	refuses("alow: []\n", "1:1", "unknown key \"alow\"");
	refuses("audit: true\n", "1:8", "audit is off, on or required");
	refuses("consent: on\n", "1:10", "consent is off or required");
	refuses("backend: docker\n", "1:10", "backend is native");
	refuses("runtime: usr\n", "1:10", "expected none, host or an absolute path");
	refuses("registration: open\n", "1:15", "only a file that is root's");
	refuses("syscalls: {allow: [mount]}\n", "1:20", "\"mount\" cannot be allowed");
	refuses("syscalls: {allow: [fork]}\n", "1:20", "\"fork\" cannot be allowed");
	refuses("syscalls: {allow: [io_uring_setup]}\n", "1:20", "cannot be allowed");
	refuses("syscalls: {deny: [openn]}\n", "1:19", "no list names the system call");
	refuses("environment: {set: {LD_PRELOAD: x}}\n", "1:21", "LD_PRELOAD");
	refuses("environment: {pass: [A]}\n", "1:15", "unknown key");
	refuses("plugin: weather\n", "1:9", "a name alone");
	refuses("plugin: {signer: acme}\n", "1:18", "there is no signer \"acme\"");
	refuses("signers: {}\n", "1:1", "unknown key \"signers\"");
	refuses("permissions: {play: {}}\n", "1:15", "no name of an application permission");
	refuses("permissions: {network: {}}\n", "1:15", "no name of an application permission");
	refuses("permissions: {music.play: {includes: [read_messages]}}\n", "1:39", "cannot be included");
	refuses("permissions: {music.play: {includes: [network]}}\n", "1:39", "needs an argument");
	refuses("permissions: {music.play: {channel: {send: [\"a b\"]}}}\n", "1:45", "invalid method");
	refuses("permissions: {music.play: {channel: [play]}}\n", "1:37", "must be a mapping");
	refuses("permissions: {music.play: {risk: huge}}\n", "1:34", "low, medium or high");
	refuses("allow: [file_sytem_read]\n", "1:9", "unknown permission");
	refuses("deny: [n\xd0\xb5twork]\n", "1:8", "unknown permission"); /* a Cyrillic e */
	refuses("allow: [{network: outer}]\n", "1:19", "expected host or loopback");
	refuses("allow: [{file_system_read: [/]}]\n", "1:29", "whole host");
	refuses("allow: [{file_system_read: []}]\n", "1:28", "needs an argument");
	refuses("allow: [\"tool:a*b\"]\n", "1:9", "unknown permission");
	refuses("extends: ../x\n", "1:10", "expected 1 to 64");
	refuses("extends: a\nwiden: true\n", "2:8", "only a file that is root's");
	refuses("extends: a\nwiden: yes\n", "2:8", "true or false");
	refuses("limits: {max: {timeout: 0}}\n", "1:25", "must be between");
}

static struct profile *linked(const char *child, const char *parent, bool admin,
			      struct manifest_errors *errs)
{
	struct profile *p = parse(child, admin, errs);

	(void)profile_link(p, parse(parent, true, errs), errs);
	return p;
}

static void test_chain(void)
{
	static const char parent[] =
		"allow: [{file_system_read: [/srv]}, {network: loopback}, \"tool:*\"]\n"
		"deny: [storage]\ndefaults: [{network: loopback}]\n"
		"limits: {max: {timeout: 10s}}\n";
	static const char *const more[] = {
		"allow: [storage]\n",
		"allow: [file_system_read]\n",
		"allow: [{file_system_read: [/srvx]}]\n",
		"allow: [{network: host}]\n",
		"defaults: [{file_system_read: [/srv]}]\n",
		"limits: {max: {timeout: 11s}}\n",
	};
	struct manifest_errors errs = {0};
	struct profile *p =
		linked("extends: a\nallow: [{file_system_read: [/srv/a]}]\n", parent, false, &errs);
	uint64_t v = 0;

	ok(!errs.n && profile_allows(p, "file_system_read", "/srv/a/b") &&
		   !profile_allows(p, "file_system_read", "/srv/b") &&
		   !profile_allows(p, "tool:x", NULL) && profile_denies(p, "storage", NULL) &&
		   profile_max(p, LIMIT_TIMEOUT, &v) && v == 10000,
	   "a child narrows, and keeps what it says nothing of");
	profile_free(p);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		autofree char *child = xasprintf("extends: a\n%s", more[i]);
		autofree char *wide = xasprintf("extends: a\nwiden: true\n%s", more[i]);

		p = linked(child, parent, true, &errs);
		ok(errs.n == 1 && errs.v[0].pos.line == 2, "more than the parent is an error: %.*s",
		   (int)strcspn(more[i], "\n"), more[i]);
		profile_free(p);
		manifest_errors_free(&errs);
		p = linked(wide, parent, true, &errs);
		ok(errs.n == 0, "  but for one that widens");
		profile_free(p);
		manifest_errors_free(&errs);
	}
	p = linked("extends: a\nwiden: true\nallow: [storage, {network: host}]\n", parent, true,
		   &errs);
	ok(profile_allows(p, "network", "host") && profile_allows(p, "tool:x", NULL) &&
		   profile_denies(p, "storage", NULL),
	   "who widens has both, but never what a parent denies");
	profile_free(p);
}

/* ---- ceilings ---- */

static void test_ceilings(void)
{
	struct manifest_errors errs = {0};
	struct profile *p = parse("allow: [storage, network, {file_system_read: [/srv]}]\n"
				  "limits: {max: {timeout: 20s}}\n",
				  false, &errs);
	struct profile *house = linked("extends: a\ndeny: [{file_system_read: [/srv/x]}]\n",
				       "allow: [network, storage, {file_system_read: [/srv/a, "
				       "/srv/x]}]\ndefaults: []\nlimits: {max: {timeout: 10s}, "
				       "default: {pids_limit: 7}}\n",
				       true, &errs);
	struct src_pos pos;
	uint64_t v = 0;

	free(house->file);
	house->file = xstrdup("house.yaml");
	profile_bound(p, house);
	ok(errs.n == 0 && profile_allows(p, "storage", NULL) &&
		   profile_allows(p, "file_system_read", "/srv/a/b") &&
		   !profile_allows(p, "file_system_read", "/srv/b") &&
		   !profile_allows(p, "file_system_read", NULL) &&
		   !profile_allows(p, "tty", NULL),
	   "what is allowed, the ceiling allows too");
	ok(profile_denies(p, "file_system_read", "/srv/x/y"), "its denials hold");
	ok(profile_gives(p, "storage", NULL), "what is given, the profile says alone");
	ok(profile_max(p, LIMIT_TIMEOUT, &v) && v == 10000, "the lower bound");
	ok(profile_usual(p, LIMIT_PIDS, &v) && v == 7, "and what it has for those that name none");
	ok(!profile_obstacle(p, "storage", NULL, &pos), "nothing stands in the way of what is given");
	ok(profile_obstacle(p, "file_system_read", "/srv/x", &pos) == house && pos.line == 2,
	   "a denial has a line");
	ok(profile_obstacle(p, "file_system_read", "/srv/b", &pos) == house->parent && !pos.line,
	   "what is not allowed a file");
	ok(profile_obstacle(p, "tty", NULL, &pos) == house->parent, "the first of them");
	profile_free(p);
	p = parse("allow: [storage]\n", false, &errs);
	profile_bound(p, parse("allow: [storage, network]\n", false, &errs));
	ok(profile_obstacle(p, "network", "host", &pos) == p, "its own too");
	p->silent = true;
	ok(profile_allows(p, "storage", NULL) && !profile_gives(p, "storage", NULL),
	   "a bound alone gives nothing");
	profile_free(p);
}

/* ---- what is no permission ---- */

static bool adds(const struct profile *p, const char *call)
{
	struct syscall_set added = {0};
	struct syscall_set removed = {0};

	profile_calls(p, &added, &removed);
	return syscall_set_has(&added, syscalls_find(call)) &&
	       !syscall_set_has(&removed, syscalls_find(call));
}

static bool removes(const struct profile *p, const char *call)
{
	struct syscall_set added = {0};
	struct syscall_set removed = {0};

	profile_calls(p, &added, &removed);
	return syscall_set_has(&removed, syscalls_find(call));
}

static void test_calls(void)
{
	struct manifest_errors errs = {0};
	struct profile *p = linked("extends: a\nsyscalls: {allow: [setresuid], deny: [chmod]}\n",
				   "allow: []\nsyscalls: {allow: [setresuid, io_setup], deny: [link]}\n",
				   true, &errs);

	ok(errs.n == 0 && adds(p, "setresuid") && !adds(p, "io_setup") && removes(p, "chmod") &&
		   removes(p, "link"),
	   "a child takes calls away, and gives none back");
	profile_bound(p, parse("syscalls: {deny: [read]}\n", true, &errs));
	ok(!adds(p, "setresuid") && removes(p, "read") && removes(p, "link"),
	   "what a ceiling does not add is not added, and what it takes is taken");
	profile_free(p);
	p = linked("extends: a\nsyscalls: {allow: [io_setup]}\n", "allow: []\n", true, &errs);
	ok(errs.n == 1 && errs.v[0].pos.line == 2 && strstr(errs.v[0].text, "more system calls"),
	   "more calls than the parent's are an error");
	profile_free(p);
	manifest_errors_free(&errs);
}

static void test_rest(void)
{
	struct manifest_errors errs = {0};
	struct env_pairs env = {0};
	const struct profile *by = NULL;
	struct profile *p =
		linked("extends: a\nenvironment: {set: {A: child, B: child}}\naudit: off\n",
		       "allow: []\nenvironment: {set: {A: parent}}\nruntime: none\naudit: on\n"
		       "registration: open\n",
		       true, &errs);

	profile_environment(p, &env);
	ok(errs.n == 0 && env.n == 3 && strcmp(env.v[0].value, "parent") == 0 &&
		   strcmp(env.v[1].value, "child") == 0,
	   "the child's variables come after its parent's");
	is_str(profile_runtime(p), "none", "the parent's runtime");
	ok(profile_demand(p, true, &by) == DEMAND_ON && by == p->parent,
	   "a child's off takes nothing of its parent's on away");
	ok(profile_registration_open(p), "what the parent opens is open");
	profile_bound(p, parse("audit: required\nconsent: required\nruntime: host\n", false, &errs));
	ok(profile_demand(p, true, &by) == DEMAND_REQUIRED && by == p->ceilings[0] &&
		   profile_demand(p, false, &by) == DEMAND_REQUIRED,
	   "a ceiling wants more");
	ok(!profile_registration_open(p), "and does not open what it does not speak of");
	is_str(profile_runtime(p), "none", "the runtime is the profile's own word first");
	ok(profile_limits_by(p) == LIMITS_BEST_EFFORT && !profile_namespaces(p), "no floors");
	profile_bound(p, linked("extends: a\nlimits: {by: enforced}\nisolation: landlock\n",
				"limits: {by: strict}\nisolation: namespaces\n", false, &errs));
	ok(profile_limits_by(p) == LIMITS_STRICT && profile_namespaces(p) == p->ceilings[1]->parent,
	   "the highest floor of all that have a say");
	env_pairs_free(&env);
	profile_free(p);
	manifest_errors_free(&errs);
}

/* ---- definitions ---- */

/* What comes of a plugin that asks for music.play: "given", the refusal's message, or "dropped". */
static void defined(const char *profile, const char *ceiling, const char *allow, bool required,
		    const char *expected, const char *what)
{
	struct manifest_errors errs = {0};
	autofree char *text = xasprintf("name: a\nversion: 1\nentrypoint: m\ncapabilities: {%s: "
					"[music.play]}\n",
					required ? "required" : "optional");
	struct manifest *m = manifest_parse(text, strlen(text), "plugin.yaml", &errs);
	struct profile *p = parse(profile, false, &errs);
	struct host_facts f = {.runtime = xstrdup("none")};
	struct launch l;
	struct rights r;
	struct pb_err e = {0};
	const char *found;

	launch_init(&l);
	if (*allow)
		(void)requests_add(&l.allow, allow);
	if (ceiling)
		profile_bound(p, parse(ceiling, true, &errs));
	for (size_t i = 0; i < errs.n; i++)
		printf("# %u:%u %s\n", errs.v[i].pos.line, errs.v[i].pos.col, errs.v[i].text);
	(void)policy_decide(m, &l, p, &f, &r, &e);
	found = policy_refusal(&r, &e) < 0		      ? e.msg
		: r.perm[PERM_NETWORK].given		      ? r.perm[PERM_NETWORK].origins.v[0]
		: r.dropped.n				      ? "dropped"
		: r.host_enforced.n			      ? "host"
							      : "nothing";
	ok(strstr(found, expected), "%s: %s", what, expected);
	if (!strstr(found, expected))
		printf("# found %s\n", found);
	rights_free(&r);
	launch_free(&l);
	facts_free(&f);
	profile_free(p);
	manifest_free(m);
	manifest_errors_free(&errs);
}

static void test_definitions(void)
{
#define GROUP "permissions: {music.play: {risk: low, includes: [{network: host}]}}\n"
#define RULES "permissions: {\"music.*\": {channel: {send: [\"play*\"], receive: []}}}\n"
	static const char both[] = "allow: [\"music.*\", network]\n" GROUP;

	defined(both, NULL, "", true, "music.play in plugin.yaml:4:27, p.yaml:1:20",
		"a group gives its parts");
	defined("allow: [music.play, network]\ndefaults: [music.play]\n" GROUP, NULL, "", true,
		"network: host", "but none that waits for --allow");
	defined("allow: [music.play, network]\ndefaults: []\n" GROUP, NULL, "music.play", true,
		"plugin.yaml:4:27, --allow", "which the group's name is too");
	defined("allow: [music.play]\n" GROUP, NULL, "music.play", true, "network: host",
		"nor one that the profile does not allow");
	defined("allow: [network]\n" GROUP, NULL, "music.play", true, "music.play (plugin.yaml:4:27)",
		"nor without the name");
	defined("allow: [\"music.*\", network]\ndeny: [{network: host}]\n" GROUP, NULL, "music.play",
		true, "network: host", "a denial of a part wins");
	defined(both, "allow: [\"music.*\", {network: loopback}]\n", "music.play", true,
		"network: host", "and so does a ceiling");
	defined(both, "allow: [\"music.*\", network]\n" RULES, "music.play", true,
		"music.play (plugin.yaml:4:27): p.yaml:2:15 has rules for the channel",
		"what has rules for the channel is not given");
	defined("allow: [music.play]\n", "allow: [music.play, network]\n" GROUP, "music.play", true, "host",
		"a ceiling makes no name stand for more");
	defined("allow: [music.play]\n", "allow: [music.play]\n" RULES, "music.play", true,
		"p.yaml:2:15 has rules for the channel", "but for less");
	defined("allow: [\"music.*\"]\n" RULES, NULL, "music.play", true, "has rules for the channel",
		"nor without a group");
	defined("allow: [\"music.*\"]\n" RULES, NULL, "music.play", false, "dropped",
		"and dropped where it is optional");
	defined("allow: [\"music.*\"]\npermissions: {music.play: {description: x}}\n", NULL,
		"music.play", true, "host", "what is only described is the host's to enforce");
}

/* ---- differences ---- */

static void compared(const char *first, const char *second, const char *const expected[3])
{
	static const char *const names[] = {"more", "less", "otherwise"};
	struct manifest_errors errs = {0};
	struct profile *a = parse(first, true, &errs);
	struct profile *b = parse(second, true, &errs);
	struct strv lines[3] = {0};

	profile_diff(a, b, &lines[0], &lines[1], &lines[2]);
	for (int i = 0; i < 3; i++) {
		struct strbuf found = {0};

		strbuf_puts(&found, "");
		for (size_t k = 0; k < lines[i].n; k++)
			strbuf_printf(&found, "%s%s", k ? "; " : "", lines[i].v[k]);
		is_str(found.s, expected[i], "%s: %.*s", names[i], (int)strcspn(second, "\n"),
		       second);
		strbuf_free(&found);
		strv_free(&lines[i]);
	}
	profile_free(a);
	profile_free(b);
	manifest_errors_free(&errs);
}

static void differs(const char *first, const char *second, const char *more, const char *less)
{
	const char *const expected[] = {more, less, ""};

	compared(first, second, expected);
}

static void other(const char *first, const char *second, const char *otherwise)
{
	const char *const expected[] = {"", "", otherwise};

	compared(first, second, expected);
}

/* For each key two texts that say something else of it, and nothing else. Of one word only, or of what
 * the manual says is what holds without it, there is no other. */
#define KEY_A "RWRLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"
#define KEY_B "RWTS/ILvFIGmXulX6ApKwvcC0zWDjfa0YyOnQ70/1JLn0nFYPARCZr0F"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
static const struct {
	const char *key, *a, *b;
} diff_keys[] = {
	{"description", "x", "y"},
	{"extends", "base", "other"},
	{"plugin", "/srv/a", "/srv/b"},
	{"plugin", "{name: a, path: /srv/a}", "{name: b, path: /srv/a}"},
	{"plugin", "{name: a, path: /srv/a}", "/srv/a"},
	{"plugin", "'b2:" HEX "0'", "'b2:" HEX "1'"},
	{"plugin", "{signer: " KEY_A "}", "{signer: " KEY_B "}"},
	{"widen", "true", "false"},
	{"allow", "[storage]", "[tty]"},
	{"allow", "[{file_system_read: [/srv]}]", "[{file_system_read: [/srv, /opt]}]"},
	{"allow", "[{network: host}]", "[{network: loopback}]"},
	{"allow", "[{file_system_read: [/srv]}]", "[{file_system_read: [/srv, /srv/a]}]"},
	{"allow", "[\"tool:*\"]", "[\"tool:*\", \"tool:a\"]"},
	{"allow", "[read_messages]", "[send_messages]"},
	{"allow", "[{database_read: [a]}]", "[{database_read: [b]}]"},
	{"deny", "[tty]", "[storage]"},
	{"deny", "[{network: host}]", "[{network: loopback}]"},
	{"defaults", "[]", "[storage]"},
	{"defaults", "[read_messages]", "[]"},
	{"limits", "{max: {timeout: 1s}}", "{max: {timeout: 2s}}"},
	{"limits", "{max: {cpus: '0'}}", "{max: {cpus: '1'}}"},
	{"limits", "{default: {timeout: 1s}}", "{default: {timeout: 2s}}"},
	{"limits", "{max: {timeout: 1s}}", "{default: {timeout: 1s}}"},
	{"limits", "{by: enforced}", "{by: strict}"},
	{"environment", "{set: {A: x}}", "{set: {A: y}}"},
	{"environment", "{set: {A: x}}", "{set: {B: x}}"},
	{"runtime", "host", "none"},
	{"consent", "required", "'off'"},
	{"audit", "'on'", "required"},
	{"isolation", "namespaces", "landlock"},
	{"permissions", "{x.y: {description: a}}", "{x.y: {description: b}}"},
	{"permissions", "{x.y: {risk: low}}", "{x.y: {risk: high}}"},
	{"permissions", "{x.y: {includes: [storage]}}", "{x.y: {includes: [tty]}}"},
	{"permissions", "{x.y: {channel: {send: [a]}}}", "{x.y: {channel: {send: [b]}}}"},
	{"permissions", "{x.y: {channel: {send: [a]}}}", "{x.y: {channel: {receive: [a]}}}"},
	{"permissions", "{x.y: {channel: {}}}", "{x.y: {}}"},
	{"permissions", "{x.y: {}}", "{x.z: {}}"},
	{"syscalls", "{allow: [setresuid]}", "{allow: [io_setup]}"},
	{"syscalls", "{deny: [read]}", "{deny: [write]}"},
	{"registration", "open", "listed"},
	{"backend", NULL, NULL}, /* there is one */
};

static size_t lines_of(const char *first, const char *second)
{
	struct manifest_errors errs = {0};
	struct profile *a = parse(first, true, &errs);
	struct profile *b = parse(second, true, &errs);
	struct strv lines = {0};
	size_t n;

	if (a && b)
		profile_diff(a, b, &lines, &lines, &lines);
	else
		printf("# %s# %s# %s\n", first, second, errs.v[0].text);
	profile_free(a);
	profile_free(b);
	manifest_errors_free(&errs);
	n = lines.n;
	strv_free(&lines);
	return n;
}

static void test_diff_keys(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(diff_keys); i++) {
		const char *key = diff_keys[i].key;
		const char *rest = strcmp(key, "widen") == 0 ? "extends: base\n" : "";
		autofree char *a = diff_keys[i].a ? xasprintf("%s%s: %s\n", rest, key, diff_keys[i].a) : NULL;
		autofree char *b = diff_keys[i].a ? xasprintf("%s%s: %s\n", rest, key, diff_keys[i].b) : NULL;
		autofree char *without = xasprintf("x-none: 0\n%s", rest);

		if (!a)
			continue;
		ok(lines_of(a, b) && lines_of(b, a), "%s: %s is not %s", key, diff_keys[i].a, diff_keys[i].b);
		ok(lines_of(a, without) && lines_of(without, a), "  nor nothing");
		ok(!lines_of(a, a) && !lines_of(b, b), "  and is itself");
	}
}

/* The format is what the manual lists: a key that is new there has to be here. */
static void test_diff_manual(void)
{
	FILE *page = fopen("man/plugbox-profile.5", "r");
	char line[256];
	char word[64];
	unsigned level = 0;
	unsigned found = 0;
	bool format = false;

	ok(page != NULL, "the manual is there");
	while (page && fgets(line, sizeof(line), page)) {
		if (str_starts(line, ".Sh "))
			format = strcmp(line, ".Sh FORMAT\n") == 0;
		level += str_starts(line, ".Bl");
		level -= str_starts(line, ".El") && level;
		if (!format || level != 1 || !str_starts(line, ".It Va "))
			continue;
		for (char *at = line + 7; sscanf(at, " %63[a-z_]", word) == 1;) {
			bool known = false;

			for (size_t i = 0; i < ARRAY_SIZE(diff_keys) && !known; i++)
				known = strcmp(diff_keys[i].key, word) == 0;
			ok(known, "%s, of the manual, is compared", word);
			found++;
			at = strstr(at, word) + strlen(word);
			at += strspn(at, " ,");
		}
	}
	ok(found >= 17, "all of its keys were found (%u)", found);
	if (page)
		(void)fclose(page);
}

static void test_diff(void)
{
	differs("syscalls: {allow: [setresuid]}\n",
		"syscalls: {allow: [io_setup], deny: [read]}\nregistration: open\n",
		"system call io_setup: added; registration: open instead of listed",
		"system call read: taken away; system call setresuid: not added");
	static const char a[] = "allow: [storage, {file_system_read: [/srv]}, \"tool:*\"]\n"
				"limits: {max: {timeout: 10s}}\n";

	differs(a, a, "", "");
	differs(a, "allow: [storage, {file_system_read: [/srv]}, \"tool:*\"]\ndefaults: []\n"
		   "limits: {max: {timeout: 10s}}\n",
		"",
		"storage: with --allow instead of without --allow; "
		"file_system_read: /srv: with --allow instead of without --allow");
	differs(a, "allow: [{file_system_read: [/srv/a]}, {network: host}]\n",
		"network: host: without --allow instead of never; "
		"timeout: no bound instead of at most 10s",
		"storage: never instead of without --allow; "
		"file_system_read: /srv: never instead of without --allow; "
		"tool:*: never instead of with --allow");
	differs(a, "allow: [storage, file_system_read, \"tool:*\"]\ndeny: [{file_system_read: [/srv/x]}]\n"
		   "limits: {max: {timeout: 5s}, default: {pids_limit: 3}}\n",
		"file_system_read, any: without --allow instead of never",
		"file_system_read: /srv: never instead of without --allow; "
		"file_system_read: /srv/x: never instead of without --allow; "
		"pids_limit: 3 where none is named instead of plugbox's own; "
		"timeout: at most 5s instead of at most 10s");
}

static void test_diff_rest(void)
{
	static const char *const floors[] = {
		"", "limits by: strict instead of best-effort; isolation: namespaces instead of landlock; "
		    "consent: required instead of off; audit: on instead of off", ""};
	static const char *const without[] = {
		"limits by: best-effort instead of strict; isolation: landlock instead of namespaces; "
		"consent: off instead of required; audit: off instead of on", "", ""};
	static const char none[] = "allow: []\n";
	static const char all[] = "allow: []\nlimits: {by: strict}\nisolation: namespaces\n"
				  "consent: required\naudit: on\n";

	compared(none, all, floors);
	compared(all, none, without);
	other(none, "allow: []\ndescription: y\nenvironment: {set: {B: '', A: x}}\nruntime: none\n",
	      "B: \"\" instead of not set; A: \"x\" instead of not set; "
	      "runtime: \"none\" instead of the launch's own; "
	      "description: \"y\" instead of none");
	differs(none, "allow: []\nplugin: /srv/a\n", "", "plugin: path /srv/a instead of any");
	differs("allow: []\nplugin: /srv/a\n", none, "plugin: any instead of path /srv/a", "");
	other("permissions: {x.y: {includes: [tty, storage]}}\n",
	      "permissions: {x.y: {risk: high, description: d, includes: [{network: [host]}], "
	      "channel: {send: [a, b], receive: [c]}}}\n",
	      "permission x.y: risk high \"d\" with network host by rules for the channel to send a, b "
	      "to receive c instead of risk medium with storage, tty");
	/* what is a name for permissions of the kernel's is given by itself */
	differs("allow: [x.y, storage]\ndefaults: [storage]\n"
		"permissions: {x.y: {includes: [storage]}}\n",
		"allow: [x.y, storage]\n"
		"permissions: {x.y: {includes: [storage]}}\n",
		"x.y: without --allow instead of with --allow", "");
	other("allow: [storage]\n", "allow: [storage]\ndeny: [tty]\n",
	      "to the same effect, deny: tty instead of nothing said");
	differs("allow: [storage, tty]\n", "allow: [tty, storage]\n", "", "");
}

/* ---- whoever narrows never adds ---- */

static const char *const words[] = {
	"storage",
	"subprocess",
	"user_database",
	"tty",
	"network: host",
	"network: loopback",
	"file_system_read: [/srv/a]",
	"file_system_read: [/srv/a/b]",
	"file_system_read: [/srv]",
	"file_system_write: [/srv/a]",
	"file_system_write: [/opt]",
	"\"tool:a\"",
	"\"tool:a*\"",
	"\"tool:a.b\"",
	"\"tool:*\"",
	"read_messages",
	"x.y",
	"\"hook:a\"",
	"\"hook:a.*\"",
	"\"cli:*\"",
};

/* What a manifest registers, of the same names. */
static const char *const names[] = {"a", "a*", "a.b", "a.*", "'*'", "b"};

static void random_names(struct strbuf *b, const char *key)
{
	static const char *const keys[] = {"required", "optional"};

	if (random() % 3 == 0)
		return; /* what is not there asks for nothing, or for all */
	strbuf_printf(b, "%s: {", key);
	for (size_t half = 0; half < 2; half++) {
		strbuf_printf(b, "%s%s: [", half ? ", " : "", keys[half]);
		for (size_t i = half, first = 1; i < ARRAY_SIZE(names); i += 2)
			if (random() % 2) {
				strbuf_printf(b, "%s%s", first ? "" : ", ", names[i]);
				first = 0;
			}
		strbuf_puts(b, "]");
	}
	strbuf_puts(b, "}\n");
}

/* A list of some of words, each name once; every tenth time of nothing. */
static void random_list(struct strbuf *b, const char *key)
{
	struct strv seen = {0};
	bool first = true;

	strbuf_printf(b, "%s: [", key);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *w = words[(i * 7 + (size_t)random()) % ARRAY_SIZE(words)];
		autofree char *name = xstrndup(w, *w == '"' ? strlen(w) : strcspn(w, ":"));

		if (random() % 2 || strv_has(&seen, name))
			continue;
		strv_add(&seen, name);
		strbuf_printf(b, strchr(w, ':') && *w != '"' ? "%s{%s}" : "%s%s", first ? "" : ", ",
			      w);
		first = false;
	}
	strbuf_puts(b, "]\n");
	strv_free(&seen);
}

static struct profile *random_profile(bool child)
{
	struct manifest_errors errs = {0};
	struct strbuf b = {0};
	struct profile *p;

	strbuf_puts(&b, child ? "extends: a\n" : "description: x\n");
	if (random() % 4)
		random_list(&b, "allow");
	if (random() % 3 == 0)
		random_list(&b, "defaults");
	if (random() % 3 == 0)
		random_list(&b, "deny");
	/* a parent's and a ceiling's: a child that gives a name a meaning of its own narrows nothing */
	if (!child && random() % 3 == 0)
		strbuf_puts(&b, random() % 3 ? "permissions: {x.y: {includes: [storage, {network: host}, "
					       "{file_system_read: [/srv/a]}]}}\n"
					     : "permissions: {x.y: {channel: {send: [a]}}}\n");
	if (random() % 3 == 0)
		strbuf_puts(&b, random() % 2 ? "registration: open\n" : "registration: listed\n");
	if (random() % 2)
		strbuf_printf(&b, "limits: {max: {pids_limit: %ld}}\n", 1 + random() % 200);
	p = parse(b.s, true, &errs);
	if (!p)
		printf("# %s# %s\n", b.s, errs.v[0].text);
	manifest_errors_free(&errs);
	strbuf_free(&b);
	return p;
}

/* Whether everything given in a is given in b too. */
static bool within(const struct rights *a, const struct rights *b)
{
	for (int i = 0; i < PERM_N; i++) {
		if (a->perm[i].given && !b->perm[i].given)
			return false;
		for (size_t k = 0; k < a->perm[i].args.n; k++)
			if (!strv_has(&b->perm[i].args, a->perm[i].args.v[k]))
				return false;
	}
	for (size_t i = 0; i < a->host_enforced.n; i++)
		if (!strv_has(&b->host_enforced, a->host_enforced.v[i]))
			return false;
	/* what is open is given in the words of whoever allows it, which may be narrower */
	for (int i = 0; i < REG_N; i++)
		for (size_t k = 0; k < a->registrations[i].args.n; k++) {
			bool found = false;

			for (size_t n = 0; n < b->registrations[i].args.n && !found; n++)
				found = perm_name_covers(b->registrations[i].args.v[n],
							 a->registrations[i].args.v[k]);
			if (!found)
				return false;
		}
	return a->network <= b->network && a->limits[LIMIT_PIDS].v <= b->limits[LIMIT_PIDS].v;
}

/* All that was given stays within the profile's allow. */
static bool bounded(const struct rights *r, const struct profile *p)
{
	for (int i = 0; i < PERM_N; i++) {
		const struct grant *g = &r->perm[i];

		if (g->given && !g->args.n &&
		    (!profile_allows(p, perm_table[i].name, NULL) ||
		     profile_denies(p, perm_table[i].name, NULL)))
			return false;
		for (size_t k = 0; k < g->args.n; k++)
			if (!profile_allows(p, perm_table[i].name, g->args.v[k]) ||
			    profile_denies(p, perm_table[i].name, g->args.v[k]))
				return false;
	}
	for (int i = 0; i < REG_N; i++)
		for (size_t k = 0; k < r->registrations[i].args.n; k++) {
			autofree char *name =
				xasprintf("%s:%s", registration_kinds[i], r->registrations[i].args.v[k]);

			if (!profile_allows(p, name, NULL) || profile_denies(p, name, NULL))
				return false;
		}
	return true;
}

static void test_narrowing(void)
{
	const unsigned seed =
		getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 20240229U;
	struct host_facts f = {.runtime = xstrdup("none")};
	unsigned given = 0;
	unsigned registered = 0;
	unsigned narrowed = 0;
	unsigned cut = 0;
	unsigned wrong = 0;

	printf("# SEED=%u\n", seed);
	srandom(seed);
	for (int i = 0; i < TRIALS; i++) {
		struct manifest_errors errs = {0};
		struct strbuf text = {0};
		struct launch l;
		struct manifest *m;
		struct profile *parent = random_profile(false);
		struct profile *child = random_profile(true);
		struct profile *ceiling;
		struct rights a, b;
		struct pb_err e = {0};

		strbuf_puts(&text, "name: unit\nversion: 1\nentrypoint: main\n");
		random_list(&text, "permissions");
		random_names(&text, "tools");
		random_names(&text, "hooks");
		random_names(&text, "commands");
		m = manifest_parse(text.s, text.n, "plugin.yaml", &errs);
		launch_init(&l);
		for (size_t k = 0; k < 3; k++) {
			const char *name[] = {"storage", "network", "file_system_write", "tty",
					      "tool:a",	 "tool:*",  "read_messages",	  "x.y"};

			(void)requests_add(&l.allow, name[(size_t)random() % ARRAY_SIZE(name)]);
		}
		if (!m || !parent || !child) {
			wrong++;
			printf("# %s%s\n", text.s, errs.n ? errs.v[0].text : "");
		} else {
			(void)policy_decide(m, &l, parent, &f, &b, &e);
			wrong += !bounded(&b, parent);
			/* linked or not: what is beyond the parent has no effect */
			(void)profile_link(child, take_ptr(parent), &errs);
			(void)policy_decide(m, &l, child, &f, &a, &e);
			wrong += !within(&a, &b) || !bounded(&a, child);
			registered += a.registrations[REG_TOOLS].args.n > 0;
			given += a.perm[PERM_STORAGE].given || a.perm[PERM_FS_READ].given;
			narrowed += !within(&b, &a);
			rights_free(&b);
			/* whoever bounds takes away, whatever the ceiling gives by itself */
			ceiling = random_profile(false);
			if (ceiling) {
				profile_bound(child, ceiling);
				(void)policy_decide(m, &l, child, &f, &b, &e);
				wrong += !within(&b, &a) || !bounded(&b, child) || !bounded(&b, ceiling);
				cut += !within(&a, &b);
				rights_free(&b);
			}
			rights_free(&a);
		}
		profile_free(parent);
		profile_free(child);
		manifest_free(m);
		launch_free(&l);
		strbuf_free(&text);
		manifest_errors_free(&errs);
	}
	ok(wrong == 0, "in %d trials no child gave what its parent does not, nor beyond allow or a ceiling",
	   TRIALS);
	ok(registered > TRIALS / 50, "  and some could register a tool (%u)", registered);
	ok(given > TRIALS / 50 && narrowed > TRIALS / 20 && cut > TRIALS / 50,
	   "  and some gave something (%u), some less than their parent (%u), some less under a "
	   "ceiling (%u)",
	   given, narrowed, cut);
	facts_free(&f);
}

int main(void)
{
	test_text();
	test_chain();
	test_ceilings();
	test_calls();
	test_rest();
	test_definitions();
	test_diff();
	test_diff_rest();
	test_diff_keys();
	test_diff_manual();
	test_narrowing();
	return done_testing();
}
