/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A strict reader of YAML and JSON: text to a small tree, every node and key with
 * its position.
 *
 * It stands on libyaml's events and refuses, at the event itself, what a
 * configuration has no use for and an attacker has: anchors, aliases, tags, merge
 * keys, keys that are not strings, duplicate keys, directives, second documents,
 * more than YAML_MAX_DEPTH levels or YAML_MAX_EVENTS events. The text is checked
 * before libyaml sees it: valid UTF-8, none of the characters of utf8_is_unsafe;
 * the strings are checked again after it, for escapes make such characters too.
 *
 * The functions are ydoc_*: libyaml exports names of its own that begin with yaml_,
 * yaml_free among them, and would call ours instead.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spec/manifest.h"

#define YAML_MAX_BYTES MANIFEST_MAX_BYTES
#define YAML_MAX_DEPTH MANIFEST_MAX_DEPTH
#define YAML_MAX_EVENTS MANIFEST_MAX_EVENTS

enum yaml_kind {
	YAML_BROKEN, /* refused, and told: to be passed over in silence */
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP,
};

/* What a scalar is to a reader that knows types: plain `30` is a number, "30" in
 * quotes a string. YAML 1.1's words for true and false (yes, off, …) count as such,
 * since other readers of the same file may take them so. */
enum yaml_type { YAML_STRING, YAML_NUMBER, YAML_BOOL, YAML_NULL };

struct yaml_item;

struct yaml_node {
	enum yaml_kind kind;
	enum yaml_type type; /* of a scalar */
	bool plain;	     /* a scalar without quotes, and no block */
	struct src_pos pos;
	char *text; /* of a scalar, as written but for escapes and folding; no NUL in it */
	struct yaml_item *items; /* of a list or mapping */
	size_t n, cap;
};

struct yaml_item {
	char *key; /* NULL in a list, and for a key that was refused */
	struct src_pos key_pos;
	struct yaml_node value;
};

/*
 * Reads one document of n bytes into *root, which the caller frees with ydoc_free
 * whatever the result. json admits what JSON has and libyaml lacks: tabs as white
 * space around the document, and surrogate pairs as escapes. Errors are added to
 * errs, not sorted. Returns 0 where the text was read to its end, and -1 where it
 * could not be: *root holds what came before.
 */
int ydoc_read(const char *text, size_t n, bool json, struct yaml_node *root,
	      struct manifest_errors *errs);

void ydoc_free(struct yaml_node *node);

/* Adds an error: position, remedy (NULL for none; copied), text. Beyond a fixed
 * number they are counted no more. */
void ydoc_error(struct manifest_errors *errs, struct src_pos pos, const char *hint, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));

/* "a list", "a number", …: what the node is, for messages. */
const char *ydoc_describe(const struct yaml_node *node);

/* The text in double quotes, escaped for a terminal and cut at about 60 characters, in
 * buf (YAML_QUOTE_SIZE bytes). Returns buf. */
#define YAML_QUOTE_SIZE 68
char *ydoc_quote(char *buf, const char *text);
