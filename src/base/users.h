/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's users and groups: /etc/passwd and /etc/group, and the name services for who is not in
 * there. Name services can be slow or far away, and are not plugbox's to load (base/hostlib). */
#pragma once

#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
	char *name; /* owned */
	char *home; /* owned; may be empty, or no absolute path */
};

/* Each returns 1 where there is such a user, and fills *u: the caller ends it with user_free; 0 where
 * there is none; or -1 with errno where that cannot be told, since the name services do not answer
 * or the host does not let them be asked. */
int user_by_id(uid_t uid, struct user *u);
int user_by_name(const char *name, struct user *u);
void user_free(struct user *u);

/* The same of a group. */
int group_by_name(const char *name, gid_t *gid);
