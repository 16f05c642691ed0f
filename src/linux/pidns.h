/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the processes of a sandbox use, read from a procfs of its pid namespace.
 *
 * The procfs is one of its own: the child mounts it before anything of the plugin's runs, passes an
 * open descriptor on, and has no name for it afterwards. What the kernel says there a plugin can
 * use up, but not make up: of the files that are read only the name of a process is the plugin's
 * own choice, and that is skipped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_use {
	pid_t pid, ppid; /* inside */
	unsigned threads;
	uint64_t start;	 /* in ticks since boot: tells a process from a later one with its number */
	uint64_t own;	 /* CPU time of its threads, microseconds */
	uint64_t waited; /* that of its children that it waited for, and theirs */
	uint64_t rss;	 /* resident, shared pages and those of files included; bytes */
	uint64_t vsize;	 /* address space, bytes */
};

struct proc_list {
	struct proc_use *v;
	size_t n, cap;
};

/* How exactly to look at what a process holds. */
enum proc_look {
	PROC_PRIVATE,	   /* anonymous and shared memory, swap, page tables */
	PROC_PROPORTIONAL, /* the same, a page that several processes map in parts; slow */
};

/* Fills *list, in the order of the numbers inside, with all processes that are there, process 1
 * too. Returns 0, or -1 with errno. */
int pidns_scan(int proc, struct proc_list *list);
void proc_list_free(struct proc_list *list);

/* The process of that number, or NULL. */
const struct proc_use *proc_list_find(const struct proc_list *list, pid_t pid);

/* Whether both hold the same processes, whatever these have done since. */
bool proc_list_same(const struct proc_list *a, const struct proc_list *b);

/* Where there is no pid namespace: leaves of the list, which is of a whole host, the process first and
 * its descendants. A process whose parent is not in the list, since it has just ended, is one of them
 * where the parent was in before, an earlier list that was cut so. Pure. */
void proc_list_below(struct proc_list *list, pid_t first, const struct proc_list *before);

/* What a process holds, in bytes. */
struct proc_memory {
	uint64_t anonymous;
	uint64_t shared; /* by mappings of memory, and of files that lie in it */
	uint64_t swapped; /* of what is anonymous */
	uint64_t shared_swapped; /* of what is shared, whole; only by the exact look */
	uint64_t tables; /* of pages */
};

/* The same by a closer look; zeros for one that is gone. Where the exact one is refused or this kernel
 * lacks it, the other. Returns 0, or -1 with errno. */
int pidns_memory(int proc, pid_t pid, enum proc_look look, struct proc_memory *m);

/* What open files hold that have no name any more. */
struct nameless {
	struct {
		ino_t ino;
		uint64_t bytes;
	} *v;
	size_t n, cap;
};

/* Adds those on the file system dev that a process has open, each as often as it is open. Returns 0,
 * or -1 with errno. */
int pidns_nameless(int proc, pid_t pid, dev_t dev, struct nameless *l);

/* The bytes of all, each counted once. Leaves the list empty. */
uint64_t nameless_sum(struct nameless *l);
void nameless_free(struct nameless *l);

/* The pure parts, for the unit tests. */

/* Reads the text of /proc/PID/stat; pid is not looked at. page and tick are the sizes of a page in
 * bytes and of a clock tick in microseconds. Returns 0, or -1 where it is no such text. */
int pidns_parse_stat(const char *text, uint64_t page, uint64_t tick, struct proc_use *u);

/* The bytes of a line "Key:  123 kB" of text, where there is one; key has its colon. */
bool pidns_parse_kb(const char *text, const char *key, uint64_t *bytes);
