#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# git: a repository in /data, from its first commit to its packs
set -eu

rm -rf /data/repository
git init -q -b main /data/repository
cd /data/repository
for n in 1 2 3; do
	seq "$n" 500 >file
	git add file
	git commit -q -m "change $n"
done
git log --format=%s
git checkout -q -b side HEAD~1
git merge -q --no-edit main
git gc -q --prune=now
git fsck --no-progress
git count-objects -v | grep '^packs'
