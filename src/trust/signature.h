/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who made a bundle: an Ed25519 signature of its digest, by libsodium.
 *
 * What is signed is one line, "plugbox bundle DIGEST" (signature_message), which plugbox digest
 * --write writes into a file for minisign(1) or signify-openbsd(1) to sign. The signature lies
 * beside the bundle and not in it, where the digest would cover it: BUNDLE.digest.minisig, in the
 * format of minisign, or BUNDLE.digest.sig, in that of signify or of minisign; what these make of a
 * file BUNDLE.digest is called so. The file of the line itself is not read: what is checked is the
 * digest of what will be mounted.
 *
 * The text of a signature is anybody's to write, and so is which file has the name. It says nothing
 * until it holds for a key that root or the user wrote down.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define SIGNATURE_MAX_BYTES 4096
#define SIGNATURE_ID_BYTES 8
#define SIGNATURE_BYTES 64

struct signature {
	char *file;
	unsigned char id[SIGNATURE_ID_BYTES]; /* of the key, by which it is found */
	unsigned char bytes[SIGNATURE_BYTES];
	bool prehashed;				   /* it is of the BLAKE2b hash of the line */
	char *comment;				   /* minisign's trusted comment, or NULL */
	unsigned char of_comment[SIGNATURE_BYTES]; /* the signature of both */
};

struct signatures {
	bool looked;
	struct signature v[2];
	size_t n;
	char *broken; /* a file that has the name and is none, or NULL */
};

/* Looks for those of the bundle at that absolute path. What is not there, or is no signature, is no
 * error. Returns 0, or -1 with *e where that cannot be told. */
int signatures_read(const char *bundle, struct signatures *s, struct pb_err *e);
void signatures_free(struct signatures *s);

/* The same of n bytes of a file. Returns 0, or -1 where it is none. */
int signature_parse(const char *text, size_t n, struct signature *s);
void signature_free(struct signature *s);

/* Whether it says that it is of this key ("RW…", as plugin_rule_is_key knows it). */
bool signature_names(const struct signature *s, const char *key);

/* Whether the owner of the key signed this digest ("b2:…"). */
bool signature_holds(const struct signature *s, const char *key, const char *digest);

/* What is signed, the caller's to free. */
char *signature_message(const char *digest);
