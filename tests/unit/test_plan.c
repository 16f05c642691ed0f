/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Golden plans: a manifest of tests/golden, options and made-up facts of a host become a plan,
 * whose text must be that of tests/golden/NAME.txt. UPDATE_GOLDEN=1 writes the files again; read
 * the difference before it is committed. Then the rules of the policy one by one.
 *
 * Runs in the project's root.
 */
#include "spec/plan.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "options.h"
#include "spec/plan_print.h"
#include "tap.h"

enum { MAX_WORDS = 48, MAX_TEXT = 1 << 20 };

/* Everything that a launch is decided from, and what came out */
struct trial {
	struct manifest *m;
	struct launch l;
	struct profile *profile;
	struct host_facts f;
	struct rights r;
	struct plan p;
	struct pb_err e;
	int rc; /* of the first step that failed, else 0 */
};

/* ---- hosts ---- */

static void entry(struct host_facts *f, const char *path, const char *source, enum entry_kind kind)
{
	grow(&f->entries, &f->cap_entries, f->n_entries, sizeof(*f->entries));
	f->entries[f->n_entries++] = (struct runtime_entry){xstrdup(path), xstrdup(source), kind};
}

/* A usual Linux with all that plugbox can use but a cgroup */
static void host_full(struct host_facts *f)
{
	*f = (struct host_facts){
		.uid = 1001,
		.gid = 1001,
		.landlock_abi = 7,
		.seccomp = true,
		.seccomp_notify = true,
		.nproc_per_userns = true,
		.cgroup_reason = xstrdup("no cgroup v2 is delegated to this user"),
		.lang = xstrdup("de_DE.UTF-8"),
		.tz = xstrdup("Europe/Berlin"),
		.runtime = xstrdup("host"),
	};
	entry(f, "/usr", "/usr", ENTRY_DIR);
	entry(f, "/bin", "usr/bin", ENTRY_LINK);
	entry(f, "/lib64", "usr/lib64", ENTRY_LINK);
	entry(f, "/etc/ld.so.cache", "/etc/ld.so.cache", ENTRY_FILE);
	entry(f, "/etc/ssl/certs", "/etc/ssl/certs", ENTRY_DIR);
	entry(f, "/etc/localtime", "/usr/share/zoneinfo/Europe/Berlin", ENTRY_LINK);
}

static void host_cgroup(struct host_facts *f)
{
	host_full(f);
	f->cgroup_controllers = CG_CPU | CG_MEMORY | CG_PIDS;
	free(take_ptr(f->cgroup_reason));
}

static void host_quota(struct host_facts *f)
{
	host_full(f);
	f->data_quota = true;
}

static void host_no_quota(struct host_facts *f)
{
	host_full(f);
	f->quota_reason = "no project quota: for a reason";
}

static void host_cgroup_all(struct host_facts *f)
{
	host_cgroup(f);
	f->cgroup_controllers |= CG_IO | CG_CPUSET;
}

/* plugbox's own has none, and systemd's manager gives what it has */
static void host_scope(struct host_facts *f)
{
	host_full(f);
	f->cgroup_controllers = CG_MEMORY | CG_PIDS;
	f->cgroup_scope = true;
}

static void host_no_scope(struct host_facts *f)
{
	host_full(f);
	f->scope_reason = xstrdup("no manager of systemd runs for this user");
}

static void host_no_landlock(struct host_facts *f)
{
	host_full(f);
	f->landlock_abi = 0;
}

/* Linux 5.10: no Landlock, no answers to refused calls, RLIMIT_NPROC of the whole user */
static void host_old(struct host_facts *f)
{
	host_no_landlock(f);
	f->seccomp_notify = false;
	f->nproc_per_userns = false;
}

static void host_no_seccomp(struct host_facts *f)
{
	host_full(f);
	f->seccomp = f->seccomp_notify = false;
}

static void host_no_runtime(struct host_facts *f)
{
	host_full(f);
	facts_free(f);
	f->landlock_abi = 7;
	f->seccomp = f->seccomp_notify = f->nproc_per_userns = true;
	f->runtime = xstrdup("none");
}

/* ---- a trial ---- */

static char *read_text(const char *path, size_t *n)
{
	char *text = xcalloc(1, MAX_TEXT);
	FILE *in = fopen(path, "re");

	*n = in ? fread(text, 1, MAX_TEXT - 1, in) : 0;
	if (!in)
		free(take_ptr(text));
	else
		(void)fclose(in);
	return text;
}

static void parse_options(struct trial *t, const char *options)
{
	autofree char *copy = xstrdup(options);
	char *argv[MAX_WORDS + 2] = {"run"};
	char *save = NULL;
	int argc = 1;

	for (char *word = strtok_r(copy, " ", &save); word && argc <= MAX_WORDS;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	launch_init(&t->l);
	t->rc = options_launch(&t->l, false, argc, argv, &t->e);
}

static struct profile *shipped(const char *name)
{
	autofree char *path = xasprintf("profiles/%s.yaml", name);
	autofree char *shown = xasprintf("/usr/share/plugbox/profiles/%s.yaml", name);
	struct manifest_errors errs = {0};
	size_t n = 0;
	autofree char *text = read_text(path, &n);
	struct profile *p = text ? profile_parse(text, n, shown, true, &errs) : NULL;

	for (size_t i = 0; i < errs.n; i++)
		printf("# %s:%u: %s\n", path, errs.v[i].pos.line, errs.v[i].text);
	manifest_errors_free(&errs);
	return p;
}

/* text: of a manifest, or NULL for a command, which the options then hold. Takes the profile. */
static void try_profile(struct trial *t, struct profile *profile, const char *text, size_t n,
			const char *options, void (*host)(struct host_facts *f))
{
	struct manifest_errors errs = {0};
	autofree char *line = text ? xasprintf("%s bundle", options) : xstrdup(options);

	*t = (struct trial){.rc = -1, .profile = profile};
	launch_init(&t->l);
	host(&t->f);
	if (text) {
		t->m = manifest_parse(text, n, "plugin.yaml", &errs);
		for (size_t i = 0; i < errs.n; i++)
			printf("# %u:%u: %s\n", errs.v[i].pos.line, errs.v[i].pos.col, errs.v[i].text);
		manifest_errors_free(&errs);
		if (!t->m)
			return;
	}
	parse_options(t, line);
	if (t->rc)
		return;
	t->rc = policy_decide(t->m, &t->l, t->profile, &t->f, &t->r, &t->e);
	if (t->rc == 0)
		t->rc = plan_make(t->m, &t->l, &t->r, &t->f,
				  t->m || !t->l.no_bundle ? "/home/u/bundle" : NULL, &t->p, &t->e);
}

static void try_text(struct trial *t, const char *text, size_t n, const char *options,
		     void (*host)(struct host_facts *f))
{
	try_profile(t, NULL, text, n, options, host);
}

static void release(struct trial *t)
{
	profile_free(t->profile);
	plan_free(&t->p);
	rights_free(&t->r);
	facts_free(&t->f);
	launch_free(&t->l);
	manifest_free(t->m);
	t->m = NULL;
}

/* A manifest by its parts: the lines below the required keys */
static void try_lines(struct trial *t, const char *lines, const char *options,
		      void (*host)(struct host_facts *f))
{
	autofree char *text = xasprintf("name: unit\nversion: 1.0.0\nentrypoint: main\n%s", lines);

	try_text(t, text, strlen(text), options, host);
}

/* ---- golden plans ---- */

/* The caller's leave for all that asks.yaml asks for: what is missing then is beyond the profile */
#define ALLOW_ALL                                                                                  \
	"--allow storage --allow tty --allow network --allow file_system_read "                     \
	"--allow file_system_write --allow environment --allow devices --allow read_messages "      \
	"--allow send_messages --allow database_read --allow database_write "                       \
	"--allow http_requests --allow tool:* --allow hook:* --allow cli:* --allow service:*"

static const struct golden {
	const char *name, *manifest; /* manifest NULL: a command */
	const char *options;
	void (*host)(struct host_facts *f);
	bool whole; /* the list of system calls too; it is long */
} goldens[] = {
	{"minimal", "minimal", "", host_full, true},
	{"minimal-cgroup", "minimal", "", host_cgroup, false},
	{"minimal-no-landlock", "minimal", "--best-effort", host_no_landlock, false},
	{"minimal-old-kernel", "minimal", "--best-effort", host_old, true},
	{"minimal-no-seccomp", "minimal", "--best-effort", host_no_seccomp, true},
	{"minimal-no-runtime", "minimal", "--runtime none", host_no_runtime, false},
	{"minimal-options", "minimal",
	 "--as-pid-1 --hostname box --chdir /tmp --timeout 90s --cpu-time 1500ms --file-size 4K "
	 "--setenv A b --unsetenv TZ --ro-bind /srv/a /mnt/a --bind /srv/b /mnt/b --size 1M "
	 "--tmpfs /mnt/t --dir /run/d --symlink /mnt/a /link --dir /tmp/late --allow storage",
	 host_full, false},
	{"everything-refused", "everything", "", host_cgroup, false},
	{"everything-allowed", "everything",
	 "--allow file_system_read=/srv --allow file_system_write --allow storage "
	 "--allow network=host --allow devices --allow tty --allow environment=EDITOR "
	 "--allow read_messages --allow tool:*",
	 host_cgroup, true},
	{"optional-dropped", "optional", "", host_full, false},
	{"optional-given", "optional", "--allow storage --allow tool:forecast", host_full, false},
	{"limits-cgroup", "limits", "--allow storage --best-effort --pids-limit 4 --timeout 2m",
	 host_cgroup, false},
	{"limits-best-effort", "limits", "--allow storage --best-effort", host_old, false},
	{"landlock", "minimal",
	 "--isolation landlock --allow storage --allow file_system_read=/srv --ro-bind /opt/a /opt/a",
	 host_full, true},
	{"landlock-command", NULL,
	 "--isolation landlock --no-bundle --allow subprocess --allow network=host --allow storage "
	 "--data-dir /srv/data --best-effort --tmp-size 1M -- sh -c true",
	 host_full, false},
	{"command", NULL, "-- /usr/bin/node server.js --port 80", host_full, false},
	{"command-no-bundle", NULL,
	 "--no-bundle --clearenv --setenv ONLY this --allow subprocess --allow network=loopback "
	 "--allow file_system_read=/srv/a,/srv/b -- sh -c true",
	 host_full, false},
#define PROFILE_PREFIX "profile-"
#define PROFILE(name) {PROFILE_PREFIX name, "asks", ALLOW_ALL, host_full, false}
	PROFILE("strict"),
	PROFILE("default"),
	PROFILE("python"),
	PROFILE("node"),
	PROFILE("java"),
	PROFILE("network-client"),
	PROFILE("mcp-server"),
	PROFILE("language-server"),
	PROFILE("ci"),
	PROFILE("chat-bot"),
};

/* The text without the section of system calls */
static void cut_syscalls(char *text)
{
	char *from = strstr(text, "\nsystem calls\n");
	char *to = from ? strstr(from, "\nlimits\n") : NULL;

	if (to)
		memmove(from, to, strlen(to) + 1);
}

static bool first_difference(const char *found, const char *expected)
{
	unsigned line = 1;

	while (*found || *expected) {
		size_t a = strcspn(found, "\n");
		size_t b = strcspn(expected, "\n");

		if (a != b || strncmp(found, expected, a) != 0) {
			printf("#   line %u\n#   found    \"%.*s\"\n#   expected \"%.*s\"\n", line,
			       (int)a, found, (int)b, expected);
			return true;
		}
		found += a + (found[a] != '\0');
		expected += b + (expected[b] != '\0');
		line++;
	}
	return false;
}

static void test_golden(const struct golden *g)
{
	autofree char *manifest_path =
		xasprintf("tests/golden/%s.yaml", g->manifest ? g->manifest : "");
	autofree char *path = xasprintf("tests/golden/%s.txt", g->name);
	size_t n = 0;
	autofree char *manifest = g->manifest ? read_text(manifest_path, &n) : NULL;
	bool within = str_starts(g->name, PROFILE_PREFIX);
	struct strbuf found = {0};
	struct trial t;

	try_profile(&t, within ? shipped(g->name + strlen(PROFILE_PREFIX)) : NULL, manifest, n,
		    g->options, g->host);
	ok(!within || t.profile, "%s: its profile is read", g->name);
	ok(t.rc == 0, "%s: there is a plan", g->name);
	if (t.rc) {
		printf("#   %s\n", t.e.msg);
		release(&t);
		return;
	}
	plan_print_text(&t.p, &t.r, &found);
	if (!g->whole)
		cut_syscalls(found.s);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *out = fopen(path, "we");

		ok(out && fputs(found.s, out) >= 0 && fclose(out) == 0, "%s: written", g->name);
	} else {
		autofree char *expected = read_text(path, &n);

		ok(expected && strcmp(found.s, expected) == 0, "%s: is that of %s", g->name, path);
		if (expected)
			(void)first_difference(found.s, expected);
	}
	strbuf_free(&found);
	release(&t);
}

/* The same inputs, the same plan: nothing of the machine or of an earlier plan is in it. */
static void test_pure(void)
{
	struct strbuf text[2] = {0};

	for (int i = 0; i < 2; i++) {
		struct trial t;

		(void)setenv("LANG", i ? "xx_XX" : "yy_YY", 1);
		try_lines(&t, "permissions: [subprocess]\n", "", host_full);
		plan_print_text(&t.p, &t.r, &text[i]);
		release(&t);
	}
	is_str(text[0].s, text[1].s, "a plan depends on its inputs alone");
	strbuf_free(&text[0]);
	strbuf_free(&text[1]);
}

/* ---- policy ---- */

static bool has(const struct strv *sv, const char *part)
{
	for (size_t i = 0; i < sv->n; i++)
		if (strstr(sv->v[i], part))
			return true;
	return false;
}

/* The request is refused, by name, with its position and with what would allow it. */
static void refuses(const char *lines, const char *options, const char *what, const char *remedy)
{
	struct trial t;
	struct pb_err e = {0};

	try_lines(&t, lines, options, host_full);
	ok(t.rc == 0 && policy_refusal(&t.r, &e) == -1 && e.kind == PB_ERR_POLICY &&
		   pb_err_exit_code(&e) == PB_EXIT_POLICY,
	   "refused: %s %.*s", options, (int)strcspn(lines, "\n"), lines);
	ok(strstr(e.msg, what) && strstr(e.hint, remedy), "  told: %s", what);
	if (!strstr(e.msg, what) || !strstr(e.hint, remedy))
		printf("#   message \"%s\"\n#   hint    \"%s\"\n", e.msg, e.hint);
	release(&t);
}

static void gives(const char *lines, const char *options, enum perm_id id, const char *args)
{
	struct trial t;
	struct pb_err e = {0};
	struct strbuf found = {0};

	try_lines(&t, lines, options, host_full);
	strbuf_puts(&found, "");
	for (size_t i = 0; i < t.r.perm[id].args.n; i++)
		strbuf_printf(&found, "%s%s", i ? " " : "", t.r.perm[id].args.v[i]);
	ok(t.rc == 0 && policy_refusal(&t.r, &e) == 0 && t.r.perm[id].given, "given: %s %.*s", options,
	   (int)strcspn(lines, "\n"), lines);
	is_str(found.s, args, "  exactly that");
	strbuf_free(&found);
	release(&t);
}

static void test_intersection(void)
{
	gives("permissions: [{file_system_read: [/srv/a/b]}]\n", "--allow file_system_read=/srv/a",
	      PERM_FS_READ, "/srv/a/b");
	gives("permissions: [{file_system_read: [/srv/a]}]\n", "--allow file_system_read=/srv/a",
	      PERM_FS_READ, "/srv/a");
	gives("permissions: [{file_system_read: [/srv/a]}]\n", "--allow file_system_read", PERM_FS_READ,
	      "/srv/a");
	gives("permissions: [{file_system_read: [/usr/share/dict]}]\n", "", PERM_FS_READ,
	      "/usr/share/dict");
	refuses("permissions: [{file_system_read: [/srv]}]\n", "--allow file_system_read=/srv/a",
		"file_system_read: /srv (plugin.yaml:4:", "--allow file_system_read=/srv");
	refuses("permissions: [{file_system_read: [/srv/ab]}]\n", "--allow file_system_read=/srv/a",
		"/srv/ab", "--allow file_system_read=/srv/ab");
	refuses("permissions: [{file_system_write: [/srv/a]}]\n", "--allow file_system_read=/srv/a",
		"file_system_write: /srv/a", "--allow file_system_write=/srv/a");
	refuses("permissions: [{file_system_write: [/usr/share/dict]}]\n", "",
		"file_system_write: /usr/share/dict", "--allow file_system_write=/usr/share/dict");
	gives("permissions: [subprocess]\n", "", PERM_SUBPROCESS, "");
	gives("permissions: [user_database]\n", "", PERM_USER_DATABASE, "");
	gives("permissions: [{network: loopback}]\n", "", PERM_NETWORK, "loopback");
	gives("permissions: [{network: host}]\n", "--allow network", PERM_NETWORK, "host");
	refuses("permissions: [{network: host}]\n", "--allow network=loopback", "network: host",
		"--allow network=host");
	refuses("permissions: [storage]\n", "--allow tty", "storage (plugin.yaml:4:",
		"--allow storage");
	refuses("permissions: [{devices: [dri/card0, kvm]}]\n", "--allow devices=kvm",
		"devices: dri/card0", "--allow devices=dri/card0");
	refuses("environment: {pass: [EDITOR]}\n", "--allow environment=EDITORS", "environment: EDITOR",
		"--allow environment=EDITOR");
	refuses("permissions: [storage, tty, {network: host}]\n", "", "storage (plugin.yaml:4:15), tty "
		"(plugin.yaml:4:24), network: host (plugin.yaml:4:",
		"--allow storage --allow tty --allow network=host");
}

/* What the host at the other end of the channel enforces */
static void test_applications(void)
{
	static const struct {
		const char *asked, *allowed;
		bool given;
	} rows[] = {
		{"tool:radar", "tool:radar", true},
		{"tool:radar", "tool:*", true},
		{"tool:radar", "tool:rad*", false},
		{"tool:radar*", "tool:radar*", true},
		{"tool:radar*", "tool:rad*", false},
		{"tool:radar.wide", "tool:radar*", true},
		{"tool:radar.*", "tool:radar*", true},
		{"tool:radar*", "tool:radar.*", false},
		{"tool:radars", "tool:radar*", false},
		{"tool:radar", "tool:radar.*", false},
		{"cli:plugins.x.y", "cli:plugins.*", true},
		{"tool:rad*", "tool:radar*", false},
		{"tool:*", "tool:radar", false},
		{"tool:radar", "tool:rada", false},
		{"tool:radar", "tool:radars", false},
		{"tool:Radar", "tool:radar", false},
		{"hook:radar", "tool:*", false},
		{"read_messages", "read_messages", true},
		{"read_messages", "send_messages", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *lines =
			xasprintf("capabilities: {required: [\"%s\"]}\n", rows[i].asked);
		autofree char *allow = xasprintf("--allow %s", rows[i].allowed);
		struct trial t;
		struct pb_err e = {0};

		try_lines(&t, lines, allow, host_full);
		ok(t.rc == 0 && (policy_refusal(&t.r, &e) == 0) == rows[i].given &&
			   strv_has(&t.r.host_enforced, rows[i].asked) == rows[i].given,
		   "%s asked, %s allowed: %s", rows[i].asked, rows[i].allowed,
		   rows[i].given ? "given" : "refused");
		release(&t);
	}
}

/* What needs namespaces is refused by name, whatever is allowed; what was optional is dropped. */
static void test_landlock(void)
{
	static const struct {
		const char *lines, *options, *what;
	} rows[] = {
		{"permissions: [tty]\n", "--allow tty", "tty (plugin.yaml:4:15)"},
		{"permissions: [user_database]\n", "", "user_database (plugin.yaml:4:15)"},
		{"permissions: [{devices: [fuse]}]\n", "--allow devices", "devices: fuse (plugin.yaml:4:"},
		{"permissions: [{network: loopback}]\n", "", "network: loopback (plugin.yaml:4:"},
		{"", "--hostname box", "--hostname"},
		{"", "--as-pid-1", "--as-pid-1"},
		{"", "--tmpfs /x", "--tmpfs /x"},
		{"", "--dir /x", "--dir /x"},
		{"", "--symlink /usr /x", "--symlink /usr /x"},
		{"", "--ro-bind /srv /b", "--ro-bind /srv /b"},
		{"", "--bind /srv /b", "--bind /srv /b"},
		{"", "--runtime /srv", "--runtime /srv"},
	};
	struct trial t;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *options = xasprintf("--isolation landlock %s", rows[i].options);

		refuses(rows[i].lines, options, rows[i].what, "without --isolation landlock");
	}
	try_lines(&t, "capabilities: {optional: [tty, user_database, storage]}\n",
		  "--isolation landlock --allow tty --allow storage", host_full);
	ok(t.rc == 0 && policy_refusal(&t.r, &t.e) == 0 && !t.r.perm[PERM_TTY].given &&
		   !t.r.perm[PERM_USER_DATABASE].given && t.r.perm[PERM_STORAGE].given &&
		   strv_has(&t.r.dropped, "tty") && strv_has(&t.r.dropped, "user_database"),
	   "landlock: optional requests that it cannot give are dropped, and told");
	release(&t);
	try_lines(&t, "", "--isolation landlock --best-effort", host_no_landlock);
	ok(t.rc != 0 && t.e.kind == PB_ERR_SETUP && strstr(t.e.msg, "ABI 6"),
	   "landlock: not without Landlock, whatever the effort");
	release(&t);
	try_lines(&t, "", "--isolation landlock --best-effort", host_no_seccomp);
	ok(t.rc != 0 && t.e.kind == PB_ERR_SETUP, "landlock: not without seccomp, whatever the effort");
	release(&t);
	try_lines(&t, "resources: {tmp_size: 1M}\n", "--isolation landlock", host_full);
	ok(t.rc != 0 && t.e.kind == PB_ERR_SETUP && strstr(t.e.msg, "tmp_size"),
	   "landlock: a size of /tmp that was asked for is not dropped in silence");
	release(&t);
	try_lines(&t, "", "--isolation landlock --ro-bind /srv /srv --allow storage", host_full);
	ok(t.rc == 0 && policy_refusal(&t.r, &t.e) == 0 && !t.p.namespaces && t.p.syscalls.bare &&
		   t.p.syscalls.pairs_only,
	   "landlock: a path at its own place needs no mount");
	plan_fill(&t.p, "/tmp/scratch", NULL);
	ok(strv_has(&t.p.env, "TMPDIR=/tmp/scratch") && strv_has(&t.p.env, "HOME=/tmp/scratch"),
	   "landlock: the run's directory takes its place");
	release(&t);
}

static void test_lists(void)
{
	struct trial t;

	/* the parser refuses it already; should it ever come from elsewhere, it is not "all" */
	try_lines(&t, "", "--allow file_system_read", host_full);
	requests_add(&t.m->requests, "file_system_read")->required = true;
	rights_free(&t.r);
	ok(policy_decide(t.m, &t.l, NULL, &t.f, &t.r, &t.e) == 0 && !t.r.perm[PERM_FS_READ].given &&
		   !t.r.refused.n,
	   "an empty list asks for nothing and is given nothing");
	release(&t);

	try_lines(&t, "capabilities: {optional: [storage, \"tool:a\"]}\n", "", host_full);
	ok(t.rc == 0 && !t.r.refused.n && !t.r.perm[PERM_STORAGE].given && !t.p.storage,
	   "optional and not allowed: dropped");
	ok(strv_has(&t.r.dropped, "storage") && strv_has(&t.r.dropped, "tool:a") &&
		   has(&t.p.notes, "\"storage\" is not allowed and dropped") &&
		   has(&t.p.notes, "\"tool:a\" is not allowed and dropped"),
	   "  and told");
	release(&t);

	try_lines(&t, "capabilities: {optional: [storage]}\n", "--allow storage", host_full);
	ok(t.rc == 0 && t.p.storage && !t.r.dropped.n, "optional and allowed: given");
	release(&t);

	try_lines(&t, "", "--allow network=host --allow subprocess --allow tool:x", host_full);
	ok(t.rc == 0 && t.r.network == NETWORK_NONE && !t.p.subprocess && t.r.unasked.n == 3,
	   "allowed and not asked for: not given");
	ok(has(&t.p.notes, "--allow network has no effect"), "  and told");
	release(&t);

	try_lines(&t, "permissions: [subprocess]\n", "--allow subprocess", host_full);
	ok(t.rc == 0 && t.p.subprocess && !t.r.unasked.n, "allowed and asked for is no note");
	release(&t);

	try_text(&t, NULL, 0, "--no-bundle --allow file_system_read -- true", host_full);
	ok(t.rc == -1 && t.e.kind == PB_ERR_USAGE && strstr(t.e.msg, "says not what"),
	   "a command has no list that --allow NAME could mean");
	release(&t);

	try_text(&t, NULL, 0, "--no-bundle --allow subprocess -- /opt/x/tool", host_full);
	ok(t.rc == 0 && t.p.subprocess && !t.r.unasked.n, "for a command --allow is the request too");
	is_str(t.r.plugin, "tool", "  which is called after its program");
	release(&t);
}

/* ---- limits ---- */

static const struct plan_limit *limit_of(const struct plan *p, enum limit_id id)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if (p->limits[i].id == id)
			return &p->limits[i];
	return NULL;
}

static uint64_t rlimit_of(const struct plan *p, int resource)
{
	for (size_t i = 0; i < p->n_rlimits; i++)
		if (p->rlimits[i].resource == resource)
			return p->rlimits[i].soft;
	return UINT64_MAX;
}

static void test_minimum(void)
{
	struct trial t;

	try_lines(&t, "resources: {open_files: 100}\n", "--open-files 50", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NOFILE) == 50 &&
		   t.r.limit_from[LIMIT_OPEN_FILES] == FROM_OPTION,
	   "a lower option wins");
	release(&t);
	try_lines(&t, "resources: {open_files: 100}\n", "--open-files 200", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NOFILE) == 100 &&
		   t.r.limit_from[LIMIT_OPEN_FILES] == FROM_MANIFEST,
	   "a higher one does not");
	release(&t);
	try_lines(&t, "", "--open-files 5000 --tmp-size 1G", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NOFILE) == 5000 &&
		   limit_of(&t.p, LIMIT_TMP_SIZE)->v == 1ULL << 30,
	   "a default gives way to the caller, either way");
	release(&t);
	try_lines(&t, "resources: {open_files: 5000}\n", "", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NOFILE) == 5000, "and to the manifest");
	release(&t);
	try_lines(&t, "resources: {pids_limit: 8}\n", "", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NPROC) == 9 && limit_of(&t.p, LIMIT_PIDS)->v == 8,
	   "plugbox's own process is not counted against the plugin");
	release(&t);
	try_lines(&t, "resources: {pids_limit: 8}\n", "--as-pid-1", host_full);
	ok(t.rc == 0 && rlimit_of(&t.p, RLIMIT_NPROC) == 8, "  nor is one that is not there");
	release(&t);
}

/* What cannot be enforced stops the launch, with a name and a remedy; with --best-effort
 * it is missing, and told. */
static void lacks(const char *lines, const char *options, void (*host)(struct host_facts *f),
		  const char *layer)
{
	autofree char *effort = xasprintf("%s --best-effort", options);
	struct trial t;

	try_lines(&t, lines, options, host);
	ok(t.rc == -1 && t.e.kind == PB_ERR_SETUP && pb_err_exit_code(&t.e) == PB_EXIT_SETUP &&
		   strstr(t.e.msg, layer) && strstr(t.e.hint, "--best-effort"),
	   "cannot be had: %s %.*s (%s)", options, (int)strcspn(lines, "\n"), lines, layer);
	is_str(t.e.step, layer, "  the step says which");
	release(&t);
	try_lines(&t, lines, effort, host);
	ok(t.rc == 0 && t.p.missing.n == 1 && strv_has(&t.p.missing, layer) &&
		   !strv_has(&t.p.layers, layer) && has(&t.p.notes, layer),
	   "  with --best-effort it is missing, and told");
	release(&t);
}

static void test_lacks(void)
{
	struct trial t;

	lacks("", "", host_no_landlock, "landlock");
	lacks("", "", host_no_seccomp, "seccomp");
	lacks("permissions: [subprocess]\nresources: {cpu_limit: 0.5}\n", "--as-pid-1", host_full,
	      "cpu_limit");
	lacks("resources: {cpus: 0-3}\n", "", host_cgroup, "cpus");
	lacks("resources: {io_read: 1M}\n", "", host_cgroup, "io_read");
	lacks("resources: {io_weight: 50}\n", "", host_cgroup, "io_weight");
	lacks("resources: {cpu_weight: 50}\n", "", host_full, "cpu_weight");
	lacks("resources: {memory_high: 64M}\n", "", host_full, "memory_high");
	lacks("resources: {swap_limit: 0}\n", "", host_full, "swap_limit");
	lacks("permissions: [tty]\nresources: {idle_timeout: 1s}\n", "--allow tty", host_cgroup,
	      "idle_timeout");
	lacks("permissions: [tty]\nresources: {startup_timeout: 1s}\n", "--allow tty", host_cgroup,
	      "startup_timeout");
	lacks("permissions: [tty]\nresources: {output_size: 1M}\n", "--allow tty", host_cgroup,
	      "output_size");
	lacks("resources: {rate_limits: {messages_per_second: 5}}\n", "", host_cgroup,
	      "messages_per_second");
	lacks("resources: {rate_limits: {database_queries_per_second: 5}}\n", "", host_cgroup,
	      "database_queries_per_second");

	try_lines(&t, "resources: {memory_limit: 64M, pids_limit: 8}\n", "", host_full);
	ok(t.rc == 0 && t.p.watch.memory == 64U << 20 && !t.p.syscalls.watched && !t.p.cgroup.memory &&
		   rlimit_of(&t.p, RLIMIT_DATA) == (64ULL << 20) + (1ULL << 30) + (64ULL << 20),
	   "without a cgroup the watchdog keeps memory_limit, with room below RLIMIT_DATA");
	release(&t);
	try_lines(&t, "permissions: [subprocess]\nresources: {memory_limit: 64M}\n", "", host_full);
	ok(t.rc == 0 && t.p.syscalls.watched, "and what it would not see cannot be made");
	release(&t);
	try_lines(&t, "permissions: [subprocess]\nresources: {cpu_limit: 0.5, cpu_time: 1500ms}\n", "",
		  host_full);
	ok(t.rc == 0 && t.p.watch.cpu_milli == 500 && t.p.watch.cpu_ms == 1500 &&
		   plan_sees_processes(&t.p) && rlimit_of(&t.p, RLIMIT_CPU) == 3,
	   "and the CPU limits, for all processes");
	release(&t);
	try_lines(&t, "permissions: [storage]\nresources: {data_size: 1M}\n", "--allow storage",
		  host_cgroup);
	ok(t.rc == 0 && t.p.watch.data == 1U << 20 && plan_sees_processes(&t.p) &&
		   limit_of(&t.p, LIMIT_DATA_SIZE)->means == MEANS_WATCHDOG,
	   "data_size is the watchdog's, whatever cgroup there is");
	release(&t);
	try_lines(&t, "permissions: [storage]\nresources: {data_size: 1M}\n",
		  "--allow storage --limits strict", host_quota);
	ok(t.rc == 0 && t.p.data_quota == 1U << 20 && !t.p.watch.data && !plan_is_watched(&t.p) &&
		   limit_of(&t.p, LIMIT_DATA_SIZE)->means == MEANS_QUOTA,
	   "but for where a project quota keeps it, which is strict");
	release(&t);
	try_lines(&t, "permissions: [storage]\nresources: {data_size: 1M}\n",
		  "--allow storage --isolation landlock", host_quota);
	ok(t.rc == 0 && !t.p.data_quota && t.p.watch.data == 1U << 20 &&
		   limit_of(&t.p, LIMIT_DATA_SIZE)->means == MEANS_WATCHDOG,
	   "and which a plugin without a user namespace could leave");
	release(&t);
	try_lines(&t, "permissions: [storage]\nresources: {data_size: 1M}\n",
		  "--allow storage --limits strict", host_no_quota);
	ok(t.rc < 0 && strstr(t.e.msg, "strictly: no project quota: for a reason"), "strict is told why there is none");
	release(&t);
	try_lines(&t, "resources: {data_size: 1M}\n", "", host_full);
	ok(t.rc == 0 && !plan_is_watched(&t.p) && !limit_of(&t.p, LIMIT_DATA_SIZE),
	   "without storage there is nothing to keep");
	release(&t);
	try_lines(&t, "resources: {cpu_time: 5s}\n", "", host_cgroup);
	ok(t.rc == 0 && t.p.watch.cpu_by_cgroup && plan_is_watched(&t.p) && !plan_sees_processes(&t.p),
	   "a cgroup counts the CPU time, which plugbox reads there");
	release(&t);
	try_lines(&t, "resources: {memory_limit: 64M}\n", "", host_cgroup);
	ok(t.rc == 0 && !plan_is_watched(&t.p),
	   "with one there is nothing to watch");
	release(&t);
	try_lines(&t, "resources: {pids_limit: 8}\n", "--best-effort", host_old);
	ok(t.rc == 0 && strv_has(&t.p.missing, "pids_limit"),
	   "an old kernel cannot keep pids_limit, though it was asked for");
	release(&t);
	try_lines(&t, "", "--best-effort", host_old);
	ok(t.rc == 0 && !strv_has(&t.p.missing, "pids_limit") && has(&t.p.notes, "pids_limit"),
	   "a default that is weaker there is told, and no lack");
	release(&t);
	try_lines(&t, "resources: {memory_limit: 64M, cpu_limit: 0.5, pids_limit: 8}\n", "",
		  host_cgroup);
	ok(t.rc == 0 && t.p.cgroup_way == CGROUP_OWN && t.p.cgroup.memory == 64U << 20 &&
		   t.p.cgroup.cpu_milli == 500 &&
		   t.p.cgroup.pids == 9 && !t.p.missing.n && strv_has(&t.p.layers, "cgroup"),
	   "with a cgroup all of it is kept");
	ok(plan_cgroup_needs(&t.r) == (CG_CPU | CG_MEMORY | CG_PIDS), "and all of it needs one");
	release(&t);
	try_lines(&t, "", "", host_scope);
	ok(plan_cgroup_needs(&t.r) == 0 && t.p.cgroup_way == CGROUP_SCOPE &&
		   has(&t.p.cgroup_notes, "own: no cgroup v2 is delegated"),
	   "what is only usual needs none; a scope is told, with why it is not plugbox's own");
	release(&t);
	try_lines(&t, "resources: {memory_limit: 64M, cpu_weight: 50}\n", "--best-effort", host_scope);
	ok(t.p.cgroup.memory == 64U << 20 && strv_has(&t.p.missing, "cpu_weight") &&
		   has(&t.p.notes, "the cgroup from systemd has no cpu controller"),
	   "in a scope without cpu that is what is missing, with the reason");
	release(&t);
	try_lines(&t, "resources: {io_weight: 50, cpus: 0}\n", "--best-effort", host_no_scope);
	ok(plan_cgroup_needs(&t.r) == (CG_IO | CG_CPUSET) && t.p.cgroup_way == CGROUP_NONE &&
		   has(&t.p.notes, "from systemd: no manager of systemd runs") &&
		   has(&t.p.cgroup_notes, "scope: no manager"),
	   "neither this nor that: both reasons are told");
	release(&t);
	try_lines(&t, "resources: {cpus: 0-3, cpu_weight: 50, swap_limit: 0, io_read: 1M}\n",
		  "--cpus 2,3,5 --cpu-weight 80 --io-write 2M", host_cgroup_all);
	ok(t.rc == 0 && t.p.cgroup.cpus == 0xc && t.p.cgroup.cpu_weight == 50 &&
		   t.p.cgroup.has_swap && t.p.cgroup.swap == 0 && t.p.cgroup.io_read == 1U << 20 &&
		   t.p.cgroup.io_write == 2U << 20 && !t.p.missing.n,
	   "of processors those stay that both name, of other limits the lower");
	release(&t);
	try_lines(&t, "resources: {cpus: 0-1}\n", "--cpus 2", host_cgroup_all);
	ok(t.r.refused.n == 1, "where both name no processor in common the launch is refused");
	release(&t);
	try_lines(&t, "", "--best-effort", host_full);
	ok(t.rc == 0 && !t.p.missing.n && !strv_has(&t.p.layers, "cgroup"),
	   "nothing is missing that nobody asked for");
	release(&t);
}

/* A plugin may not take the place of a part of the sandbox. */
static void test_command_bundle(void)
{
	static const char *const places[] = {"/tmp", "/usr", "/etc", "/proc", "/dev"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct trial t;
		struct plan p;
		struct pb_err e = {0};

		try_text(&t, NULL, 0, "-- true", host_full);
		ok(t.rc == 0 && plan_make(NULL, &t.l, &t.r, &t.f, places[i], &p, &e) == -1 &&
			   e.kind == PB_ERR_USAGE && strstr(e.hint, "--bundle"),
		   "%s cannot be a command's bundle", places[i]);
		plan_free(&p);
		release(&t);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++)
		test_golden(&goldens[i]);
	test_pure();
	test_intersection();
	test_applications();
	test_landlock();
	test_lists();
	test_minimum();
	test_lacks();
	test_command_bundle();
	return done_testing();
}
