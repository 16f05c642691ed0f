/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing JSON, in one pass, onto a growing string. Commas and nesting are the
 * writer's business; the caller opens, names, adds and closes:
 *
 *     struct json j = {0};
 *     json_object(&j, NULL);           {
 *     json_str(&j, "event", "exit");     "event":"exit",
 *     json_array(&j, "layers");          "layers":[
 *     json_str(&j, NULL, "mounts");        "mounts"
 *     json_end_array(&j);                ]
 *     json_end_object(&j);             }
 *
 * key is NULL inside an array and at the top, and else a word of plugbox's own, which is written as
 * it is. Strings that are not valid UTF-8
 * are written with U+FFFD for each bad byte, so the output always parses.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct json {
	struct strbuf out;
	bool comma; /* the next member needs a comma before it */
};

void json_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_str(struct json *j, const char *key, const char *s); /* NULL writes null */
void json_int(struct json *j, const char *key, int64_t v);
void json_uint(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
/* v, which is not negative and below 10^12, with that many digits after the point, 1 to 6 */
void json_fixed(struct json *j, const char *key, double v, int digits);
void json_strv(struct json *j, const char *key, const struct strv *sv);
/* text that is JSON already */
void json_raw(struct json *j, const char *key, const char *text);
void json_free(struct json *j);
