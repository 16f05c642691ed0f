/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same on JSON, whose tabs and surrogate pairs have code of their own. */
#include "manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_text(data, n, "weather.plugin.json");
	return 0;
}
