/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit log as a file: lines of JSON in audit.jsonl of the state directory, each chained to the
 * one before. The format and what it proves are the matter of plugbox-audit(7).
 *
 * A line begins {"seq":N,"prev":"HASH","time":"…", where HASH is that of the whole line before
 * ("plugbox audit 1" and the line as a string, without its line feed; the first has 64 zeros). The
 * file audit.head is the lock, and holds the number and hash of the last line and the size of the
 * file after it, so that a line is added without reading any, and a log that was cut is noticed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "trust/hash.h"

#define CHAIN_FILE "audit.jsonl"
#define CHAIN_MAX_LINE 61440	    /* longer ones are refused */
#define CHAIN_MAX_BYTES (16U << 20) /* then the file becomes audit.jsonl.1 … */
#define CHAIN_KEPT 9		    /* … and .9 is the oldest */

/* Adds a line. body is the members of a JSON object without the braces and without line feed.
 * Returns 0, or -1 with *e: nothing was added then, and no part of a line is left. */
int chain_append(int state, const char *body, struct pb_err *e);

struct chain_report {
	uint64_t lines, first, last; /* numbers of the first and last line; 0: none */
	unsigned files;
	uint64_t torn;	      /* lines that a crash left unfinished, and that were told */
	char head[HASH_TEXT]; /* hash of the last line */
	bool found;	      /* one line has the hash that was looked for */
	char problem[512];    /* the first thing that is wrong, "" for none */
};

/* Reads the whole log and fills *r. expect: a hash that one of the lines should have, or NULL.
 * Returns 0, also where something is wrong; -1 with *e where the log cannot be read. */
int chain_verify(int state, const char *expect, struct chain_report *r, struct pb_err *e);

/* The number and the hash before, of one line. Returns false where it does not begin as a line of
 * the log does. */
bool chain_parse(const char *line, size_t n, uint64_t *seq, char prev[HASH_TEXT]);

/* Opens the log's file number n, 0 the current one. Returns a descriptor, or -1 with errno. */
int chain_open(int state, unsigned n);
