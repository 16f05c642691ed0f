/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The D-Bus side of linux/sdscope, in the program that asks (base/hostlib). */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* How long a manager may take. One that is just starting, on a slow machine, takes seconds. */
#define SDSCOPE_BUS_MS 25000

/* Has the manager make the scope unit around the calling process, waits until it stands, reads back
 * what was accepted, and then has the process pid moved there. Returns 0, or -1 with why filled, one
 * clause: then pid is where it was, and the scope is gone when the caller is. Loads the library and
 * does not unload it: for a process that ends afterwards. */
int sdscope_bus_ask(const char *unit, const char *plugin, pid_t pid, char *why, size_t size);
