/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/smaps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "linux/pidns.h"

static void end_mapping(struct smaps *s)
{
	if (s->within && s->pss > s->anonymous)
		s->sum += s->pss - s->anonymous;
	/* of copies of its own both are about the same */
	if (s->within && s->swap > s->swap_pss)
		s->swapped += s->swap - s->swap_pss;
	s->within = false;
	s->pss = s->anonymous = s->swap = s->swap_pss = 0;
}

/* A mapping begins: "7f00-7f01 rw-s 00000000 00:1a 17 /tmp/file". Keys begin with a capital, and the
 * kernel writes a line feed in a name as \012. */
static bool begins_mapping(struct smaps *s, const char *line)
{
	unsigned maj;
	unsigned min;

	if (sscanf(line, "%*[0-9a-f]-%*[0-9a-f] %*4s %*[0-9a-f] %x:%x", &maj, &min) != 2)
		return false;
	end_mapping(s);
	for (size_t i = 0; i < s->n && !s->within; i++)
		s->within = s->devs[i] == makedev(maj, min);
	return true;
}

void smaps_line(struct smaps *s, const char *line)
{
	if (!line) {
		end_mapping(s);
		return;
	}
	if ((line[0] < 'A' || line[0] > 'Z') && begins_mapping(s, line))
		return;
	if (!s->within)
		return;
	(void)(pidns_parse_kb(line, "Pss:", &s->pss) || pidns_parse_kb(line, "Anonymous:", &s->anonymous) ||
	       pidns_parse_kb(line, "Swap:", &s->swap) || pidns_parse_kb(line, "SwapPss:", &s->swap_pss));
}

int smaps_of_files(int proc, pid_t pid, const dev_t *devs, size_t n, struct smaps *s)
{
	autofree char *line = NULL;
	size_t size = 0;
	char path[32];
	FILE *f;
	int fd;

	*s = (struct smaps){.devs = devs, .n = n};
	(void)snprintf(path, sizeof(path), "%d/smaps", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	f = fdopen(fd, "re");
	if (!f) {
		cleanup_close(&fd);
		return -1;
	}
	while (getline(&line, &size, f) > 0)
		smaps_line(s, line);
	smaps_line(s, NULL);
	(void)fclose(f);
	return 0;
}
