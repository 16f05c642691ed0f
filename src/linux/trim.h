/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Gives back what the process has mapped of its program and libraries and not changed: nearly all of
 * it served the launch. What is needed again comes back from the page cache. Best effort, and
 * without effect on anything but memory. */
void trim_program(void);
