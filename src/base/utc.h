/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A point of time as text. */
#pragma once

#include <time.h>

#define UTC_TEXT 20

/* Writes t in UTC as 2026-11-25T10:00:00. What is before 1970 or after 9999 is written as the nearest
 * that is not. gmtime_r reads the time zone first, seven system calls in the middle of a launch. */
void utc_text(time_t t, char out[UTC_TEXT]);
