/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The channel. A pipe or a connected AF_UNIX stream on 0 and 1 is the host's own and given to
 * the plugin: nothing is copied. Of a pipe it gets a description of its own, so that its O_NONBLOCK is not
 * the host's. Whatever else stands there is kept from it and relayed through a pipe: a plugin
 * could open a regular file again with other rights or truncate it, push input into a
 * terminal, dissolve and reconnect an internet socket in the host's network.
 *
 * Standard error is relayed even where it is a pipe. It is no channel of the plugin's own: hosts hand
 * down theirs, and a plugin that had it could open its other end and read what the host and other
 * plugins log, or fill it so that plugbox itself blocks. Where it is the same pipe as 1 the
 * host has made them one, and they stay one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define RELAY_BUFFER 65536
#define RELAY_EVENT 1000 /* data.u64 of its epoll events */

struct relay_stream {
	int from, to;	    /* -1: not in use (any more) */
	bool from_polls, to_polls; /* epoll takes them; a regular file is always ready */
	bool from_ours, to_ours;   /* to be closed by us */
	bool from_in, to_in;	   /* in the epoll set now */
	bool from_sock, to_sock;
	uint64_t taken; /* bytes read from */
	bool to_blocks; /* the caller's own description: it must be asked before each write */
	size_t start, len;
	char *buf;
};

struct relay {
	struct relay_stream streams[3];
	int epoll;
	bool input; /* relay_start_input was called */
	uint64_t max;	   /* bytes taken from the plugin on each of 1 and 2, 0: any number */
	bool over;	   /* it wrote more: what it may is passed on, and nothing else is read there */
	bool broken; /* a descriptor cannot be waited for */
};

/* Looks at descriptors 0 to 2 and sets plugin_fds to what the plugin is to get: the descriptor
 * itself, or the far end of a pipe, which the caller closes with relay_close_far after the
 * clone. tty: a terminal is given as it is. What is counted is relayed, whatever it is: 0 with
 * count_in, 1 with count_out. uid and gid are the plugin's on the host: it can open the pipes again
 * (/dev/stderr). Returns 0 or -1 with *e. */
int relay_open(struct relay *r, bool tty, bool count_in, bool count_out, uid_t uid, gid_t gid,
	       int plugin_fds[3], struct pb_err *e);
void relay_close_far(int plugin_fds[3]);

/* Adds the streams to an epoll set, under RELAY_EVENT. Returns 0 or -1 with *e. */
int relay_start(struct relay *r, int epoll, struct pb_err *e);

/* Returns -1 with *e where a stream has become one that cannot be waited for: it would stand still. */
int relay_check(const struct relay *r, struct pb_err *e);

/* Input begins to flow: not before the plugin has been executed, or the message that a failed
 * launch is to answer would be gone. */
void relay_start_input(struct relay *r);

/* Moves what can be moved without blocking. Returns true where it stopped for fairness and
 * should be called again at once. */
bool relay_pump(struct relay *r);

/* The plugin is gone: nothing more goes in; output is drained to its end. */
void relay_stop_input(struct relay *r);
bool relay_output_open(const struct relay *r);

void relay_close(struct relay *r);
