/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox.yaml: what a text means and what it is refused for; what two files want together; and the
 * bounds that it puts on a profile. */
#include "spec/hostconf.h"

#include "base/cleanup.h"
#include "spec/profile.h"
#include "tap.h"

#define KEY "RWRLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"
#define DIGEST "b2:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct hostconf *parse(const char *text, struct manifest_errors *errs)
{
	return hostconf_parse(text, strlen(text), "h.yaml", errs);
}

/* The first error is that text, at that place. */
static void refuses(const char *text, const char *place, const char *what)
{
	struct manifest_errors errs = {0};
	struct hostconf *h = parse(text, &errs);
	autofree char *at =
		errs.n ? xasprintf("%u:%u", errs.v[0].pos.line, errs.v[0].pos.col) : NULL;

	ok(!h && errs.n && strstr(errs.v[0].text, what), "refused: %s", what);
	is_str(at, place, "  at its place");
	hostconf_free(h);
	manifest_errors_free(&errs);
}

static void test_text(void)
{
	struct manifest_errors errs = {0};
	struct hostconf *h =
		parse("profile: default\nbackend: native\nallow_untrusted: true\n"
		      "trusted:\n"
		      "  - /srv/weather\n"
		      "  - " DIGEST "\n"
		      "  - {name: radar, path: /srv/radar}\n"
		      "untrusted: [tides, {path: /srv/x}]\n"
		      "consent: required\naudit: on\nmisuse: {kills: 3, denials: 20}\n"
		      "plugins:\n"
		      "  isolation:\n"
		      "    enabled: true\n    backend: native\n    network_enabled: false\n"
		      "    timeout: 30\n    limits: {max_cpu: 0.5, max_memory: 512M}\n"
		      "x-note: of others\n",
		      &errs);
	struct profile *p;
	uint64_t v = 0;

	ok(h && !errs.n, "a whole file is read");
	if (!h) {
		for (size_t i = 0; i < errs.n; i++)
			printf("# %u:%u %s\n", errs.v[i].pos.line, errs.v[i].pos.col,
			       errs.v[i].text);
		return;
	}
	ok(strcmp(h->profile, "default") == 0 && h->says_untrusted && h->allow_untrusted,
	   "profile and trust");
	ok(h->trusted.n == 3 && strcmp(h->trusted.v[0].path, "/srv/weather") == 0 &&
		   !h->trusted.v[0].name && strcmp(h->trusted.v[1].digest, DIGEST) == 0 &&
		   strcmp(h->trusted.v[2].name, "radar") == 0 &&
		   strcmp(h->trusted.v[2].path, "/srv/radar") == 0,
	   "plugins by path, digest, and by name and path");
	ok(h->untrusted.n == 2 && strcmp(h->untrusted.v[0].name, "tides") == 0,
	   "a name alone will do for one that is not trusted");
	ok(h->consent == DEMAND_REQUIRED && h->audit == DEMAND_ON && h->hold_kills == 3 &&
		   h->hold_denials == 20,
	   "consent, audit and misuse");
	p = hostconf_ceiling(h);
	ok(p && profile_denies(p, "network", "host") && !profile_denies(p, "network", "loopback") &&
		   profile_allows(p, "file_system_write", "/x") &&
		   !profile_gives(p, "storage", NULL),
	   "the isolation section bounds, and gives nothing");
	ok(profile_max(p, LIMIT_TIMEOUT, &v) && v == 30000 && profile_max(p, LIMIT_CPU, &v) &&
		   v == 500 && profile_max(p, LIMIT_MEMORY, &v) && v == 512U << 20,
	   "its limits are upper bounds");
	profile_free(p);
	hostconf_free(h);
	h = parse("profile: python\n", &errs);
	ok(h && !hostconf_ceiling(h) && !h->trusted.present && !h->says_untrusted,
	   "what is not said bounds nothing");
	hostconf_free(h);
	h = parse("limits: strict\nisolation: namespaces\n", &errs);
	p = hostconf_ceiling(h);
	ok(p && profile_limits_by(p) == LIMITS_STRICT && profile_namespaces(p) == p &&
		   p->isolation_pos.line == 2,
	   "floors of limits and isolation");
	profile_free(p);
	hostconf_free(h);
	h = parse("data: /srv/data\ncache: ~/c/d\n", &errs);
	ok(h && strcmp(h->data.path, "/srv/data") == 0 && strcmp(h->cache.path, "~/c/d") == 0 &&
		   h->cache.pos.line == 2,
	   "directories, of which a home is found later");
	hostconf_free(h);
	h = parse("trusted: []\naudit: off\nconsent: off\n", &errs);
	ok(h && h->trusted.present && h->trusted.n == 0 && h->audit == DEMAND_OFF,
	   "an empty list is one, and off is a word");
	hostconf_free(h);
	manifest_errors_free(&errs);
}

static void test_signers(void)
{
	struct manifest_errors errs = {0};
	/* also where the list stands before them */
	struct hostconf *h = parse("trusted: [{name: radar, signer: me}, " KEY ", {signer: " KEY "}]\n"
				   "untrusted: [{signer: me}]\n"
				   "signers: {me: " KEY ", x-you: of others}\n",
				   &errs);

	ok(h && h->signers.n == 1 && h->trusted.n == 3, "keys, and rules with a signer");
	for (size_t i = 0; h && i < h->trusted.n; i++)
		is_str(h->trusted.v[i].signer, KEY, "  is the key, however it was named");
	ok(h && strcmp(h->trusted.v[0].name, "radar") == 0 && !h->trusted.v[1].name &&
		   strcmp(h->untrusted.v[0].signer, KEY) == 0,
	   "and a name beside it is one more condition");
	hostconf_free(h);
	manifest_errors_free(&errs);
}

static void test_errors(void)
{
	refuses("alow_untrusted: true\n", "1:1", "unknown key \"alow_untrusted\"");
	refuses("network_enabled: false\n", "1:1", "unknown key");
	refuses("limits: hard\n", "1:9", "best-effort, enforced or strict");
	refuses("limits: {max_cpu: 1}\n", "1:9", "must be best-effort");
	refuses("isolation: none\n", "1:12", "namespaces or landlock");
	refuses("profile: ../x\n", "1:10", "expected 1 to 64");
	refuses("backend: microvm\n", "1:10", "backend is native, not \"microvm\"");
	refuses("consent: on\n", "1:10", "consent is off or required");
	refuses("audit: true\n", "1:8", "audit is off, on or required");
	refuses("allow_untrusted: yes\n", "1:18", "true or false");
	refuses("allow_untrusted: \"true\"\n", "1:18", "true or false");
	refuses("trusted: weather\n", "1:10", "must be a list");
	refuses("trusted: [weather]\n", "1:11", "a name alone");
	refuses("trusted: [{name: weather}]\n", "1:11", "a name alone");
	refuses("trusted: [{}]\n", "1:11", "names no plugin");
	refuses("trusted: [[a]]\n", "1:11", "must be a plugin");
	refuses("trusted: [{path: /srv/../etc}]\n", "1:18", "expected an absolute path");
	refuses("trusted: [/]\n", "1:11", "expected an absolute path");
	refuses("trusted: [{digest: \"b2:00\"}]\n", "1:20", "64 digits");
	refuses("trusted: [{digest: \"md5:00\"}]\n", "1:20", "64 digits");
	refuses("trusted: [{signer: me}]\n", "1:20", "there is no signer \"me\"");
	refuses("trusted: [{signer: RWx}]\n", "1:20", "RW and 54 more digits");
	refuses("signers: {me: RWx}\n", "1:15", "RW and 54 more digits");
	refuses("signers: [" KEY "]\n", "1:10", "must be a mapping");
	refuses("signers: {Me: " KEY "}\n", "1:11", "the name of a signer");
	refuses("signers: {me: " KEY ", me: " KEY "}\n", "1:73", "duplicate key");
	refuses("signers: {me: " KEY "}\ntrusted: [{name: a, signer: you}]\n", "2:29",
		"there is no signer \"you\"");
	refuses("untrusted: [w\xd0\xb5"
		"ather]\n",
		"1:13", "expected 1 to 64"); /* a Cyrillic e */
	refuses("data: srv/data\n", "1:7", "expected a path that begins with");
	refuses("data: /\n", "1:7", "expected a path");
	refuses("data: /srv/../etc\n", "1:7", "expected a path");
	refuses("cache: ~\n", "1:8", "cache");
	refuses("cache: ~/\n", "1:8", "expected a path");
	refuses("cache: ~root/x\n", "1:8", "expected a path");
	refuses("cache: $HOME/x\n", "1:8", "expected a path");
	refuses("cache: [/a]\n", "1:8", "must be a string");
	refuses("misuse: {kills: 0}\n", "1:17", "kills");
	refuses("misuse: {kills: many}\n", "1:17", "must be a number");
	refuses("plugins: {isolation: {enabled: off}}\n", "1:32", "true or false");
	refuses("plugins: {isolation: {backend: docker}}\n", "1:32", "backend is native");
	refuses("plugins: {isolation: {timeout: -1}}\n", "1:32", "timeout");
	refuses("plugins: {isolation: {limits: {max_memory: lots}}}\n", "1:44", "max_memory");
	refuses("profile: a\nprofile: b\n", "2:1", "duplicate key");
	refuses("a: &x 1\nb: *x\n", "1:1", "");
	refuses("", "1:1", "");
}

static void test_both(void)
{
	struct manifest_errors errs = {0};
	struct hostpolicy both = {
		.system = parse("audit: on\nmisuse: {kills: 5}\n", &errs),
		.user = parse("audit: off\nconsent: required\nmisuse: {kills: 3}\n", &errs),
	};
	const struct hostconf *by = NULL;

	ok(hostpolicy_audit(&both, &by) == DEMAND_ON && by == both.system,
	   "the user's off takes nothing of the system's on away");
	ok(hostpolicy_consent(&both, &by) == DEMAND_REQUIRED && by == both.user,
	   "and the user can want more");
	ok(hostpolicy_hold_kills(&both) == 3 && hostpolicy_hold_denials(&both) == 0,
	   "the lower of two numbers, of one that one");
	hostpolicy_free(&both);
	ok(hostpolicy_audit(&both, &by) == DEMAND_OFF && !by && hostpolicy_hold_kills(&both) == 0,
	   "without files nothing is wanted");
	manifest_errors_free(&errs);
}

int main(void)
{
	test_text();
	test_signers();
	test_errors();
	test_both();
	return done_testing();
}
