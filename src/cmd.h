/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands. Each takes the arguments after its name (argv[0] is the name itself),
 * prints its result on stdout and returns the exit code; an error that
 * it does not print itself is left in *e and printed once, in main. */
#pragma once

#include "base/err.h"

int cmd_run(int argc, char **argv, struct pb_err *e);
int cmd_explain(int argc, char **argv, struct pb_err *e);
int cmd_why(int argc, char **argv, struct pb_err *e);
int cmd_check(int argc, char **argv, struct pb_err *e);
int cmd_permissions(int argc, char **argv, struct pb_err *e);
int cmd_digest(int argc, char **argv, struct pb_err *e);
int cmd_approve(int argc, char **argv, struct pb_err *e);
int cmd_grants(int argc, char **argv, struct pb_err *e);
int cmd_revoke(int argc, char **argv, struct pb_err *e);
int cmd_release(int argc, char **argv, struct pb_err *e);
int cmd_audit(int argc, char **argv, struct pb_err *e);
int cmd_profile(int argc, char **argv, struct pb_err *e);
int cmd_doctor(int argc, char **argv, struct pb_err *e);
int cmd_completion(int argc, char **argv, struct pb_err *e);
