/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/log.h"
#include "linux/cgroup_events.h"
#include "linux/init.h"
#include "linux/notify.h"
#include "linux/scope.h"
#include "linux/sync.h"
#include "linux/sys.h"
#include "linux/trim.h"
#include "run/debug.h"
#include "run/ending.h"
#include "run/watchdog.h"

enum source_id { ON_CHILD, ON_SYNC, ON_EXEC, ON_SIGNAL, ON_TIMER, ON_NOTIFY, ON_PARENT, ON_WATCH,
		 ON_TRACE, ON_CGROUP };

/* How long output that is left may take after a limit has ended the plugin. */
#define DRAIN_MS 1000

/* So many refusals are answered in as many milliseconds; what comes above that waits. */
#define BURST 50
#define BURST_MS 10

/* A plugin that has nothing to say for so long is one that stays: what only the launch needed of
 * plugbox's memory goes then, once. A short run does not pay for it. */
#define SETTLE_MS 100

/* More messages than a launch can have, but for those that carry mounts. */
#define LAST_WORDS 8

struct supervisor {
	const struct supervise_opts *o;
	struct scope scope; /* where bare: what the plugin and its keeper cannot leave */
	struct result *r;
	struct spawn spawn;
	struct relay relay;
	struct watchdog watch;
	struct cgroup_events bites; /* of the cgroup's limits */
	int epoll, signals, timer, listener;
	int traced; /* with --debug, likewise the next two: SIGCHLD comes here */
	struct trace *trace;
	struct debug *debug;
	struct ending end;
	uint64_t began, last_byte; /* milliseconds */
	uint64_t bytes;		/* seen on the channel, in both directions */
	bool exec_marked; /* the child stood right before exec */
	bool pump;	  /* the relay has something to do without an event */
	bool settled;	  /* memory was given back */
	bool gone;	  /* pid 1 has been reaped */
	bool killed;	  /* by a limit, which is told once */
	unsigned burst;	  /* refusals answered since burst_since */
	uint64_t burst_since, resume_at; /* milliseconds; 0: not paused */
	struct timespec started;
};

/* What is not heard of is waited for without end, or escapes its limit. */
static int add(const struct supervisor *s, int fd, enum source_id id, struct pb_err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = (uint64_t)id};

	if (fd >= 0 && epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot wait for events");
	return 0;
}

static void drop_fd(const struct supervisor *s, int *fd)
{
	if (*fd < 0)
		return;
	(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, *fd, NULL);
	close_fd(fd);
}

static void send_signal(const struct supervisor *s, int sig)
{
	if (s->spawn.pidfd < 0 || s->gone)
		return;
	/* a container's filter may hide the call; the pid is that of our own child, not reaped yet */
	if (pidfd_send_signal(s->spawn.pidfd, sig, NULL, 0) < 0 && errno != ESRCH)
		(void)kill(s->spawn.pid, sig);
}

static void kill_all(const struct supervisor *s)
{
	/* the death of pid 1 ends the pid namespace; without one the scope is closed, and holds it too */
	scope_kill(&s->scope);
	send_signal(s, SIGKILL);
	if (s->o->cgroup)
		(void)cgroup_kill(s->o->cgroup);
}

static int arm(const struct supervisor *s, uint64_t ms)
{
	struct itimerspec t = {
		.it_value = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000}};

	return timerfd_settime(s->timer, 0, &t, NULL);
}

/* The first time limit that is reached: its key; otherwise NULL, and the timer is set to the next
 * one, if any. Bytes only note the time; the timer is not set again for each. */
static const char *expired(const struct supervisor *s)
{
	const struct plan *p = s->o->plan;
	const uint64_t now = (uint64_t)clock_ms();
	const struct {
		uint64_t at; /* 0: does not apply now */
		enum limit_id id;
	} all[] = {
		{p->timeout_ms ? s->began + p->timeout_ms : 0, LIMIT_TIMEOUT},
		{p->startup_ms && !s->relay.streams[1].taken ? s->began + p->startup_ms : 0, LIMIT_STARTUP_TIMEOUT},
		{p->idle_ms ? s->last_byte + p->idle_ms : 0, LIMIT_IDLE_TIMEOUT},
	};
	const char *key = NULL;
	uint64_t next = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i].at)
			continue;
		if (all[i].at <= now)
			return limit_table[all[i].id].key;
		if (!next || all[i].at < next) {
			next = all[i].at;
			key = limit_table[all[i].id].key;
		}
	}
	/* a limit that cannot be waited for has no other moment to be kept */
	return next && arm(s, next - now) < 0 ? key : NULL;
}

static void note_bytes(struct supervisor *s)
{
	const uint64_t bytes = s->relay.streams[0].taken + s->relay.streams[1].taken;

	if (bytes == s->bytes)
		return;
	s->bytes = bytes;
	s->last_byte = (uint64_t)clock_ms();
}

static void tell_limit(const struct supervisor *s, const char *key, const char *action)
{
	for (unsigned id = 0; id < LIMIT_N; id++)
		if (strcmp(limit_table[id].key, key) == 0)
			s->r->reached |= UINT32_C(1) << id;
	status_limit(s->o->status, key, action);
}

static void end_now(struct supervisor *s)
{
	kill_all(s);
	if (arm(s, DRAIN_MS) < 0)
		relay_close(&s->relay);
	/* a look at what is not gone yet comes here again */
	if (s->end.limit && !s->killed)
		tell_limit(s, s->end.limit, "kill");
	s->killed = true;
}

/* A time limit is reached: the plugin may say good-bye. */
static void end_in_time(struct supervisor *s, const char *limit)
{
	s->end.stop = STOP_TIMEOUT;
	s->end.limit = limit;
	if (!s->o->plan->kill_after_ms || !s->end.exec_done) {
		end_now(s);
		return;
	}
	send_signal(s, SIGTERM);
	if (arm(s, s->o->plan->kill_after_ms) < 0)
		kill_all(s);
	tell_limit(s, s->end.limit, "terminate");
}

static void on_timer(struct supervisor *s)
{
	uint64_t times;

	if (read(s->timer, &times, sizeof(times)) != (ssize_t)sizeof(times))
		return;
	/* the plugin is gone, and nobody takes the rest of its output */
	if (s->gone) {
		relay_close(&s->relay);
		return;
	}
	if (s->end.stop == STOP_NONE) {
		const char *limit = expired(s);

		if (limit)
			end_in_time(s, limit);
		return;
	}
	end_now(s);
}

static void child_failed(struct supervisor *s, const struct pb_err *e)
{
	if (!s->end.failed)
		s->r->err = *e;
	s->end.failed = true;
}

/* Without this the plugin would run unsupervised, in part: it ends. */
static void lose(struct supervisor *s, const struct pb_err *e)
{
	child_failed(s, e);
	kill_all(s);
}

/* Process 1 passes it on to all others; where there is none of ours, the plugin is alone. */
static void hold(const struct supervisor *s, bool on)
{
	if (s->o->plan->as_pid_1)
		send_signal(s, on ? SIGSTOP : SIGCONT);
	else
		send_signal(s, on ? INIT_HOLD : INIT_RELEASE);
}

static void on_look(struct supervisor *s)
{
	struct pb_err e;

	if (s->gone)
		return;
	switch (watchdog_look(&s->watch)) {
	case WATCH_GO_ON:
		break;
	case WATCH_MEMORY:
		if (s->end.stop == STOP_NONE) {
			s->end.stop = STOP_MEMORY;
			s->end.limit = limit_table[LIMIT_MEMORY].key;
		}
		end_now(s);
		return;
	case WATCH_DATA:
		if (s->end.stop == STOP_NONE) {
			s->end.stop = STOP_DATA;
			s->end.limit = limit_table[LIMIT_DATA_SIZE].key;
		}
		end_now(s);
		return;
	case WATCH_CPU:
		if (s->end.stop == STOP_NONE)
			end_in_time(s, limit_table[LIMIT_CPU_TIME].key);
		break;
	case WATCH_HOLD:
	case WATCH_RELEASE:
		hold(s, s->watch.share.held);
		break;
	case WATCH_BLIND:
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot look at the plugin's processes");
		pb_err_step(&e, "watchdog");
		lose(s, &e);
		return;
	}
}

static void on_signal(struct supervisor *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	/* anybody's but the kernel's own means nothing */
	if ((int)info.ssi_signo == CPUTIMER_SIGNAL) {
		if (info.ssi_code == SI_TIMER)
			on_look(s);
		return;
	}
	if (s->gone) {
		/* only output that nobody takes is left: the second word is enough */
		if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP)
			relay_close(&s->relay);
		return;
	}
	send_signal(s, (int)info.ssi_signo);
}

static void lose_plugin(struct supervisor *s)
{
	struct pb_err e;

	pb_err_set(&e, PB_ERR_SETUP, errno, "cannot hear from the plugin's process");
	pb_err_step(&e, "supervise");
	lose(s, &e);
}

static size_t last_words(const struct supervisor *s)
{
	return LAST_WORDS + s->o->plan->n_steps;
}

/* The plugin's process waits: it is held, and told to go on. */
static int let_trace(struct supervisor *s, struct pb_err *e)
{
	struct sync_msg m = {.type = SYNC_GO};

	if (!s->trace)
		return pb_err_set(e, PB_ERR_SETUP, 0, "the sandbox asks for a tracer");
	if (trace_attach(s->trace, s->spawn.pid, e) < 0)
		return -1;
	if (sync_send(s->spawn.sync, &m, -1) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot let the plugin go on");
	return 0;
}

static void on_trace(struct supervisor *s)
{
	struct signalfd_siginfo info;

	/* one signal stands for any number of events */
	if (read(s->traced, &info, sizeof(info)) == (ssize_t)sizeof(info))
		trace_events(s->trace);
}

static void on_sync(struct supervisor *s)
{
	struct sync_msg m;
	struct pb_err e;
	int fd = -1;
	int rc;

	/* closed by another event of the same round */
	if (s->spawn.sync < 0)
		return;
	rc = sync_recv(s->spawn.sync, &m, &fd);

	if (rc < 0 && errno == EAGAIN)
		return;
	if (rc < 0) {
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot hear from the sandbox");
		pb_err_step(&e, "supervise");
		lose(s, &e);
	}
	if (rc <= 0) {
		drop_fd(s, &s->spawn.sync);
		return;
	}
	switch (m.type) {
	case SYNC_ERROR:
		child_failed(s, &m.err);
		break;
	case SYNC_LISTENER:
		s->exec_marked = true;
		if (s->listener < 0) {
			s->listener = take_fd(&fd);
			(void)fcntl(s->listener, F_SETFL, O_NONBLOCK);
			/* a refused call would wait for its answer for ever */
			if (add(s, s->listener, ON_NOTIFY, &e) < 0) {
				pb_err_step(&e, "supervise");
				lose(s, &e);
			}
		}
		break;
	case SYNC_UNTOLD:
		s->exec_marked = true;
		s->r->untold = true;
		log_note("refused calls are not reported: a surrounding sandbox listens to them");
		break;
	case SYNC_TRACE:
		if (let_trace(s, &e) < 0) {
			pb_err_step(&e, "trace");
			lose(s, &e);
		}
		break;
	case SYNC_EXIT:
		s->end.has_status = true;
		s->end.status = m.status;
		break;
	case SYNC_PROC:
		if (!s->exec_marked)
			watchdog_take_proc(&s->watch, take_fd(&fd));
		break;
	case SYNC_MOUNT:
		if (!s->exec_marked && fd >= 0)
			watchdog_take_mount(&s->watch, take_fd(&fd));
		break;
	default:
		break;
	}
	if (fd >= 0)
		close(fd);
}

/* The plugin has the host's own pipes now, or the relay a description of its own. Our copies would
 * keep the host from seeing that the plugin closed its end. Until exec they may still be needed to
 * answer the first request; stderr stays, for our own words. */
static void let_go_of_channel(const struct supervisor *s)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null >= 0 && i < 2; i++)
		if (s->relay.streams[i].from != i && s->relay.streams[i].to != i)
			(void)dup2(null, i);
}

/* The end of file that exec brings, or an error. Before it, where nothing was said about the
 * listener, a byte: a child that just dies closes the pipe as well. */
static void on_exec(struct supervisor *s)
{
	char bytes[sizeof(struct pb_err)];
	struct pb_err e;
	char mark;
	ssize_t n;

	/* the end of the child, in the same round of events, has read it to the end already */
	if (s->spawn.exec_pipe < 0)
		return;
	for (size_t i = 0; !s->exec_marked && i < last_words(s); i++)
		on_sync(s);
	if (!s->exec_marked) {
		n = read(s->spawn.exec_pipe, &mark, 1);
		if (n == 1) {
			s->exec_marked = true;
			return;
		}
		if (n < 0)
			lose_plugin(s);
		drop_fd(s, &s->spawn.exec_pipe);
		return;
	}
	n = fd_read_all(s->spawn.exec_pipe, bytes, sizeof(bytes));
	if (n < 0)
		lose_plugin(s);
	drop_fd(s, &s->spawn.exec_pipe);
	if (n < 0)
		return;
	if (n > 0) {
		if (sync_decode_error(bytes, (size_t)n, &e) < 0)
			(void)pb_err_set(&e, PB_ERR_SETUP, errno, "cannot hear whether the plugin started");
		child_failed(s, &e);
		return;
	}
	if (watchdog_start(&s->watch, s->spawn.pid, &e) < 0) {
		lose(s, &e);
		return;
	}
	s->end.exec_done = true;
	s->r->ready = true;
	/* what pid 1 still has to say is read when it is gone: no wake-up of its own */
	if (s->spawn.sync >= 0)
		(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->spawn.sync, NULL);
	let_go_of_channel(s);
	relay_start_input(&s->relay);
	s->pump = true;
	status_ready(s->o->status, s->r, s->spawn.pid);
}

/* Answering costs plugbox time that no limit of the plugin counts. One that is refused
 * in a loop waits for its answers, a little at a time. */
static void throttle(struct supervisor *s)
{
	struct epoll_event off = {.events = 0, .data.u64 = ON_NOTIFY};
	const uint64_t now = (uint64_t)clock_ms();

	if (now - s->burst_since >= BURST_MS) {
		s->burst_since = now;
		s->burst = 0;
	}
	if (++s->burst < BURST)
		return;
	(void)epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->listener, &off);
	s->resume_at = now + BURST_MS;
}

/* How long to wait for events, for epoll_wait. */
static int patience(struct supervisor *s, bool again)
{
	struct epoll_event on = {.events = EPOLLIN, .data.u64 = ON_NOTIFY};
	uint64_t now;

	if (s->resume_at) {
		now = (uint64_t)clock_ms();
		if (now < s->resume_at)
			return again ? 0 : (int)(s->resume_at - now);
		s->resume_at = 0;
		if (s->listener >= 0)
			(void)epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->listener, &on);
	}
	return again ? 0 : s->settled || !s->end.exec_done ? -1 : SETTLE_MS;
}

static void on_notify(struct supervisor *s)
{
	struct result *r = s->r;
	struct notify_event ev;
	struct denial *d = NULL;
	struct pb_err e;
	int rc = notify_receive(s->listener, &s->o->plan->syscalls, &ev, &e);

	if (rc < 0)
		drop_fd(s, &s->listener);
	if (rc <= 0)
		return;
	throttle(s);
	bool sock = strcmp(ev.name, "socket") == 0 || strcmp(ev.name, "socketpair") == 0;
	/* made-up families must not fill the table and hide what comes after */
	unsigned long family = ev.args[0] & 0xffffffff;

	if (family >= AF_MAX)
		family = DENIAL_OTHER;
	for (size_t i = 0; i < r->n_denials && !d; i++)
		if (strcmp(r->denials[i].call, ev.name) == 0 && (!sock || r->denials[i].family == family))
			d = &r->denials[i];
	if (d) {
		d->count++;
		return;
	}
	if (r->n_denials == RESULT_MAX_DENIALS) {
		r->denials_lost++;
		return;
	}
	if (!r->denials)
		r->denials = xcalloc(RESULT_MAX_DENIALS, sizeof(*r->denials));
	d = &r->denials[r->n_denials++];
	*d = (struct denial){.err = ev.answered, .pid = ev.pid, .count = 1, .socket = sock,
			     .family = family};
	(void)snprintf(d->call, sizeof(d->call), "%s", ev.name[0] ? ev.name : "?");
	(void)snprintf(d->remedy, sizeof(d->remedy), "%s", ev.remedy ? ev.remedy : "");
	status_denied(s->o->status, d);
	if (ev.remedy)
		log_note("refused: %s (the permission \"%s\" would allow it)", d->call, ev.remedy);
	else
		log_debug("refused: %s (nothing allows it)", d->call);
}

static void on_child(struct supervisor *s)
{
	struct rusage u = {0};
	siginfo_t info = {0};

	while (sys_waitid(P_PID, s->spawn.pid, &info, WEXITED, &u) < 0)
		if (errno != EINTR)
			break;
	s->gone = true;
	/* a keeper that was killed has left all to us */
	scope_end(&s->scope);
	s->end.init_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	/* what it said before it went: a listener, an error, an end; nobody is left to say more */
	for (size_t i = 0; s->spawn.sync >= 0 && i < last_words(s); i++)
		on_sync(s);
	while (s->spawn.exec_pipe >= 0)
		on_exec(s);
	if (!s->end.has_status && s->o->plan->as_pid_1) {
		s->end.has_status = s->exec_marked;
		s->end.status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0)
						       : W_EXITCODE(0, info.si_status);
	}
	ending_rusage(s->r, &u);
	drop_fd(s, &s->spawn.pidfd);
	relay_stop_input(&s->relay);
}

/* No more than one event for each limit, whatever the plugin does. */
static void on_cgroup(struct supervisor *s)
{
	enum limit_id id;
	const char *action;

	while (cgroup_events_next(&s->bites, &id, &action))
		tell_limit(s, limit_table[id].key, action);
}

static void dispatch(struct supervisor *s, const struct epoll_event *ev)
{
	switch ((enum source_id)ev->data.u64) {
	case ON_CHILD:
		on_child(s);
		break;
	case ON_SYNC:
		on_sync(s);
		break;
	case ON_EXEC:
		on_exec(s);
		break;
	case ON_SIGNAL:
		on_signal(s);
		break;
	case ON_TIMER:
		on_timer(s);
		break;
	case ON_NOTIFY:
		if (ev->events & EPOLLIN)
			on_notify(s);
		else
			drop_fd(s, &s->listener);
		break;
	case ON_WATCH:
		on_look(s);
		break;
	case ON_TRACE:
		on_trace(s);
		break;
	case ON_CGROUP:
		on_cgroup(s);
		break;
	case ON_PARENT:
		s->end.stop = STOP_PARENT;
		(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->o->caller->pidfd, NULL);
		kill_all(s);
		relay_close(&s->relay); /* nobody is left to read */
		break;
	}
}

/* Without a loop there is nobody to supervise it: the child ends, and is waited for. */
static void abandon(struct supervisor *s)
{
	if (s->o->cgroup)
		(void)cgroup_kill(s->o->cgroup);
	scope_kill(&s->scope);
	trace_free(take_ptr(s->trace));
	spawn_abort(&s->spawn, &s->r->err);
	scope_end(&s->scope);
	s->gone = true;
}

static void loop(struct supervisor *s)
{
	bool again = false;
	struct pb_err e;

	while (!s->gone || relay_output_open(&s->relay)) {
		struct epoll_event events[16];
		int n = epoll_wait(s->epoll, events, ARRAY_SIZE(events), patience(s, again));

		if (n < 0 && errno != EINTR) {
			pb_err_set(&s->r->err, PB_ERR_SETUP, errno, "cannot wait for events");
			pb_err_step(&s->r->err, "supervise");
			s->end.failed = true;
			abandon(s);
			return;
		}
		if (n == 0 && s->end.exec_done && !s->settled && !again && !s->resume_at) {
			trim_program();
			s->settled = true;
		}
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 < RELAY_EVENT)
				dispatch(s, &events[i]);
			else
				s->pump = true;
		again = s->pump && relay_pump(&s->relay);
		s->pump = again;
		note_bytes(s);
		if (s->relay.over && s->end.stop == STOP_NONE && !s->gone) {
			s->end.stop = STOP_OUTPUT;
			s->end.limit = limit_table[LIMIT_OUTPUT_SIZE].key;
			end_now(s);
		}
		if (!s->end.failed && relay_check(&s->relay, &e) < 0) {
			pb_err_step(&e, "supervise");
			lose(s, &e);
			relay_close(&s->relay);
		}
	}
}

static void conclude(struct supervisor *s)
{
	struct result *r = s->r;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	r->wall_seconds = (double)(now.tv_sec - s->started.tv_sec) +
			  (double)(now.tv_nsec - s->started.tv_nsec) / 1e9;
	/* the last of it may have had no time to be heard */
	on_cgroup(s);
	/* each tells more than the one before, but not of everything */
	if (plan_is_watched(s->o->plan))
		watchdog_usage(&s->watch, &r->usage);
	if (s->o->cgroup)
		usage_of_cgroup(s->o->cgroup->dirfd, &r->usage);
	r->cpu_seconds = (double)usage_get(&r->usage, USAGE_CPU) / 1e6;
	if (usage_get(&r->usage, USAGE_MEMORY_PEAK))
		r->peak_memory = usage_get(&r->usage, USAGE_MEMORY_PEAK);
	s->end.over = s->relay.over;
	ending_judge(&s->end, s->o->plan, r);
}

/* From here on plugbox can signal the plugin and its keeper, which are to come, and nobody else. */
static int close_scope(struct supervisor *s, struct pb_err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set no_new_privs");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot adopt what the plugin leaves");
	return scope_enter_alone(&s->scope, e);
}

static void watched_signals(sigset_t *set)
{
	init_forwarded_signals(set);
	sigaddset(set, CPUTIMER_SIGNAL);
}

/* What has to stand before there is a child: its signals are blocked from the start, and its
 * stdio is what it is cloned with. */
static int setup(struct supervisor *s, int plugin_fds[3], struct pb_err *e)
{
	const struct plan *p = s->o->plan;
	sigset_t set;

	watched_signals(&set);
	/* a host that ignores SIGCHLD hands that on, and the kernel would reap the child */
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGCHLD, SIG_DFL) == SIG_ERR) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the signals up");
		return pb_err_step(e, "supervise");
	}
	if (s->o->launch->die_with_parent && caller_watch(s->o->caller, e) < 0)
		return pb_err_step(e, "parent");
	if (p->bare && close_scope(s, e) < 0)
		return pb_err_step(e, "scope");
	return relay_open(&s->relay, p->tty, p->idle_ms || p->startup_ms,
			  p->idle_ms || p->startup_ms || p->output_size,
			  s->o->spawn->run_uid, s->o->spawn->run_gid, plugin_fds, e);
}

static int setup_trace(struct supervisor *s, struct pb_err *e)
{
	sigset_t set;

	if (!s->o->launch->debug)
		return 0;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the signals up");
	s->traced = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->traced < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the event loop up");
	s->debug = debug_new(s->o->plan, s->o->status, s->r);
	s->trace = trace_new(debug_tell, s->debug);
	return add(s, s->traced, ON_TRACE, e);
}

/* Whether the child says anything before exec that somebody has to act upon. Its last word, the
 * listener, is else read with the end of the exec pipe: to wake another process costs the one that
 * sends more than the rest of a message, and just before exec everybody waits for that one. */
static bool talks(const struct supervisor *s)
{
	return s->o->spawn->trace || plan_sees_processes(s->o->plan);
}

/* How long the child may build before plugbox goes on without waiting for that */
#define BUILD_MS 1000

/* Until the child has built the sandbox, or something else has to be looked at. */
static int await_built(struct supervisor *s, struct pb_err *e)
{
	struct pollfd p[3] = {{.events = POLLIN}, {.fd = s->spawn.sync, .events = POLLIN},
			      {.fd = s->o->caller->pidfd, .events = POLLIN}};
	sigset_t set;

	watched_signals(&set);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the event loop up");
	p[0].fd = s->signals;
	if (s->spawn.announces)
		(void)poll(p, s->o->launch->die_with_parent ? 3 : 2, BUILD_MS);
	return 0;
}

/* All that waits for something, before there is anything of the plugin's to wait for. */
static int setup_loop(struct supervisor *s, struct pb_err *e)
{
	/* not before the ids are mapped: /proc of the clone would belong to root */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot hide plugbox's memory");
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->epoll < 0 || s->timer < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the event loop up");
	if (watchdog_init(&s->watch, s->o->plan, s->o->cgroup ? s->o->cgroup->dirfd : -1,
			  s->o->spawn->data_fd, e) < 0)
		return -1;
	if (s->o->plan->bare && plan_sees_processes(s->o->plan))
		watchdog_take_proc(&s->watch, open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (s->o->cgroup && cgroup_events_open(&s->bites, s->o->cgroup->dirfd, &s->o->plan->cgroup,
					       s->epoll, ON_CGROUP) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot listen to the cgroup");
	if (fcntl(s->spawn.sync, F_SETFL, O_NONBLOCK) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the status socket up");
	if (LAYER_ON(PARENT) && s->o->launch->die_with_parent &&
	    add(s, s->o->caller->pidfd, ON_PARENT, e) < 0)
		return -1;
	if (talks(s) && add(s, s->spawn.sync, ON_SYNC, e) < 0)
		return -1;
	if (add(s, s->spawn.pidfd, ON_CHILD, e) < 0 || add(s, s->spawn.exec_pipe, ON_EXEC, e) < 0 ||
	    add(s, s->signals, ON_SIGNAL, e) < 0 || add(s, s->timer, ON_TIMER, e) < 0 ||
	    add(s, s->watch.timer, ON_WATCH, e) < 0)
		return -1;
	if (setup_trace(s, e) < 0)
		return -1;
	s->relay.max = s->o->plan->output_size;
	return relay_start(&s->relay, s->epoll, e);
}

/* From here on it is the plugin's time. */
static int start_clock(struct supervisor *s, struct pb_err *e)
{
	s->began = s->last_byte = (uint64_t)clock_ms();
	if (expired(s))
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the time limit");
	return 0;
}

static void teardown(struct supervisor *s)
{
	trace_free(take_ptr(s->trace));
	debug_free(take_ptr(s->debug));
	close_fd(&s->traced);
	relay_close(&s->relay);
	spawn_close(&s->spawn);
	close_fd(&s->listener);
	close_fd(&s->signals);
	close_fd(&s->timer);
	watchdog_free(&s->watch);
	cgroup_events_close(&s->bites);
	close_fd(&s->epoll);
}

void supervise(const struct supervise_opts *o, struct result *r)
{
	struct supervisor s = {
		.o = o,
		.r = r,
		.spawn = SPAWN_INIT,
		.epoll = -1,
		.signals = -1,
		.timer = -1,
		.listener = -1,
		.traced = -1,
		.watch = WATCHDOG_INIT,
		.bites = CGROUP_EVENTS_INIT,
	};
	struct spawn_opts spawn = *o->spawn;
	int plugin_fds[3] = {0, 1, 2};

	(void)clock_gettime(CLOCK_MONOTONIC, &s.started);
	if (setup(&s, plugin_fds, &r->err) < 0) {
		relay_close_far(plugin_fds);
		teardown(&s);
		return;
	}
	memcpy(spawn.stdio, plugin_fds, sizeof(spawn.stdio));
	spawn.announce = !talks(&s);
	spawn.whole = o->status->info >= 0; /* which tells the namespaces of the child */
	if (spawn_start(&spawn, &s.spawn, &r->err) < 0) {
		relay_close_far(plugin_fds);
		teardown(&s);
		return;
	}
	relay_close_far(plugin_fds);
	for (size_t i = 0; i < spawn.n_keep_fds; i++)
		(void)close(spawn.keep_fds[i]);
	status_child(o->status, s.spawn.pid);
	/* nothing of the plugin's runs before all of this stands */
	if (await_built(&s, &r->err) < 0 || spawn_send_filter(&spawn, &s.spawn, &r->err) < 0 ||
	    setup_loop(&s, &r->err) < 0 || o->before(o->before_arg, &r->err) < 0 ||
	    start_clock(&s, &r->err) < 0 || spawn_finish(&s.spawn, &r->err) < 0) {
		(void)pb_err_step(&r->err, "supervise");
		abandon(&s);
		teardown(&s);
		return;
	}
	loop(&s);
	conclude(&s);
	teardown(&s);
}
