/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file beside a bundle that has the name of a signature: of what is none nothing is kept, and
 * what is one holds for no digest that the owner of the key did not sign. */
#include "fuzz.h"
#include "trust/signature.h"

#define KEY "RWRLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"
#define SIGNED "b2:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "b2:f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct signature s;

	if (signature_parse((const char *)data, n, &s) < 0) {
		must(!s.comment && !s.file);
		return 0;
	}
	must(!s.comment || strlen(s.comment) < n);
	must(!s.prehashed || s.comment);
	must(!signature_holds(&s, KEY, OTHER));
	must(!signature_holds(&s, KEY, SIGNED) || signature_names(&s, KEY));
	signature_free(&s);
	return 0;
}
