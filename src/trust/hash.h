/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one hash of plugbox: BLAKE2b of 32 bytes, by libsodium, written "b2:" and 64 hexadecimal
 * digits. What is hashed begins with a word that says what it is, so that a bundle is never
 * taken for a line of the log.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sodium/crypto_generichash.h>

#define HASH_BYTES 32
#define HASH_TEXT 68 /* "b2:", 64 digits, NUL */

struct hash {
	crypto_generichash_state state;
};

/* Picks the fastest code for this processor: for much to hash, since finding out takes longer than
 * hashing a few thousand bytes does. */
void hash_much(void);

/* what: "plugbox bundle 1", … */
void hash_begin(struct hash *h, const char *what);
void hash_add(struct hash *h, const void *p, size_t n);
/* A number, eight bytes, the lowest first */
void hash_number(struct hash *h, uint64_t v);
/* Its length before it: two strings cannot be cut in another place. */
void hash_string(struct hash *h, const void *p, size_t n);
void hash_end(struct hash *h, unsigned char out[HASH_BYTES]);

/* Returns out. */
char *hash_text(const unsigned char hash[HASH_BYTES], char out[HASH_TEXT]);
