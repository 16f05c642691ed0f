/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The home directory that the password database names for whoever runs this, owned; NULL where
 * there is none. No environment variable has a say. */
char *home_of_user(void);
