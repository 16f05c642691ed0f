/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/layer.h"
#include "base/log.h"
#include "base/str.h"

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC 0x50495045
#endif
#define TURNS 16 /* buffers moved before others get their turn */
#define LITTLE 128

static int option(int fd, int name)
{
	int v = -1;
	socklen_t n = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, name, &v, &n) == 0 ? v : -1;
}

static bool is_direct(int fd, const struct stat *st, bool tty)
{
	struct statfs fs;

	if (!LAYER_ON(RELAY))
		return true;
	if (S_ISFIFO(st->st_mode))
		/* a FIFO with a name could be opened in the other direction */
		return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
	if (S_ISSOCK(st->st_mode)) {
		int type = option(fd, SO_TYPE);

		struct sockaddr_storage peer;
		socklen_t n = sizeof(peer);

		return option(fd, SO_DOMAIN) == AF_UNIX && option(fd, SO_ACCEPTCONN) == 0 &&
		       (type == SOCK_STREAM || type == SOCK_SEQPACKET) &&
		       getpeername(fd, (struct sockaddr *)&peer, &n) == 0;
	}
	if (S_ISCHR(st->st_mode))
		return st->st_rdev == makedev(1, 3) || (tty && isatty(fd));
	return false;
}

/* The same pipe, FIFO or terminal under a description of its own, which does not block. */
static int reopen(int fd, int mode)
{
	char self[32];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return open(self, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* A stopped terminal or a slow FIFO stops nobody else; the caller's description keeps its flags. */
static int own_description(int fd, const struct stat *st, int mode, bool *ours)
{
	int own = S_ISCHR(st->st_mode) || S_ISFIFO(st->st_mode) ? reopen(fd, mode) : -1;

	*ours = own >= 0;
	return own >= 0 ? own : fd;
}

/* For the plugin, blocking, as it would find its stdio without plugbox. A pipe of another
 * user's cannot be opened again: then it gets the host's description after all. */
static int plugin_description(int fd, const struct stat *st)
{
	const struct sockaddr_un unnamed = {.sun_family = AF_UNIX};

	/* The socket belongs to the host's network namespace, and the plugin could bind any abstract
	 * name there. One with a name takes no other: let the kernel choose (unix(7), autobind). */
	if (S_ISSOCK(st->st_mode))
		(void)bind(fd, (const struct sockaddr *)&unnamed, sizeof(sa_family_t));
	int own = S_ISFIFO(st->st_mode) ? reopen(fd, fd == 0 ? O_RDONLY : O_WRONLY) : -1;

	if (own >= 0 && fcntl(own, F_SETFL, 0) < 0)
		close_fd(&own);
	return own >= 0 ? own : fd;
}

static int open_stream(struct relay *r, int i, const struct stat *st, uid_t uid, gid_t gid,
		       int plugin_fds[3], struct pb_err *e)
{
	struct relay_stream *s = &r->streams[i];
	int ends[2];

	if (S_ISSOCK(st->st_mode) && option(i, SO_ACCEPTCONN) == 1) {
		pb_err_set(e, PB_ERR_USAGE, 0, "descriptor %d is a listening socket", i);
		return pb_err_hint(e, "give the plugin a connected stream or a pipe");
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make a pipe for descriptor %d", i);
	if (geteuid() != uid && fchown(ends[0], uid, gid) < 0)
		log_debug("descriptor %d cannot be opened again inside: %s", i, strerror(errno));
	s->buf = xmalloc(RELAY_BUFFER);
	if (i == 0) {
		s->from = own_description(0, st, O_RDONLY, &s->from_ours);
		s->from_sock = S_ISSOCK(st->st_mode);
		s->to = ends[1];
		s->to_ours = true;
		plugin_fds[0] = ends[0];
	} else {
		s->from = ends[0];
		s->from_ours = true;
		s->to = own_description(i, st, O_WRONLY, &s->to_ours);
		s->to_sock = S_ISSOCK(st->st_mode);
		s->to_blocks = !s->to_ours && !S_ISREG(st->st_mode) && !s->to_sock;
		plugin_fds[i] = ends[1];
	}
	/* one that blocks would hold up all the others, and the limits */
	if (fcntl(i == 0 ? s->to : s->from, F_SETFL, O_NONBLOCK) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the pipe of descriptor %d up", i);
	return 0;
}

int relay_open(struct relay *r, bool tty, bool count_in, bool count_out, uid_t uid, gid_t gid,
	       int plugin_fds[3], struct pb_err *e)
{
	struct stat st[3];

	*r = (struct relay){.epoll = -1};
	for (int i = 0; i < 3; i++) {
		r->streams[i].from = r->streams[i].to = -1;
		plugin_fds[i] = i;
	}
	for (int i = 0; i < 3; i++) {
		if (fstat(i, &st[i]) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at descriptor %d", i);
		bool merged = i == 2 && st[1].st_dev == st[2].st_dev && st[1].st_ino == st[2].st_ino;

		if (!(i == 0 ? count_in : count_out && (i == 1 || merged)) && (i < 2 || merged || S_ISCHR(st[i].st_mode)) &&
		    is_direct(i, &st[i], tty)) {
			plugin_fds[i] = plugin_description(i, &st[i]);
			continue;
		}
		/* `>log 2>&1`: one pipe for both keeps the order of the lines */
		if (merged && r->streams[1].from >= 0) {
			plugin_fds[2] = fcntl(plugin_fds[1], F_DUPFD_CLOEXEC, 3);
			if (plugin_fds[2] < 0)
				return pb_err_set(e, PB_ERR_SETUP, errno, "cannot copy a descriptor");
			continue;
		}
		if (open_stream(r, i, &st[i], uid, gid, plugin_fds, e) < 0)
			return -1;
	}
	return 0;
}

void relay_close_far(int plugin_fds[3])
{
	for (int i = 0; i < 3; i++)
		if (plugin_fds[i] > 2)
			close_fd(&plugin_fds[i]);
}

static bool watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u64 = RELAY_EVENT};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static void unwatch(int epoll, int fd)
{
	(void)epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void end_from(struct relay *r, struct relay_stream *s)
{
	if (s->from_in)
		unwatch(r->epoll, s->from);
	s->from_in = false;
	if (s->from_ours)
		close(s->from);
	s->from = -1;
}

static void end_to(struct relay *r, struct relay_stream *s)
{
	if (s->to_in)
		unwatch(r->epoll, s->to);
	s->to_in = false;
	if (s->to_ours && s->to >= 0)
		close(s->to);
	s->to = -1;
}

/* Waits for room while there is something to write, for input while there is not. */
static void interest(struct relay *r, struct relay_stream *s)
{
	bool want_in = s->from >= 0 && s->len == 0 && s->from_polls &&
		       (r->input || s != &r->streams[0]);
	bool want_out = s->to >= 0 && s->len > 0 && s->to_polls;

	if (want_in != s->from_in && s->from >= 0) {
		if (want_in)
			r->broken |= !watch(r->epoll, s->from, EPOLLIN);
		else
			unwatch(r->epoll, s->from);
		s->from_in = want_in;
	}
	if (want_out != s->to_in && s->to >= 0) {
		if (want_out)
			r->broken |= !watch(r->epoll, s->to, EPOLLOUT);
		else
			unwatch(r->epoll, s->to);
		s->to_in = want_out;
	}
}

/* Whether fd can be waited for: a regular file refuses (EPERM) and is always ready, a pipe of ours
 * never. */
static bool polls(struct relay *r, int fd, uint32_t events, bool pipe)
{
	if (watch(r->epoll, fd, events)) {
		unwatch(r->epoll, fd);
		return true;
	}
	r->broken |= errno != EPERM || pipe;
	return false;
}

int relay_start(struct relay *r, int epoll, struct pb_err *e)
{
	r->epoll = epoll;
	for (int i = 0; i < 3; i++) {
		struct relay_stream *s = &r->streams[i];

		if (s->from < 0)
			continue;
		s->from_polls = polls(r, s->from, EPOLLIN, i > 0);
		s->to_polls = polls(r, s->to, EPOLLOUT, i == 0);
		interest(r, s);
	}
	return relay_check(r, e);
}

int relay_check(const struct relay *r, struct pb_err *e)
{
	return r->broken ? pb_err_set(e, PB_ERR_SETUP, 0, "cannot wait for the plugin's stdio") : 0;
}

void relay_start_input(struct relay *r)
{
	r->input = true;
	if (r->epoll >= 0)
		interest(r, &r->streams[0]);
}

/* Writes without blocking, whatever the descriptor. */
static ssize_t put(const struct relay_stream *s)
{
	struct pollfd p = {.fd = s->to, .events = POLLOUT};
	const char *from = s->buf + s->start;

	if (s->to_sock)
		return send(s->to, from, s->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!s->to_blocks)
		return write(s->to, from, s->len);
	/* what polls as writable takes a little without blocking: a pipe PIPE_BUF bytes, a
	 * terminal fewer */
	if (poll(&p, 1, 0) != 1) {
		errno = EAGAIN;
		return -1;
	}
	return write(s->to, from, s->len < LITTLE ? s->len : LITTLE);
}

/* Returns true where something moved. */
static bool turn(struct relay *r, struct relay_stream *s, bool from_ready)
{
	ssize_t n;

	if (s->len == 0) {
		if (s->from < 0 || (s->from_polls && !from_ready))
			return false;
		n = s->from_sock ? recv(s->from, s->buf, RELAY_BUFFER, MSG_DONTWAIT)
				 : read(s->from, s->buf, RELAY_BUFFER);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			end_from(r, s);
			end_to(r, s);
			return false;
		}
		s->start = 0;
		s->len = (size_t)n;
		s->taken += s->len;
		if (r->max && s != &r->streams[0] && s->taken > r->max) {
			r->over = true;
			s->len -= s->taken - r->max < s->len ? (size_t)(s->taken - r->max) : s->len;
			end_from(r, s);
			if (s->len == 0) {
				end_to(r, s);
				return false;
			}
		}
	}
	n = put(s);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		/* the plugin's next write fails too, as it would without a relay */
		if (errno != EPIPE)
			log_note("cannot write the plugin's output: %s", strerror(errno));
		end_to(r, s);
		s->len = 0;
		if (s->from >= 0)
			end_from(r, s);
		return false;
	}
	s->start += (size_t)n;
	s->len -= (size_t)n;
	return true;
}

/* A blocking descriptor (a terminal that could not be opened again) must be asked first. */
static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

bool relay_pump(struct relay *r)
{
	bool again = false;

	for (int i = 0; i < 3; i++) {
		struct relay_stream *s = &r->streams[i];
		int turns = 0;

		if ((s->from < 0 && s->len == 0) || (i == 0 && !r->input))
			continue;
		while (turns < TURNS &&
		       turn(r, s, i > 0 || s->from_ours || s->from < 0 || readable(s->from)))
			turns++;
		if (s->from >= 0 || s->to >= 0)
			interest(r, s);
		again |= turns == TURNS;
	}
	return again;
}

void relay_stop_input(struct relay *r)
{
	struct relay_stream *s = &r->streams[0];

	if (s->from >= 0)
		end_from(r, s);
	end_to(r, s);
	s->len = 0;
}

bool relay_output_open(const struct relay *r)
{
	for (int i = 1; i < 3; i++)
		if (r->streams[i].from >= 0 || (r->streams[i].len && r->streams[i].to >= 0))
			return true;
	return false;
}

void relay_close(struct relay *r)
{
	for (int i = 0; i < 3; i++) {
		struct relay_stream *s = &r->streams[i];

		if (s->from >= 0)
			end_from(r, s);
		end_to(r, s);
		s->len = 0;
		free(s->buf);
		s->buf = NULL;
	}
}
