/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A static binary on musl, which makes its system calls in its own way: threads, condition
 * variables, semaphores, files in /tmp, names, time zones, another program. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x)                                                                                   \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			perror(#x);                                                                \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t started;
static int count;

static void *worker(void *arg)
{
	(void)arg;
	sem_post(&started);
	pthread_mutex_lock(&lock);
	count++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void threads(void)
{
	pthread_t t[8];

	CHECK(sem_init(&started, 0, 0) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&t[i], NULL, worker, NULL) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(sem_wait(&started) == 0);
	pthread_mutex_lock(&lock);
	while (count < 8)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 8; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static void files(void)
{
	char name[] = "/tmp/realXXXXXX";
	char text[6] = "";
	int fd = mkstemp(name);
	char *map;

	CHECK(fd >= 0 && write(fd, "hello", 5) == 5);
	CHECK(pread(fd, text, 5, 0) == 5 && strcmp(text, "hello") == 0);
	map = mmap(NULL, 5, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(map != MAP_FAILED && memcmp(map, "hello", 5) == 0);
	CHECK(unlink(name) == 0 && close(fd) == 0);
}

static void names(void)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *a;
	struct tm tm;
	time_t now = time(NULL);

	CHECK(getaddrinfo("localhost", "80", &hints, &a) == 0);
	freeaddrinfo(a);
	CHECK(localtime_r(&now, &tm) && tm.tm_year > 100);
}

static void programs(void)
{
	char *argv[] = {"expr", "6", "*", "7", NULL};
	char *env[] = {NULL};
	posix_spawn_file_actions_t actions;
	char text[8] = "";
	int fd[2];
	int status;
	pid_t pid;

	CHECK(pipe(fd) == 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], 1);
	errno = posix_spawn(&pid, "/usr/bin/expr", &actions, NULL, argv, env);
	CHECK(errno == 0);
	close(fd[1]);
	CHECK(read(fd[0], text, sizeof(text) - 1) == 3 && strcmp(text, "42\n") == 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	threads();
	puts("threads");
	files();
	puts("files");
	names();
	puts("names");
	programs();
	puts("programs");
	return 0;
}
