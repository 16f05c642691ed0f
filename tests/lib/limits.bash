# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of limits have in common. STATUS is the status file of the last run.
# shellcheck shell=bash

# program NAME <<source: a bundle directory $BUNDLE with the static program main
program() {
	BUNDLE=$BATS_TEST_TMPDIR/$1
	mkdir "$BUNDLE"
	cc_static "$BUNDLE/main"
	chmod 755 "$BUNDLE" "$BUNDLE/main"
}

# exit_event EXPRESSION: over e, the exit event in $STATUS
exit_event() {
	as_json_lines "(lambda e: ($1))(d[-1])" "$(cat "$STATUS")"
}

events() {
	as_json_lines '" ".join(e["event"] + ":" + e["action"] if "action" in e else e["event"] for e in d)' \
		"$(cat "$STATUS")"
}
