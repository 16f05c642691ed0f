/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of consent or of the log is wanted; of several words for it the highest counts. */
#pragma once

#include "spec/limits.h"

enum demand {
	DEMAND_OFF,
	DEMAND_ON, /* not of consent */
	DEMAND_REQUIRED,
};

struct decoder;
struct yaml_item;

/* Reads off, on or required (of consent, off or required). *pos receives where it stands. */
void demand_read(struct decoder *d, const struct yaml_item *item, bool audit, enum demand *to,
		 struct src_pos *pos);
