/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trust/consent and trust/store: what is more than was approved, and what a record keeps. */
#include "trust/consent.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "spec/hostconf.h"
#include "tap.h"

static struct manifest *manifest(const char *version, const char *lines)
{
	struct manifest_errors errs = {0};
	autofree char *text =
		xasprintf("name: x\nversion: %s\nentrypoint: main\n%s", version, lines);
	struct manifest *m = manifest_parse(text, strlen(text), "plugin.yaml", &errs);

	if (!m) {
		printf("# %s\n", errs.v[0].text);
		abort();
	}
	manifest_errors_free(&errs);
	return m;
}

/* A record of what version 1 with those lines was approved with. */
static struct record approved(const char *lines)
{
	struct manifest *m = manifest("1", lines);
	struct record r = {.plugin = xstrdup("x"),
			   .approved = xstrdup("2026-01-01T00:00:00Z"),
			   .by = xstrdup("a"),
			   .bundle = xstrdup("/x")};

	consent_asked(m, &r.asked);
	consent_granted(&r.asked, NULL, &r.granted);
	record_add_version(&r, "1", "b2:1");
	manifest_free(m);
	return r;
}

static void runs(bool yes, const char *before, const char *version, const char *after,
		 const char *digest, const char *name)
{
	struct record r = approved(before);
	struct manifest *m = manifest(version, after);
	struct pb_err e = {0};
	int rc = consent_check(&r, m, "x", &e);

	if (rc == 0)
		rc = consent_same(&r, m, digest, "x", &e);

	ok((rc == 0) == yes && (yes || e.kind == PB_ERR_POLICY), "%s", name);
	if ((rc == 0) != yes)
		printf("# %s\n", e.msg);
	manifest_free(m);
	record_free(&r);
}

static void comparisons(void)
{
	const char *net = "permissions: [{network: host}]\n";
	const char *paths = "permissions: [{file_system_read: [/srv/a]}]\n";

	runs(true, net, "1", net, "b2:1", "the same");
	runs(false, net, "1", net, "b2:2", "another bundle under the version");
	runs(true, net, "2", net, "b2:2", "another version");
	runs(true, net, "2", "", "b2:2", "one that asks for less");
	runs(false, "", "2", net, "b2:2", "one that asks for more");
	runs(false, "", "1", net, "b2:1", "more, though the digest is the same");
	runs(false, "", "2", "capabilities: {optional: [storage]}\n", "b2:2",
	     "more, though it does without");
	runs(true, net, "2", "permissions: [{network: loopback}]\n", "b2:2",
	     "what the host's network holds");
	runs(false, "permissions: [{network: loopback}]\n", "2", net, "b2:2",
	     "and not the other way round");
	runs(true, paths, "2", "permissions: [{file_system_read: [/srv/a/b]}]\n", "b2:2",
	     "below a path");
	runs(false, paths, "2", "permissions: [{file_system_read: [/srv]}]\n", "b2:2", "above it");
	runs(false, paths, "2", "permissions: [{file_system_read: [/srv/ab]}]\n", "b2:2",
	     "beside it");
	runs(false, paths, "2", "permissions: [{file_system_write: [/srv/a]}]\n", "b2:2",
	     "in another way");
	runs(true, "tools: [\"a.*\"]\n", "2", "tools: [a.b]\n", "b2:2", "below a name");
	runs(false, "tools: [a.b]\n", "2", "tools: [\"a.*\"]\n", "b2:2", "all names below");
	runs(false, "tools: [a]\n", "2", "hooks: [a]\n", "b2:2", "a hook is no tool");
	runs(true, "permissions: [\"tool:a\"]\n", "2", "tools: [a]\n", "b2:2",
	     "the same in other words");
}

static void bounded(void)
{
	const char text[] = "allow: [storage, {file_system_read: [/srv]}]\ndeny: "
			    "[{file_system_read: [/srv/x]}]\n";
	struct manifest *m =
		manifest("1", "permissions: [storage, {network: host}, {file_system_read: [/srv/a, "
			      "/srv/x, /etc]}]\n");
	struct manifest_errors errs = {0};
	struct profile *p = profile_parse(text, sizeof(text) - 1, "p", true, &errs);
	struct requests asked = {0};
	struct requests granted = {0};
	struct strv lacks = {0};

	consent_asked(m, &asked);
	consent_granted(&asked, p, &granted);
	consent_difference(&granted, &asked, &lacks);
	ok(granted.n == 2 && granted.v[1].args.n == 1 &&
		   strcmp(granted.v[1].args.v[0], "/srv/a") == 0,
	   "a profile bounds what an approval gives");
	ok(lacks.n == 3 && strcmp(lacks.v[0], "network: host") == 0,
	   "and what it does not give is told");
	requests_free(&asked);
	requests_free(&granted);
	strv_free(&lacks);
	profile_free(p);
	manifest_errors_free(&errs);
	manifest_free(m);
}

static void versions(void)
{
	struct record r = approved("");
	struct pb_err e = {0};

	for (int i = 2; i <= RECORD_MAX_VERSIONS + 1; i++) {
		autofree char *v = xasprintf("%d", i);

		record_add_version(&r, v, "b2:x");
	}
	ok(r.n_versions == RECORD_MAX_VERSIONS && !record_digest(&r, "1") && record_digest(&r, "2"),
	   "the oldest version is forgotten");
	record_add_version(&r, "2", "b2:y");
	ok(r.n_versions == RECORD_MAX_VERSIONS && strcmp(record_digest(&r, "2"), "b2:y") == 0 &&
		   record_digest(&r, "3"),
	   "one that is known is replaced");
	ok(consent_held(&r, &e) == 0, "not on hold");
	r.held = xstrdup("2026-01-01T00:00:00Z");
	r.reason = xstrdup("because");
	ok(consent_held(&r, &e) < 0 && strstr(e.msg, "because") &&
		   strstr(e.hint, "plugbox release x"),
	   "on hold, with the reason and the way out");
	free(r.approved);
	r.approved = NULL;
	{
		struct manifest *m = manifest("2", "");

		ok(consent_check(&r, m, "x", &e) < 0,
		   "what is only counted is not approved");
		ok(consent_check(NULL, m, "x", &e) < 0, "nor what is not there");
		manifest_free(m);
	}
	record_free(&r);
}

int main(void)
{
	comparisons();
	bounded();
	versions();
	return done_testing();
}
