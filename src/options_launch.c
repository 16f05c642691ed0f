/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of the option table and what each does to a struct launch. A row
 * checks what it can know by itself; what needs the manifest or the host is
 * policy's business. */
#include "options_table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "spec/permission.h"
#include "spec/value.h"

#define OUTCOME_WORDS                                                                              \
	"exited signaled timeout oom limit abandoned setup-failed refused not-found "              \
	"not-executable usage"

#define CORRELATION_ID_MAX 128

static int bad_value(struct pb_err *e, const struct option *o, const char *value, const char *why)
{
	return pb_err_set(e, PB_ERR_USAGE, 0, "--%s \"%s\": %s", o->name, value, why);
}

static void replace(char **field, char *owned)
{
	free(*field);
	*field = owned;
}

/* Makes a host path absolute and normal, which is what the plan and its
 * descriptions want. A normal one is left as it is: links in it are the caller's own. */
static int host_path(const struct option *o, const char *value, bool may_lack, char **out,
		     struct pb_err *e)
{
	if (!*value)
		return bad_value(e, o, value, "expected a path");
	if (path_is_normal(value)) {
		*out = xstrdup(value);
		return 0;
	}
	*out = realpath(value, NULL);
	if (*out)
		return 0;
	if (may_lack && errno == ENOENT) {
		autofree char *copy = xstrdup(value);
		char *slash;
		autofree char *parent = NULL;

		for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
			copy[n - 1] = '\0';
		slash = strrchr(copy, '/');
		if (slash && slash != copy)
			*slash = '\0';
		parent = realpath(slash == copy ? "/" : slash ? copy : ".", NULL);
		if (parent) {
			const char *last = slash ? slash + 1 : copy;

			*out = xasprintf("%s/%s", parent[1] ? parent : "", last);
			if (path_is_normal(*out))
				return 0;
			replace(out, NULL);
			return bad_value(e, o, value, "expected a path without \"..\" at its end");
		}
	}
	return pb_err_set(e, PB_ERR_USAGE, errno, "--%s \"%s\"", o->name, value);
}

/* A path inside the sandbox. */
static int inner_path(const struct option *o, const char *value, bool root_too, struct pb_err *e)
{
	if (value[0] != '/')
		return bad_value(e, o, value, "expected an absolute path inside the sandbox");
	if (!path_is_normal(value))
		return bad_value(
			e, o, value,
			"expected a path without \"//\", \".\", \"..\" and \"/\" at its end");
	if (!value[1] && !root_too)
		return bad_value(e, o, value, "the sandbox's root itself cannot be replaced");
	return 0;
}

static int set_flag(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	struct launch *l = p->l;

	(void)value;
	(void)e;
	switch (o->number) {
	case 'b':
		l->no_bundle = true;
		replace(&l->bundle_dir, NULL);
		break;
	case 'd':
		l->die_with_parent = true;
		break;
	case 'D':
		l->die_with_parent = false;
		break;
	case '1':
		l->as_pid_1 = true;
		break;
	case 'e':
		l->best_effort = true;
		break;
	case 'a':
		l->audit_syslog = true;
		break;
	case 'g':
		l->debug = true;
		break;
	case 'y':
		p->yes = true;
		break;
	case 'F':
		p->follow = true;
		break;
	case 'j':
		*(l ? &l->json : &p->json) = true;
		break;
	default:
		break;
	}
	return 0;
}

static int set_help(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	(void)o;
	(void)value;
	(void)e;
	options_command_help(p->command);
	return 1;
}

static int set_log(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	(void)p;
	(void)value;
	(void)e;
	log_set_level((enum log_level)o->number);
	return 0;
}

static int check_allowed(enum perm_arg kind, const char *arg, const char **why)
{
	switch (kind) {
	case PERM_ARG_PATHS:
		return value_grant_path(arg, why);
	case PERM_ARG_ENV:
		return value_env_name(arg, why);
	case PERM_ARG_DEVICES:
		return value_device(arg, why);
	case PERM_ARG_NETWORK:
		*why = "expected host or loopback";
		return strcmp(arg, "host") == 0 || strcmp(arg, "loopback") == 0 ? 0 : -1;
	case PERM_ARG_NONE:
	default:
		*why = "it takes no argument";
		return -1;
	}
}

static int unknown_permission(const struct option *o, const char *name, struct pb_err *e)
{
	size_t n_names = 0;
	const char *const *names = perm_names(&n_names);
	autofree char *head = xstrndup(name, strcspn(name, ":"));
	const char *nearest = str_nearest(name, names, n_names);

	(void)bad_value(e, o, name, "unknown permission");
	if (name[strlen(head)] && perm_find(head) >= 0)
		return pb_err_hint(e, "did you mean \"--allow %s=%s\"?", head,
				   name + strlen(head) + 1);
	if (nearest)
		return pb_err_hint(e, "did you mean \"%s\"?", nearest);
	return pb_err_hint(e, "plugbox-manifest(5) lists the permissions");
}

static int set_allow(struct options_parse *p, const struct option *o, char **value,
		     struct pb_err *e)
{
	const char *args = strchr(value[0], '=');
	autofree char *name = xstrndup(value[0], strcspn(value[0], "="));
	int perm = perm_find(name);
	struct strv list = {0};
	struct request *request;

	if (perm < 0 && !perm_is_application(name))
		return unknown_permission(o, name, e);
	while (args) {
		const char *arg = args + 1;
		const char *end = strchrnul(arg, ',');
		autofree char *one = xstrndup(arg, (size_t)(end - arg));
		const char *why = NULL;
		int r = 0;

		if (!*one)
			r = bad_value(e, o, value[0], "an argument is empty");
		else if ((perm >= 0 && check_allowed(perm_table[perm].arg, one, &why) < 0) ||
			 (perm_takes_hosts(name) && value_host(one, &why) < 0))
			r = pb_err_set(e, PB_ERR_USAGE, 0, "--allow %s: \"%s\": %s", name, one,
				       why);
		if (r < 0) {
			strv_free(&list);
			return -1;
		}
		strv_add(&list, one);
		args = *end ? end : NULL;
	}
	request = requests_add(&p->l->allow, name);
	request->args = list;
	request->required = true;
	return 0;
}

static int set_size(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	const char *why = NULL;

	if (value_size(value[0], &p->size, &why) < 0)
		return bad_value(e, o, value[0], why);
	if (!p->size)
		return bad_value(e, o, value[0], "expected a size above 0");
	return 0;
}

static int set_mount(struct options_parse *p, const struct option *o, char **value,
		     struct pb_err *e)
{
	struct launch *l = p->l;
	struct mount_opt m = {.kind = (enum mount_kind)o->number};
	const char *dst = value[o->arg[1] ? 1 : 0];

	if (inner_path(o, dst, false, e) < 0)
		return -1;
	if (m.kind == MOUNT_SYMLINK && !*value[0])
		return bad_value(e, o, value[0], "expected what the link points to");
	if (m.kind == MOUNT_SYMLINK)
		m.src = xstrdup(value[0]);
	else if (o->arg[1] && host_path(o, value[0], false, &m.src, e) < 0)
		return -1;
	m.dst = xstrdup(dst);
	if (m.kind == MOUNT_TMPFS) {
		m.size = p->size;
		p->size = 0;
	}
	grow(&l->mounts, &l->cap_mounts, l->n_mounts, sizeof(*l->mounts));
	l->mounts[l->n_mounts++] = m;
	return 0;
}

/* The caller's own words: any name that the environment can hold. */
static int set_env(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	struct launch *l = p->l;
	struct env_opt op = {.op = (enum env_op)o->number};

	if (op.op != ENV_CLEAR && (!value[0][0] || strchr(value[0], '=')))
		return bad_value(e, o, value[0], "expected the name of a variable");
	if (op.op != ENV_CLEAR)
		op.name = xstrdup(value[0]);
	if (op.op == ENV_SET)
		op.value = xstrdup(value[1]);
	grow(&l->env, &l->cap_env, l->n_env, sizeof(*l->env));
	l->env[l->n_env++] = op;
	return 0;
}

static int set_chdir(struct options_parse *p, const struct option *o, char **value,
		     struct pb_err *e)
{
	if (inner_path(o, value[0], true, e) < 0)
		return -1;
	replace(&p->l->chdir, xstrdup(value[0]));
	return 0;
}

static int set_hostname(struct options_parse *p, const struct option *o, char **value,
			struct pb_err *e)
{
	const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	size_t n = strlen(value[0]);

	/* 64 is the kernel's own limit, sethostname(2) */
	if (n < 1 || n > 64 || strspn(value[0], allowed) != n || value[0][0] == '-' ||
	    value[0][0] == '.')
		return bad_value(e, o, value[0],
				 "expected at most 64 letters, digits, \"-\" and \".\"");
	replace(&p->l->hostname, xstrdup(value[0]));
	return 0;
}

/* Options whose value is a path or word that another part reads. */
static int set_text(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	struct launch *l = p->l;
	char *path = NULL;

	switch (o->number) {
	case 'b': /* --bundle */
		if (host_path(o, value[0], false, &path, e) < 0)
			return -1;
		replace(&l->bundle_dir, path);
		l->no_bundle = false;
		return 0;
	case 'p': /* --profile */
		if (!*value[0])
			return bad_value(e, o, value[0], "expected a name or a path");
		replace(&l->profile, xstrdup(value[0]));
		return 0;
	case 'r': /* --runtime */
		if (strcmp(value[0], "none") == 0 || strcmp(value[0], "host") == 0)
			path = xstrdup(value[0]);
		else if (host_path(o, value[0], false, &path, e) < 0)
			return pb_err_hint(e, "the words none and host are understood too");
		replace(&l->runtime, path);
		return 0;
	case 'R': /* --runtime-add */
		if (host_path(o, value[0], false, &path, e) < 0)
			return -1;
		strv_take(&l->runtime_add, path);
		return 0;
	case 'd': /* --data-dir, made where it lacks */
		if (host_path(o, value[0], true, &path, e) < 0)
			return -1;
		replace(&l->data_dir, path);
		return 0;
	case 'S': /* --state-dir, likewise */
		if (host_path(o, value[0], true, &path, e) < 0)
			return -1;
		replace(&l->state_dir, path);
		return 0;
	case 's': /* --status-file, likewise */
		if (host_path(o, value[0], true, &path, e) < 0)
			return -1;
		replace(&l->status_file, path);
		return 0;
	case 'c': /* --cgroup */
		if (!*value[0])
			return bad_value(e, o, value[0], "expected a path");
		replace(&l->cgroup, xstrdup(value[0]));
		return 0;
	default: /* --run-as */
		if (!*value[0] || value[0][0] == ':' || value[0][strlen(value[0]) - 1] == ':' ||
		    strchr(value[0], ':') != strrchr(value[0], ':'))
			return bad_value(e, o, value[0], "expected USER or USER:GROUP");
		replace(&l->run_as, xstrdup(value[0]));
		return 0;
	}
}

int options_set_limit(struct options_parse *p, const struct option *o, char **value,
		      struct pb_err *e)
{
	enum limit_id id = (enum limit_id)o->number;
	struct limit limit = {.set = true};
	const char *why = NULL;

	if (value_limit(id, value[0], &limit.v, &why) < 0)
		return bad_value(e, o, value[0], why);
	p->l->limits.l[id] = limit;
	return 0;
}

static int set_kill_after(struct options_parse *p, const struct option *o, char **value,
			  struct pb_err *e)
{
	const char *why = NULL;
	uint64_t ms = 0;

	if (value_duration(value[0], &ms, &why) < 0)
		return bad_value(e, o, value[0], why);
	if (ms > UINT64_C(3600) * 1000)
		return bad_value(e, o, value[0], "expected at most 1h");
	p->l->kill_after = ms;
	return 0;
}

static int set_fd(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	struct launch *l = p->l;
	int fd = -1;

	if (options_fd(o->name, value[0], o->number == 'k' ? O_RDWR : O_WRONLY, &fd, e) < 0)
		return -1;
	switch (o->number) {
	case 's':
		l->status_fd = fd;
		return 0;
	case 'i':
		l->info_fd = fd;
		return 0;
	default:
		break;
	}
	for (size_t i = 0; i < l->n_keep_fds; i++)
		if (l->keep_fds[i] == fd)
			return 0;
	grow(&l->keep_fds, &l->cap_keep_fds, l->n_keep_fds, sizeof(*l->keep_fds));
	l->keep_fds[l->n_keep_fds++] = fd;
	return 0;
}

static int set_init_error(struct options_parse *p, const struct option *o, char **value,
			  struct pb_err *e)
{
	if (strcmp(value[0], "jsonrpc") != 0)
		return bad_value(e, o, value[0], "expected jsonrpc");
	p->l->init_error = INIT_ERROR_JSONRPC;
	return 0;
}

static int set_isolation(struct options_parse *p, const struct option *o, char **value,
			 struct pb_err *e)
{
	if (strcmp(value[0], "namespaces") == 0)
		p->l->isolation = ISOLATION_NAMESPACES;
	else if (strcmp(value[0], "landlock") == 0)
		p->l->isolation = ISOLATION_LANDLOCK;
	else
		return bad_value(e, o, value[0], "expected namespaces or landlock");
	return 0;
}

static int set_audit(struct options_parse *p, const struct option *o, char **value, struct pb_err *e)
{
	enum demand demand = strcmp(value[0], "on") == 0	 ? DEMAND_ON
			     : strcmp(value[0], "required") == 0 ? DEMAND_REQUIRED
								 : DEMAND_OFF;

	if (demand == DEMAND_OFF)
		return bad_value(e, o, value[0], "expected on or required");
	if (demand > p->l->audit)
		p->l->audit = demand;
	return 0;
}

/* It goes into logs that others read: nothing but what names usually have. */
static int set_correlation_id(struct options_parse *p, const struct option *o, char **value,
			      struct pb_err *e)
{
	const size_t n = strlen(value[0]);

	if (n < 1 || n > CORRELATION_ID_MAX ||
	    strspn(value[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			     "._:/@+=-") != n)
		return bad_value(e, o, value[0], "expected at most 128 letters, digits and ._:/@+=-");
	replace(&p->l->correlation_id, xstrdup(value[0]));
	return 0;
}

static int set_consent(struct options_parse *p, const struct option *o, char **value,
		       struct pb_err *e)
{
	if (strcmp(value[0], "required") != 0)
		return bad_value(e, o, value[0], "expected required");
	p->l->consent = DEMAND_REQUIRED;
	return 0;
}

static bool has_word(const char *words, const char *word)
{
	const size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* What plugbox audit is to print, approve to expect, and digest to write. */
static int set_filter(struct options_parse *p, const struct option *o, char **value,
		      struct pb_err *e)
{
	if (!*value[0])
		return bad_value(e, o, value[0], "expected a word");
	if (o->number == 's' && options_since(value[0], p->since, sizeof(p->since)) < 0)
		return bad_value(e, o, value[0], "expected a time like 2026-11-25T10:00 or 12h");
	if (o->number == 'o' && !has_word(o->words, value[0]))
		return bad_value(e, o, value[0], "expected one of " OUTCOME_WORDS);
	if (o->number == 'p')
		replace(&p->plugin, xstrdup(value[0]));
	else if (o->number == 'o')
		replace(&p->outcome, xstrdup(value[0]));
	else if (o->number == 'd')
		replace(&p->digest, xstrdup(value[0]));
	else if (o->number == 'w')
		replace(&p->write, xstrdup(value[0]));
	return 0;
}

static int set_limits_by(struct options_parse *p, const struct option *o, char **value,
			 struct pb_err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits_by_words); i++) {
		if (strcmp(value[0], limits_by_words[i]) == 0) {
			p->l->limits_by = (enum limits_by)i;
			p->l->limits_given = true;
			return 0;
		}
	}
	return bad_value(e, o, value[0], "expected strict, enforced or best-effort");
}

static int set_framing(struct options_parse *p, const struct option *o, char **value,
		       struct pb_err *e)
{
	static const char *const words[] = {
		[FRAMING_RAW] = "raw",
		[FRAMING_LINES] = "lines",
		[FRAMING_HEADERS] = "headers",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(value[0], words[i]) == 0) {
			p->l->framing = (enum framing)i;
			p->framing_given = true;
			return 0;
		}
	}
	return bad_value(e, o, value[0], "expected raw, lines or headers");
}

int options_launch_finish(struct options_parse *p, struct pb_err *e)
{
	struct launch *l = p->l;
	const char *name = command_table[p->command].name;

	if (p->size)
		return pb_err_set(e, PB_ERR_USAGE, 0, "option \"--size\" has no --tmpfs after it");
	if (p->operands.n > 1) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "unexpected operand \"%s\"", p->operands.v[1]);
		return pb_err_hint(e, "arguments of the plugin follow \"--\": plugbox %s %s -- %s",
				   name, p->operands.v[0], p->operands.v[1]);
	}
	if (p->operands.n == 0 && p->n_rest == 0) {
		(void)pb_err_set(e, PB_ERR_USAGE, 0, "no bundle, manifest or command is given");
		return pb_err_hint(e, "write plugbox %s BUNDLE, or plugbox %s -- COMMAND", name,
				   name);
	}
	if (p->operands.n && !*p->operands.v[0])
		return pb_err_set(e, PB_ERR_USAGE, 0, "the name of the bundle is empty");
	if (!p->operands.n && !*p->rest[0])
		return pb_err_set(e, PB_ERR_USAGE, 0, "the name of the command is empty");
	if (l->debug && l->as_pid_1)
		return pb_err_set(e, PB_ERR_USAGE, 0, "--debug cannot trace a plugin that is process 1");
	l->command = p->operands.n == 0;
	if (!l->command) {
		const char *what = l->bundle_dir      ? "bundle"
				   : l->no_bundle     ? "no-bundle"
				   : p->framing_given ? "framing"
						      : NULL;

		if (what) {
			(void)pb_err_set(e, PB_ERR_USAGE, 0,
					 "option \"--%s\" is for a command, not for a bundle",
					 what);
			return pb_err_hint(e, "the manifest of \"%s\" says it itself",
					   p->operands.v[0]);
		}
		l->target = xstrdup(p->operands.v[0]);
	}
	for (int i = 0; i < p->n_rest; i++)
		strv_add(&l->args, p->rest[i]);
	for (size_t i = 0; i < l->n_keep_fds; i++) {
		int fd = l->keep_fds[i];

		/* the plugin could write plugbox's own words, or read the caller's options */
		if (fd == l->status_fd || fd == l->info_fd)
			return pb_err_set(
				e, PB_ERR_USAGE, 0,
				"--keep-fd %d: the plugin cannot have the descriptor of --%s", fd,
				fd == l->status_fd ? "status-fd" : "info-fd");
		/* --args after --keep-fd may have closed it */
		if (fcntl(fd, F_GETFD) < 0)
			return pb_err_set(e, PB_ERR_USAGE, 0,
					  "--keep-fd %d: --args has read and closed it", fd);
	}
	return 0;
}

#define LAUNCH (1U << CMD_RUN | 1U << CMD_EXPLAIN | 1U << CMD_WHY)
#define JSON (1U << CMD_EXPLAIN | 1U << CMD_WHY | 1U << CMD_CHECK | 1U << CMD_PERMISSIONS | \
	      1U << CMD_PROFILE | 1U << CMD_DOCTOR | 1U << CMD_DIGEST | 1U << CMD_AUDIT | \
	      1U << CMD_APPROVE | 1U << CMD_GRANTS)
#define STATE                                                                                      \
	(LAUNCH | 1U << CMD_AUDIT | 1U << CMD_APPROVE | 1U << CMD_GRANTS | 1U << CMD_REVOKE |     \
	 1U << CMD_RELEASE)
#define EVERY ((1U << CMD_N) - 1)

/* clang-format off */
const struct option option_rows[] = {
	{.name = "allow", .arg = {"NAME[=ARG,...]"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_PERMISSION, .set = set_allow,
	 .help = "grant a permission, or with arguments just these; to be repeated. Without a "
		 "manifest it is also the request."},
	{.name = "profile", .arg = {"NAME|PATH"}, .commands = LAUNCH | 1U << CMD_APPROVE, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_FILE, .set = set_text, .number = 'p',
	 .help = "give what this profile gives, and no more than it allows, whatever --allow says; "
		 "see plugbox-profile(5)"},
	{.name = "consent", .arg = {"required"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_WORDS, .words = "required", .set = set_consent,
	 .help = "run only a plugin that was approved, and give it what was approved instead of what "
		 "--allow says; see plugbox approve"},
	{.name = "bundle", .arg = {"DIR"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_DIR, .set = set_text, .number = 'b',
	 .help = "the bundle of a command, read-only; the working directory by default"},
	{.name = "no-bundle", .commands = LAUNCH, .group = GROUP_SANDBOX, .set = set_flag,
	 .number = 'b', .help = "run a command without a bundle"},
	{.name = "runtime", .arg = {"none|host|DIR"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_WORDS_DIR, .words = "none host", .set = set_text, .number = 'r',
	 .help = "where /usr comes from, read-only; nothing, the host (the default), or a "
		 "directory"},
	{.name = "runtime-add", .arg = {"DIR"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .complete = COMPLETE_DIR, .set = set_text, .number = 'R',
	 .help = "show a directory of the host at its own path, read-only and executable; for "
		 "interpreters outside /usr, to be repeated"},
	{.name = "run-as", .arg = {"USER[:GROUP]"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .set = set_text, .number = 'u',
	 .help = "the user of the host that the plugin is, when root starts it; nobody by default"},
	{.name = "hostname", .arg = {"NAME"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .set = set_hostname, .help = "the host name inside"},
	{.name = "as-pid-1", .commands = LAUNCH, .group = GROUP_SANDBOX, .set = set_flag,
	 .number = '1', .help = "run the plugin as process 1, without plugbox's own init"},
	{.name = "die-with-parent", .commands = LAUNCH, .group = GROUP_SANDBOX, .set = set_flag,
	 .number = 'd', .help = "end when the process that started plugbox does; the default"},
	{.name = "no-die-with-parent", .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .set = set_flag, .number = 'D', .help = "outlive the process that started plugbox"},
	{.name = "keep-fd", .arg = {"N"}, .commands = LAUNCH, .group = GROUP_SANDBOX,
	 .set = set_fd, .number = 'k',
	 .help = "leave descriptor N open in the plugin; to be repeated"},
	{.name = "isolation", .arg = {"namespaces|landlock"}, .commands = LAUNCH,
	 .group = GROUP_SANDBOX, .complete = COMPLETE_WORDS, .words = "namespaces landlock",
	 .set = set_isolation,
	 .help = "landlock: a weaker sandbox for hosts that forbid user namespaces; what it does not "
		 "keep is told, what it cannot express refused"},
	{.name = "best-effort", .commands = LAUNCH, .group = GROUP_SANDBOX, .set = set_flag,
	 .number = 'e',
	 .help = "start although the host lacks a layer or limit that the policy wants; the result "
		 "names it"},

	{.name = "ro-bind", .arg = {"SRC", "DEST"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .complete = COMPLETE_FILE, .set = set_mount, .number = MOUNT_RO_BIND,
	 .help = "show SRC of the host at DEST, read-only"},
	{.name = "bind", .arg = {"SRC", "DEST"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .complete = COMPLETE_FILE, .set = set_mount, .number = MOUNT_BIND,
	 .help = "show SRC of the host at DEST, writable"},
	{.name = "tmpfs", .arg = {"DEST"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .set = set_mount, .number = MOUNT_TMPFS, .help = "a private tmpfs at DEST"},
	{.name = "size", .arg = {"SIZE"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .set = set_size, .help = "the size of the next --tmpfs"},
	{.name = "dir", .arg = {"DEST"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .set = set_mount, .number = MOUNT_DIR, .help = "an empty directory at DEST"},
	{.name = "symlink", .arg = {"TARGET", "DEST"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .set = set_mount, .number = MOUNT_SYMLINK, .help = "a symbolic link to TARGET at DEST"},
	{.name = "chdir", .arg = {"DIR"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .set = set_chdir, .help = "the working directory inside; the bundle by default"},
	{.name = "data-dir", .arg = {"DIR"}, .commands = LAUNCH, .group = GROUP_FILES,
	 .complete = COMPLETE_DIR, .set = set_text, .number = 'd',
	 .help = "where the /data of plugins with the permission storage is kept"},

	{.name = "setenv", .arg = {"VAR", "VALUE"}, .commands = LAUNCH,
	 .group = GROUP_ENVIRONMENT, .set = set_env, .number = ENV_SET, .help = "set VAR to VALUE"},
	{.name = "unsetenv", .arg = {"VAR"}, .commands = LAUNCH, .group = GROUP_ENVIRONMENT,
	 .set = set_env, .number = ENV_UNSET, .help = "remove VAR"},
	{.name = "clearenv", .commands = LAUNCH, .group = GROUP_ENVIRONMENT, .set = set_env,
	 .number = ENV_CLEAR, .help = "remove all that would be set up to here"},

	/* the rows of limit_table come here */
	{.name = "kill-after", .arg = {"DURATION"}, .commands = LAUNCH, .group = GROUP_LIMITS,
	 .set = set_kill_after,
	 .help = "from SIGTERM at a limit to SIGKILL; 3s by default"},
	{.name = "limits", .arg = {"WORD"}, .commands = LAUNCH, .group = GROUP_LIMITS,
	 .complete = COMPLETE_WORDS, .words = "strict enforced best-effort", .set = set_limits_by,
	 .help = "what a limit must be kept by at least: strict, the kernel's cgroup, where a cgroup can; "
		 "enforced, the default, also by the watchdog; best-effort, which --best-effort means "
		 "too, by what there is; see plugbox-limits(7)"},
	{.name = "cgroup", .arg = {"PATH"}, .commands = LAUNCH, .group = GROUP_LIMITS,
	 .complete = COMPLETE_DIR, .set = set_text, .number = 'c',
	 .help = "the delegated cgroup below which the plugin's own is made; PATH is absolute or "
		 "below /sys/fs/cgroup"},

	{.name = "status-fd", .alias = "json-status-fd", .arg = {"N"}, .commands = LAUNCH,
	 .group = GROUP_RESULT, .set = set_fd, .number = 's',
	 .help = "write events to descriptor N, a line of JSON each; see plugbox-status(7)"},
	{.name = "status-file", .arg = {"FILE"}, .commands = LAUNCH, .group = GROUP_RESULT,
	 .complete = COMPLETE_FILE, .set = set_text, .number = 's',
	 .help = "write the same events to FILE"},
	{.name = "info-fd", .arg = {"N"}, .commands = LAUNCH, .group = GROUP_RESULT,
	 .set = set_fd, .number = 'i',
	 .help = "write the process ID of the sandbox to descriptor N, as JSON"},
	{.name = "init-error", .arg = {"jsonrpc"}, .commands = LAUNCH, .group = GROUP_RESULT,
	 .complete = COMPLETE_WORDS, .words = "jsonrpc", .set = set_init_error,
	 .help = "answer the first request with a JSON-RPC error when the launch fails"},
	{.name = "framing", .arg = {"raw|lines|headers"}, .commands = LAUNCH,
	 .group = GROUP_RESULT, .complete = COMPLETE_WORDS, .words = "raw lines headers",
	 .set = set_framing,
	 .help = "how a command frames its messages; raw by default, a manifest says it itself"},
	{.name = "digest", .arg = {"HASH"}, .commands = 1U << CMD_APPROVE, .group = GROUP_RESULT,
	 .set = set_filter, .number = 'd', .help = "approve no bundle with another digest"},
	{.name = "write", .arg = {"FILE"}, .commands = 1U << CMD_DIGEST, .group = GROUP_RESULT,
	 .complete = COMPLETE_FILE, .set = set_filter, .number = 'w',
	 .help = "write the line with the bundle's digest to FILE, for minisign or signify-openbsd to "
		 "sign"},
	{.name = "yes", .commands = 1U << CMD_APPROVE, .group = GROUP_RESULT, .set = set_flag,
	 .number = 'y', .help = "approve without asking"},
	{.name = "debug", .commands = 1U << CMD_RUN, .group = GROUP_RESULT, .set = set_flag,
	 .number = 'g',
	 .help = "print each call that the sandbox refuses, with what would allow it; slow, and for "
		 "who writes a plugin. The sandbox stays as it is."},
	{.name = "audit", .arg = {"on|required"}, .commands = LAUNCH, .group = GROUP_RESULT,
	 .complete = COMPLETE_WORDS, .words = "on required", .set = set_audit,
	 .help = "write start and end of the run to the audit log; where it is required, nothing "
		 "starts without. See plugbox-audit(7)"},
	{.name = "audit-syslog", .commands = LAUNCH, .group = GROUP_RESULT, .set = set_flag,
	 .number = 'a', .help = "send the lines of the audit log to syslog(3) as well"},
	{.name = "correlation-id", .arg = {"ID"}, .commands = LAUNCH, .group = GROUP_RESULT,
	 .set = set_correlation_id,
	 .help = "the host's own name of this run, for the status events and the audit log"},
	{.name = "state-dir", .arg = {"DIR"}, .commands = STATE, .group = GROUP_RESULT,
	 .complete = COMPLETE_DIR, .set = set_text, .number = 'S',
	 .help = "where plugbox keeps the audit log and what else it remembers; not where "
		 "plugbox.yaml wants it kept"},
	{.name = "plugin", .arg = {"NAME"}, .commands = 1U << CMD_AUDIT, .group = GROUP_RESULT,
	 .set = set_filter, .number = 'p', .help = "only runs of this plugin"},
	{.name = "since", .arg = {"TIME"}, .commands = 1U << CMD_AUDIT, .group = GROUP_RESULT,
	 .set = set_filter, .number = 's',
	 .help = "only from then on; a time like 2026-11-25T10:00 (in UTC), or how long ago, like "
		 "30m, 12h or 7d"},
	{.name = "outcome", .arg = {"WORD"}, .commands = 1U << CMD_AUDIT, .group = GROUP_RESULT,
	 .complete = COMPLETE_WORDS, .words = OUTCOME_WORDS, .set = set_filter, .number = 'o',
	 .help = "only runs that ended so; see plugbox-status(7)"},
	{.name = "follow", .commands = 1U << CMD_AUDIT, .group = GROUP_RESULT, .set = set_flag,
	 .number = 'F', .help = "go on with what is written from now on"},
	{.name = "json", .commands = JSON, .group = GROUP_RESULT, .set = set_flag, .number = 'j',
	 .help = "print JSON"},

	{.name = "args", .arg = {"FD"}, .commands = LAUNCH, .group = GROUP_GENERAL,
	 .help = "read more options from descriptor FD, each with a NUL after it"},
	{.name = "quiet", .letter = 'q', .commands = EVERY, .group = GROUP_GENERAL,
	 .set = set_log, .number = LOG_QUIET, .help = "print errors only"},
	{.name = "verbose", .letter = 'v', .commands = EVERY, .group = GROUP_GENERAL,
	 .set = set_log, .number = LOG_VERBOSE, .help = "print what is done"},
	{.name = "help", .letter = 'h', .commands = EVERY, .group = GROUP_GENERAL,
	 .set = set_help, .help = "print this"},
};
/* clang-format on */

const size_t n_option_rows = ARRAY_SIZE(option_rows);
