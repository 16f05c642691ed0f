/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening and reading the file. It comes from whoever wrote the plugin, so it may be
 * a FIFO that never opens, a device whose opening does something, a link to a secret
 * that an error message would quote, or a file that grows as it is read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/path.h"
#include "spec/manifest.h"
#include "spec/yaml.h"

static const char *const standard_names[] = {"plugin.yaml", "plugin.yml", "plugin.json"};

#define JSON_SUFFIX ".plugin.json"
#define NAMES_HINT "a bundle has plugin.yaml, plugin.yml, plugin.json or one *.plugin.json in it"

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a pipe";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	case S_IFSOCK:
		return "a socket";
	case S_IFLNK:
		return "a symbolic link";
	default:
		return "no file";
	}
}

static int refuse_kind(const char *shown, mode_t mode, struct pb_err *e)
{
	(void)pb_err_set(e, PB_ERR_MANIFEST, 0, "manifest \"%s\" is %s, not a regular file", shown,
			 kind_of(mode));
	if (S_ISLNK(mode))
		return pb_err_hint(e,
				   "name the file that the link leads to, or put the file itself "
				   "there");
	return pb_err_hint(e, "put the manifest into a regular file");
}

static int cannot_open(const char *shown, int err, struct pb_err *e)
{
	(void)pb_err_set(e, pb_err_of_host(err) ? PB_ERR_SETUP : PB_ERR_MANIFEST, err,
			 "cannot open manifest \"%s\"", shown);
	if (err == EACCES)
		return pb_err_hint(e, "the caller of plugbox must be able to read it");
	if (err == ENOENT || err == ENOTDIR)
		return pb_err_hint(e, NAMES_HINT);
	if (err == ELOOP)
		return pb_err_hint(e, "name the file itself, not a link to it");
	return -1;
}

/* Looks before it opens: opening a device can do something (rewind a tape, start a
 * watchdog). What is opened is then compared with what was seen. */
static int open_manifest(int dirfd, const char *name, const char *shown, struct pb_err *e)
{
	struct stat seen;
	struct stat st;
	autoclose int path_fd = path_open(dirfd, name, O_PATH | O_NOFOLLOW);
	autoclose int fd = -1;

	if (path_fd < 0 && errno == ELOOP)
		return refuse_kind(shown, S_IFLNK, e);
	if (path_fd < 0 || fstat(path_fd, &seen) < 0)
		return cannot_open(shown, errno, e);
	if (!S_ISREG(seen.st_mode))
		return refuse_kind(shown, seen.st_mode, e);
	fd = path_open(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_open(shown, errno, e);
	if (!S_ISREG(st.st_mode))
		return refuse_kind(shown, st.st_mode, e);
	if (st.st_dev != seen.st_dev || st.st_ino != seen.st_ino) {
		(void)pb_err_set(e, PB_ERR_MANIFEST, 0,
				 "manifest \"%s\" was replaced while it was opened", shown);
		return pb_err_hint(e, "try again when nothing writes to the bundle");
	}
	if (st.st_size > MANIFEST_MAX_BYTES) {
		(void)pb_err_set(e, PB_ERR_MANIFEST, 0, "manifest \"%s\" is larger than %d bytes",
				 shown, MANIFEST_MAX_BYTES);
		return pb_err_hint(e, "keep data in other files of the bundle");
	}
	return take_fd(&fd);
}

/* Adds every name in the directory that ends in .plugin.json. */
static int find_json(int dirfd, struct strv *found)
{
	/* O_PATH cannot be listed */
	autoclose int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;
	struct dirent *de;

	if (fd < 0)
		return -1;
	dir = fdopendir(fd);
	if (!dir)
		return -1;
	(void)take_fd(&fd);
	/* two are one too many, and a directory may hold millions */
	while (found->n < 2 && (de = readdir(dir)) != NULL) {
		size_t n = strlen(de->d_name);

		if (n > strlen(JSON_SUFFIX) &&
		    strcmp(de->d_name + n - strlen(JSON_SUFFIX), JSON_SUFFIX) == 0)
			strv_add(found, de->d_name);
	}
	(void)closedir(dir);
	return 0;
}

/* The name of the one manifest in the bundle (owned), or NULL with *e. */
static char *find_manifest(int dirfd, const char *path, struct pb_err *e)
{
	struct strv found = {0};
	char *name = NULL;
	int list_errno = 0;
	int host_errno = 0;

	for (size_t i = 0; i < ARRAY_SIZE(standard_names); i++) {
		struct stat st;

		if (fstatat(dirfd, standard_names[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			strv_add(&found, standard_names[i]);
		else if (pb_err_of_host(errno)) /* another might be taken for the only one */
			host_errno = errno;
	}
	/* a bundle that can be searched but not listed still has the names above */
	if (found.n < 2 && find_json(dirfd, &found) < 0)
		list_errno = errno;
	if (pb_err_of_host(list_errno))
		host_errno = list_errno;
	if (host_errno) {
		(void)pb_err_set(e, PB_ERR_SETUP, host_errno, "cannot look for the manifest in \"%s\"",
				 path);
	} else if (found.n == 1) {
		name = found.v[0];
		found.v[0] = NULL;
	} else if (found.n > 1) {
		(void)pb_err_set(e, PB_ERR_MANIFEST, 0,
				 "bundle \"%s\" has more than one manifest: \"%s\" and \"%s\"",
				 path, found.v[0], found.v[1]);
		(void)pb_err_hint(e, "name the one that is meant, or remove the other");
	} else {
		(void)pb_err_set(e, PB_ERR_MANIFEST, list_errno, "no manifest in bundle \"%s\"",
				 path);
		(void)pb_err_hint(e, NAMES_HINT);
	}
	strv_free(&found);
	return name;
}

static int open_in_bundle(const char *path, int dirfd, char **file, struct pb_err *e)
{
	autofree char *name = find_manifest(dirfd, path, e);
	autofree char *shown = NULL;
	size_t n = strlen(path);
	int fd;

	if (!name)
		return -1;
	while (n > 1 && path[n - 1] == '/')
		n--;
	shown = xasprintf("%.*s%s%s", (int)n, path, path[n - 1] == '/' ? "" : "/", name);
	fd = open_manifest(dirfd, name, shown, e);
	if (fd >= 0)
		*file = take_ptr(shown);
	return fd;
}

int manifest_open(const char *path, char **file, int *bundle_fd, struct pb_err *e)
{
	autoclose int dirfd = -1;
	const char *slash = strrchr(path, '/');
	int fd;

	if (!path[0]) {
		(void)pb_err_set(e, PB_ERR_MANIFEST, 0, "the name of the bundle is empty");
		return pb_err_hint(e, "name a bundle or manifest; \".\" is the working directory");
	}
	dirfd = path_open_follow(path, O_PATH | O_DIRECTORY);
	if (dirfd >= 0) {
		fd = open_in_bundle(path, dirfd, file, e);
	} else {
		autofree char *dir = NULL;

		if (errno != ENOTDIR || (slash && !slash[1]))
			return cannot_open(path, errno, e);
		if (slash)
			dir = slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
		dirfd = path_open_follow(dir ? dir : ".", O_PATH | O_DIRECTORY);
		if (dirfd < 0)
			return cannot_open(path, errno, e);
		fd = open_manifest(dirfd, slash ? slash + 1 : path, path, e);
		if (fd >= 0)
			*file = xstrdup(path);
	}
	if (fd >= 0)
		*bundle_fd = take_fd(&dirfd);
	return fd;
}

static char *io_error(struct manifest_errors *errs, const char *hint, const char *text)
{
	ydoc_error(errs, (struct src_pos){0, 0}, hint, "%s", text);
	return NULL;
}

char *manifest_text(int fd, size_t *len, struct manifest_errors *errs)
{
	autofree char *text = NULL;
	struct stat st;
	size_t room;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return io_error(errs, NULL, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return io_error(errs, NULL, "not a regular file");
	/* one byte more than it has, or may have, tells a file that grew since */
	room = (st.st_size < MANIFEST_MAX_BYTES ? (size_t)st.st_size : MANIFEST_MAX_BYTES) + 1;
	text = xcalloc(room, 1);
	n = fd_read_all(fd, text, room);
	if (n < 0)
		return io_error(errs, "try again", strerror(errno));
	if (n > MANIFEST_MAX_BYTES)
		return io_error(errs, "keep data in other files",
				"the file is larger than 65536 bytes");
	if (n != st.st_size)
		return io_error(errs, "try again when nothing writes to it",
				"the file changed while it was read");
	*len = (size_t)n;
	return take_ptr(text);
}

struct manifest *manifest_read(int fd, const char *name, struct manifest_errors *errs)
{
	size_t n = 0;
	autofree char *text = manifest_text(fd, &n, errs);

	return text ? manifest_parse(text, n, name, errs) : NULL;
}

int manifest_errors_raise(const struct manifest_errors *errs, const char *file, const char *more,
			  struct pb_err *e)
{
	const struct manifest_error *first = &errs->v[0];
	char shown[128];

	(void)str_escape(shown, sizeof(shown), file, strlen(file));
	if (first->pos.line)
		pb_err_set(e, PB_ERR_MANIFEST, 0, "%s:%u:%u: %s", shown, first->pos.line, first->pos.col,
			   first->text);
	else
		pb_err_set(e, PB_ERR_MANIFEST, 0, "%s: %s", shown, first->text);
	if (errs->n > 1 && more)
		pb_err_hint(e, "%s%s%s shows all %zu errors", first->hint ? first->hint : "",
			    first->hint ? "; " : "", more, errs->n);
	else if (first->hint)
		pb_err_hint(e, "%s", first->hint);
	return -1;
}
