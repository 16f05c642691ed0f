#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other builds than the one under test: a release, with clang and static; with sanitizers. They
# compile everything again, and so stand apart from the quick ones.

load helper

# copy_tree: what a release is made of, to be written to
copy_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir "$TREE"
	tar -c -C "$PROJECT_ROOT" --exclude=./.git --exclude=./build --exclude=./config.mk \
		--exclude=./config.status --exclude=./config.log --exclude=./autom4te.cache . |
		tar -x -C "$TREE"
}

# make_here ARG...: make without what the caller's make left in the environment
make_here() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD -u CONFIG make "$@"
}

@test "a release configures and builds by itself, statically, with clang, without a warning" {
	requires user
	local version clang=clang

	type -P clang >/dev/null || clang=gcc
	copy_tree
	make_here -C "$TREE" dist >/dev/null
	version=$(sed -n 's/^AC_INIT(\[plugbox\], \[\(.*\)\])/\1/p' "$TREE/configure.ac")
	mkdir "$BATS_TEST_TMPDIR/unpacked"
	tar -x -C "$BATS_TEST_TMPDIR/unpacked" -f "$TREE/plugbox-$version.tar.xz"
	cd "$BATS_TEST_TMPDIR/unpacked/plugbox-$version"
	[[ -s LICENSE && -s configure && ! -e build && ! -e config.mk ]]
	# no autoconf for who builds a release
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 99\n' >"$BATS_TEST_TMPDIR/bin/autoconf"
	chmod +x "$BATS_TEST_TMPDIR/bin/autoconf"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH ./configure --enable-static --enable-werror "CC=$clang" CFLAGS=-O1 \
		>"$BATS_TEST_TMPDIR/log"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH make_here -j2 >>"$BATS_TEST_TMPDIR/log"
	run_command 0 build/plugbox --version
	assert_eq "$output" "plugbox $version"
	refute_match INTERP "$(readelf -W -l build/plugbox)"
}

@test "unit tests and fuzz corpora pass under the sanitizers" {
	requires user cc
	copy_tree
	cd "$TREE"
	if ! make_here -j2 CONFIGURE_ARGS='--enable-sanitizers CFLAGS=-O1' test-programs \
		>"$BATS_TEST_TMPDIR/log" 2>&1; then
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		fail "the build"
	fi
	# leaks do not matter to a launcher, and finding them needs ptrace
	export ASAN_OPTIONS=detect_leaks=0
	run_command 0 build/plugbox --version
	for program in tests/unit/test_*.c; do
		# under a filter the sanitizers' own calls are refused too
		[[ $program != *seccomp_calls* ]] || continue
		run_command 0 "build/${program%.c}"
		assert_match $'(^|\n)1\\.\\.[1-9]' "$output"
	done
	for program in tests/fuzz/fuzz_*.c; do
		run_command 0 "build/${program%.c}" "tests/fuzz/corpus/$(basename "${program#*/fuzz_}" .c)"
		assert_match $'(^|\n)1\\.\\.[1-9]' "$output"
	done
}
