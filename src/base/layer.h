/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Builds without some layers, for the tests that show what each layer is for: -DPB_WITHOUT= with a
 * bit for each that is off, 1 << PB_LAYER_SECCOMP and so on. Without that definition LAYER_ON is the
 * constant true, and nothing of this is in the program; no option and no variable switches a layer
 * off.
 */
#pragma once

enum pb_layer {
	PB_LAYER_LANDLOCK,
	PB_LAYER_SECCOMP,
	PB_LAYER_CAPS,
	PB_LAYER_NNP,
	PB_LAYER_FDS,
	PB_LAYER_ENVIRONMENT,
	PB_LAYER_SESSION,
	PB_LAYER_KEYRING,
	PB_LAYER_PDEATHSIG,
	PB_LAYER_RLIMITS,
	PB_LAYER_UCOUNTS,
	PB_LAYER_INIT_DUMPABLE,
	PB_LAYER_NS_PID,
	PB_LAYER_NS_NET,
	PB_LAYER_NS_IPC,
	PB_LAYER_NS_UTS,
	PB_LAYER_NS_CGROUP,
	PB_LAYER_MOUNT_RO,
	PB_LAYER_MOUNT_FLAGS,
	PB_LAYER_PIVOT,
	PB_LAYER_RELAY,
	PB_LAYER_TMP_SIZE,
	PB_LAYER_NS_USER,
	PB_LAYER_RUN_AS,
	PB_LAYER_INIT_FILTER,
	PB_LAYER_GUARDIAN,
	PB_LAYER_PARENT,
	PB_LAYER_CGROUP,
};

#ifndef PB_WITHOUT
#define PB_WITHOUT 0
#endif

#define LAYER_ON(name) (((PB_WITHOUT) >> PB_LAYER_##name & 1) == 0)
