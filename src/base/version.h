/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The released version, as `plugbox --version`, NEWS and `make dist` give it. */
#ifndef PB_VERSION
#error "PB_VERSION comes from config.mk"
#endif
