/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trust/digest and trust/state: what changes a digest and what does not, what has none, when a
 * remembered hash is believed, and whose a state directory may be. */
#include "trust/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "tap.h"
#include "trust/state.h"

static char top[] = "/tmp/plugbox-digest.XXXXXX";
static int at;

static void put(const char *path, const char *text)
{
	int fd = openat(at, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static int digest_with(const char *dir, const struct digest_opts *o, struct digest *d,
		       struct pb_err *e)
{
	int fd = openat(at, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = digest_bundle(fd, o, d, e);

	close(fd);
	return rc;
}

static const char *digest(const char *dir)
{
	static struct digest d;
	struct pb_err e;
	const struct digest_opts o = {.manifest = "plugin.yaml", .cache = -1};

	if (digest_with(dir, &o, &d, &e) < 0) {
		printf("# %s\n", e.msg);
		return "";
	}
	return d.text;
}

static bool differs(const char *before)
{
	return strcmp(before, digest("b")) != 0;
}

static void make_tree(void)
{
	(void)mkdirat(at, "b", 0755);
	(void)mkdirat(at, "b/sub", 0755);
	put("b/plugin.yaml", "name: x\n");
	put("b/main", "one");
	put("b/sub/a", "two");
	(void)symlinkat("main", at, "b/link");
}

static void changes(void)
{
	autofree char *base = xstrdup(digest("b"));
	const struct digest_opts other = {.manifest = "main", .cache = -1};
	struct digest d;
	struct pb_err e;

	ok(strncmp(base, "b2:", 3) == 0 && strlen(base) == HASH_TEXT - 1,
	   "a digest is b2: and 64 digits");
	ok(!differs(base), "the same tree twice");
	put("b/main", "One");
	ok(differs(base), "a byte of a file");
	put("b/main", "one");
	ok(!differs(base), "the same bytes again, at another time");
	(void)fchmodat(at, "b/main", 0755, 0);
	ok(differs(base), "a mode");
	(void)fchmodat(at, "b/main", 0644, 0);
	(void)renameat(at, "b/main", at, "b/mainx");
	ok(differs(base), "a name");
	(void)renameat(at, "b/mainx", at, "b/main");
	(void)renameat(at, "b/sub/a", at, "b/suba");
	ok(differs(base), "a place");
	(void)renameat(at, "b/suba", at, "b/sub/a");
	(void)unlinkat(at, "b/link", 0);
	(void)symlinkat("sub", at, "b/link");
	ok(differs(base), "the target of a link");
	(void)unlinkat(at, "b/link", 0);
	put("b/link", "main");
	ok(differs(base), "a file in the place of a link");
	(void)unlinkat(at, "b/link", 0);
	(void)symlinkat("main", at, "b/link");
	(void)mkdirat(at, "b/empty", 0755);
	ok(differs(base), "an empty directory");
	(void)unlinkat(at, "b/empty", AT_REMOVEDIR);
	ok(!differs(base), "all as it was");
	ok(digest_with("b", &other, &d, &e) == 0 && strcmp(d.text, base) != 0, "another manifest");
	ok(d.entries == 5 && d.bytes == 8 + 3 + 3, "entries and bytes are counted");
}

static void refusals(void)
{
	const struct digest_opts guarded = {.manifest = "plugin.yaml",
					    .cache = -1,
					    .guarded = true};
	struct digest d;
	struct pb_err e;
	struct stat st;
	struct digest_opts bound = guarded;

	ok(digest_with("b", &guarded, &d, &e) == 0, "a tree of our own is guarded");
	(void)fchmodat(at, "b/sub", 0775, 0);
	ok(digest_with("b", &guarded, &d, &e) < 0 && e.kind == PB_ERR_POLICY &&
		   strstr(e.msg, "\"sub\""),
	   "a directory that others can write is not");
	(void)fchmodat(at, "b/sub", 0755, 0);
	(void)fchmodat(at, "b/sub/a", 0646, 0);
	ok(digest_with("b", &guarded, &d, &e) < 0 && e.kind == PB_ERR_POLICY &&
		   strstr(e.msg, "\"sub/a\""),
	   "nor a file");
	(void)fchmodat(at, "b/sub/a", 0644, 0);
	if (geteuid() == 0) {
		(void)fchownat(at, "b/sub/a", 65534, 65534, 0);
		ok(digest_with("b", &guarded, &d, &e) < 0 && strstr(e.msg, "somebody else"),
		   "nor what is somebody else's");
		(void)fchownat(at, "b/sub/a", 0, 0, 0);
	}
	(void)mkfifoat(at, "b/pipe", 0644);
	ok(digest_with("b", &guarded, &d, &e) < 0 && strstr(e.msg, "neither"),
	   "a FIFO has no digest");
	(void)unlinkat(at, "b/pipe", 0);
	(void)fstatat(at, "b/plugin.yaml", &st, 0);
	bound.as_read = &st;
	ok(digest_with("b", &bound, &d, &e) == 0, "the manifest that was read");
	(void)renameat(at, "b/plugin.yaml", at, "b/old");
	put("b/plugin.yaml", "name: x\n");
	ok(digest_with("b", &bound, &d, &e) < 0 && strstr(e.msg, "changed"),
	   "another manifest in its place, though of the same text");
	(void)unlinkat(at, "b/old", 0);
	(void)unlinkat(at, "b/plugin.yaml", 0);
	ok(digest_with("b", &bound, &d, &e) < 0 && strstr(e.msg, "not in the bundle"),
	   "none in its place");
	put("b/plugin.yaml", "name: x\n");
}

/* Until all that is in the tree is older than what could have changed unseen. */
static bool settle(const struct digest_opts *o, struct digest *d)
{
	struct pb_err e;

	for (int i = 0; i < 200; i++) {
		const struct timespec nap = {.tv_nsec = 50000000};

		if (digest_with("b", o, d, &e) < 0)
			return false;
		if (d->read == 0)
			return true;
		(void)nanosleep(&nap, NULL);
	}
	return false;
}

static void memory(void)
{
	autofree char *before = NULL;
	struct digest_opts o = {.manifest = "plugin.yaml", .guarded = true};
	struct statfs fs;
	struct digest d;
	struct pb_err e;
	autoclose int state = state_open_below(at, "state", true, &e);

	o.cache = state;
	before = xstrdup(digest("b"));
	(void)digest_with("b", &o, &d, &e);
	ok(d.read == 3, "what is too new is not remembered");
	(void)digest_with("b", &o, &d, &e);
	ok(d.read == 3, "and read again");
	if (fstatfs(at, &fs) < 0 || fs.f_type == 0x01021994) {
		ok(true, "nothing is remembered of a tmpfs # skip /tmp is one");
		return;
	}
	ok(settle(&o, &d), "what was left alone is remembered");
	is_str(d.text, before, "and gives the same digest");
	put("b/main", "two");
	(void)digest_with("b", &o, &d, &e);
	ok(d.read == 1 && strcmp(d.text, digest("b")) == 0,
	   "a change in place, of the same size, is seen");
	put("b/main", "one");
	/* the attack that the directory's owner and mode are there for, and its control */
	ok(settle(&o, &d), "settled again");
	{
		struct statx st;
		struct dir_entry {
			char name[64];
		} name;
		int bundle = openat(at, "b", O_PATH | O_DIRECTORY | O_CLOEXEC);
		int fd;
		char last;

		(void)statx(bundle, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
		(void)snprintf(name.name, sizeof(name.name), "bundle-%x-%x-%llx", st.stx_dev_major,
			       st.stx_dev_minor, (unsigned long long)st.stx_ino);
		close(bundle);
		fd = openat(state, name.name, O_RDWR | O_CLOEXEC);
		(void)pread(fd, &last, 1, lseek(fd, 0, SEEK_END) - 1);
		last ^= 1;
		(void)pwrite(fd, &last, 1, lseek(fd, 0, SEEK_END) - 1);
		(void)digest_with("b", &o, &d, &e);
		ok(strcmp(d.text, before) != 0, "who can write the memory can change a digest");
		(void)fchmod(fd, 0602);
		(void)digest_with("b", &o, &d, &e);
		ok(d.read == 3 && strcmp(d.text, before) == 0,
		   "one that others can write is not believed");
		(void)ftruncate(fd, lseek(fd, 0, SEEK_END) - 5);
		close(fd);
		(void)digest_with("b", &o, &d, &e);
		ok(strcmp(d.text, before) == 0, "nor a torn one");
	}
	o.guarded = false;
	(void)digest_with("b", &o, &d, &e);
	ok(d.read == 3, "what others could write is always read");
}

static void directories(void)
{
	autofree char *inside = xasprintf("%s/s/one/two", top);
	autofree char *absent = xasprintf("%s/s/none/two", top);
	autofree char *one = xasprintf("%s/s/one", top);
	autofree char *beside = xasprintf("%s/s/three", top);
	autofree char *link = xasprintf("%s/s/link", top);
	autofree char *file = xasprintf("%s/s/one/two/file", top);
	struct pb_err e;
	int fd;

	(void)mkdirat(at, "s", 0755);
	fd = state_open(inside, false, &e);
	ok(fd < 0 && e.sys == ENOENT, "a state directory that is not there");
	fd = state_open(inside, true, &e);
	ok(fd >= 0, "is made");
	close(fd);
	put("s/one/two/file", "");
	(void)mkdirat(at, "s/three", 0755);
	(void)symlinkat("one", at, "s/link");
	ok(state_holds(one, inside) && state_holds(top, inside) && state_holds(inside, inside) &&
		   state_holds(file, inside),
	   "what is above, it, and what is in it");
	ok(state_holds(link, inside), "by another name");
	ok(!state_holds(beside, inside), "not what is beside it");
	ok(state_holds(top, absent) && !state_holds(beside, absent) && !state_holds(inside, absent),
	   "where it is not there: what it could be made in");
	(void)fchmodat(at, "s/one/two", 0701, 0);
	fd = state_open(inside, true, &e);
	ok(fd < 0 && strstr(e.msg, "open to others"), "one that others can enter is refused");
	(void)fchmodat(at, "s/one/two", 0700, 0);
	free(inside);
	inside = xasprintf("%s/s/link/two", top);
	fd = state_open(inside, true, &e);
	ok(fd < 0 && e.sys == ELOOP, "one behind a link is refused");
	if (geteuid() == 0) {
		(void)fchownat(at, "s/one/two", 65534, 65534, 0);
		free(inside);
		inside = xasprintf("%s/s/one/two", top);
		fd = state_open(inside, true, &e);
		ok(fd < 0 && strstr(e.msg, "belongs to uid 65534"), "somebody else's is refused");
	}
}

int main(void)
{
	char *const rm[] = {"rm", "-rf", top, NULL};

	(void)umask(022);
	if (!mkdtemp(top))
		return 1;
	at = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_tree();
	changes();
	refusals();
	memory();
	directories();
	if (done_testing())
		return 1;
	(void)fflush(stdout);
	return execvp(rm[0], rm) < 0;
}
