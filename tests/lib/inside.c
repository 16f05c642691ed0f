/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plugin that tells what it is in: everything that a layer of the sandbox shows from inside,
 * but for numbers that differ from run to run. Two runs with the same layers tell the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

extern char **environ;

/* Which number the process has, other than 1, depends on what had the ones before. */
static void numbered(const char *line)
{
	static int own;
	int group;

	if (sscanf(line, "NSpid: %d", &own) == 1 && own > 1)
		printf("NSpid: not 1\n");
	else if (own > 1 && sscanf(line, "NSpgid: %d", &group) == 1 && group == own)
		printf("NSpgid: its own\n");
	else
		printf("%s", line);
}

/* Returns whether the file can be read. */
static bool lines(const char *path, const char *const *want)
{
	char line[1024];
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		for (const char *const *w = want; *w; w++)
			if (strncmp(line, *w, strlen(*w)) == 0)
				numbered(line);
	if (f)
		fclose(f);
	return f != NULL;
}

/* Without the ids and the device numbers; and whether ids are mapped, which lets more be read where
 * root runs plugbox, and keeps nothing from the plugin. */
static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void mounts(void)
{
	char *all[256];
	size_t n = 0;
	char line[4096], root[1024], point[1024], flags[256];
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && fgets(line, sizeof(line), f)) {
		const char *type = strstr(line, " - ");
		char *mapped;

		if (sscanf(line, "%*d %*d %*s %1023s %1023s %255s", root, point, flags) == 3 && type) {
			mapped = strstr(flags, ",idmapped");
			if (mapped)
				*mapped = '\0';
			if (n < 256 && asprintf(&all[n], "mount %s %s %s%s", root, point, flags, type) > 0)
				n++;
		}
	}
	if (f)
		fclose(f);
	/* made the old way they stand in another order */
	qsort(all, n, sizeof(*all), by_text);
	for (size_t i = 0; i < n; i++)
		printf("%s", all[i]);
}

/* The host's namespaces are the arguments. */
static void namespaces(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char path[64], link[64];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/ns/%.*s", (int)strcspn(argv[i], ":"), argv[i]);
		n = readlink(path, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		printf("namespace %.*s: %s\n", (int)strcspn(argv[i], ":"), argv[i],
		       n <= 0 ? "?" : strcmp(link, argv[i]) == 0 ? "the host's" : "its own");
	}
}

static void tried(const char *what, long r)
{
	printf("%s: %s\n", what, r >= 0 ? "works" : strerrorname_np(errno));
}

/* What /proc would say, of a process that has none (--isolation landlock), and what stands in the place
 * of the mounts and namespaces. The number of processes depends on what else runs. */
static void without_proc(const char *bundle)
{
	struct {
		unsigned version;
		int pid;
	} header = {0x20080522, 0};
	unsigned caps[6] = {0};
	struct rlimit r;
	int pdeath = -1;

	printf("ids %d %d, %d groups\n", getuid(), getgid(), getgroups(0, NULL));
	printf("no_new_privs %d, filter %d, dumpable %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
	       prctl(PR_GET_SECCOMP), prctl(PR_GET_DUMPABLE));
	(void)syscall(SYS_capget, &header, caps);
	printf("capabilities %x %x %x %x %x %x\n", caps[0], caps[1], caps[2], caps[3], caps[4], caps[5]);
	(void)prctl(PR_GET_PDEATHSIG, &pdeath);
	printf("parent-death signal %d, group %s, session %s\n", pdeath, getpgid(0) == getpid() ? "own" : "?",
	       getsid(0) == getppid() ? "its keeper's" : "?");
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (i != RLIMIT_NPROC && getrlimit(i, &r) == 0)
			printf("limit %d: %llu %llu\n", i, (unsigned long long)r.rlim_cur,
			       (unsigned long long)r.rlim_max);
	printf("umask %o\n", umask(0));
	tried("signal to the keeper", kill(getppid(), 0));
	tried("signal to process 1", kill(1, 0));
	tried("list the root", open("/", O_RDONLY));
	tried("read /etc/passwd", open("/etc/passwd", O_RDONLY));
	tried("mode of the bundle", chmod(bundle, 0755));
	tried("local socket", socket(AF_UNIX, SOCK_STREAM, 0));
	tried("process", fork());
}

/* The run's own directory has another name each time. */
static void environment(void)
{
	const char *id = getenv("PLUGBOX_RUN_ID");

	for (char **v = environ; *v; v++) {
		const char *at = id ? strstr(*v, id) : NULL;

		if (strncmp(*v, "PLUGBOX_RUN_ID=", 15) != 0)
			printf("environment %.*s%s\n", at ? (int)(at - *v) : (int)strlen(*v), *v,
			       at ? "(run)" : "");
	}
}

int main(int argc, char **argv)
{
	static const char *const status[] = {"Uid", "Gid", "Groups", "NSpid", "NSpgid", "NSsid", "SigBlk",
					     "SigIgn", "SigCgt", "Cap", "NoNewPrivs", "Seccomp", "Umask",
					     NULL};
	static const char *const all[] = {"", NULL};
	const char *bundle = getenv("PLUGBOX_BUNDLE") ? getenv("PLUGBOX_BUNDLE") : "/plugin";
	char cwd[1024], path[1024];
	struct utsname u;
	struct stat st;
	bool has_proc;

	setvbuf(stdout, NULL, _IOFBF, 65536);
	has_proc = lines("/proc/self/status", status);
	lines("/proc/self/limits", all);
	mounts();
	namespaces(argc, argv);
	if (uname(&u) == 0)
		printf("host name %s\n", u.nodename);
	printf("directory %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "?");
	environment();
	if (!has_proc)
		without_proc(bundle);
	for (int fd = 0; fd < 1024; fd++)
		if (fstat(fd, &st) == 0)
			printf("descriptor %d: %o\n", fd, st.st_mode & S_IFMT);
	/* pid 1 can be looked at by nobody */
	tried("memory of pid 1", open("/proc/1/mem", O_RDONLY));
	tried("environment of pid 1", open("/proc/1/environ", O_RDONLY));
	/* the filter's refusals */
	tried("unshare", unshare(CLONE_NEWUTS));
	tried("bpf", syscall(SYS_bpf, 0, 0, 0));
	tried("write in /tmp", open("/tmp/x", O_CREAT | O_WRONLY, 0600));
	snprintf(path, sizeof(path), "%s/x", bundle);
	tried("write in the bundle", open(path, O_CREAT | O_WRONLY, 0600));
	fflush(stdout);
	/* nothing but Landlock keeps this from it: without, the report has no end */
	snprintf(path, sizeof(path), "%s/other", bundle);
	tried("run another program", execl(path, "other", NULL));
	return 0;
}
