#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other builds than the one under test: a release, with clang and static; with sanitizers. They
# compile everything again, and so stand apart from the quick ones. make check-builds runs with each
# whatever launches plugins.

load helper

# copy_tree DIR: what a release is made of, to be written to
copy_tree() {
	mkdir "$1"
	tar -c -C "$PROJECT_ROOT" --exclude=./.git --exclude=./build --exclude=./config.mk \
		--exclude=./config.status --exclude=./config.log --exclude=./autom4te.cache . |
		tar -x -C "$1"
}

# make_here ARG...: make without what the caller's make left in the environment
make_here() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD -u CONFIG make "$@"
}

build_release() (
	set -e
	copy_tree "$BATS_FILE_TMPDIR/release"
	cd "$BATS_FILE_TMPDIR/release"
	make_here dist >/dev/null
	mkdir "$BATS_FILE_TMPDIR/unpacked" "$BATS_FILE_TMPDIR/bin"
	tar -x -C "$BATS_FILE_TMPDIR/unpacked" --strip-components=1 -f plugbox-*.tar.xz
	cd "$BATS_FILE_TMPDIR/unpacked"
	[[ -s LICENSE && -s configure && ! -e build && ! -e config.mk ]]
	# no autoconf for who builds a release
	printf '#!/bin/sh\nexit 99\n' >"$BATS_FILE_TMPDIR/bin/autoconf"
	chmod +x "$BATS_FILE_TMPDIR/bin/autoconf"
	export PATH=$BATS_FILE_TMPDIR/bin:$PATH
	./configure --enable-static --enable-werror "CC=$(type -P clang || echo gcc)" CFLAGS=-O1
	make_here -j2
)

build_sanitized() (
	set -e
	copy_tree "$BATS_FILE_TMPDIR/sanitized"
	cd "$BATS_FILE_TMPDIR/sanitized"
	make_here -j2 CONFIGURE_ARGS='--enable-sanitizers CFLAGS=-O1' test-programs
)

# Here, since the time that a test may take is bounded
setup_file() {
	[[ $EUID -ne 0 ]] || return 0
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	# in the background, or set -e would mean nothing in them
	build_release >"$BATS_FILE_TMPDIR/release.log" 2>&1 &
	wait $! || echo failed >"$BATS_FILE_TMPDIR/release.failed"
	build_sanitized >"$BATS_FILE_TMPDIR/sanitized.log" 2>&1 &
	wait $! || echo failed >"$BATS_FILE_TMPDIR/sanitized.failed"
}

# built NAME
built() {
	[[ -e $BATS_FILE_TMPDIR/$1.failed ]] || return 0
	tail -n 30 "$BATS_FILE_TMPDIR/$1.log"
	fail "the build"
}

# suite PLUGBOX FILE-PATTERN...: all of these pass with it
suite() {
	local pattern files=() tap=$BATS_TEST_TMPDIR/tap

	for pattern in "${@:2}"; do
		files+=("$(echo "$BATS_TEST_DIRNAME/$pattern"-*.bats)")
	done
	env -u BATS_TEST_TIMEOUT PLUGBOX="$1" bats --formatter tap "${files[@]}" >"$tap" 2>&1 || {
		grep -A 12 '^not ok' "$tap" || cat "$tap"
		fail "not everything passes with $1"
	}
	# the plan, and no test that did not report
	[[ $(grep -cE '^(not )?ok' "$tap") -eq $(sed -n 's/^1\.\.//p' "$tap") ]]
	[[ $(grep '^ok' "$tap" | grep -cv '# skip') -gt 10 ]]
}

@test "a release configures and builds by itself, statically, with clang, without a warning" {
	requires user
	built release
	run_command 0 "$BATS_FILE_TMPDIR/unpacked/build/plugbox" --version
	assert_eq "$output" "plugbox $(sed -n 's/^AC_INIT(\[plugbox\], \[\(.*\)\])/\1/p' "$PROJECT_ROOT/configure.ac")"
	refute_match INTERP "$(readelf -W -l "$BATS_FILE_TMPDIR/unpacked/build/plugbox")"
}

@test "a static plugbox launches as any other" {
	requires user
	built release
	suite "$BATS_FILE_TMPDIR/unpacked/build/plugbox" 050 320
}

# leaks do not matter to a launcher, and finding them needs ptrace
export ASAN_OPTIONS=detect_leaks=0

@test "unit tests and fuzz corpora pass under the sanitizers" {
	requires user cc
	built sanitized
	cd "$BATS_FILE_TMPDIR/sanitized"
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

@test "a plugbox under the sanitizers launches as any other" {
	requires user cc
	built sanitized
	export PLUGBOX_TEST_SANITIZED=yes
	suite "$BATS_FILE_TMPDIR/sanitized/build/plugbox" 050 200
}
