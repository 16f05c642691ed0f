/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/dirs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/home.h"
#include "base/path.h"
#include "base/str.h"
#include "linux/owned.h"

static const struct {
	const char *key;
	unsigned mode; /* searching is open to all, so that a plugin's user of root's finds its own
			*/
} uses[DIR_N] = {[DIR_DATA] = {"data", 0711}, [DIR_CACHE] = {"cache", 0700}};

static int wrap(const struct dir *d, enum dir_use use, struct pb_err *e)
{
	return pb_err_wrap(e, "%s:%u:%u: %s", d->file, d->pos.line, d->pos.col, uses[use].key);
}

static int find(const struct hostconf *h, const struct host_dir *said, bool system, struct dir *d,
		enum dir_use use, struct pb_err *e)
{
	d->file = h->file;
	d->pos = said->pos;
	if (str_starts(said->path, "~/")) {
		autofree char *home = home_of_user();

		if (!home) {
			pb_err_set(e, PB_ERR_SETUP, 0, "user %u has no home", geteuid());
			return wrap(d, use, e);
		}
		d->path = xasprintf("%s%s", home, said->path + 1);
	} else if (system && geteuid() != 0) {
		d->path = xasprintf("%s/%u", said->path, geteuid());
	} else {
		d->path = xstrdup(said->path);
	}
	return 0;
}

int dirs_find(const struct hostpolicy *h, struct dir dirs[DIR_N], struct pb_err *e)
{
	const struct hostconf *files[] = {h->user, h->system};

	memset(dirs, 0, DIR_N * sizeof(*dirs));
	for (int use = 0; use < DIR_N; use++) {
		for (size_t i = 0; i < 2 && !dirs[use].path; i++) {
			const struct host_dir *said = !files[i]		? NULL
						      : use == DIR_DATA ? &files[i]->data
									: &files[i]->cache;

			if (said && said->path &&
			    find(files[i], said, i == 1, &dirs[use], (enum dir_use)use, e) < 0)
				return -1;
		}
	}
	return 0;
}

void dirs_free(struct dir dirs[DIR_N])
{
	for (int use = 0; use < DIR_N; use++)
		free(take_ptr(dirs[use].path));
}

/* Opens the directory, or the deepest that there is above it; *rest receives what lacks, "" for
 * nothing. A link that leads nowhere is not nothing. */
static int open_deepest(const char *path, const char **rest, struct pb_err *e)
{
	autofree char *up = xstrdup(path);
	bool admin = false;
	int fd;

	while ((fd = owned_open_directory(up, geteuid(), &admin, e)) < 0 && e->sys == ENOENT) {
		char *slash = strrchr(up, '/');

		if (!up[1])
			break;
		slash[slash == up] = '\0';
		*e = (struct pb_err){0};
	}
	if (fd < 0 && e->kind == PB_ERR_USAGE)
		e->kind = PB_ERR_SETUP;
	*rest = path + strlen(up);
	return fd;
}

static int check_own(int fd, const struct dir *d, struct pb_err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at \"%s\"", d->path);
	if (st.st_uid == geteuid())
		return 0;
	pb_err_set(e, PB_ERR_POLICY, 0, "\"%s\" belongs to uid %u, not to you", d->path, st.st_uid);
	return pb_err_hint(e, "as root: chown %u \"%s\"", geteuid(), d->path);
}

static int cannot_make(const struct dir *d, enum dir_use use, struct pb_err *e)
{
	pb_err_set(e, PB_ERR_SETUP, errno, "cannot make \"%s\"", d->path);
	return pb_err_hint(e, "as root: install -d -o %u -m %o \"%s\"", geteuid(), uses[use].mode,
			   d->path);
}

int dirs_check(const struct dir *d, enum dir_use use, struct pb_err *e)
{
	const char *rest;
	autoclose int fd = open_deepest(d->path, &rest, e);
	int rc = fd < 0 ? -1 : *rest ? 0 : check_own(fd, d, e);

	if (rc == 0 && *rest && faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
		rc = cannot_make(d, use, e);
	return rc < 0 ? wrap(d, use, e) : 0;
}

int dirs_open(const struct dir *d, enum dir_use use, struct pb_err *e)
{
	const char *rest;
	autoclose int fd = open_deepest(d->path, &rest, e);
	bool admin = false;

	if (fd >= 0 && *rest) {
		if (path_make(fd, rest, false, uses[use].mode) < 0) {
			(void)cannot_make(d, use, e);
			return wrap(d, use, e);
		}
		close(fd);
		fd = owned_open_directory(d->path, geteuid(), &admin, e);
	}
	if (fd < 0 || check_own(fd, d, e) < 0)
		return wrap(d, use, e);
	return take_fd(&fd);
}

char *dirs_text(const struct dir *d)
{
	return d->path ? xasprintf("%s (%s:%u:%u)", d->path, d->file, d->pos.line, d->pos.col)
		       : NULL;
}
