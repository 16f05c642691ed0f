/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libFuzzer over profile_parse: a profile or errors, never both; and one that is linked to another
 * without error allows nothing that the other does not. */
#include <stdlib.h>
#include <string.h>

#include "spec/permission.h"
#include "spec/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char parent_text[] =
		"allow: [storage, {network: loopback}, {file_system_read: [/srv]}, \"tool:*\"]\n"
		"deny: [tty]\nlimits: {max: {timeout: 1h}}\n";
	struct manifest_errors errs = {0};
	struct profile *p = profile_parse((const char *)data, n, "p.yaml", false, &errs);

	must((p != NULL) == (errs.n == 0) && errs.n <= 50);
	for (size_t i = 0; i < errs.n; i++)
		must(errs.v[i].pos.line >= 1 && errs.v[i].pos.col >= 1);
	if (p) {
		struct profile *parent =
			profile_parse(parent_text, strlen(parent_text), "a.yaml", true, &errs);

		must(parent && !p->widen);
		if (!p->extends)
			p->extends = xstrdup("a");
		(void)profile_link(p, parent, &errs);
		must(profile_denies(p, "tty", NULL));
		for (size_t i = 0; i < p->allow.n; i++) {
			const struct request *q = &p->allow.v[i];

			must(!profile_allows(p, q->name, NULL) ||
			     profile_allows(parent, q->name, NULL));
			for (size_t k = 0; k < q->args.n; k++)
				must(!profile_allows(p, q->name, q->args.v[k]) ||
				     profile_allows(parent, q->name, q->args.v[k]));
		}
	}
	profile_free(p);
	manifest_errors_free(&errs);
	return 0;
}
