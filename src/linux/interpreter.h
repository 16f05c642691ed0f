/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file names as the program that runs it, read as the kernel and env read it. The text is the
 * plugin's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define INTERPRETER_HEAD 256 /* BINPRM_BUF_SIZE: what the kernel reads of a script's first line */

/* The loader that the ELF file fd with its first n bytes in head names; out (size bytes) is "" for
 * a static one. */
void interpreter_of_elf(int fd, const char *head, size_t n, char *out, size_t size);

/* Splits the "#!" line in head, INTERPRETER_HEAD bytes of a file, padded with zeros, and one more that
 * is zero: the interpreter, and its one argument or NULL, both in head. Returns whether there is an
 * interpreter. */
bool interpreter_of_script(char *head, char **interp, char **arg);

/* `env NAME` and `env -S NAME ...`: env executes NAME itself, looked up in PATH. Cuts the argument
 * arg behind the name and returns that, or NULL where it is a path, an option or a variable. */
char *interpreter_of_env(char *arg);
