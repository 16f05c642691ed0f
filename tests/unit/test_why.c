/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugbox why: each kind of question, yes and no, by which line of the plan, and what it says would
 * help; what is no question. That the answers are true is the matter of 045-why.bats. */
#include "spec/why.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "options.h"
#include "tap.h"

enum { MAX_WORDS = 16 };

static void entry(struct host_facts *f, const char *path, const char *source, enum entry_kind kind)
{
	grow(&f->entries, &f->cap_entries, f->n_entries, sizeof(*f->entries));
	f->entries[f->n_entries++] = (struct runtime_entry){xstrdup(path), xstrdup(source), kind};
}

static void make_facts(struct host_facts *f)
{
	*f = (struct host_facts){.uid = 1001,
				 .gid = 1001,
				 .landlock_abi = 7,
				 .seccomp = true,
				 .seccomp_notify = true,
				 .nproc_per_userns = true,
				 .runtime = xstrdup("host")};
	entry(f, "/usr", "/usr", ENTRY_DIR);
	entry(f, "/bin", "usr/bin", ENTRY_LINK);
	entry(f, "/etc/localtime", "/usr/share/zoneinfo/UTC", ENTRY_LINK);
	entry(f, "/etc/loop", "/etc/loop", ENTRY_LINK);
}

#define HEAD "name: curious\nversion: 1.0.0\nentrypoint: main\n"

/* Who asks: a manifest (NULL: a command), options between blanks, a profile or NULL. */
struct asker {
	const char *manifest, *options, *profile;
};

struct state {
	struct manifest *m;
	struct profile *profile;
	struct launch l;
	struct host_facts f;
	struct rights r;
	struct plan p;
	struct why_input in;
};

static int make_plan(struct state *s, const struct asker *a)
{
	autofree char *copy = xstrdup(a->options);
	char *argv[MAX_WORDS + 2] = {"run"};
	struct manifest_errors errs = {0};
	struct pb_err e = {0};
	char *save = NULL;
	int argc = 1;

	*s = (struct state){0};
	for (char *w = strtok_r(copy, " ", &save); w && argc < MAX_WORDS; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	if (a->manifest)
		argv[argc++] = "bundle";
	launch_init(&s->l);
	make_facts(&s->f);
	if (a->manifest)
		s->m = manifest_parse(a->manifest, strlen(a->manifest), "plugin.yaml", &errs);
	if (a->profile)
		s->profile =
			profile_parse(a->profile, strlen(a->profile), "p.yaml", true, &errs);
	s->in = (struct why_input){.plan = &s->p,
				   .rights = &s->r,
				   .profile = s->profile,
				   .m = s->m,
				   .bundle_path = a->manifest ? "/home/me/bundle" : NULL};
	manifest_errors_free(&errs);
	if ((a->manifest && !s->m) || (a->profile && !s->profile) ||
	    options_launch(&s->l, false, argc, argv, &e) != 0 ||
	    policy_decide(s->m, &s->l, s->profile, &s->f, &s->r, &e) < 0 ||
	    policy_refusal(&s->r, &e) < 0)
		return printf("# %s\n", e.msg), -1;
	return plan_make(s->m, &s->l, &s->r, &s->f, s->in.bundle_path, &s->p, &e);
}

static void free_plan(struct state *s)
{
	plan_free(&s->p);
	rights_free(&s->r);
	facts_free(&s->f);
	launch_free(&s->l);
	profile_free(s->profile);
	manifest_free(s->m);
}

static bool has(const char *text, const char *part)
{
	return part ? text && strstr(text, part) : !text;
}

/* rule and change are parts of what is told; change NULL: nothing is. */
static void asks(const struct asker *a, enum act act, const char *subject, bool yes,
		 const char *reason, const char *rule, const char *change)
{
	struct state s;
	struct why w = {0};
	struct pb_err e = {0};
	int rc = make_plan(&s, a);

	if (rc == 0)
		rc = why_ask(&s.in, act, subject, &w, &e);
	ok(rc == 0 && w.yes == yes && has(w.reason, reason) && has(w.rule, rule) &&
		   has(w.change, change),
	   "%s %s: %s, %s", act_table[act].name, subject, yes ? "yes" : "no", reason);
	if (rc == 0 && (w.yes != yes || !has(w.reason, reason) || !has(w.rule, rule) ||
			!has(w.change, change)))
		printf("#   %d %s\n#   by %s\n#   to allow it %s\n", w.yes, w.reason, w.rule,
		       w.change ? w.change : "(null)");
	else if (rc != 0)
		printf("#   %s\n", e.msg);
	why_free(&w);
	free_plan(&s);
}

static const struct asker plain = {HEAD "environment: {set: {MODE: odd}, pass: [TZ]}\n", "", NULL};
static const struct asker full = {
	HEAD "permissions: [subprocess, {network: host}, {file_system_read: [/srv/in]}, "
	     "{file_system_write: [/srv/out]}, {environment: [EDITOR]}]\n",
	"--allow network --allow file_system_read --allow file_system_write --allow environment",
	NULL};
static const struct asker loopback = {HEAD "permissions: [{network: loopback}]\n", "", NULL};
static const struct asker bounded = {
	HEAD, "", "allow: [storage]\ndeny: [{file_system_write: [/srv]}, {network: host}]\n"};
static const struct asker waiting = {HEAD, "", "allow: []\ndefaults: []\n"};
static const struct asker command = {NULL, "--no-bundle -- /bin/true", NULL};
static const struct asker bare = {HEAD "permissions: [{file_system_read: [/srv/in]}]\n",
				  "--isolation landlock --best-effort --allow file_system_read", NULL};

static void test_files(void)
{
	asks(&plain, ACT_READ, "/", true, "the root can be listed", "mounts: seal /", NULL);
	asks(&plain, ACT_WRITE, "/", false, "the root is sealed", "mounts: seal /", NULL);
	asks(&plain, ACT_READ, "/plugin/x", true, "where it is there", "mounts: bind /plugin", NULL);
	asks(&plain, ACT_WRITE, "/plugin/x", false, "it can only be read", "mounts: bind /plugin",
	     NULL);
	asks(&plain, ACT_READ, "/bin/sh", true, "where it is there", "mounts: bind /usr", NULL);
	asks(&plain, ACT_READ, "/etc/localtime", true, "where it is there", "bind /usr", NULL);
	asks(&plain, ACT_WRITE, "/tmp/x", true, "the sandbox's own", "mounts: tmpfs /tmp", NULL);
	asks(&plain, ACT_WRITE, "/dev/null", true, "the sandbox's own", "mounts: device /dev/null",
	     NULL);
	asks(&plain, ACT_READ, "/proc/self/stat", true, "the sandbox's own", "mounts: proc /proc", NULL);
	asks(&plain, ACT_READ, "/etc/loop", false, "does not exist", "mounts: what is not listed",
	     "file_system_read: [/etc/loop]");
	asks(&plain, ACT_READ, "/srv/in/x", false, "does not exist", "mounts: what is not listed",
	     "add \"file_system_read: [/srv/in/x]\" to the permissions of plugin.yaml, and pass "
	     "--allow file_system_read=/srv/in/x");
	asks(&plain, ACT_WRITE, "/srv/x", false, "does not exist", "mounts: what is not listed",
	     "file_system_write: [/srv/x]");
	/* what no grant can name, nothing allows */
	asks(&plain, ACT_READ, "/sys/x", false, "does not exist", "mounts: what is not listed", NULL);
	asks(&plain, ACT_READ, "/home/me/bundle/x", false, "does not exist", "mounts:",
	     "use /plugin/x");
	asks(&full, ACT_READ, "/srv/in/x", true, "where it is there", "bind /srv/in", NULL);
	asks(&full, ACT_WRITE, "/srv/in/x", false, "it can only be read", "bind /srv/in",
	     "file_system_write: [/srv/in/x]");
	asks(&full, ACT_WRITE, "/srv/out/x", true, "owner and modes", "bind /srv/out", NULL);
	asks(&full, ACT_READ, "/srv/inner", false, "does not exist", "mounts:", "file_system_read");
	asks(&bounded, ACT_WRITE, "/srv/x", false, "does not exist", "mounts:",
	     "take the denial out of p.yaml:2:");
	asks(&bounded, ACT_READ, "/opt/x", false, "does not exist", "mounts:",
	     "and add it to what p.yaml allows");
	asks(&waiting, ACT_READ, "/opt/x", false, "does not exist", "mounts:",
	     "and add it to what p.yaml allows, and pass --allow file_system_read=/opt/x");
	asks(&command, ACT_READ, "/opt/x", false, "does not exist", "mounts:",
	     "pass --allow file_system_read=/opt/x");
	asks(&bare, ACT_READ, "/srv/in/x", true, "where it is there", "files: bind /srv/in", NULL);
	asks(&bare, ACT_READ, "/opt/x", false, "no rule names it", "landlock: what no rule names",
	     "file_system_read: [/opt/x]");
}

static void test_exec(void)
{
	asks(&plain, ACT_EXEC, "/plugin/main", true, "it is the entrypoint", "bind /plugin", NULL);
	asks(&plain, ACT_EXEC, "/bin/true", false, "only the entrypoint",
	     "landlock: the permission subprocess", "add \"subprocess\" to the permissions");
	asks(&full, ACT_EXEC, "/bin/true", true, "programs that are shown", "bind /usr", NULL);
	asks(&full, ACT_EXEC, "/tmp/x", false, "cannot be executed", "tmpfs /tmp", NULL);
	asks(&full, ACT_EXEC, "/srv/in/x", false, "cannot be executed", "bind /srv/in", NULL);
	asks(&full, ACT_EXEC, "/opt/x", false, "does not exist", "mounts:",
	     "--ro-bind SRC DEST or --runtime-add DIR");
}

static void test_network(void)
{
	asks(&plain, ACT_CONNECT, "example.com:443", false, "no network", "network: not granted",
	     "add \"network: host\" to the permissions of plugin.yaml, and pass --allow network=host");
	asks(&loopback, ACT_CONNECT, "127.0.0.1:80", true, "private", "network: loopback (", NULL);
	asks(&loopback, ACT_CONNECT, "[::1]:80", true, "private", "network: loopback (", NULL);
	asks(&loopback, ACT_CONNECT, "localhost:80", true, "private", "network: loopback (", NULL);
	asks(&loopback, ACT_CONNECT, "10.0.0.1:80", false, "nothing but a private loopback",
	     "network: loopback (", "network: host");
	asks(&full, ACT_CONNECT, "example.com:443", true, "whole", "network: host (", NULL);
	asks(&bounded, ACT_CONNECT, "example.com:443", false, "no network", "network: not granted",
	     "take the denial out of p.yaml:2:");
	asks(&plain, ACT_LISTEN, "8080", false, "no network", "network: not granted",
	     "add \"network: loopback\" to the permissions of plugin.yaml");
	asks(&loopback, ACT_LISTEN, "8080", true, "on its private loopback", "network: loopback (",
	     NULL);
	asks(&loopback, ACT_LISTEN, "80", false, "take a privilege", "capabilities: none", NULL);
	asks(&full, ACT_LISTEN, "8080", true, "whole", "network: host (", NULL);
}

static void test_syscalls(void)
{
	asks(&plain, ACT_SYSCALL, "read", true, "whatever its arguments", "system calls: ", NULL);
	asks(&plain, ACT_SYSCALL, "ioctl", true, "by its arguments", "system calls: ", NULL);
	asks(&plain, ACT_SYSCALL, "ptrace", false, "it is refused", "system calls: ", NULL);
	asks(&plain, ACT_SYSCALL, "fork", false, "", "system calls: ", "subprocess");
	asks(&full, ACT_SYSCALL, "fork", true, "whatever its arguments", "system calls: ", NULL);
	asks(&plain, ACT_SYSCALL, "frobnicate", false, "does not exist (ENOSYS)",
	     "system calls: all others do not exist", NULL);
}

static void test_env(void)
{
	asks(&plain, ACT_ENV, "MODE", true, "it is set to \"odd\"", "environment: MODE=odd", NULL);
	asks(&plain, ACT_ENV, "TZ", true, "the caller's value", "environment: TZ (from", NULL);
	asks(&plain, ACT_ENV, "MOD", false, "not passed on", "environment: what is not listed",
	     "add \"environment: [MOD]\" to the permissions");
	asks(&full, ACT_ENV, "EDITOR", true, "the caller's value", "environment: EDITOR (from", NULL);
	/* nobody is given what steers the loader */
	asks(&plain, ACT_ENV, "LD_PRELOAD", false, "not passed on", "environment:", NULL);
}

static void no_subject(enum act act, const char *subject)
{
	struct state s;
	struct why w = {0};
	struct pb_err e = {0};
	int rc = make_plan(&s, &plain);

	ok(rc == 0 && why_ask(&s.in, act, subject, &w, &e) < 0 && e.kind == PB_ERR_USAGE &&
		   strstr(e.msg, act_table[act].name) && !w.reason && !w.rule && !w.change,
	   "%s \"%s\" is no question", act_table[act].name, subject);
	why_free(&w);
	free_plan(&s);
}

static void test_wrong(void)
{
	static const char *const paths[] = {"", "x", "./x", "//x", "/x/", "/x/../y", "/x/.", "~/x"};
	static const char *const ends[] = {"",	     "host",   "host:",	   ":80",     "host:0",
					   "h:65536", "h:-1",	"h:80x",   "::1:80",  "h: 80"};
	static const char *const ports[] = {"", "0", "65536", "-1", "http", "80 ", "0x50"};
	static const char *const calls[] = {"", "READ", "read ", "read,write", "-1"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		for (int act = ACT_READ; act <= ACT_EXEC; act++)
			no_subject((enum act)act, paths[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		no_subject(ACT_CONNECT, ends[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		no_subject(ACT_LISTEN, ports[i]);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		no_subject(ACT_SYSCALL, calls[i]);
	no_subject(ACT_ENV, "");
	no_subject(ACT_ENV, "A=b");
}

static void no_action(const char *name, const char *hint)
{
	enum act act = ACT_N;
	struct pb_err e = {0};

	ok(why_find(name, &act, &e) < 0 && act == ACT_N && e.kind == PB_ERR_USAGE &&
		   strstr(e.hint, hint),
	   "\"%s\" is no action: %s", name, hint);
}

static void test_actions(void)
{
	for (int i = 0; i < ACT_N; i++) {
		enum act act = ACT_N;
		struct pb_err e = {0};

		ok(why_find(act_table[i].name, &act, &e) == 0 && act == (enum act)i && e.kind == 0,
		   "%s is an action", act_table[i].name);
	}
	no_action("raed", "did you mean \"read\"");
	no_action("Read", "did you mean \"read\"");
	no_action("connects", "did you mean \"connect\"");
	no_action("", "write read, write or exec PATH");
	no_action("frobnicate", "write read, write or exec PATH");
}

int main(void)
{
	test_actions();
	test_files();
	test_exec();
	test_network();
	test_syscalls();
	test_env();
	test_wrong();
	return done_testing();
}
