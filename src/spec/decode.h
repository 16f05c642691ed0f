/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the tree of spec/yaml to a struct: what manifests, profiles and a host's
 * configuration share. Every mapping has
 * a table of its keys, and what is not in the table is an error. All errors are collected, so a
 * function that returns false has told why, and its caller goes on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spec/manifest.h"
#include "spec/yaml.h"

/* The longest string, in bytes */
#define STRING_MAX 4096

struct definition;
struct hostconf;
struct plugin_rule;
struct profile;

struct decoder {
	struct manifest_errors *errs;
	struct manifest *m; /* what is read: a manifest … */
	struct profile *p;  /* … or a profile … */
	struct hostconf *h; /* … or a host's configuration; the others are NULL */
	struct requests *requests; /* where decode_requests adds */
	struct limits *limits;	   /* where limits are read to */
	bool grant; /* the requests are what is given: a name without argument means all of it */
	struct definition *definition; /* of a profile: the one that is read */
	struct plugin_rule *rule; /* of a host's configuration: the entry that is read */
	struct src_pos entry_key; /* of the manifest's entrypoint, or line 0 */
	/* the mapping that a key belongs to which stands in the wrong one, or NULL */
	const char *(*home_of)(const char *key);
};

struct decode_key {
	const char *name;
	void (*read)(struct decoder *d, const struct yaml_item *item, int arg);
	int arg;
};

bool decode_before(struct src_pos a, struct src_pos b);

/* Tells that what must be wanted ("a list"). Returns false. */
bool decode_wrong_type(struct decoder *d, const struct yaml_node *v, const char *what,
		       const char *wanted);

/* Is v a list or mapping of bearable size? */
bool decode_want(struct decoder *d, const struct yaml_node *v, enum yaml_kind kind,
		 const char *what);

/* Is v a string of at most max characters? A number in plain style is none, since other
 * readers of the file see a number, but for keys that take its text. */
bool decode_want_string(struct decoder *d, const struct yaml_node *v, const char *what, size_t max,
			bool number_ok);

/* true or false, and no other word for it. Returns whether it was one. */
bool decode_bool(struct decoder *d, const struct yaml_node *v, const char *what, bool *to);

/* One of n words, some of which YAML takes for true and false (off, on): they are read as they are
 * written. Returns its index, or -1 with the error told, for which choices lists them ("off or on"). */
int decode_word(struct decoder *d, const struct yaml_node *v, const char *what,
		const char *const *words, size_t n, const char *choices);

/* Every entry of the list v that is a string, once, is added to out. */
void decode_strings(struct decoder *d, const struct yaml_node *v, const char *what,
		    bool (*check)(struct decoder *d, const struct yaml_node *v), bool repeat,
		    struct strv *out);

/* Is it the name of a variable that may be set or passed? */
bool decode_env_name(struct decoder *d, const char *name, struct src_pos pos);

/* A mapping of variables to their values, added to to. */
void decode_env_set(struct decoder *d, const struct yaml_node *v, struct env_pairs *to);

/* The first item of that key, or NULL. */
const struct yaml_item *decode_find(const struct yaml_node *map, const char *key);

/* Reads a mapping by its table, in the table's order. Returns whether it was one. Of a duplicate
 * key, which ydoc_read has told, the first is read. */
bool decode_map(struct decoder *d, const struct yaml_node *v, const char *what,
		const struct decode_key *keys, size_t n);

/* A string (the caller's to free) that one of value_* judges; NULL with the error told. */
char *decode_checked(struct decoder *d, const struct yaml_node *v, const char *what,
		     int (*check)(const char *s, const char **why), bool number_ok);

/* A list of requests, added to d->requests. */
void decode_requests(struct decoder *d, const struct yaml_node *v, const char *what, bool required);

/* Reads one limit (enum limit_id) to d->limits, whatever its key is. */
void decode_limit(struct decoder *d, const struct yaml_item *item, int id);

/* best-effort, enforced or strict: by what limits must be kept at least. */
void decode_limits_by(struct decoder *d, const struct yaml_item *item, enum limits_by *to);

/* namespaces or landlock: whether a sandbox without namespaces is forbidden. */
void decode_isolation(struct decoder *d, const struct yaml_item *item, bool *namespaces);

/* Reads a mapping of limits and rate_limits to d->limits. */
void decode_limits(struct decoder *d, const struct yaml_node *v, const char *what);

/* Puts the errors from index first on in order of position, and cuts them to 50. */
void decode_finish(struct manifest_errors *errs, size_t first);

/* Whether a file of that name and text is JSON. */
bool decode_is_json(const char *text, size_t n, const char *name);
