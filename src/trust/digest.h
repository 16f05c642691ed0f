/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The digest of a bundle: one hash over all that is mounted for the plugin.
 *
 * Version 1 hashes, after the words "plugbox bundle 1", the name of the manifest and then every
 * entry below the bundle's directory, each directory before what is in it, the names in one
 * directory in the order of their bytes:
 *
 *     kind          one byte, 'd', 'f' or 'l'
 *     path          from the bundle on, as a string
 *     mode          the twelve permission bits, as a number
 *     content       of a file its size, as a number, and the hash of its bytes ("plugbox file 1");
 *                   of a link its target, as a string
 *
 * A number is eight bytes, the lowest first; a string is its length, as a number, and its bytes. So
 * two trees have the same digest only where a plugin would find the same. Owners and times are not
 * in it. What is neither file, directory nor link, and what is mounted below the bundle, has no
 * digest: that is an error.
 *
 * The walk starts at an open directory and follows no link. A file that changes while it is read is
 * an error.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "trust/hash.h"

/* Beyond these a bundle has no digest. */
#define DIGEST_MAX_ENTRIES 100000
#define DIGEST_MAX_BYTES (UINT64_C(4) << 30)
#define DIGEST_MAX_DEPTH 64

struct digest_opts {
	const char *manifest;	    /* the name of its file in the bundle */
	const struct stat *as_read; /* the manifest that was read: it must be the one in the bundle
				     * still; or NULL */
	bool guarded; /* an entry that is not root's or ours, or that others can write, is an
		       * error: they could change it after this */
	int cache;    /* directory of remembered hashes, or -1: everything is read. See
		       * digest.c for when one is believed */
};

struct digest {
	char text[HASH_TEXT];
	uint64_t entries, bytes; /* in the bundle */
	uint64_t read;		 /* files that had to be read, the others were remembered */
};

/* Returns 0, or -1 with *e: PB_ERR_POLICY where it is not guarded, otherwise PB_ERR_SETUP. */
int digest_bundle(int bundle_fd, const struct digest_opts *o, struct digest *d, struct pb_err *e);

/* The digest of a bundle that nobody but root and we can change, with what is remembered in the directory
 * cache, -1 for nothing. manifest is the path of its file, as_read what was read of it, or
 * NULL. Returns 0, or -1 with *e. */
int digest_guarded(int bundle_fd, const char *manifest, const struct stat *as_read, int cache,
		   char out[HASH_TEXT], struct pb_err *e);
