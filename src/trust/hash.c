/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust/hash.h"

#include <string.h>

#include <sodium/core.h>
#include <sodium/utils.h>

#include "base/str.h"

void hash_much(void)
{
	/* it fails where there are no random numbers, of which none are wanted here */
	if (sodium_init() < 0)
		return;
}

void hash_begin(struct hash *h, const char *what)
{
	/* hashing needs no sodium_init: without it the portable code is used */
	if (crypto_generichash_init(&h->state, NULL, 0, HASH_BYTES) != 0)
		str_oom(); /* for these arguments it does not fail */
	hash_string(h, what, strlen(what));
}

void hash_add(struct hash *h, const void *p, size_t n)
{
	(void)crypto_generichash_update(&h->state, p, n);
}

void hash_number(struct hash *h, uint64_t v)
{
	unsigned char b[8];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (unsigned char)(v >> 8 * i);
	hash_add(h, b, sizeof(b));
}

void hash_string(struct hash *h, const void *p, size_t n)
{
	hash_number(h, n);
	hash_add(h, p, n);
}

void hash_end(struct hash *h, unsigned char out[HASH_BYTES])
{
	(void)crypto_generichash_final(&h->state, out, HASH_BYTES);
}

char *hash_text(const unsigned char hash[HASH_BYTES], char out[HASH_TEXT])
{
	memcpy(out, "b2:", 3);
	(void)sodium_bin2hex(out + 3, HASH_TEXT - 3, hash, HASH_BYTES);
	return out;
}
