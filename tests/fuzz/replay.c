/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Feeds a fuzz target the files of its corpus, one TAP line each: what `make check`
 * does where libFuzzer would search for new ones. A crash ends the program, and the
 * driver sees that the rest of the plan is missing. Usage: fuzz_NAME DIRECTORY */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 1 << 20, MAX_SECONDS = 60 };

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **names = NULL;
	uint8_t *data;
	int n;

	if (argc != 2)
		return 2;
	data = malloc(MAX_BYTES);
	if (!data)
		return 2;
	(void)alarm(MAX_SECONDS);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	n = scandir(argv[1], &names, visible, alphasort);
	if (n < 0)
		n = 0;
	/* without a corpus still the one input that every parser meets first */
	(void)printf("1..%d\n", n + 1);
	(void)LLVMFuzzerTestOneInput(data, 0);
	(void)printf("ok 1 - nothing\n");
	for (int i = 0; i < n; i++) {
		char path[4096];
		FILE *f;
		size_t size;
		bool good;

		(void)snprintf(path, sizeof(path), "%s/%s", argv[1], names[i]->d_name);
		f = fopen(path, "re");
		size = f ? fread(data, 1, MAX_BYTES, f) : 0;
		good = f && !ferror(f);
		/* before the target: a command line in it may name any descriptor */
		if (f)
			(void)fclose(f);
		if (!good) {
			(void)printf("not ok %d - %s\n", i + 2, names[i]->d_name);
		} else {
			/* a copy of exactly that size, so that reading past its end shows */
			uint8_t *exact = malloc(size ? size : 1);

			if (!exact)
				abort();
			for (size_t k = 0; k < size; k++)
				exact[k] = data[k];
			(void)LLVMFuzzerTestOneInput(exact, size);
			free(exact);
			(void)printf("ok %d - %s\n", i + 2, names[i]->d_name);
		}
		free(names[i]);
	}
	free(names);
	free(data);
	return 0;
}
