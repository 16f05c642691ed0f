/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record of what was approved, and a line of the audit log, as somebody else may have left them:
 * what is taken is written again as the same, and grants nothing that has no name. */
#include "fuzz.h"
#include "spec/permission.h"
#include "trust/chain.h"
#include "trust/store.h"

static void check_requests(const struct requests *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		must(perm_find(rs->v[i].name) >= 0 || perm_is_application(rs->v[i].name));
}

static char *written(const struct record *r)
{
	struct strbuf b = {0};

	record_text(r, &b);
	return b.s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = as_text(data, n);
	struct record r;
	struct record again;
	struct pb_err e = {0};
	char prev[HASH_TEXT];
	uint64_t seq = 0;
	size_t cut;

	if (record_parse(text, strlen(text), NULL, &r, &e) == 0) {
		char *one = written(&r);
		char *two;

		must(r.plugin && (!r.approved || (r.by && r.n_versions)) && (!r.held || r.reason));
		must(r.n_versions <= RECORD_MAX_VERSIONS);
		check_requests(&r.asked);
		check_requests(&r.granted);
		/* what grew over the limit of the reader's is no record any more */
		if (strlen(one) <= RECORD_MAX_BYTES) {
			must(record_parse(one, strlen(one), r.plugin, &again, &e) == 0);
			two = written(&again);
			must(strcmp(one, two) == 0);
			free(two);
			record_free(&again);
			/* and no part of it is one */
			cut = strlen(one) - 1 - data[n / 2] % strlen(one);
			must(record_parse(one, cut, r.plugin, &again, &e) < 0);
		}
		free(one);
		record_free(&r);
	} else {
		must(e.kind == PB_ERR_POLICY && !r.approved && r.granted.n == 0);
	}
	if (n && chain_parse(text, strlen(text), &seq, prev)) {
		must(seq > 0 && strlen(prev) == HASH_TEXT - 1 && strncmp(prev, "b2:", 3) == 0);
		must(text[0] == '{' && text[strlen(text) - 1] == '}');
	}
	free(text);
	return 0;
}
