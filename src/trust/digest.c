/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is remembered. Reading all files costs more than a launch, so the hash of a file's content
 * is kept with what the kernel says of the file: device, inode, size, mode, times of modification
 * and change. The change time cannot be set, so whoever writes the file changes it, but for:
 *
 *   a change within the tick of the clock in which it was read: an entry is kept only of a file
 *   that was left alone for RACY_SECONDS before (as git does with its index);
 *
 *   a change through a shared mapping, which is stamped once, when the page turns dirty: it is
 *   written to disk before it is read, so that the next change is stamped again. A tmpfs never
 *   stamps them, and network file systems have clocks of their own: there nothing is kept.
 *
 * Only the user writes the memory (trust/state.h), and a file that only the user can write is
 * all that is kept of: who could forge an entry could approve the plugin as well.
 */
#include "trust/digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "trust/state.h"

#define RACY_SECONDS 2
#define XFS_MAGIC 0x58465342L			 /* not in every linux/magic.h */
#define CACHE_MAGIC UINT64_C(0x3130434442504200) /* and version */
#define CACHE_FILES 256
#define READ_SIZE 65536
#define MUCH 65536

struct fact {
	uint64_t dev, ino, size, mode;
	int64_t mtime_s, ctime_s;
	uint64_t mtime_ns, ctime_ns;
	unsigned char hash[HASH_BYTES];
};

struct cache_head {
	uint64_t magic, n;
};

struct walk {
	const struct digest_opts *o;
	struct digest *d;
	struct hash hash;
	uint64_t mount;
	uint32_t dev_major, dev_minor;
	int64_t now; /* seconds; what changed since RACY_SECONDS before is not kept */
	char path[PATH_MAX];
	unsigned char *buf;
	struct fact *old; /* remembered, sorted */
	size_t n_old;
	struct fact *facts; /* to be remembered */
	size_t n, cap;
	bool manifest_seen;
};

static int failed(const struct walk *w, const char *what, struct pb_err *e)
{
	char shown[512];

	return pb_err_set(e, PB_ERR_SETUP, errno, "cannot %s \"%s\" in the bundle", what,
			  str_escape(shown, sizeof(shown), w->path, strlen(w->path)));
}

static int refused(const struct walk *w, enum pb_err_kind kind, const char *what, const char *hint,
		   struct pb_err *e)
{
	char shown[512];

	pb_err_set(e, kind, 0, "\"%s\" in the bundle %s",
		   w->path[0] ? str_escape(shown, sizeof(shown), w->path, strlen(w->path)) : ".",
		   what);
	return pb_err_hint(e, "%s", hint);
}

_Static_assert(DIGEST_MAX_ENTRIES == 100000 && DIGEST_MAX_DEPTH == 64,
	       "the messages name them");

static int too_many(const struct walk *w, struct pb_err *e)
{
	return refused(w, PB_ERR_USAGE, "is one too many: a bundle has 100000 files and directories at most",
		       "keep data elsewhere", e);
}

static int too_deep(const struct walk *w, struct pb_err *e)
{
	return refused(w, PB_ERR_USAGE, "leads too deep: a bundle has 64 levels at most, and short paths",
		       "move what lies below it up", e);
}

static int look(const struct walk *w, int fd, const char *name, struct statx *st, struct pb_err *e)
{
	if (statx(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name[0] ? 0 : AT_EMPTY_PATH),
		  STATX_BASIC_STATS | STATX_MNT_ID, st) < 0)
		return failed(w, "look at", e);
	return 0;
}

/* The same file, unchanged in between. */
static bool same(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor &&
	       a->stx_ino == b->stx_ino && a->stx_mode == b->stx_mode &&
	       a->stx_size == b->stx_size && a->stx_mtime.tv_sec == b->stx_mtime.tv_sec &&
	       a->stx_mtime.tv_nsec == b->stx_mtime.tv_nsec &&
	       a->stx_ctime.tv_sec == b->stx_ctime.tv_sec &&
	       a->stx_ctime.tv_nsec == b->stx_ctime.tv_nsec;
}

static int changed(const struct walk *w, struct pb_err *e)
{
	return refused(w, PB_ERR_SETUP, "changed while it was read",
		       "somebody writes the bundle: start the plugin again when that is over", e);
}

/* What the plugin will find there, and nobody else can change. */
static int check(const struct walk *w, const struct statx *st, struct pb_err *e)
{
	if (st->stx_dev_major != w->dev_major || st->stx_dev_minor != w->dev_minor ||
	    st->stx_mnt_id != w->mount)
		return refused(w, PB_ERR_SETUP, "is a mount of its own",
			       "a bundle lies on one file system: unmount it, or copy the bundle",
			       e);
	if (!w->o->guarded)
		return 0;
	if (st->stx_uid != 0 && st->stx_uid != geteuid())
		return refused(w, PB_ERR_POLICY, "belongs to somebody else, who could change it",
			       "copy the bundle, or chown it", e);
	/* an access control list that lets others write shows in the group's bits; a link has none
	 */
	if (!S_ISLNK(st->stx_mode) && (st->stx_mode & (S_IWGRP | S_IWOTH)))
		return refused(w, PB_ERR_POLICY, "can be written by others, who could change it",
			       "chmod -R go-w the bundle", e);
	return 0;
}

static void fact_of(const struct statx *st, struct fact *f)
{
	*f = (struct fact){
		.dev = (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor,
		.ino = st->stx_ino,
		.size = st->stx_size,
		.mode = st->stx_mode,
		.mtime_s = st->stx_mtime.tv_sec,
		.mtime_ns = st->stx_mtime.tv_nsec,
		.ctime_s = st->stx_ctime.tv_sec,
		.ctime_ns = st->stx_ctime.tv_nsec,
	};
}

/* By all but the hash. */
static int by_facts(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct fact, hash));
}

/* Where signals are blocked, as while a sandbox is built, one that asks for the end waits here: to read
 * much takes seconds. One that the caller wants ignored asks for nothing. */
static int asked_to_end(struct pb_err *e)
{
	static const int asks[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction now;
	sigset_t set;

	if (sigpending(&set) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		if (sigismember(&set, asks[i]) > 0 && sigaction(asks[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			return pb_err_set(e, PB_ERR_SETUP, 0, "ended by a signal while the bundle was read");
	return 0;
}

static int hash_content(struct walk *w, int dir, const char *name, const struct statx *st,
			unsigned char out[HASH_BYTES], struct pb_err *e)
{
	autoclose int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct statx before;
	struct statx after;
	struct hash h;
	uint64_t left;

	if (fd < 0)
		return failed(w, "open", e);
	if (w->o->cache >= 0)
		(void)fdatasync(fd);
	if (look(w, fd, "", &before, e) < 0)
		return -1;
	/* writing it out may just have stamped it: its bytes are what counts */
	if (before.stx_ino != st->stx_ino || before.stx_size != st->stx_size ||
	    !S_ISREG(before.stx_mode))
		return changed(w, e);
	if (before.stx_size > MUCH)
		hash_much();
	if (!w->buf) /* what is remembered needs none */
		w->buf = xcalloc(1, READ_SIZE);
	hash_begin(&h, "plugbox file 1");
	for (left = before.stx_size; left;) {
		ssize_t k = read(fd, w->buf, left < READ_SIZE ? (size_t)left : READ_SIZE);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return failed(w, "read", e);
		if (k == 0)
			return changed(w, e);
		if (asked_to_end(e) < 0)
			return -1;
		hash_add(&h, w->buf, (size_t)k);
		left -= (uint64_t)k;
	}
	hash_end(&h, out);
	if (look(w, fd, "", &after, e) < 0)
		return -1;
	if (!same(&before, &after))
		return changed(w, e);
	w->d->read++;
	if (w->o->cache < 0 || after.stx_ctime.tv_sec >= w->now - RACY_SECONDS)
		return 0;
	grow(&w->facts, &w->cap, w->n, sizeof(*w->facts));
	fact_of(&after, &w->facts[w->n]);
	memcpy(w->facts[w->n++].hash, out, HASH_BYTES);
	return 0;
}

static int add_file(struct walk *w, int dir, const char *name, const struct statx *st,
		    struct pb_err *e)
{
	unsigned char hash[HASH_BYTES];
	const struct fact *known = NULL;
	struct fact f;

	if (st->stx_size > DIGEST_MAX_BYTES - w->d->bytes)
		return refused(w, PB_ERR_USAGE, "is too large: all files together may have 4 GiB",
			       "keep data elsewhere", e);
	w->d->bytes += st->stx_size;
	if (w->n_old) {
		fact_of(st, &f);
		known = bsearch(&f, w->old, w->n_old, sizeof(f), by_facts);
	}
	if (known) {
		memcpy(hash, known->hash, HASH_BYTES);
		grow(&w->facts, &w->cap, w->n, sizeof(*w->facts));
		w->facts[w->n++] = *known;
	} else if (hash_content(w, dir, name, st, hash, e) < 0) {
		return -1;
	}
	hash_number(&w->hash, st->stx_size);
	hash_add(&w->hash, hash, sizeof(hash));
	return 0;
}

static int add_link(struct walk *w, int dir, const char *name, struct pb_err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0 || n == (ssize_t)sizeof(target))
		return failed(w, "read", e);
	hash_string(&w->hash, target, (size_t)n);
	return 0;
}

static int check_manifest(struct walk *w, const struct statx *st, struct pb_err *e)
{
	const struct stat *m = w->o->as_read;

	w->manifest_seen = true;
	if (m && (m->st_ino != st->stx_ino || (uint64_t)m->st_size != st->stx_size ||
		  m->st_mtim.tv_sec != st->stx_mtime.tv_sec ||
		  m->st_mtim.tv_nsec != (long)st->stx_mtime.tv_nsec ||
		  m->st_ctim.tv_sec != st->stx_ctime.tv_sec ||
		  m->st_ctim.tv_nsec != (long)st->stx_ctime.tv_nsec))
		return changed(w, e);
	return 0;
}

static int walk_dir(struct walk *w, int fd, unsigned depth, struct pb_err *e);

static int add_entry(struct walk *w, int dir, const char *name, unsigned depth, struct pb_err *e)
{
	char kind;
	struct statx st;

	if (++w->d->entries > DIGEST_MAX_ENTRIES)
		return too_many(w, e);
	if (look(w, dir, name, &st, e) < 0 || check(w, &st, e) < 0)
		return -1;
	kind = S_ISDIR(st.stx_mode)   ? 'd'
	       : S_ISREG(st.stx_mode) ? 'f'
	       : S_ISLNK(st.stx_mode) ? 'l'
				      : 0;
	if (!kind)
		return refused(w, PB_ERR_USAGE, "is neither a file, a directory nor a link",
			       "a bundle holds nothing else: remove it", e);
	hash_add(&w->hash, &kind, 1);
	hash_string(&w->hash, w->path, strlen(w->path));
	hash_number(&w->hash, st.stx_mode & 07777);
	if (depth == 0 && strcmp(name, w->o->manifest) == 0 && check_manifest(w, &st, e) < 0)
		return -1;
	if (kind == 'f')
		return add_file(w, dir, name, &st, e);
	if (kind == 'l')
		return add_link(w, dir, name, e);
	{
		struct statx now;
		int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (fd < 0)
			return failed(w, "open", e);
		if (look(w, fd, "", &now, e) < 0 || !same(&st, &now)) {
			close(fd);
			return e->kind ? -1 : changed(w, e);
		}
		return walk_dir(w, fd, depth + 1, e);
	}
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(const struct walk *w, DIR *d, struct strv *names, struct pb_err *e)
{
	const struct dirent *en;

	for (errno = 0; (en = readdir(d)); errno = 0) {
		if (strcmp(en->d_name, ".") == 0 || strcmp(en->d_name, "..") == 0)
			continue;
		if (names->n >= DIGEST_MAX_ENTRIES)
			return too_many(w, e);
		strv_add(names, en->d_name);
	}
	if (errno)
		return failed(w, "read", e);
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_bytes);
	return 0;
}

/* Takes fd. w->path is the directory's, "" for the bundle itself. */
static int walk_dir(struct walk *w, int fd, unsigned depth, struct pb_err *e)
{
	DIR *d = fdopendir(fd);
	struct strv names = {0};
	const size_t n = strlen(w->path);
	int rc;

	if (!d) {
		failed(w, "open", e);
		close(fd);
		return -1;
	}
	if (depth >= DIGEST_MAX_DEPTH) {
		rc = too_deep(w, e);
	} else {
		rc = read_names(w, d, &names, e);
	}
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		const size_t len = strlen(names.v[i]);

		if (n + len + 2 > sizeof(w->path)) {
			rc = too_deep(w, e);
			break;
		}
		if (n)
			w->path[n] = '/';
		memcpy(w->path + n + (n > 0), names.v[i], len + 1);
		rc = add_entry(w, dirfd(d), names.v[i], depth, e);
		/* an error has the path in it already */
		w->path[n] = '\0';
	}
	strv_free(&names);
	(void)closedir(d);
	return rc;
}

/* One that stamps every change, and whose inode numbers last. */
static bool remembers(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC: /* and ext2, ext3 */
	case XFS_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

static char *cache_name(const struct statx *root)
{
	return xasprintf("bundle-%x-%x-%llx", root->stx_dev_major, root->stx_dev_minor,
			 (unsigned long long)root->stx_ino);
}

/* What cannot be read is not remembered. */
static void recall(struct walk *w, const char *name)
{
	const size_t max = sizeof(struct cache_head) + DIGEST_MAX_ENTRIES * sizeof(struct fact);
	autofree char *text = NULL;
	struct cache_head head;
	struct pb_err e;
	size_t n = 0;

	if (state_read(w->o->cache, name, max, &text, &n, &e) < 0 || n < sizeof(head))
		return;
	memcpy(&head, text, sizeof(head));
	if (head.magic != CACHE_MAGIC || head.n != (n - sizeof(head)) / sizeof(struct fact) ||
	    head.n * sizeof(struct fact) != n - sizeof(head))
		return;
	w->old = xcalloc(head.n + 1, sizeof(*w->old));
	memcpy(w->old, text + sizeof(head), head.n * sizeof(*w->old));
	w->n_old = head.n;
	/* the order is ours to make sure of: a search in anything else finds nothing */
	for (size_t i = 1; i < w->n_old; i++)
		if (by_facts(&w->old[i - 1], &w->old[i]) > 0)
			w->n_old = 0;
}

/* A directory that has grown beyond what one user runs is emptied: the next launch of each reads
 * its files again. */
static void bound_cache(int cache)
{
	int fd = openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *en;
	size_t n = 0;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((en = readdir(d)))
		n++;
	rewinddir(d);
	while (n > CACHE_FILES && (en = readdir(d)))
		if (en->d_name[0] != '.')
			(void)unlinkat(cache, en->d_name, 0);
	(void)closedir(d);
}

static void remember(struct walk *w, const char *name)
{
	struct cache_head head = {.magic = CACHE_MAGIC, .n = w->n};
	struct strbuf b = {0};
	struct pb_err e;

	if ((w->d->read == 0 && w->n == w->n_old) || (w->n == 0 && w->n_old == 0))
		return;
	bound_cache(w->o->cache);
	qsort(w->facts, w->n, sizeof(*w->facts), by_facts);
	strbuf_add(&b, (const char *)&head, sizeof(head));
	strbuf_add(&b, (const char *)w->facts, w->n * sizeof(*w->facts));
	/* without it the next launch is slower, and nothing else */
	(void)state_write(w->o->cache, name, b.s, b.n, false, &e);
	strbuf_free(&b);
}

int digest_bundle(int bundle_fd, const struct digest_opts *o, struct digest *d, struct pb_err *e)
{
	struct digest_opts opts = *o;
	struct walk w = {.o = &opts, .d = d};
	autofree char *name = NULL;
	unsigned char out[HASH_BYTES];
	struct timespec now;
	struct statx root;
	int fd = openat(bundle_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	*d = (struct digest){0};
	*e = (struct pb_err){0};
	if (fd < 0 || look(&w, fd, "", &root, e) < 0) {
		rc = fd < 0 ? failed(&w, "open", e) : -1;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	w.mount = root.stx_mnt_id;
	w.dev_major = root.stx_dev_major;
	w.dev_minor = root.stx_dev_minor;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	w.now = now.tv_sec;
	if (opts.cache >= 0 && (!opts.guarded || !remembers(fd)))
		opts.cache = -1;
	if (opts.cache >= 0) {
		name = cache_name(&root);
		recall(&w, name);
	}
	hash_begin(&w.hash, "plugbox bundle 1");
	hash_string(&w.hash, o->manifest, strlen(o->manifest));
	rc = check(&w, &root, e);
	if (rc == 0)
		rc = walk_dir(&w, fd, 0, e);
	else
		close(fd);
	if (rc == 0 && o->as_read && !w.manifest_seen)
		rc = pb_err_set(e, PB_ERR_SETUP, 0, "the manifest is not in the bundle any more");
	hash_end(&w.hash, out);
	(void)hash_text(out, d->text);
	if (rc == 0 && opts.cache >= 0)
		remember(&w, name);
	free(w.buf);
	free(w.old);
	free(w.facts);
	return rc;
}

int digest_guarded(int bundle_fd, const char *manifest, const struct stat *as_read, int cache,
		   char out[HASH_TEXT], struct pb_err *e)
{
	const char *slash = strrchr(manifest, '/');
	const struct digest_opts o = {
		.manifest = slash ? slash + 1 : manifest,
		.as_read = as_read,
		.guarded = true,
		.cache = cache,
	};
	struct digest d;

	if (digest_bundle(bundle_fd, &o, &d, e) < 0)
		return -1;
	memcpy(out, d.text, HASH_TEXT);
	return 0;
}
