#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# busybox, static, out of the bundle: its shell and applets, pipes, background jobs
set -eu

seq 1 100 | awk '{ sum += $1 } END { print sum }'
mkdir -p /tmp/a/b
echo hello | tee /tmp/a/b/one | sha256sum | cut -c 1-8
tar -c -z -f /tmp/a.tar.gz -C /tmp a
rm -r /tmp/a
tar -x -z -f /tmp/a.tar.gz -C /tmp
find /tmp -type f -name one -print0 | xargs -0 cat
mkfifo /tmp/fifo
echo through the fifo >/tmp/fifo &
cat /tmp/fifo
wait
# shellcheck disable=SC2009 # it is ps that is tried
ps | grep -q '[m]ain.sh' && echo processes
