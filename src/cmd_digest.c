/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox digest: the hash of all that a bundle would show its plugin. */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/json.h"
#include "base/path.h"
#include "options.h"
#include "spec/manifest.h"
#include "trust/digest.h"
#include "trust/signature.h"
#include "trust/state.h"

/* *dir receives the bundle's directory, owned; NULL where it has no path. */
static int digest_one(const char *path, struct digest *d, char **dir, struct pb_err *e)
{
	autofree char *file = NULL;
	autoclose int bundle = -1;
	autoclose int fd = manifest_open(path, &file, &bundle, e);
	const char *slash;

	if (fd < 0)
		return -1;
	*dir = path_of_fd(bundle);
	slash = strrchr(file, '/');
	return digest_bundle(bundle,
			     &(struct digest_opts){.manifest = slash ? slash + 1 : file,
						   .cache = -1},
			     d, e);
}

/* The line for somebody to sign. Within the bundle it would change the digest that it holds. */
static int write_line(const char *file, const char *dir, const struct digest *d, struct pb_err *e)
{
	autofree char *line = signature_message(d->text);
	autofree char *path = xasprintf("%s%s", strchr(file, '/') ? "" : "./", file);
	const int within = dir ? state_holds(dir, path) : -1;
	autoclose int fd = -1;

	if (within > 0) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "\"%s\" would lie in the bundle", file);
		return pb_err_hint(e, "write it beside the bundle, as BUNDLE.digest");
	}
	if (within == 0)
		fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0 || fd_write_all(fd, line, strlen(line)) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot write \"%s\"", file);
	return 0;
}

static int print_all(const struct options_state *s, struct pb_err *e)
{
	struct json j = {0};
	int rc = 0;

	if (s->json)
		json_array(&j, NULL);
	for (size_t i = 0; rc == 0 && i < s->operands.n; i++) {
		const char *bundle = s->operands.v[i];
		autofree char *dir = NULL;
		struct digest d;
		char shown[1024];

		rc = digest_one(bundle, &d, &dir, e);
		if (rc == 0 && s->write)
			rc = write_line(s->write, dir, &d, e);
		if (rc < 0)
			break;
		if (s->json) {
			json_object(&j, NULL);
			json_str(&j, "bundle", bundle);
			json_str(&j, "digest", d.text);
			json_uint(&j, "entries", d.entries);
			json_uint(&j, "bytes", d.bytes);
			json_end_object(&j);
		} else {
			(void)printf("%s  %s\n", d.text,
				     str_escape(shown, sizeof(shown), bundle, strlen(bundle)));
		}
	}
	if (rc == 0 && s->json) {
		json_end_array(&j);
		(void)puts(j.out.s);
	}
	json_free(&j);
	return rc;
}

int cmd_digest(int argc, char **argv, struct pb_err *e)
{
	struct options_state s;
	int rc = options_state("digest", &s, argc, argv, e);

	if (rc == 0 && s.write && s.operands.n > 1) {
		rc = pb_err_set(e, PB_ERR_USAGE, 0, "--write is for one bundle");
		(void)pb_err_hint(e, "write: plugbox digest --write BUNDLE.digest BUNDLE");
	}
	if (rc == 0)
		rc = print_all(&s, e);
	options_state_free(&s);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
