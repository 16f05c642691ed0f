/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts the instructions that a program executes in user mode, by stepping through it: exact,
 * the same on every run, and with every system call of the running kernel, which emulators do not
 * know. Children run untouched.
 *
 *     steps [-l] [-p PROFILE] COMMAND [ARG…]
 *
 * The last line of stderr is "steps: LOADER REST": instructions up to the program's entry point
 * (the dynamic loader's work, counted with -l only: a step takes 20 µs in a virtual machine) and
 * from there on. PROFILE gets a line "COUNT ADDRESS FILE" for every address executed, ADDRESS
 * relative to where the file begins.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Open addressing; a launch touches some ten thousand addresses. */
#define SLOTS (1u << 20)
#define MAX_MAPS 256

struct slot {
	uint64_t address;
	uint64_t count;
};

struct mapping {
	uint64_t start, end;
	uint64_t base; /* where the file begins */
	char file[128];
};

static struct slot *table;
static struct mapping maps[MAX_MAPS];
static size_t n_maps;

static void note(uint64_t address)
{
	uint64_t i = address * 0x9E3779B97F4A7C15u >> 44;

	while (table[i].count && table[i].address != address)
		i = (i + 1) % SLOTS;
	table[i].address = address;
	table[i].count++;
}

static void read_maps(pid_t pid)
{
	char path[64];
	char line[PATH_MAX + 128];
	uint64_t base = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return;
	n_maps = 0;
	while (n_maps < MAX_MAPS && fgets(line, sizeof(line), f)) {
		struct mapping *m = &maps[n_maps];
		unsigned long long start, end, offset;

		m->file[0] = '\0';
		if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %127s", &start, &end, &offset,
			   m->file) < 3)
			continue;
		if (offset == 0)
			base = start;
		m->start = start;
		m->end = end;
		m->base = base;
		n_maps++;
	}
	(void)fclose(f);
}

static void write_profile(FILE *out)
{
	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *s = &table[i];
		const struct mapping *m = NULL;

		if (!s->count)
			continue;
		for (size_t k = 0; k < n_maps && !m; k++)
			if (s->address >= maps[k].start && s->address < maps[k].end)
				m = &maps[k];
		(void)fprintf(out, "%llu 0x%llx %s\n", (unsigned long long)s->count,
			      (unsigned long long)(s->address - (m ? m->base : 0)),
			      m ? m->file : "?");
	}
}

static uint64_t entry_of(pid_t pid)
{
	char path[64];
	uint64_t pair[2];
	uint64_t entry = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fread(pair, sizeof(pair), 1, f) == 1)
		if (pair[0] == AT_ENTRY)
			entry = pair[1];
	(void)fclose(f);
	return entry;
}

static uint64_t address_of(pid_t pid)
{
	return (uint64_t)ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, rip), NULL);
}

/* Runs the program up to its entry point at full speed. */
static int skip_to(pid_t pid, uint64_t entry)
{
	const long word = ptrace(PTRACE_PEEKTEXT, pid, (void *)entry, NULL);
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_POKETEXT, pid, (void *)entry, (word & ~0xffL) | 0xcc) < 0 ||
	    ptrace(PTRACE_CONT, pid, NULL, NULL) < 0 || waitpid(pid, &status, 0) < 0 ||
	    !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
		return -1;
	if (ptrace(PTRACE_POKETEXT, pid, (void *)entry, word) < 0 ||
	    ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return -1;
	regs.rip = entry;
	return (int)ptrace(PTRACE_SETREGS, pid, NULL, &regs);
}

/* Returns the wait status of the program's end, or -1. */
static int count(pid_t pid, bool with_loader, uint64_t *loader, uint64_t *rest)
{
	const uint64_t entry = entry_of(pid);
	bool entered = false;
	int status;
	int sig = 0;

	if (!entry || (!with_loader && skip_to(pid, entry) < 0))
		return -1;
	for (;;) {
		const uint64_t at = address_of(pid);

		if (at == entry && !entered) {
			entered = true;
			read_maps(pid);
		}
		if (sig == 0) {
			*(entered ? rest : loader) += 1;
			if (table && entered)
				note(at);
		}
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(uintptr_t)sig) < 0 &&
		    errno != ESRCH)
			return -1;
		if (waitpid(pid, &status, 0) < 0)
			return -1;
		if (!WIFSTOPPED(status))
			return status;
		sig = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
}

int main(int argc, char **argv)
{
	FILE *profile = NULL;
	bool with_loader = false;
	uint64_t loader = 0;
	uint64_t rest = 0;
	int status;
	int opt;
	pid_t pid;

	while ((opt = getopt(argc, argv, "+lp:")) >= 0) {
		if (opt == 'l')
			with_loader = true;
		else if (opt == 'p')
			profile = fopen(optarg, "we");
		if (opt == '?' || (opt == 'p' && !profile))
			return 2;
	}
	if (optind == argc)
		return 2;
	if (profile) {
		table = calloc(SLOTS, sizeof(*table));
		if (!table)
			return 1;
	}
	pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			execv(argv[optind], argv + optind);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return 1;
	(void)ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(uintptr_t)PTRACE_O_EXITKILL);
	status = count(pid, with_loader, &loader, &rest);
	if (status < 0)
		return 1;
	if (profile) {
		write_profile(profile);
		(void)fclose(profile);
	}
	(void)fprintf(stderr, "steps: %llu %llu\n", (unsigned long long)loader,
		      (unsigned long long)rest);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
