#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The escape attempts of tests/attacks, made under plugbox, and the same without a sandbox as
# the control: an attempt that works nowhere proves nothing.

load helper

setup_file() {
	# the programs, once for all tests
	"$BATS_TEST_DIRNAME/attacks/run" --build >/dev/null
}

setup() {
	requires cc python3 userns
	ATTACKS=$BATS_TEST_DIRNAME/attacks/run
}

# attack TOOL CLASS: every attempt of the class; the failures with their reasons otherwise
attack() {
	run --separate-stderr timeout -k 5 $((300 * ${PLUGBOX_TEST_SLOW:-1})) "$ATTACKS" --tool "$1" --class "$2" --format tap
	if [[ $status -ne 0 ]]; then
		grep -A 1 '^not ok' <<<"$output" >&2 || show_run attacks >&2
		fail "$1: attempts of class $2"
	fi
	# so many at least: a run that tried nothing would pass as well
	[[ $(grep '^ok' <<<"$output" | grep -vc ' # SKIP ') -ge $3 ]]
}

@test "no attempt breaks the isolation" {
	attack plugbox isolation 100
}

@test "no attempt reaches the kernel's surface" {
	attack plugbox surface 80
}

@test "no attempt takes the host's resources" {
	attack plugbox resource 15
}

@test "no attempt learns about the host" {
	attack plugbox information 20
}

@test "control: without a sandbox the isolation is broken" {
	attack none isolation 80
}

@test "control: without a sandbox the kernel's surface is there" {
	attack none surface 60
}

@test "control: without a sandbox the resources are taken" {
	attack none resource 8
}

@test "control: without a sandbox the host is known" {
	attack none information 15
}
