/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* manifest_parse on YAML: whatever the text, there is a manifest or an error, never both. */
#include "manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_text(data, n, "plugin.yaml");
	return 0;
}
