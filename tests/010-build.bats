#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The binary as it is built, installation, release, the scripts around them, and that the
# checks of the suite itself can fail.

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

# installed ARG...: make install or uninstall of what is built already
installed() {
	make_here -C "$PROJECT_ROOT" -o config.mk -o build/plugbox BUILD="${PLUGBOX%/plugbox}" \
		-o "$PLUGBOX" "$@" >/dev/null
}

@test "the version is that of configure.ac, and NEWS begins with it" {
	local version

	version=$(sed -n 's/^AC_INIT(\[plugbox\], \[\(.*\)\])/\1/p' "$PROJECT_ROOT/configure.ac")
	run_plugbox 0 --version
	assert_eq "$output" "plugbox $version"
	assert_match "^plugbox $version " "$(head -n 1 "$PROJECT_ROOT/NEWS")"
}

@test "the binary is hardened" {
	local elf

	elf=$(readelf -W -h -l -d "$PLUGBOX")
	assert_match 'Type: +DYN' "$elf"
	assert_match 'GNU_RELRO' "$elf"
	assert_match '(BIND_NOW|FLAGS_1.*NOW)' "$elf"
	assert_match 'GNU_STACK +[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ RW ' "$elf"
	refute_match 'RPATH|RUNPATH' "$elf"
	elf=$(readelf -W --syms "$PLUGBOX")
	assert_match '__stack_chk_fail' "$elf"
	assert_match '__[a-z]+_chk' "$elf"
}

@test "a setuid plugbox refuses to run, where another setuid program does not" {
	requires root setpriv
	local dir=$BATS_TEST_TMPDIR

	chmod a+rx "$BATS_RUN_TMPDIR" "$dir/.." "$dir"
	cp "$PLUGBOX" "$dir/plugbox"
	cp /usr/bin/id "$dir/id"
	run_command 0 setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/plugbox" --version
	chmod u+s "$dir/plugbox" "$dir/id"
	run_command 0 setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/id" -u
	assert_eq "$output" 0
	run_command 125 setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/plugbox" --version
	assert_match 'refusing to run setuid' "$stderr"
	assert_eq "$output" ""
}

@test "a plugbox with file capabilities refuses to run" {
	requires root setpriv setcap
	local dir=$BATS_TEST_TMPDIR

	chmod a+rx "$BATS_RUN_TMPDIR" "$dir/.." "$dir"
	cp "$PLUGBOX" "$dir/plugbox"
	setcap cap_dac_read_search+ep "$dir/plugbox"
	run_command 125 setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/plugbox" --version
	assert_match 'file capabilities' "$stderr"
}

@test "make install puts every file in its place, and make uninstall takes all of it away" {
	local d=$BATS_TEST_TMPDIR/root

	installed install DESTDIR="$d" prefix=/opt/p
	run_command 0 "$d/opt/p/bin/plugbox" --version
	for file in bash-completion/completions/plugbox zsh/vendor-completions/_plugbox \
		fish/vendor_completions.d/plugbox.fish man/man1/plugbox.1 doc/plugbox/LICENSE; do
		[[ -s $d/opt/p/share/$file ]] || fail "$file is not installed"
	done
	assert_eq "$(cd "$d/opt/p/share/plugbox" && find profiles -type f | sort)" \
		"$(cd "$PROJECT_ROOT" && find profiles -type f | sort)"
	assert_eq "$(find "$d" -type f -perm /022)" ""
	assert_eq "$(find "$d" -perm /7000 ! -type d)" ""
	touch "$d/opt/p/bin/other"
	installed uninstall DESTDIR="$d" prefix=/opt/p
	assert_eq "$(cd "$d" && find . ! -type d)" ./opt/p/bin/other
	[[ ! -e $d/opt/p/share/plugbox && ! -e $d/opt/p/share/doc/plugbox ]]
}

@test "configure is off for warnings as errors outside a git checkout, and on when asked" {
	copy_tree
	cd "$TREE"
	[[ -e configure ]] || autoconf
	./configure >"$BATS_TEST_TMPDIR/log"
	refute_match '-Werror' "$(cat config.mk)"
	./configure --enable-werror >"$BATS_TEST_TMPDIR/log"
	assert_match '-Werror' "$(cat config.mk)"
}

@test "configure names the Debian packages of missing libraries and the command for them" {
	copy_tree
	cd "$TREE"
	[[ -e configure ]] || autoconf
	PKG_CONFIG_LIBDIR=/nonexistent run_command 1 ./configure
	for package in libseccomp-dev libyaml-dev libcap-dev libnl-3-dev libsodium-dev; do
		assert_match "$package" "$stderr"
	done
	assert_match 'contrib/install-packages build' "$stderr"
}

# fake_apt: a machine on which nothing is installed, and that writes down what apt-get is told
fake_apt() {
	FAKE=$BATS_TEST_TMPDIR/fake
	mkdir "$FAKE"
	printf '#!/bin/sh\nexit 1\n' >"$FAKE/dpkg-query"
	printf '#!/bin/sh\nexit 1\n' >"$FAKE/sudo"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "$@" >>%s/log\n' "$FAKE" >"$FAKE/apt-get"
	chmod +x "$FAKE"/*
}

@test "install-packages prints the one command where it may not install" {
	requires user
	fake_apt
	PATH=$FAKE:$PATH run_command 1 "$PROJECT_ROOT/contrib/install-packages" build
	assert_match "su -c 'apt-get update && apt-get install -y .*libseccomp-dev.*'" "$stderr"
	[[ ! -e $FAKE/log ]]
}

@test "install-packages installs what is missing as root, or through sudo" {
	fake_apt
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nshift\nexec "$@"\n' >"$FAKE/sudo"
	PATH=$FAKE:$PATH run_command 0 "$PROJECT_ROOT/contrib/install-packages" build lint
	assert_match '^update' "$(head -n 1 "$FAKE/log")"
	assert_match '^install .*make.*cppcheck' "$(sed -n 2p "$FAKE/log")"
}

@test "install-packages: --check changes nothing, and wrong use is told" {
	fake_apt
	PATH=$FAKE:$PATH run_command 1 "$PROJECT_ROOT/contrib/install-packages" --check build
	assert_match 'missing: .*libyaml-dev' "$stderr"
	[[ ! -e $FAKE/log ]]
	run_command 2 "$PROJECT_ROOT/contrib/install-packages"
	run_command 2 "$PROJECT_ROOT/contrib/install-packages" everything
	printf '#!/bin/sh\nshift 3\nfor p; do echo "installed $p"; done\n' >"$FAKE/dpkg-query"
	PATH=$FAKE:$PATH run_command 0 "$PROJECT_ROOT/contrib/install-packages" --check build lint
	assert_eq "$output$stderr" ""
}

# layers FILE INCLUDE: a tree in which FILE includes INCLUDE
layers() {
	rm -rf "$BATS_TEST_TMPDIR/src"
	mkdir -p "$BATS_TEST_TMPDIR/src/"{base,spec,linux,trust,run,backend}
	touch "$BATS_TEST_TMPDIR/src/cmd.h"
	printf '#include <stdio.h>\n#include "%s"\n' "$2" >"$BATS_TEST_TMPDIR/src/$1"
}

@test "the include check passes every right direction and fails every wrong one" {
	local check=$PROJECT_ROOT/tests/lint/include-direction pair

	for pair in base/a.c:base/b.h spec/a.c:base/b.h linux/a.c:spec/b.h linux/a.h:linux/b.h \
		run/a.c:linux/b.h cmd_a.c:run/b.h cmd_a.c:cmd.h spec/a.c:generated.h; do
		layers "${pair%:*}" "${pair#*:}"
		run_command 0 "$check" "$BATS_TEST_TMPDIR/src"
	done
	for pair in base/a.c:spec/b.h spec/a.h:linux/b.h linux/a.c:run/b.h run/a.c:cmd.h \
		linux/a.c:trust/b.h trust/a.c:linux/b.h backend/a.c:run/b.h spec/a.c:../cmd.h; do
		layers "${pair%:*}" "${pair#*:}"
		run -0 true
		run "$check" "$BATS_TEST_TMPDIR/src"
		[[ $status -ne 0 ]] || fail "passed: $pair"
		assert_match "${pair%:*}:2: " "$output"
	done
}

# counts STATUS STRICT <<tap: what the driver makes of a stream
counts() {
	ALLOWED_SKIPS=$'needs root\nsome of *' awk -v status="$1" -v strict="$2" -v verbose= \
		-f "$PROJECT_ROOT/tests/tap.awk" 2>/dev/null
}

@test "the driver counts what ran, and doubt as failure" {
	assert_eq "$(counts 0 '' <<<$'1..3\nok 1 a\nok 2 b # skip needs tty\nok 3 c')" "2 0 1"
	assert_eq "$(counts 1 '' <<<$'1..2\nok 1 a\nnot ok 2 b')" "1 1 0"
	# skips that must work
	assert_eq "$(counts 0 1 <<<$'1..2\nok 1 a\nok 2 b # skip needs tty')" "1 1 0"
	assert_eq "$(counts 0 1 <<<$'1..2\nok 1 a\nok 2 b # skip needs root')" "1 0 1"
	assert_eq "$(counts 0 1 <<<$'1..1\nok 1 b # SKIP some of those')" "0 0 1"
	# a crash in the middle, no plan at all, nothing at all, more than planned
	assert_eq "$(counts 139 '' <<<$'1..4\nok 1 a')" "1 3 0"
	assert_eq "$(counts 0 '' <<<$'ok 1 a')" "1 1 0"
	assert_eq "$(counts 0 '' </dev/null)" "0 1 0"
	assert_eq "$(counts 0 '' <<<$'1..1\nok 1 a\nok 2 b')" "2 1 0"
	# a status that no test explains
	assert_eq "$(counts 1 '' <<<$'1..1\nok 1 a')" "1 1 0"
	assert_eq "$(counts 124 '' <<<$'1..1\nok 1 a')" "1 1 0"
}
