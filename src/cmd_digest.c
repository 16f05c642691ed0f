/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox digest: the hash of all that a bundle would show its plugin. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "options.h"
#include "spec/manifest.h"
#include "trust/digest.h"

static int digest_one(const char *path, struct digest *d, struct pb_err *e)
{
	autofree char *file = NULL;
	autoclose int bundle = -1;
	autoclose int fd = manifest_open(path, &file, &bundle, e);
	const char *slash;

	if (fd < 0)
		return -1;
	slash = strrchr(file, '/');
	return digest_bundle(bundle,
			     &(struct digest_opts){.manifest = slash ? slash + 1 : file,
						   .cache = -1},
			     d, e);
}

int cmd_digest(int argc, char **argv, struct pb_err *e)
{
	struct strv paths = {0};
	struct json j = {0};
	bool json = false;
	int rc = options_simple("digest", &json, &paths, argc, argv, e);

	if (rc > 0) {
		strv_free(&paths);
		return 0;
	}
	if (rc == 0 && json)
		json_array(&j, NULL);
	for (size_t i = 0; rc == 0 && i < paths.n; i++) {
		struct digest d;
		char shown[1024];

		rc = digest_one(paths.v[i], &d, e);
		if (rc < 0)
			break;
		if (json) {
			json_object(&j, NULL);
			json_str(&j, "bundle", paths.v[i]);
			json_str(&j, "digest", d.text);
			json_uint(&j, "entries", d.entries);
			json_uint(&j, "bytes", d.bytes);
			json_end_object(&j);
		} else {
			(void)printf("%s  %s\n", d.text,
				     str_escape(shown, sizeof(shown), paths.v[i],
						strlen(paths.v[i])));
		}
	}
	if (rc == 0 && json) {
		json_end_array(&j);
		(void)puts(j.out.s);
	}
	json_free(&j);
	strv_free(&paths);
	return rc < 0 ? pb_err_exit_code(e) : 0;
}
