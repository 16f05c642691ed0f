/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/interpreter.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

void interpreter_of_elf(int fd, const char *head, size_t n, char *out, size_t size)
{
	Elf64_Ehdr eh;

	out[0] = '\0';
	if (n < sizeof(eh))
		return;
	memcpy(&eh, head, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_phentsize != sizeof(Elf64_Phdr))
		return;
	for (unsigned i = 0; i < eh.e_phnum && i < 64; i++) {
		Elf64_Phdr ph;

		if (pread(fd, &ph, sizeof(ph), (off_t)(eh.e_phoff + i * sizeof(ph))) != sizeof(ph))
			return;
		if (ph.p_type != PT_INTERP)
			continue;
		if (ph.p_filesz < 2 || ph.p_filesz > size ||
		    pread(fd, out, ph.p_filesz, (off_t)ph.p_offset) != (ssize_t)ph.p_filesz)
			ph.p_filesz = 1;
		out[ph.p_filesz - 1] = '\0';
		return;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* load_script of the kernel, fs/binfmt_script.c, step by step. */
bool interpreter_of_script(char *head, char **interp, char **arg)
{
	char *name = head + 2 + strspn(head + 2, " \t");
	char *end = memchr(head, '\n', INTERPRETER_HEAD);

	if (!end) {
		/* the name may be cut: it ends in what was read, or there is none */
		end = head + INTERPRETER_HEAD - 1;
		if (name >= end || name + strcspn(name, " \t") >= end)
			return false;
	}
	while (end > head + 2 && is_blank(end[-1]))
		end--;
	if (name >= end)
		return false;
	*end = '\0';
	*interp = name;
	*arg = NULL;
	name += strcspn(name, " \t");
	if (*name) {
		*name++ = '\0';
		name += strspn(name, " \t");
		if (*name)
			*arg = name;
	}
	return **interp != '\0';
}

char *interpreter_of_env(char *arg)
{
	char *name = arg;

	if (name[0] == '-' && name[1] == 'S') {
		name += 2;
		name += strspn(name, " \t");
	}
	name[strcspn(name, " \t")] = '\0';
	if (!*name || *name == '-' || strchr(name, '=') || strchr(name, '/'))
		return NULL;
	return name;
}
