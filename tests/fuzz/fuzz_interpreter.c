/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin's file names as its interpreter: the "#!" line as the kernel splits it, what env
 * would run, and the loader in an ELF header. */
#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "linux/interpreter.h"

/* The kernel's answer found another way: words of the first line, which may be cut. */
static void check_script(const char *head, const char *interp, const char *arg)
{
	const char *line = head + 2;
	size_t n = strcspn(line, "\n");
	size_t before = strspn(line, " \t");
	size_t word = strcspn(line + before, " \t\n");

	must(strlen(interp) == word && memcmp(interp, line + before, word) == 0);
	must(word > 0 && !strpbrk(interp, " \t\n"));
	if (!arg) {
		must(strspn(line + before + word, " \t") + before + word >= n);
		return;
	}
	must(*arg && !strchr(arg, '\n'));
	/* blanks are taken off the end of a line, not of a file without one */
	must(line[n] == '\0' || !strchr(" \t", arg[strlen(arg) - 1]));
	before += word + strspn(line + before + word, " \t");
	must(strncmp(line + before, arg, strlen(arg)) == 0);
	before += strlen(arg);
	must(before + strspn(line + before, " \t") == n);
}

static void script(const uint8_t *data, size_t n)
{
	char head[INTERPRETER_HEAD + 1] = "#!";
	char copy[sizeof(head)];
	const uint8_t *line;
	char *interp;
	char *arg;

	if (n > INTERPRETER_HEAD - 2)
		n = INTERPRETER_HEAD - 2;
	/* a NUL ends strings for the kernel too, but not the line: nothing to compare with */
	line = memchr(data, '\n', n);
	if (line && memchr(data, '\0', (size_t)(line - data)))
		return;
	memcpy(head + 2, data, n);
	memcpy(copy, head, sizeof(copy));
	if (!interpreter_of_script(head, &interp, &arg))
		return;
	/* the last byte is never part of it: the kernel reads so many and ends them */
	if (!memchr(copy, '\n', INTERPRETER_HEAD))
		copy[INTERPRETER_HEAD - 1] = '\0';
	check_script(copy, interp, arg);
	if (arg) {
		char *name = interpreter_of_env(arg);

		if (name)
			must(*name && *name != '-' && !strpbrk(name, " \t=/"));
	}
}

static void elf(const uint8_t *data, size_t n)
{
	static int fd = -1;
	char out[PATH_MAX];

	if (fd < 0)
		fd = memfd_create("elf", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, n, 0) != (ssize_t)n)
		return;
	memset(out, 'x', sizeof(out));
	interpreter_of_elf(fd, (const char *)data, n < INTERPRETER_HEAD ? n : INTERPRETER_HEAD, out,
			   sizeof(out));
	must(memchr(out, 0, sizeof(out)));
	/* it stands in the file */
	must(!out[0] || memmem(data, n, out, strlen(out)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 1)
		return 0;
	if (data[0] == 0x7f)
		elf(data, n);
	else
		script(data + 1, n - 1);
	return 0;
}
