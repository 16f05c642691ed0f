/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For a static plugbox: what libnl calls to read protocols and host names, none of which it is asked
 * to. The C library's own would bring name services along, whose shared libraries a static program
 * cannot load (base/hostlib), and half of its code.
 */
#ifdef PB_STATIC

#include <netdb.h>
#include <stddef.h>

int getaddrinfo(const char *restrict name, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict res)
{
	(void)name;
	(void)service;
	(void)hints;
	*res = NULL;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *res)
{
	(void)res;
}

int getnameinfo(const struct sockaddr *restrict addr, socklen_t length, char *restrict name,
		socklen_t name_size, char *restrict service, socklen_t service_size, int flags)
{
	(void)addr;
	(void)length;
	(void)name;
	(void)name_size;
	(void)service;
	(void)service_size;
	(void)flags;
	return EAI_FAIL;
}

struct protoent *getprotobyname(const char *name)
{
	(void)name;
	return NULL;
}

struct protoent *getprotobynumber(int number)
{
	(void)number;
	return NULL;
}

#else

typedef int nonames_are_for_a_static_program;

#endif
