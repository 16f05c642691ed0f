/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What only the host's shared libraries can tell: users that no file knows, by the C library's name
 * services, and a scope of systemd's, by libsystemd. plugbox itself loads neither. A static one
 * could not (the C library's own loader ends with a fault there), and a dynamic one would pay for
 * them on each launch.
 *
 * So they are asked by a program of its own, which plugbox carries inside and executes from memory:
 * linux/hostlib-program.c. It gets no environment, ends when who asked ends, and has as long as it
 * is given.
 *
 * Questions, and what is answered:
 *
 *   user-id UID            "UID:GID:NAME:HOME"
 *   user-name NAME         the same
 *   group-name NAME        "GID"
 *   scope UNIT PLUGIN PID  "" once PID is in the scope (linux/sdscope_bus)
 */
#pragma once

#include <stddef.h>

/* Of an answer, with its NUL. */
#define HOSTLIB_MAX 4096

/* What stands before the answer's text: yes; no, and why (one clause, or nothing); or that it cannot
 * be told, and an errno value. */
enum hostlib_verdict { HOSTLIB_NO = 'n', HOSTLIB_YES = 'y', HOSTLIB_FAILED = 'f' };

/* Asks: args is the question, ended by NULL. Fills answer (HOSTLIB_MAX bytes) with the text. Returns
 * 1 for yes, 0 for no, or -1 with errno where that cannot be told: ETIMEDOUT after ms milliseconds,
 * ECHILD where the program ended without a word, why it could not be started, or what it says.
 * Blocks; SIGCHLD may be ignored. */
int hostlib_ask(const char *const args[], int ms, char *answer);
