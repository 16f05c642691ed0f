/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that all attacks are linked into, each with its main as attack_NAME: a static
 * program each would be several hundred times the C library. Which one it is, is its first
 * argument, or the name it was started by.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef int attack_main(int argc, char **argv);

#define ATTACK(file, symbol) attack_main symbol;
#include "attack_list.h"
#undef ATTACK

static const struct {
	const char *name;
	attack_main *run;
} attacks[] = {
#define ATTACK(file, symbol) {file, symbol},
#include "attack_list.h"
#undef ATTACK
};

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];

	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		if (strcmp(attacks[i].name, name) == 0)
			return attacks[i].run(argc, argv);
	fprintf(stderr, "%s: no such attack\n", name);
	return 2;
}
