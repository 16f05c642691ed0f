/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values as text, read strictly: decimal digits only, no sign, no exponent, no
 * hex, no locale, no white space, nothing after the end. The manifest and the
 * command line share these, so that both say the same of the same text.
 *
 * Each returns 0, or -1 with *why pointing to a constant or thread-local text
 * that says what is wrong and what would be right ("expected a size like 64M").
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "spec/limits.h"

/* Digits only, between min and max. */
int value_uint(const char *s, uint64_t min, uint64_t max, uint64_t *v, const char **why);

/* Digits, then K M G (1024) or KiB MiB GiB or nothing (bytes). */
int value_size(const char *s, uint64_t *bytes, const char **why);

/* Digits with up to three decimals, then ms, s, m, h; a bare number is seconds. */
int value_duration(const char *s, uint64_t *ms, const char **why);

/* Digits with up to three decimals: cores, in thousandths. */
int value_cores(const char *s, uint64_t *milli, const char **why);

/* Numbers of processors up to 63 and ranges of them ("0-3,6"), as a mask that is never 0. */
int value_cpus(const char *s, uint64_t *mask, const char **why);

/* A limit by its unit and range in limit_table. */
int value_limit(enum limit_id id, const char *s, uint64_t *v, const char **why);

/* An absolute, normalised host path that may be granted: not "/", and not "/proc",
 * "/sys", "/dev", "/run" or below them. */
int value_grant_path(const char *s, const char **why);

/* The name of an environment variable ([A-Za-z_][A-Za-z0-9_]*), and none that
 * steers a loader (LD_*, GLIBC_TUNABLES, GCONV_PATH and the like) or belongs to plugbox
 * (PLUGBOX*, SANDBOX_POLICY, NO_NETWORK, NO_SUBPROCESS, NO_FILESYSTEM_WRITE). */
int value_env_name(const char *s, const char **why);

/* A name of a device file below /dev: relative, normalised; the ones that are the
 * host itself (mem, kmem, port, kmsg, disks, tty, console …) are refused. */
int value_device(const char *s, const char **why);

/* HOST or HOST:PORT, as http_requests takes them: a name of at least two labels in lower case, which a
 * "*." in front makes all names that end so; or an IPv4 address, or an IPv6 address in brackets. ASCII
 * alone: a name of other letters is written as the network has it (xn--…), so that none looks like
 * another. */
int value_host(const char *s, const char **why);

/* The name of a plugin: [a-z0-9] then [a-z0-9._-], at most 64, no ".." in it. */
int value_plugin_name(const char *s, const char **why);

/* The version of a plugin: 1 to 64 of [A-Za-z0-9.+~_-]. */
int value_version(const char *s, const char **why);

/* The program of an entrypoint: a path beneath the bundle or a bare name, not absolute,
 * without "..", no option, no directory, without control characters. */
int value_program(const char *s, const char **why);
