/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which plugin is meant, where an administrator or a user says so. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spec/limits.h"

struct decoder;
struct yaml_item;
struct yaml_node;

/* All that is there must hold. A name is what the plugin calls itself: a rule that gives something
 * has a path or a digest too. */
struct plugin_rule {
	char *name;   /* or NULL */
	char *path;   /* of the bundle, absolute and normal, or NULL */
	char *digest; /* "b2:" and 64 digits in lower case, or NULL */
	char *signer; /* the public key, "RW" and 54 digits of base64, or NULL */
	struct src_pos pos;
};

/* The keys that a plugbox.yaml gives names to. */
struct signers {
	struct signer {
		char *name, *key;
	} *v;
	size_t n, cap;
};

/* A public key of Ed25519 as minisign and signify print it: "Ed", an id of 8 bytes and the key of 32, in
 * base64. */
bool plugin_rule_is_key(const char *s);

/* Reads a mapping of names to such keys. */
void signers_read(struct decoder *d, const struct yaml_item *item, struct signers *to);
void signers_free(struct signers *s);

/* Reads a mapping of these, or one of them alone: "/path", "b2:…", a key or a name. what is the key
 * of the entry, for messages; by_name says that a name alone will do. A signer is a key, or the name
 * of one of d->h, which has read its signers. */
void plugin_rule_read(struct decoder *d, const struct yaml_node *v, const char *what, bool by_name,
		      struct plugin_rule *r);
void plugin_rule_free(struct plugin_rule *r);
