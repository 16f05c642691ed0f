/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/profile_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "spec/value.h"

#define SUFFIX ".yaml"

static void add(struct profile_entries *list, enum place place, bool plugin, const char *dir,
		const char *file)
{
	size_t n = strlen(file);
	autofree char *name = NULL;
	const char *why;

	if (n <= strlen(SUFFIX) || strcmp(file + n - strlen(SUFFIX), SUFFIX) != 0)
		return;
	name = xstrndup(file, n - strlen(SUFFIX));
	/* what cannot be named is no profile */
	if (value_plugin_name(name, &why) < 0)
		return;
	grow(&list->v, &list->cap, list->n, sizeof(*list->v));
	list->v[list->n++] = (struct profile_entry){.name = take_ptr(name),
						    .path = xasprintf("%s/%s", dir, file),
						    .place = place,
						    .plugin = plugin};
}

static int list_directory(struct profile_entries *list, enum place place, bool plugin,
			  struct pb_err *e)
{
	autofree char *base = place_directory(place);
	autofree char *dir =
		base ? xasprintf("%s/profiles%s", base, plugin ? "/plugins" : "") : NULL;
	DIR *d = dir ? opendir(dir) : NULL;
	struct dirent *entry;
	int rc = 0;

	if (!dir || (!d && (errno == ENOENT || errno == ENOTDIR)))
		return 0;
	if (!d)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"%s\"", dir);
	for (errno = 0; (entry = readdir(d)); errno = 0)
		add(list, place, plugin, dir, entry->d_name);
	if (errno)
		rc = pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"%s\"", dir);
	(void)closedir(d);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct profile_entry *x = a;
	const struct profile_entry *y = b;
	int order = (int)x->plugin - (int)y->plugin;

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : (int)x->place - (int)y->place;
}

int profile_list(struct profile_entries *list, struct pb_err *e)
{
	for (enum place place = 0; place < PLACE_N; place++)
		/* a plugin's own are looked up where somebody decides, not in what is installed */
		for (int plugin = 0; plugin < (place == PLACE_INSTALLED ? 1 : 2); plugin++)
			if (list_directory(list, place, plugin, e) < 0)
				return -1;
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_name);
	for (size_t i = 0; i + 1 < list->n; i++)
		if (!list->v[i].plugin && !list->v[i + 1].plugin &&
		    strcmp(list->v[i].name, list->v[i + 1].name) == 0)
			list->v[i].shadows = i + 2;
	return 0;
}

void profile_entries_free(struct profile_entries *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		free(list->v[i].path);
	}
	free(list->v);
	*list = (struct profile_entries){0};
}
