/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "linux/sys.h"

/* Newer than the kernel headers of the oldest supported host. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
/* of landlock_restrict_self, ABI 7 */
#define LOG_SAME_EXEC_OFF (1U << 0)
#define LOG_SUBDOMAINS_OFF (1U << 2)

/* The attributes as of ABI 6; a kernel takes the part it knows by size. */
struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define MODIFY                                                                                     \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                            \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |    \
	 LANDLOCK_ACCESS_FS_TRUNCATE)
#define MODIFY_PRIVATE                                                                             \
	(MODIFY | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO)
#define DEVICE                                                                                     \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
/* rights that a rule on a file, not a directory, may hold */
#define FILE_RIGHTS                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
	 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

static uint64_t all_fs(int abi)
{
	uint64_t all = (1ULL << 13) - 1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		all |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return all;
}

/* Rules add up along the path: what a private directory may, a host directory mounted below
 * it may too. */
static bool holds_host_grant(const struct plan *p, const struct step *s)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].access == ACCESS_WRITE_HOST && path_below(p->steps[i].dst, s->dst))
			return true;
	return false;
}

static uint64_t rights(const struct plan *p, const struct step *s)
{
	const uint64_t exec = p->subprocess ? LANDLOCK_ACCESS_FS_EXECUTE : 0;

	switch (s->access) {
	case ACCESS_READ:
		return READ;
	case ACCESS_READ_EXEC:
		return READ | exec;
	case ACCESS_WRITE:
		return READ | (holds_host_grant(p, s) ? MODIFY : MODIFY_PRIVATE);
	case ACCESS_WRITE_EXEC:
		return READ | MODIFY_PRIVATE | exec;
	case ACCESS_WRITE_HOST:
		return READ | MODIFY;
	case ACCESS_DEVICE:
		/* ioctls on devices that were asked for and on terminals only */
		return DEVICE | (s->exec || s->op == STEP_DEVPTS
					 ? LANDLOCK_ACCESS_FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_READ_DIR
					 : 0);
	case ACCESS_NONE:
		break;
	}
	return 0;
}

/* A directory of ours has besides its own rights what everything in it has: one rule in place of
 * one for each device. */
static uint64_t rights_of_step(const struct plan *p, const struct step *s)
{
	uint64_t common = ~0ULL;
	size_t n = 0;

	if (s->op != STEP_DIR || s->access == ACCESS_NONE)
		return rights(p, s);
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *in = &p->steps[i];

		if (in == s || !path_below(in->dst, s->dst) || in->op == STEP_SYMLINK)
			continue;
		common &= in->op == STEP_FILE ? READ : rights(p, in);
		n++;
	}
	return rights(p, s) | (n ? common & FILE_RIGHTS : 0);
}

/* Whether a rule further up grants all of it already: Landlock walks up to the root, through the
 * mounts, and adds up what it finds. What lies below a part of the host is opened all the same:
 * a link that was left there ends the launch. */
static bool covered(const struct plan *p, const struct step *s, uint64_t allowed)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *up = &p->steps[i];

		if (!up->host && strcmp(up->dst, s->dst) != 0 && path_below(s->dst, up->dst) &&
		    (rights_of_step(p, up) & allowed) == allowed)
			return true;
	}
	return false;
}

static int add_rule(int ruleset, int fd, uint64_t allowed, const char *path, struct pb_err *e)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = allowed, .parent_fd = fd};
	struct stat st;

	if (fstat(fd, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", path);
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	if (!rule.allowed_access)
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot add the Landlock rule of \"%s\"",
				  path);
	return 0;
}

static int add_sources(const struct plan *p, const struct source *sources, int ruleset,
		       uint64_t handled, struct pb_err *e)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const uint64_t allowed = rights_of_step(p, &p->steps[i]) & handled;

		if (allowed && sources[i].fd >= 0 &&
		    add_rule(ruleset, sources[i].fd, allowed, p->steps[i].dst, e) < 0)
			return -1;
	}
	return 0;
}

static int add_steps(const struct plan *p, int ruleset, uint64_t handled, struct pb_err *e)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];
		const uint64_t allowed = rights_of_step(p, s) & handled;
		autoclose int fd = -1;

		if (!allowed || covered(p, s, allowed))
			continue;
		fd = path_open(AT_FDCWD, s->dst, O_PATH);
		if (fd < 0 && errno == ENOENT && s->optional)
			continue;
		if (fd < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"%s\" inside", s->dst);
		if (add_rule(ruleset, fd, allowed, s->dst, e) < 0)
			return -1;
	}
	return 0;
}

static int add_chain(const struct exec_chain *chain, int ruleset, struct pb_err *e)
{
	for (size_t i = 0; i < chain->n; i++) {
		const uint64_t allowed = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;

		if (add_rule(ruleset, chain->fds[i], allowed, chain->shown[i], e) < 0)
			return -1;
	}
	return 0;
}

static int create(const struct ruleset_attr *attr, size_t size, struct pb_err *e)
{
	int fd = (int)syscall(SYS_landlock_create_ruleset, attr, size, 0);

	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot create the Landlock ruleset");
	return fd;
}

int landlock_ruleset(const struct plan *p, const struct exec_chain *chain,
		     const struct source *sources, struct pb_err *e)
{
	const int abi = p->landlock_abi;
	struct ruleset_attr attr = {.handled_access_fs = all_fs(abi)};
	size_t size = sizeof(attr.handled_access_fs);
	autoclose int ruleset = -1;
	autoclose int root = -1;

	if (abi >= 4) {
		size = offsetof(struct ruleset_attr, scoped);
		/* with sockets granted, which is all or nothing, TCP is not Landlock's business */
		if (!p->syscalls.inet)
			attr.handled_access_net = NET_BIND_TCP | NET_CONNECT_TCP;
	}
	if (abi >= 6) {
		size = sizeof(attr);
		attr.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	}
	ruleset = create(&attr, size, e);
	if (ruleset < 0)
		return -1;
	if (sources) {
		if (add_sources(p, sources, ruleset, attr.handled_access_fs, e) < 0)
			return -1;
	} else {
		/* names may be listed everywhere: what is shown is shown on purpose */
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the new root");
		if (add_rule(ruleset, root, LANDLOCK_ACCESS_FS_READ_DIR, "/", e) < 0 ||
		    add_steps(p, ruleset, attr.handled_access_fs, e) < 0)
			return -1;
	}
	if (add_chain(chain, ruleset, e) < 0)
		return -1;
	return take_fd(&ruleset);
}

static int restrict_self(int ruleset, unsigned quiet, struct pb_err *e)
{
	int rc = (int)syscall(SYS_landlock_restrict_self, ruleset, quiet);

	/* before ABI 7 there is no log, and no flag */
	if (rc < 0 && errno == EINVAL)
		rc = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	if (rc < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot enforce the Landlock ruleset");
	return 0;
}

/* Where the host's audit is on, the kernel logs what a domain refuses to the program that made it, as
 * fast as that asks. A plugin may make domains of its own, and would drown the host's log (or, with
 * auditctl -f 2, stop the host): nothing is logged of what is below this one, nor of this one itself
 * once the plugin was executed. */
int landlock_enforce(int ruleset, struct pb_err *e)
{
	return restrict_self(ruleset, LOG_SUBDOMAINS_OFF, e);
}

int landlock_apply(const struct plan *p, const struct exec_chain *chain, struct pb_err *e)
{
	autoclose int ruleset = landlock_ruleset(p, chain, NULL, e);

	return ruleset < 0 ? -1 : landlock_enforce(ruleset, e);
}

int landlock_scope_signals(struct pb_err *e)
{
	const struct ruleset_attr attr = {.scoped = SCOPE_SIGNAL};
	autoclose int ruleset = create(&attr, sizeof(attr), e);

	/* killing all that is in it is tried on all that is not */
	return ruleset < 0 ? -1 : restrict_self(ruleset, LOG_SAME_EXEC_OFF | LOG_SUBDOMAINS_OFF, e);
}
