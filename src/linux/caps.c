/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/caps.h"

#include <errno.h>
#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/prctl.h>

bool caps_has(cap_value_t cap)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t v = CAP_CLEAR;

	if (caps && cap_get_flag(caps, cap, CAP_EFFECTIVE, &v) < 0)
		v = CAP_CLEAR;
	(void)cap_free(caps);
	return v == CAP_SET;
}

int caps_drop_bounding(struct pb_err *e)
{
	const unsigned bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
			      SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
			      SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	cap_value_t last = cap_max_bits();

	if (cap_set_secbits(bits) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot lock the securebits");
	for (cap_value_t c = 0; c < last; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0 && errno != EINVAL)
			return pb_err_set(e, PB_ERR_SETUP, errno,
					  "cannot drop capability %d from the bounding set", c);
	return 0;
}

int caps_drop_own(struct pb_err *e)
{
	cap_t none;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot clear the ambient capabilities");
	none = cap_init();
	if (!none || cap_set_proc(none) < 0) {
		int saved = errno;

		if (none)
			(void)cap_free(none);
		return pb_err_set(e, PB_ERR_SETUP, saved, "cannot drop the capabilities");
	}
	(void)cap_free(none);
	return 0;
}
