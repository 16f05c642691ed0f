/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox.yaml: a text is refused with an error at a place, or what it says holds: whom it trusts is
 * known by more than a name, its bounds give nothing, and a second file only takes away. */
#include "fuzz.h"
#include "spec/hostconf.h"
#include "spec/profile.h"

static void check_rules(const struct plugin_rules *rules, bool by_name)
{
	must(rules->present || rules->n == 0);
	for (size_t i = 0; i < rules->n; i++) {
		const struct plugin_rule *r = &rules->v[i];

		must(r->path || r->digest || (by_name && r->name));
		must(!r->path || (path_is_normal(r->path) && r->path[1]));
		must(!r->digest || strlen(r->digest) == 3 + 64);
		must(!r->name || (!strchr(r->name, '/') && strspn(r->name, "abcdefghijklmnopqrstuvwxyz"
									   "0123456789._-") ==
								   strlen(r->name)));
	}
}

static void check_ceiling(const struct hostconf *h)
{
	struct profile *p = hostconf_ceiling(h);
	uint64_t v = 0;

	must(p || (!h->no_network && !h->max.l[LIMIT_TIMEOUT].set && !h->max.l[LIMIT_MEMORY].set));
	if (!p)
		return;
	must(!profile_gives(p, "network", "host") && !profile_gives(p, "storage", NULL));
	must(profile_denies(p, "network", "host") == h->no_network);
	must(!profile_denies(p, "network", "loopback"));
	must(profile_max(p, LIMIT_TIMEOUT, &v) == h->max.l[LIMIT_TIMEOUT].set);
	profile_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char other[] = "audit: on\nmisuse: {kills: 3}\n";
	struct manifest_errors errs = {0};
	struct hostpolicy both = {.user = hostconf_parse((const char *)data, n, "h.yaml", &errs)};
	const struct hostconf *by;

	must((both.user != NULL) == (errs.n == 0) && errs.n <= 50);
	for (size_t i = 0; i < errs.n; i++)
		must(errs.v[i].pos.line >= 1 && errs.v[i].pos.col >= 1);
	if (both.user) {
		check_rules(&both.user->trusted, false);
		check_rules(&both.user->untrusted, true);
		check_ceiling(both.user);
		both.system = hostconf_parse(other, strlen(other), "s.yaml", &errs);
		must(both.system && hostpolicy_audit(&both, &by) >= DEMAND_ON && by);
		must(hostpolicy_hold_kills(&both) >= 1 && hostpolicy_hold_kills(&both) <= 3);
		must(hostpolicy_consent(&both, &by) == both.user->consent);
	}
	hostpolicy_free(&both);
	manifest_errors_free(&errs);
	return 0;
}
