/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/demand.h"

#include "base/cleanup.h"
#include "spec/decode.h"

void demand_read(struct decoder *d, const struct yaml_item *item, bool audit, enum demand *to,
		 struct src_pos *pos)
{
	static const char *const words[] = {
		[DEMAND_OFF] = "off", [DEMAND_ON] = "on", [DEMAND_REQUIRED] = "required"};
	static const char *const consent[] = {"off", "required"};
	int word = audit ? decode_word(d, &item->value, item->key, words, ARRAY_SIZE(words),
				       "off, on or required")
			 : decode_word(d, &item->value, item->key, consent, ARRAY_SIZE(consent),
				       "off or required");

	if (word < 0)
		return;
	*to = audit || !word ? (enum demand)word : DEMAND_REQUIRED;
	*pos = item->value.pos;
}
