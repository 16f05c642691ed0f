/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/trim.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Segments that nobody can have written to: a page of them is what the file says. */
static int trim_object(struct dl_phdr_info *info, size_t size, void *unused)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)unused;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		const uintptr_t from = (info->dlpi_addr + ph->p_vaddr) & ~(page - 1);
		const uintptr_t to = (info->dlpi_addr + ph->p_vaddr + ph->p_filesz) & ~(page - 1);

		if (ph->p_type == PT_LOAD && !(ph->p_flags & PF_W) && to > from)
			(void)madvise((void *)from, to - from, MADV_DONTNEED); /* NOLINT(performance-no-int-to-ptr) */
	}
	return 0;
}

void trim_program(void)
{
	(void)dl_iterate_phdr(trim_object, NULL);
}
