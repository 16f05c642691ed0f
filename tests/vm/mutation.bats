#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the cgroup is for: the attacks that name it get through a plugbox that was built without its
# limits, and through no other. tests/attacks/mutations does so for the other layers.

load ../helper

setup() {
	requires systemd python3 userns
	MUTANT=$BUILD/mutations/plugbox-CGROUP
}

# through PROGRAM: prints which of the attacks that name CGROUP get through
through() {
	run_command 0 /usr/bin/python3 "$BATS_TEST_DIRNAME/../attacks/run" --plugbox "$1" --matrix guest \
		--layer CGROUP
	assert_eq "$(as_json "d['errors']")" "[]"
	[[ $(as_json "d['started']") -ge 1 ]]
	as_json "' '.join(d['through'])"
}

@test "mutation: without the limits of the cgroup a plugin takes the memory" {
	[[ " $(through "$MUTANT") " == *' res-memory '* ]]
	# control: with them it does not
	assert_eq "$(through "$PLUGBOX")" ""
	# and it is the cgroup of a scope that both stand on
	run_command 0 "$MUTANT" explain --json --no-bundle --memory-limit 64M -- /bin/true
	assert_eq "$(as_json "d['cgroup']")" scope
}
