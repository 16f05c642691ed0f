/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/err.h"

/* Brings the loopback interface of the calling process's network namespace up (rtnetlink
 * through libnl). Needs CAP_NET_ADMIN there. */
int netns_loopback_up(struct pb_err *e);
