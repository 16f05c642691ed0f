/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of a command line, a NUL between them; behind an empty word what --args reads. The
 * first byte of the input says for which command. */
#include "launch.h"

#include "spec/permission.h"
#include "spec/value.h"

static void check_mounts(const struct launch *l)
{
	for (size_t i = 0; i < l->n_mounts; i++) {
		const struct mount_opt *m = &l->mounts[i];

		must(path_is_normal(m->dst) && m->dst[1]);
		must(m->kind == MOUNT_TMPFS || m->size == 0);
		if (m->kind == MOUNT_BIND || m->kind == MOUNT_RO_BIND)
			must(path_is_normal(m->src));
		else
			must((m->kind == MOUNT_SYMLINK) == (m->src != NULL));
	}
}

static void check_allow(const struct launch *l)
{
	const char *why;

	for (size_t i = 0; i < l->allow.n; i++) {
		const struct request *a = &l->allow.v[i];
		int id = perm_find(a->name);

		must(id >= 0 || perm_is_application(a->name));
		if (id >= 0 && perm_table[id].arg == PERM_ARG_NONE)
			must(a->args.n == 0);
		for (size_t k = 0; k < a->args.n; k++) {
			must(a->args.v[k][0]);
			if (id >= 0 && perm_table[id].arg == PERM_ARG_PATHS)
				must(value_grant_path(a->args.v[k], &why) == 0);
		}
	}
}

static void check_rest(const struct launch *l)
{
	must(l->command == (l->target == NULL));
	must(l->target ? *l->target != '\0' : l->args.n && *l->args.v[0]);
	must(!l->chdir || path_is_normal(l->chdir));
	must(!l->bundle_dir || path_is_normal(l->bundle_dir));
	must(!l->data_dir || path_is_normal(l->data_dir));
	must(!l->status_file || path_is_normal(l->status_file));
	must(!(l->bundle_dir && l->no_bundle));
	for (size_t i = 0; i < l->runtime_add.n; i++)
		must(path_is_normal(l->runtime_add.v[i]));
	for (size_t i = 0; i < l->n_keep_fds; i++)
		must(l->keep_fds[i] > 2 && l->keep_fds[i] != l->status_fd &&
		     l->keep_fds[i] != l->info_fd && fcntl(l->keep_fds[i], F_GETFD) >= 0);
	for (size_t i = 0; i < l->n_env; i++)
		must(l->env[i].op == ENV_CLEAR || (*l->env[i].name && !strchr(l->env[i].name, '=')));
	for (int i = 0; i < LIMIT_N; i++)
		if (l->limits.l[i].set)
			must(l->limits.l[i].v >= limit_table[i].min &&
			     l->limits.l[i].v <= limit_table[i].max);
}

static void check_failure(int rc, const struct pb_err *e)
{
	if (rc < 0)
		must(e->kind == PB_ERR_USAGE && e->msg[0] && e->hint[0]);
	else
		must(e->kind == PB_ERR_NONE);
}

static void launch(bool explain, int argc, char **argv)
{
	struct launch l;
	struct pb_err e;
	int rc = read_options(&l, explain, argc, argv, &e);

	check_failure(rc, &e);
	if (rc == 0) {
		check_mounts(&l);
		check_allow(&l);
		check_rest(&l);
		must(explain || !l.json);
	}
	launch_free(&l);
}

static void check(int argc, char **argv)
{
	struct strv operands = {0};
	struct pb_err e = {0};
	bool json = false;
	FILE *out = stdout;
	int rc;

	stdout = fopen("/dev/null", "we");
	must(stdout);
	rc = options_simple("check", &json, &operands, argc, argv, &e);
	(void)fclose(stdout);
	stdout = out;
	check_failure(rc, &e);
	if (rc == 0)
		must(operands.n >= 1 && operands.n <= (size_t)argc);
	strv_free(&operands);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *more;
	char *copy;
	char **argv;
	int argc;
	unsigned kind;

	if (n < 2)
		return 0;
	kind = data[0] % 4;
	data++;
	n--;
	more = memmem(data, n, "\0\0", 2);
	if (more) {
		set_args(more + 2, n - (size_t)(more + 2 - data));
		n = (size_t)(more - data);
	}
	argv = as_words(data, n, kind == 2 ? "explain" : kind == 3 ? "check" : "run", &copy, &argc);
	if (kind == 3)
		check(argc, argv);
	else
		launch(kind == 2, argc, argv);
	free(argv);
	free(copy);
	close(ARGS_FD);
	return 0;
}
