/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "base/path.h"
#include "linux/dirsize.h"
#include "linux/projquota.h"
#include "spec/limits.h"

char *data_usual_base(struct pb_err *e)
{
	const char *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (geteuid() == 0)
		return xstrdup(PROJQUOTA_ROOT_DATA);
	if (xdg && xdg[0] == '/')
		return xasprintf("%s/plugbox/data", xdg);
	if (home && home[0] == '/')
		return xasprintf("%s/.local/share/plugbox/data", home);
	pb_err_set(e, PB_ERR_SETUP, 0, "there is no place for the plugin's data: HOME is not set");
	pb_err_hint(e, "name one with --data-dir DIR");
	return NULL;
}

/* mkdir -p, for the base only: its names are the caller's, links in it may be followed. Searching it is
 * open to all, so that a plugin's user of root's can be told apart by the directory below. */
static int make_base(const char *base)
{
	autofree char *path = xstrdup(base);

	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return mkdir(path, 0711) < 0 && errno != EEXIST ? -1 : 0;
}

int data_open_base(const char *base, struct pb_err *e)
{
	autofree char *dir = base ? xstrdup(base) : data_usual_base(e);
	int fd;

	if (!dir)
		return -1;
	if (make_base(dir) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the data directory \"%s\"", dir);
	fd = path_open_follow(dir, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open the data directory \"%s\"", dir);
	return fd;
}

/* "DIR/NAME", for messages; owned. */
static char *shown(int parent, const char *name)
{
	autofree char *dir = path_of_fd(parent);

	return xasprintf("%s/%s", dir ? dir : "the data directory", name);
}

static int failed(int parent, const char *name, const char *what, struct pb_err *e)
{
	const int sys = errno;
	autofree char *path = shown(parent, name);

	return pb_err_set(e, PB_ERR_SETUP, sys, "cannot %s \"%s\"", what, path);
}

/* In the place itself: between the two calls it is root's. Somebody else may have made it. */
static int make_in_place(int parent, const char *name, uid_t uid, gid_t gid, struct pb_err *e)
{
	if (mkdirat(parent, name, 0700) < 0)
		return errno == EEXIST ? 0 : failed(parent, name, "make", e);
	if (geteuid() == 0 && fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(parent, name, "give to the plugin's user", e);
	return 0;
}

/* For root in two steps, of which another launch of the plugin sees none: what has the name is the
 * plugin's user's from the start. */
static int make(int parent, const char *name, uid_t uid, gid_t gid, struct pb_err *e)
{
	autofree char *temporary = NULL;
	int rc = 0;

	if (geteuid() != 0)
		return make_in_place(parent, name, uid, gid, e);
	temporary = xasprintf(".%s.%d", name, (int)getpid());
	(void)unlinkat(parent, temporary, AT_REMOVEDIR); /* of one of this number that was killed */
	if (mkdirat(parent, temporary, 0700) < 0)
		return failed(parent, name, "make", e);
	if (fchownat(parent, temporary, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		rc = failed(parent, name, "give to the plugin's user", e);
	else if (renameat2(parent, temporary, parent, name, RENAME_NOREPLACE) == 0)
		return 0;
	else if (errno == EINVAL || errno == ENOSYS) /* a file system that cannot tell, like NFS */
		rc = make_in_place(parent, name, uid, gid, e);
	else if (errno != EEXIST)
		rc = failed(parent, name, "make", e);
	(void)unlinkat(parent, temporary, AT_REMOVEDIR);
	return rc;
}

int data_open(int parent, const char *name, uid_t uid, gid_t gid, struct pb_err *e)
{
	autoclose int fd = -1;
	struct stat st;

	if (!name[0] || strchr(name, '/') || name[0] == '.')
		return pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" cannot name a data directory", name);
	fd = path_open(parent, name, O_PATH | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT) {
		if (make(parent, name, uid, gid, e) < 0)
			return -1;
		fd = path_open(parent, name, O_PATH | O_DIRECTORY);
	}
	if (fd < 0) {
		(void)failed(parent, name, "open", e);
		return pb_err_hint(e, "it must be a directory, not a link to one");
	}
	if (fstat(fd, &st) < 0)
		return failed(parent, name, "look at", e);
	if (st.st_uid != uid) {
		autofree char *path = shown(parent, name);

		pb_err_set(e, PB_ERR_SETUP, 0, "\"%s\" belongs to uid %u, not to the plugin's user %u", path,
			   st.st_uid, uid);
		return pb_err_hint(e, "give it to that user (chown), or use another --data-dir");
	}
	return take_fd(&fd);
}

void data_look(const char *base, const struct rights *r, bool root, struct host_facts *f)
{
	autofree char *dir = NULL;
	autofree char *path = NULL;
	struct pb_err e;

	if (!r->limits[LIMIT_DATA_SIZE].set || !r->perm[PERM_STORAGE].given)
		return;
	f->quota_reason = "no project quota: only root can set one";
	if (!root)
		return;
	dir = base ? xstrdup(base) : data_usual_base(&e);
	path = dir ? xasprintf("%s/%s", dir, r->plugin) : NULL;
	if (!path)
		return;
	f->quota_reason = projquota_lack(path);
	f->data_quota = !f->quota_reason;
}

/* Whether the directory holds no more than limit bytes. */
static int fits(int dir, uint64_t limit, struct pb_err *e)
{
	struct dirsize d = {0};
	char has[LIMIT_TEXT_MAX];
	char may[LIMIT_TEXT_MAX];
	int rc = dirsize_begin(&d, dir);

	while (rc == 0)
		rc = dirsize_step(&d, 1000);
	if (rc < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot measure what /data holds");
		pb_err_hint(e, "make all directories in the plugin's data directory readable for you");
	} else if (d.sum > limit) {
		rc = pb_err_set(e, PB_ERR_SETUP, 0, "/data holds %s already, and data_size is %s",
				limit_format(has, sizeof(has), LIMIT_DATA_SIZE, d.sum),
				limit_format(may, sizeof(may), LIMIT_DATA_SIZE, limit));
		pb_err_hint(e, "remove what is not needed from the plugin's data directory, or raise "
			       "data_size");
	}
	dirsize_end(&d);
	return rc < 0 ? pb_err_step(e, limit_table[LIMIT_DATA_SIZE].key) : 0;
}

int data_limit(int dir, const struct plan *p, bool root, struct pb_err *e)
{
	int rc = 0;

	if (p->data_quota)
		rc = projquota_set(dir, p->data_quota, e);
	else if (root)
		rc = projquota_lift(dir, e);
	if (rc == 0 && p->watch.data)
		return fits(dir, p->watch.data, e);
	return rc < 0 ? pb_err_step(e, limit_table[LIMIT_DATA_SIZE].key) : 0;
}
