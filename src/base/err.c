/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pb_err_set(struct pb_err *e, enum pb_err_kind kind, int sys, const char *fmt, ...)
{
	va_list ap;
	int n;

	*e = (struct pb_err){.kind = (int)kind, .sys = sys};
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (sys && n >= 0 && (size_t)n < sizeof(e->msg))
		(void)snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s", strerror(sys));
	return -1;
}

bool pb_err_of_host(int sys)
{
	return sys == EMFILE || sys == ENFILE || sys == ENOMEM || sys == EIO;
}

int pb_err_wrap(struct pb_err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	int n;

	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		(void)snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s", old);
	return -1;
}

int pb_err_hint(struct pb_err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int pb_err_step(struct pb_err *e, const char *step)
{
	if (!e->step[0])
		(void)snprintf(e->step, sizeof(e->step), "%s", step);
	return -1;
}

int pb_err_exit_code(const struct pb_err *e)
{
	switch (e->kind) {
	case PB_ERR_NONE:
		return 0;
	case PB_ERR_USAGE:
	case PB_ERR_MANIFEST:
		return PB_EXIT_USAGE;
	case PB_ERR_POLICY:
		return PB_EXIT_POLICY;
	case PB_ERR_NOEXEC:
		return PB_EXIT_NOEXEC;
	case PB_ERR_NOTFOUND:
		return PB_EXIT_NOTFOUND;
	default:
		return PB_EXIT_SETUP;
	}
}
