/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where profiles and plugbox.yaml are looked up. No environment variable has a say. */
#pragma once

/* In the order in which they are looked at */
enum place { PLACE_USER, PLACE_SYSTEM, PLACE_INSTALLED, PLACE_N };

/* The directory of a place: .config/plugbox of the home that the password database names,
 * /etc/plugbox, or the directory of the installation. Owned; NULL with errno 0 where there is none,
 * or with another where the home cannot be told. */
char *place_directory(enum place place);
