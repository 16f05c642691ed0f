/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plugin's manifest: text to a typed struct, with positions.
 *
 * The file format is documented in plugbox-manifest(5). It is YAML, or JSON
 * read by the same parser, restricted: no anchors, aliases, tags, merge keys or
 * second document; no unknown or duplicate key; at most MANIFEST_MAX_BYTES bytes,
 * MANIFEST_MAX_DEPTH levels and MANIFEST_MAX_EVENTS events.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/limits.h"

#define MANIFEST_MAX_BYTES 65536
#define MANIFEST_MAX_DEPTH 16
#define MANIFEST_MAX_EVENTS 4096

enum framing { FRAMING_RAW, FRAMING_LINES, FRAMING_HEADERS };

/* One request: a kernel or an application permission. */
struct request {
	char *name;
	struct strv args;
	bool required; /* false: dropped, and told, when it is not granted */
	struct src_pos pos;
};

struct requests {
	struct request *v;
	size_t n, cap;
};

/* Adds an empty request of that name and returns it. */
struct request *requests_add(struct requests *rs, const char *name);
void requests_free(struct requests *rs);

/* What the plugin may register over the channel: an absent list asks for nothing. */
enum registration { REG_TOOLS, REG_CHANNELS, REG_COMMANDS, REG_SERVICES, REG_HOOKS, REG_N };
extern const char *const registration_keys[REG_N];
/* The kind of application permission that a list of names stands for: "cli" of commands */
extern const char *const registration_kinds[REG_N];

struct env_pair {
	char *name, *value;
	struct src_pos pos;
};

struct env_pairs {
	struct env_pair *v;
	size_t n, cap;
};

void env_pairs_free(struct env_pairs *pairs);

struct manifest {
	char *file; /* as it is to be shown in messages */
	char *name, *version, *author, *description;
	struct strv entrypoint; /* at least one element, the first never empty or absolute */
	struct src_pos entrypoint_pos;
	enum framing framing;
	struct requests requests; /* permissions, then capabilities; environment.pass is a
				   * request "environment" of its own, required unless a
				   * name is LANG, TZ or LC_* (those need no request) */
	struct strv env_pass;	  /* LANG, TZ, LC_* names of environment.pass */
	struct env_pairs env_set;
	struct {
		bool present;
		struct requests names; /* without their kind */
	} registrations[REG_N];
	struct limits limits;
};

/* One finding: a position and a text, with a remedy where there is one. Line 0 means the
 * file as a whole: it could not be read, or changed meanwhile. */
struct manifest_error {
	struct src_pos pos;
	char *text;
	char *hint; /* or NULL */
};

struct manifest_errors {
	struct manifest_error *v;
	size_t n, cap;
};

void manifest_errors_free(struct manifest_errors *errs);

/*
 * Reads the manifest from the open file fd (a regular file; the caller keeps
 * it). name is how the file is shown in messages. Every error found is added to
 * errs, in order of position, at most 50. Returns the manifest, which the caller
 * frees with manifest_free, or NULL where errs has at least one entry. Does not
 * block on anything but a regular file, and reads no other file.
 */
struct manifest *manifest_read(int fd, const char *name, struct manifest_errors *errs);

/* Reads the whole text of fd in the same way: *n bytes, owned by the caller, or NULL with an error. */
char *manifest_text(int fd, size_t *n, struct manifest_errors *errs);

/* Makes *e (PB_ERR_MANIFEST) of the first error. more is the command that shows all of them, or
 * NULL. Returns -1. */
int manifest_errors_raise(const struct manifest_errors *errs, const char *file, const char *more,
			  struct pb_err *e);

/* The same from memory (the fuzzer's and the unit tests' entry). */
struct manifest *manifest_parse(const char *text, size_t n, const char *name,
				struct manifest_errors *errs);

void manifest_free(struct manifest *m);

/*
 * Opens the manifest of a bundle, or a manifest named directly, with O_NONBLOCK,
 * and checks that it is a regular file. path is a directory (then plugin.yaml,
 * plugin.yml, plugin.json or the single *.plugin.json in it, looked up beneath it,
 * symlinks not followed; more than one candidate is an error) or a file. On success
 * *file receives the shown name (owned), *bundle_fd an O_PATH descriptor of the
 * bundle directory (the manifest's own directory) and the result is the open
 * manifest; otherwise -1 with *e.
 */
int manifest_open(const char *path, char **file, int *bundle_fd, struct pb_err *e);
