/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The home directory that the password database names for whoever runs this, owned. NULL with errno
 * 0 where there is none, and with another where that cannot be told. No environment variable has a
 * say. */
char *home_of_user(void);
