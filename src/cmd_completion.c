/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd.h"

#include "base/str.h"
#include "options.h"

int cmd_completion(int argc, char **argv, struct pb_err *e)
{
	struct strv operands = {0};
	int r = options_simple("completion", NULL, &operands, argc, argv, e);

	if (r == 0)
		r = options_completion(operands.v[0], e);
	strv_free(&operands);
	return r < 0 ? pb_err_exit_code(e) : 0;
}
