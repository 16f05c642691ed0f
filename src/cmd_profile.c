/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox profile: whether a profile is right, and what it says with all that it extends. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "options.h"
#include "run/profile_load.h"

/* From a file to a terminal: nothing raw. */
static void put(const char *text)
{
	char shown[1200];

	(void)fputs(str_escape(shown, sizeof(shown), text, strlen(text)), stdout);
}

static void show_list(const char *title, const struct requests *rs, bool present)
{
	if (!present)
		return;
	(void)printf("  %s:%s\n", title, rs->n ? "" : " nothing");
	for (size_t i = 0; i < rs->n; i++) {
		(void)fputs("    ", stdout);
		put(rs->v[i].name);
		for (size_t k = 0; k < rs->v[i].args.n; k++) {
			(void)fputs(k ? ", " : ": ", stdout);
			put(rs->v[i].args.v[k]);
		}
		(void)putchar('\n');
	}
}

static void show_limits(const struct profile *p)
{
	for (int id = 0; id < LIMIT_N; id++) {
		char text[32];
		uint64_t v;

		if (profile_max(p, (enum limit_id)id, &v))
			(void)printf("  %s: at most %s\n", limit_table[id].key,
				     limit_format(text, sizeof(text), (enum limit_id)id, v));
		if (profile_usual(p, (enum limit_id)id, &v))
			(void)printf("  %s: %s where none is named\n", limit_table[id].key,
				     limit_format(text, sizeof(text), (enum limit_id)id, v));
	}
}

static void show(const struct profile *profile)
{
	for (const struct profile *p = profile; p; p = p->parent) {
		if (p != profile)
			(void)fputs(p == profile->parent ? "extends " : "which extends ", stdout);
		put(p->file);
		(void)fputs(p->widen ? ", and adds to it\n" : "\n", stdout);
		if (p->description) {
			(void)fputs("  ", stdout);
			put(p->description);
			(void)putchar('\n');
		}
		show_list("allow", &p->allow, p->has_allow || !p->parent);
		show_list("given without --allow", &p->defaults, p->has_defaults);
		show_list("deny", &p->deny, p->deny.n > 0);
	}
	(void)puts("limits of all together");
	show_limits(profile);
}

int cmd_profile(int argc, char **argv, struct pb_err *e)
{
	struct strv words = {0};
	int rc = options_simple("profile", NULL, &words, argc, argv, e);
	bool check = words.n && strcmp(words.v[0], "check") == 0;

	if (rc == 0 && (words.n < 2 || (!check && strcmp(words.v[0], "show") != 0))) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0,
				 "profile: expected check or show, and a profile");
		rc = pb_err_hint(e, "write: plugbox profile show NAME|PATH");
	}
	for (size_t i = 1; rc == 0 && i < words.n; i++) {
		struct profile *p = profile_load(words.v[i], e);

		if (!p) {
			rc = -1;
		} else if (check) {
			put(p->file);
			(void)puts(": ok");
		} else {
			show(p);
		}
		profile_free(p);
	}
	strv_free(&words);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
