/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What parent and child say to each other during a launch: fixed-size
 * messages on one SOCK_SEQPACKET pair. Every message is checked by the reader, for its exact size,
 * its type and what it says: whoever takes over pid 1 could say anything. End of file before what
 * is awaited is a failure on both sides.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum sync_type {
	SYNC_GO = 1,   /* parent: ids are mapped, the cgroup is joined: go on. At the end: become the plugin */
	SYNC_FILTER,   /* parent: followed by the seccomp program, n instructions; 0: there is none */
	SYNC_ERROR,    /* child: the launch failed; err says where */
	SYNC_LISTENER, /* child: carries the seccomp notification descriptor */
	SYNC_UNTOLD,   /* child: the kernel takes no listener here; refusals are not reported */
	SYNC_EXIT,     /* pid 1: the plugin ended; status is its wait status */
	SYNC_PROC,     /* child: carries a procfs of its pid namespace, for the watchdog */
	SYNC_MOUNT,    /* child: carries one of the sandbox's tmpfs mounts, likewise */
	SYNC_TRACE,    /* child: the plugin's process waits for a tracer and then SYNC_GO */
	SYNC_BUILT,    /* child: mounts and network stand, and there is a processor free */
};

struct sync_msg {
	uint32_t type;
	uint32_t n;	    /* SYNC_FILTER: instructions, at most SYNC_FILTER_MAX */
	int32_t status;	    /* SYNC_EXIT */
	int32_t reserved;
	struct pb_err err;  /* SYNC_ERROR */
};

#define SYNC_FILTER_MAX 4096 /* BPF_MAXINSNS */

/* Sends a message, with a descriptor where pass_fd >= 0. Returns 0, or -1 with errno. */
int sync_send(int sock, const struct sync_msg *m, int pass_fd);

/* Receives one message. *pass_fd (may be NULL) receives a descriptor that came with it, or
 * -1. Returns 1, 0 at end of file, or -1 with errno (EPROTO: not one of ours; EAGAIN). */
int sync_recv(int sock, struct sync_msg *m, int *pass_fd);

/* Sends n bytes with n_fds descriptors, at most SYNC_FDS_MAX, as one message of its own. Returns 0, or
 * -1 with errno. */
#define SYNC_FDS_MAX 64
int sync_send_fds(int sock, const void *bytes, size_t n, const int *fds, size_t n_fds);

/* Receives it, with its descriptors in fds and how many there are in *n_fds: they are the caller's,
 * close on exec. Returns 0, or -1 with errno (EPROTO: another number of bytes, or the other side is
 * gone; EMFILE: no room for all; then none is left open). */
int sync_recv_fds(int sock, void *bytes, size_t n, int fds[SYNC_FDS_MAX], size_t *n_fds);

/* Reads a message out of n bytes, and changes nothing else. Texts end within their fields, an error
 * has a kind, a wait status is that of a process that ended. Returns 0, or -1 with errno EPROTO;
 * *m is then not to be looked at. */
int sync_decode(const void *bytes, size_t n, struct sync_msg *m);

/* The same for the bare error that the exec pipe carries. */
int sync_decode_error(const void *bytes, size_t n, struct pb_err *e);
