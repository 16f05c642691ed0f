/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/projquota.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "linux/sys.h"
#include "spec/limits.h"

#define PROJECTS 2 /* PRJQUOTA, which the C library does not have */
#define KIB 1024
#define NONE "no project quota: "

/* Numbers of projects that people give by hand are small. */
#define FIRST_ID 0x70000000U
#define IDS 0x0f000000U

#define TRIES 64  /* numbers, where one is taken */
#define ROUNDS 16 /* through the directory, until all in it is counted */

#define LOCK_DIR "/run/plugbox"
#define LOCK_FILE LOCK_DIR "/quota.lock"

static bool is_ours(uint32_t id)
{
	return id >= FIRST_ID && id - FIRST_ID < IDS;
}

static int get_attr(int fd, struct fsxattr *x)
{
	*x = (struct fsxattr){0};
	return ioctl(fd, FS_IOC_FSGETXATTR, x);
}

static int set_project(int fd, struct fsxattr *x, uint32_t id, bool dir)
{
	x->fsx_projid = id;
	if (dir)
		x->fsx_xflags |= FS_XFLAG_PROJINHERIT;
	return ioctl(fd, FS_IOC_FSSETXATTR, x);
}

/* Of a project that nobody has used yet there may be no record. */
static int get_quota(int fd, uint32_t id, struct dqblk *q)
{
	*q = (struct dqblk){0};
	if (sys_quotactl_fd(fd, QCMD(Q_GETQUOTA, PROJECTS), id, q) == 0)
		return 0;
	return errno == ENOENT ? 0 : -1;
}

static int set_quota(int fd, uint32_t id, uint64_t kib, uint64_t inodes)
{
	struct dqblk q = {.dqb_bhardlimit = kib, .dqb_ihardlimit = inodes, .dqb_valid = QIF_LIMITS};

	return (int)sys_quotactl_fd(fd, QCMD(Q_SETQUOTA, PROJECTS), id, &q);
}

/* The path itself, or what there is of it. */
static int open_nearest(const char *path, bool *whole)
{
	autofree char *at = xstrdup(path);
	int fd;

	for (*whole = true; (fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 && errno == ENOENT;
	     *whole = false) {
		char *slash = strrchr(at, '/');

		if (!slash || slash == at)
			return open(slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		*slash = '\0';
	}
	return fd;
}

const char *projquota_lack(const char *path)
{
	struct fs_quota_stat state = {0};
	struct fsxattr x;
	struct dqblk q;
	bool whole;
	autoclose int fd = open_nearest(path, &whole);

	if (fd < 0)
		return NONE "the directory cannot be opened";
	if (sys_quotactl_fd(fd, QCMD(Q_XGETQSTAT, PROJECTS), 0, &state) < 0)
		return NONE "its file system, or this kernel, keeps none";
	if (!(state.qs_flags & FS_QUOTA_PDQ_ENFD))
		return NONE "its file system is not mounted with prjquota";
	if (get_quota(fd, FIRST_ID, &q) < 0)
		return NONE "only root outside of all containers can set one";
	if (get_attr(fd, &x) < 0)
		return NONE "its file system does not tell the project of a directory";
	/* one that is not there yet gets what a directory above hands on */
	if (x.fsx_projid && !is_ours(x.fsx_projid) && (whole || (x.fsx_xflags & FS_XFLAG_PROJINHERIT)))
		return NONE "the directory belongs to a project already";
	return NULL;
}

static int failed(struct pb_err *e, const char *what)
{
	return pb_err_set(e, PB_ERR_SETUP, errno, "cannot %s the project quota of /data", what);
}

/* Two that begin with the same directory would take numbers from each other. */
static int take_lock(struct pb_err *e)
{
	autoclose int fd = -1;

	(void)mkdir(LOCK_DIR, 0755);
	fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot lock \"%s\"", LOCK_FILE);
	return take_fd(&fd);
}

/* One that nobody uses: another directory may have come to the same number. Returns 0 for none. */
static uint32_t free_id(int fd, ino_t ino)
{
	for (uint32_t i = 0; i < TRIES; i++) {
		const uint32_t id = FIRST_ID + (uint32_t)((ino + i) % IDS);
		struct dqblk q;

		if (get_quota(fd, id, &q) < 0)
			return 0;
		if (!q.dqb_curinodes && !q.dqb_curspace && !q.dqb_bhardlimit)
			return id;
	}
	errno = EBUSY;
	return 0;
}

/* Brings what is below into the project. What a running plugin makes meanwhile gets the number of its
 * directory, and nothing can be moved from a directory without it into one that has it: a round that
 * finds nothing to do has seen all. Links, FIFOs and sockets cannot be opened, and hold next to
 * nothing. *left counts what had another number. */
static int adopt(int dir, dev_t dev, uint32_t id, unsigned depth, size_t *left)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *en;
	int rc = 0;

	if (!d) {
		cleanup_close(&copy);
		return -1;
	}
	while (rc == 0 && (en = readdir(d))) {
		autoclose int fd = -1;
		struct fsxattr x;
		struct stat st;

		if (strcmp(en->d_name, ".") == 0 || strcmp(en->d_name, "..") == 0 ||
		    (en->d_type != DT_REG && en->d_type != DT_DIR && en->d_type != DT_UNKNOWN))
			continue;
		fd = openat(dirfd(d), en->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENXIO))
			continue;
		if (fd < 0 || fstat(fd, &st) < 0) {
			rc = -1;
			break;
		}
		if (st.st_dev != dev || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			continue;
		if (get_attr(fd, &x) < 0) {
			rc = -1;
		} else if (x.fsx_projid != id) {
			++*left;
			rc = set_project(fd, &x, id, S_ISDIR(st.st_mode));
		}
		if (rc == 0 && S_ISDIR(st.st_mode)) {
			errno = ELOOP;
			rc = depth ? adopt(fd, dev, id, depth - 1, left) : -1;
		}
	}
	(void)closedir(d);
	return rc;
}

/* Makes the directory a project of its own, where it is none. */
static int begin_project(int fd, uint32_t *id, struct pb_err *e)
{
	autoclose int lock = take_lock(e);
	struct fsxattr x;
	struct stat st;

	if (lock < 0)
		return -1;
	if (get_attr(fd, &x) < 0 || fstat(fd, &st) < 0)
		return failed(e, "read");
	/* by another run, meanwhile */
	*id = x.fsx_projid;
	if (is_ours(*id) && (x.fsx_xflags & FS_XFLAG_PROJINHERIT))
		return 0;
	if (x.fsx_projid && !is_ours(x.fsx_projid)) {
		pb_err_set(e, PB_ERR_SETUP, 0,
			   "/data belongs to project %u of its file system, which is not plugbox's",
			   x.fsx_projid);
		return pb_err_hint(e, "use another --data-dir, or none with a project");
	}
	*id = free_id(fd, st.st_ino);
	return *id && set_project(fd, &x, *id, true) == 0 ? 0 : failed(e, "begin");
}

/* The directory's project, its own. *counted says whether all in it is. */
static int own_project(int fd, uint32_t *id, bool *counted, struct pb_err *e)
{
	struct fsxattr x;
	struct dqblk q;

	*counted = false;
	if (get_attr(fd, &x) < 0)
		return failed(e, "read");
	*id = x.fsx_projid;
	if (!is_ours(*id) || !(x.fsx_xflags & FS_XFLAG_PROJINHERIT))
		return begin_project(fd, id, e);
	if (get_quota(fd, *id, &q) < 0)
		return failed(e, "read");
	*counted = q.dqb_bhardlimit != 0;
	return 0;
}

static int count_all(int fd, uint32_t id, struct pb_err *e)
{
	struct stat st;
	size_t left = 1;

	if (fstat(fd, &st) < 0)
		return failed(e, "begin");
	for (int i = 0; i < ROUNDS && left; i++) {
		left = 0;
		if (adopt(fd, st.st_dev, id, 128, &left) < 0)
			return failed(e, "extend to all files");
	}
	if (!left)
		return 0;
	errno = EAGAIN;
	return failed(e, "extend to all files");
}

static int too_full(uint64_t has, uint64_t may, struct pb_err *e)
{
	char a[LIMIT_TEXT_MAX];
	char b[LIMIT_TEXT_MAX];

	pb_err_set(e, PB_ERR_SETUP, 0, "/data holds %s already, and data_size is %s",
		   limit_format(a, sizeof(a), LIMIT_DATA_SIZE, has),
		   limit_format(b, sizeof(b), LIMIT_DATA_SIZE, may));
	return pb_err_hint(e, "remove what is not needed from the plugin's data directory, or raise "
			      "data_size");
}

int projquota_set(int dir, uint64_t bytes, struct pb_err *e)
{
	const uint64_t kib = bytes < KIB ? 1 : bytes / KIB;
	autoclose int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dqblk q;
	bool counted;
	uint32_t id = 0;

	if (fd < 0)
		return failed(e, "begin");
	if (own_project(fd, &id, &counted, e) < 0 || (!counted && count_all(fd, id, e) < 0))
		return -1;
	if (get_quota(fd, id, &q) < 0)
		return failed(e, "read");
	if (q.dqb_curspace > bytes)
		return too_full(q.dqb_curspace, bytes, e);
	/* each takes a block, but for empty ones */
	if (set_quota(fd, id, kib, q.dqb_curinodes > kib ? q.dqb_curinodes : kib) < 0 || get_quota(fd, id, &q) < 0)
		return failed(e, "set");
	if (q.dqb_bhardlimit == kib)
		return 0;
	return pb_err_set(e, PB_ERR_SETUP, 0, "the file system did not keep the project quota of /data");
}

int projquota_lift(int dir, struct pb_err *e)
{
	autoclose int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fsxattr x;
	struct dqblk q;

	if (fd < 0 || get_attr(fd, &x) < 0 || !is_ours(x.fsx_projid) ||
	    get_quota(fd, x.fsx_projid, &q) < 0 || !q.dqb_bhardlimit)
		return 0;
	return set_quota(fd, x.fsx_projid, 0, 0) < 0 ? failed(e, "lift") : 0;
}
