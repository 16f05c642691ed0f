#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# plugbox.yaml, and the profiles that hold without being named: root's word is the ceiling, a
# user's only takes away. What a text means is the matter of unit/test_hostconf.c.
#
# All of it reads /etc and the user's home, so each test has an /etc of its own, and a user whose home
# is /srv. Without root there is no such place.

load helper

setup() {
	requires root unshare
	make_etc
	in_etc true || skip "needs root"
	HOSTHOME=$BATS_TEST_TMPDIR/home
	mkdir -p "$ETC/plugbox/profiles/plugins" "$HOSTHOME/.config/plugbox/profiles/plugins"
	echo 'someone:x:4243:4243::/srv:/bin/sh' >>"$ETC/passwd"
	chown -R 4243:4243 "$HOSTHOME"
	# where that user can execute it
	cp "$PLUGBOX" "$BATS_TEST_TMPDIR/plugbox"
	make_bundle asker <<-'YAML'
		name: asker
		version: 1.0.0
		entrypoint: main
		permissions: [subprocess, {network: host}]
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		/bin/true && echo ran
	SH
	# nobody else may write what leads to a trusted bundle, which lies below /srv
	cp -r "$BUNDLE" "$HOSTHOME/asker"
	cp -r "$BUNDLE" "$HOSTHOME/other"
}

system() {
	cat >"$ETC/plugbox/${1:-plugbox.yaml}"
}

user() {
	cat >"$HOSTHOME/.config/plugbox/${1:-plugbox.yaml}"
	chown 4243:4243 "$HOSTHOME/.config/plugbox/${1:-plugbox.yaml}"
}

# As that user: as_user CODE ARG...
as_user() {
	local code=$1

	shift
	run_command "$code" in_etc_as_user "$@"
}

in_etc_as_user() {
	in_etc setpriv --reuid 4243 --regid 4243 --clear-groups --inh-caps=-all \
		--bounding-set=-all "$BATS_TEST_TMPDIR/plugbox" "$@"
}
export -f in_etc_as_user

# timeout, which run_command puts in front, runs programs and no functions
run_command() {
	local code=$1

	shift
	# shellcheck disable=SC2016 # the inner shell's
	ETC=$ETC HOSTHOME=$HOSTHOME BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR \
		run "-$code" --separate-stderr timeout -k 5 "$RUN_SECONDS" bash -c '"$@"' bash "$@" ||
		{ show_run "$@" >&2; fail "expected exit code $code"; }
}

@test "without configuration nothing changes, and the environment names none" {
	user <<<'trusted: []'
	as_user 77 run --allow network /srv/asker
	assert_match '"asker" is not trusted, and /srv/.config/plugbox/plugbox.yaml:1:1' "$stderr"
	assert_match 'name: asker, path: /srv/asker' "$stderr"
	# elsewhere is nowhere, whatever HOME says
	HOME=/nowhere XDG_CONFIG_HOME=/nowhere as_user 77 run --allow network /srv/asker
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	as_user 0 run --allow network /srv/asker
	assert_eq "$output" ran
	mkdir -p "$BATS_TEST_TMPDIR/x/plugbox"
	echo 'trusted: []' >"$BATS_TEST_TMPDIR/x/plugbox/plugbox.yaml"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/x as_user 0 run --allow network /srv/asker
}

@test "the system's isolation section bounds every launch, and --allow and --profile cannot go beyond" {
	system <<-'YAML'
		plugins:
		  isolation:
		    enabled: true
		    network_enabled: false
		    timeout: 50
	YAML
	user profiles/open.yaml <<<'allow: [subprocess, network]'
	as_user 77 run --allow network /srv/asker
	assert_match 'beyond the profile "/etc/plugbox/plugbox.yaml:4:22"' "$stderr"
	as_user 77 run --profile open /srv/asker
	as_user 77 run --no-bundle --allow network=host -- /bin/true
	as_user 0 explain --no-bundle --timeout 90s -- /bin/true
	assert_match 'timeout +50s .*\(profile ' "$output"
	# what stays inside needs nobody's leave, as without a file
	as_user 0 run --no-bundle --allow subprocess -- /bin/true
	# control
	rm "$ETC/plugbox/plugbox.yaml"
	as_user 0 run --profile open /srv/asker
	assert_eq "$output" ran
}

@test "a user's file takes away, and gives nothing that the system's does not" {
	user <<<'plugins: {isolation: {network_enabled: false}}'
	as_user 77 run --allow network /srv/asker
	user <<<'plugins: {isolation: {network_enabled: true}}'
	as_user 0 run --allow network /srv/asker
	system <<<'plugins: {isolation: {network_enabled: false}}'
	as_user 77 run --allow network /srv/asker
	# root is a user too, with the same ceiling
	run_command 77 in_etc "$PLUGBOX" run --allow network "$BUNDLE"
}

@test "the system's default profile bounds the user's own and is given without --profile" {
	system <<<'profile: house'
	system profiles/house.yaml <<<'allow: [subprocess, network]'
	user profiles/open.yaml <<<'allow: [subprocess, network, storage, tty]'
	as_user 0 run /srv/asker
	assert_eq "$output" ran
	system profiles/house.yaml <<<'allow: [subprocess]'
	as_user 77 run /srv/asker
	as_user 77 run --profile open /srv/asker
	assert_match 'beyond the profile "/etc/plugbox/profiles/house.yaml"' "$stderr"
	as_user 77 explain --profile open /srv/asker
	assert_match 'profile +/srv/.config/plugbox/profiles/open.yaml' "$output"
	assert_match 'within +/etc/plugbox/profiles/house.yaml' "$output"
	# a user's own file of the same name is not what the system names
	user profiles/house.yaml <<<'allow: [subprocess, network]'
	as_user 77 run /srv/asker
	# control
	rm "$ETC/plugbox/plugbox.yaml"
	as_user 0 run --profile open /srv/asker
	system <<<'profile: nowhere'
	as_user 2 run /srv/asker
	assert_match 'named by /etc/plugbox/plugbox.yaml:1:10: there is no profile "nowhere"' "$stderr"
}

@test "a plugin's own profile holds by its name, and gives only where it names the bundle" {
	system profiles/plugins/asker.yaml <<<'allow: [subprocess]'
	as_user 77 run --allow network /srv/asker
	assert_match 'plugins/asker.yaml' "$stderr"
	# what it allows waits for --allow: any plugin can call itself so
	system profiles/plugins/asker.yaml <<<'allow: [subprocess, network]'
	as_user 77 run /srv/asker
	assert_match 'to allow it, add --allow network=host' "$stderr"
	as_user 0 run --allow network /srv/asker
	system profiles/plugins/asker.yaml <<-'YAML'
		plugin: /srv/asker
		allow: [subprocess, network]
	YAML
	as_user 0 run /srv/asker
	assert_eq "$output" ran
	as_user 77 run --allow network /srv/other
	assert_match 'asker.yaml:1:9 is for another plugin than "asker" in "/srv/other"' "$stderr"
	# it stands for the default, and an unbound one within it
	system <<<'profile: house'
	system profiles/house.yaml <<<'allow: [subprocess]'
	as_user 0 run /srv/asker
	system profiles/plugins/asker.yaml <<<'allow: [subprocess, network]'
	as_user 77 run --allow network /srv/asker
	# the user's own is the user's word within that
	rm "$ETC/plugbox/plugbox.yaml" "$ETC/plugbox/profiles/plugins/asker.yaml"
	user profiles/plugins/asker.yaml <<<'{"plugin": "/srv/asker", "allow": ["subprocess", "network"]}'
	as_user 0 run /srv/asker
	system profiles/plugins/asker.yaml <<<'allow: [subprocess]'
	as_user 77 run /srv/asker
}

@test "a plugin's own profile extends others; one for another plugin is no default" {
	system profiles/asker.yaml <<<'allow: [subprocess, network]'
	system profiles/plugins/asker.yaml <<<'{"extends": "asker", "plugin": "/srv/asker"}'
	as_user 0 run /srv/asker
	# in a circle it ends
	system profiles/asker.yaml <<<'extends: other'
	system profiles/other.yaml <<<'extends: asker'
	as_user 2 run /srv/asker
	assert_match 'more than 8 profiles|no profile' "$stderr"
	rm "$ETC/plugbox/profiles/plugins/asker.yaml"
	# a default that is bound to one bundle is for no other
	system profiles/asker.yaml <<<'{"allow": ["subprocess", "network"], "plugin": "/srv/asker"}'
	system <<<'profile: asker'
	as_user 0 run /srv/asker
	as_user 77 run /srv/other
	assert_match 'named by /etc/plugbox/plugbox.yaml:1:10: .*is for another plugin' "$stderr"
}

@test "trusted is who is on every list, by the bundle and not by its name" {
	system <<-'YAML'
		allow_untrusted: false
		trusted: [{name: asker, path: /srv/asker}]
	YAML
	as_user 0 run --allow network /srv/asker
	as_user 77 run --allow network /srv/other
	assert_match 'plugbox.yaml:1:18 lets no other run' "$stderr"
	# a command is no plugin
	as_user 77 run --no-bundle -- /bin/true
	assert_match '"a command" is not trusted' "$stderr"
	# the user can take it away, and add nobody
	user <<<'untrusted: [asker]'
	as_user 77 run --allow network /srv/asker
	user <<<'trusted: [/srv/other]'
	as_user 77 run --allow network /srv/asker
	as_user 77 run --allow network /srv/other
	user <<<'allow_untrusted: true'
	as_user 77 run --allow network /srv/other
	as_user 0 run --allow network /srv/asker
	# a link to another bundle is another bundle, and one to this one this
	mv "$HOSTHOME/asker" "$HOSTHOME/moved"
	ln -s other "$HOSTHOME/asker"
	chown -h 4243 "$HOSTHOME/asker"
	as_user 77 run --allow network /srv/moved
	as_user 0 run --allow network /srv/other
	# where others could have put it, the path says nothing
	chmod o+w "$HOSTHOME"
	as_user 77 run --allow network /srv/other
	assert_match '/srv" can be written by others' "$stderr"
}

@test "a digest is the bundle's content, wherever it lies, and nothing else" {
	local digest

	run_command 0 in_etc "$PLUGBOX" digest /srv/asker
	digest=${output%% *}
	chown -R 4243 "$HOSTHOME"
	system <<<"trusted: [$digest]"
	as_user 0 run --allow network /srv/asker
	as_user 0 run --allow network /srv/other
	system profiles/plugins/asker.yaml <<<"{plugin: {digest: '$digest'}, allow: [subprocess, network]}"
	as_user 0 run /srv/other
	echo '# one more line' >>"$HOSTHOME/asker/main"
	as_user 77 run --allow network /srv/asker
	assert_match '"asker" is not trusted' "$stderr"
	# remembered hashes are not believed over what is there
	as_user 0 run /srv/other
	cp "$HOSTHOME/asker/main" "$HOSTHOME/other/main"
	as_user 77 run /srv/other
	rm "$ETC/plugbox/plugbox.yaml"
	as_user 77 run /srv/other
	assert_match 'asker.yaml:1:10 is for another plugin' "$stderr"
	# one that others can write has none
	system <<<"trusted: [$digest]"
	chmod o+w "$HOSTHOME/other/main"
	as_user 77 run /srv/other
	assert_match 'plugbox.yaml:1:11' "$stderr"
}

# signed_by NAME FILE [OPTION...]: the signature of /srv/asker, by a key of that name, as FILE beside it
signed_by() {
	local name=$1 file=$HOSTHOME/$2

	[[ -e $BATS_TEST_TMPDIR/$name.key ]] ||
		minisign -G -W -p "$BATS_TEST_TMPDIR/$name.pub" -s "$BATS_TEST_TMPDIR/$name.key" </dev/null
	KEY=$(tail -n 1 "$BATS_TEST_TMPDIR/$name.pub")
	"$PLUGBOX" digest --write "$BATS_TEST_TMPDIR/line" "$HOSTHOME/asker"
	minisign -S "${@:3}" -m "$BATS_TEST_TMPDIR/line" -s "$BATS_TEST_TMPDIR/$name.key" -x "$file"
	chmod 644 "$file"
}

@test "a signer is whose key root wrote down, and what was signed is all of the bundle" {
	local sig=$HOSTHOME/asker.digest.minisig legacy

	signed_by acme asker.digest.minisig
	system <<<"{signers: {acme: $KEY}, trusted: [{name: asker, signer: acme}]}"
	as_user 0 run --allow network /srv/asker
	assert_eq "$output" ran
	as_user 0 explain --allow network /srv/asker
	assert_match 'trust +trusted by /etc/plugbox/plugbox.yaml:1:' "$output"
	# it is of the content, so that a copy has to bring it along
	as_user 77 run --allow network /srv/other
	assert_match 'is not signed: there is no "/srv/other.digest.minisig"' "$stderr"
	cp "$sig" "$HOSTHOME/other.digest.minisig"
	as_user 0 run --allow network /srv/other
	# what it calls itself is signed with it
	sed -i 's/^name: .*/name: better/' "$HOSTHOME/other/plugin.yaml"
	as_user 77 run --allow network /srv/other
	# a changed bundle, a new mode, one more file, and the older version again with a newer's signature
	cp -a "$HOSTHOME/asker" "$HOSTHOME/old"
	echo '# one more line' >>"$HOSTHOME/asker/main"
	as_user 77 run --allow network /srv/asker
	assert_match '/srv/asker.digest.minisig" is a signature of something else' "$stderr"
	cp "$HOSTHOME/old/main" "$HOSTHOME/asker/main"
	as_user 0 run --allow network /srv/asker
	chmod 555 "$HOSTHOME/asker/main"
	as_user 77 run --allow network /srv/asker
	chmod 755 "$HOSTHOME/asker/main"
	: >"$HOSTHOME/asker/more"
	as_user 77 run --allow network /srv/asker
	signed_by acme asker.digest.minisig
	as_user 0 run --allow network /srv/asker
	rm -r "$HOSTHOME/asker"
	cp -a "$HOSTHOME/old" "$HOSTHOME/asker"
	as_user 77 run --allow network /srv/asker
	# an older version with its own is what that key signed: it is taken back by its digest
	signed_by acme asker.digest.minisig
	as_user 0 run --allow network /srv/asker
	system <<<"{trusted: [$KEY], untrusted: [$("$PLUGBOX" digest "$HOSTHOME/asker" | cut -d ' ' -f 1)]}"
	as_user 77 run --allow network /srv/asker
	# minisign's older kind, and the key alone
	signed_by acme asker.digest.minisig -l
	system <<<"trusted: [$KEY]"
	as_user 0 run --allow network /srv/asker
	# a file that is none, or cannot be one
	legacy=$(<"$sig")
	head -n 2 <<<"$legacy" | tail -n 1 >"$sig"
	as_user 77 run --allow network /srv/asker
	assert_match 'asker.digest.minisig" is no signature' "$stderr"
	rm "$sig"
	mkfifo "$sig"
	as_user 77 run --allow network /srv/asker
	rm "$sig"
	ln -s /dev/zero "$sig"
	as_user 77 run --allow network /srv/asker
	rm "$sig"
	head -c 100000 /dev/zero >"$sig"
	as_user 77 run --allow network /srv/asker
	# what cannot be told is no verdict
	chmod 000 "$sig"
	as_user 125 run --allow network /srv/asker
	assert_match 'cannot open the signature .*make it readable' "${stderr//$'\n'/ }"
	# signify's, under the name that it gives
	rm "$sig"
	signify-openbsd -G -n -p "$BATS_TEST_TMPDIR/s.pub" -s "$BATS_TEST_TMPDIR/s.sec"
	"$PLUGBOX" digest --write "$HOSTHOME/asker.digest" "$HOSTHOME/asker"
	(cd "$HOSTHOME" && signify-openbsd -S -s "$BATS_TEST_TMPDIR/s.sec" -m asker.digest)
	as_user 77 run --allow network /srv/asker
	assert_match '/srv/asker.digest.sig" is of another key' "$stderr"
	system <<<"trusted: [$KEY, $(tail -n 1 "$BATS_TEST_TMPDIR/s.pub")]"
	as_user 0 run --allow network /srv/asker
}

@test "nobody makes a key known but root and the user, and no signature gives more than trust" {
	signed_by evil asker.digest.minisig
	cp "$BATS_TEST_TMPDIR/evil.pub" "$HOSTHOME/asker/minisign.pub"
	printf 'signers: {acme: %s}\ntrusted: [{signer: acme}]\n' "$KEY" >"$HOSTHOME/asker/plugbox.yaml"
	signed_by evil asker.digest.minisig
	signed_by acme acme.minisig
	system <<<"{signers: {acme: $KEY}, trusted: [{signer: acme}]}"
	as_user 77 run --allow network /srv/asker
	assert_match 'asker.digest.minisig" is of another key' "$stderr"
	# the id of a key is not the key
	{
		echo 'untrusted comment: x'
		/usr/bin/python3 - "$KEY" "$HOSTHOME/asker.digest.minisig" <<-'PY'
			import base64, sys
			key = base64.b64decode(sys.argv[1])
			own = base64.b64decode(open(sys.argv[2]).read().splitlines()[1])
			print(base64.b64encode(b"Ed" + key[2:10] + own[10:]).decode())
		PY
	} >"$HOSTHOME/asker.digest.sig"
	as_user 77 run --allow network /srv/asker
	assert_match 'asker.digest.sig" is a signature of something else' "$stderr"
	rm "$HOSTHOME/asker.digest.sig"
	# a user's own list of keys adds nobody to root's
	user <<<"trusted: [$(tail -n 1 "$BATS_TEST_TMPDIR/evil.pub")]"
	as_user 77 run --allow network /srv/asker
	# control: the same signature by a key that root knows
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	cp "$HOSTHOME/acme.minisig" "$HOSTHOME/asker.digest.minisig"
	as_user 0 run --allow network /srv/asker
	as_user 77 run /srv/asker
	# who may not be on a list is on none
	user <<<"untrusted: [{signer: $KEY}]"
	as_user 77 run --allow network /srv/asker
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	# what others can change is nobody's word
	chmod o+w "$HOSTHOME/asker/main"
	as_user 77 run --allow network /srv/asker
	assert_match 'plugbox.yaml:1:.*main" in the bundle can be written by others' "$stderr"
	chmod o-w "$HOSTHOME/asker/main"
	# nor does it take the sandbox away
	system <<<"{plugins: {isolation: {enabled: false}}, trusted: [{signer: $KEY}]}"
	as_user 0 explain --allow network /srv/asker
	assert_match 'namespaces' "$output"
	# where others may run too, a signature that says nothing is told
	system <<<"{allow_untrusted: true, trusted: [{signer: $KEY}]}"
	rm "$HOSTHOME/asker/minisign.pub"
	as_user 0 run --allow network /srv/asker
	assert_match 'is not trusted: "/srv/asker.digest.minisig" is a signature of something else' "$stderr"
	as_user 0 explain --allow network --json /srv/asker
	assert_match 'not trusted: .* something else' "$(as_json 'd["trust"]')"
	# a profile for what a key signed
	signed_by acme asker.digest.minisig
	rm "$ETC/plugbox/plugbox.yaml"
	system profiles/plugins/asker.yaml <<<"{plugin: {signer: $KEY}, allow: [subprocess, network]}"
	as_user 0 run /srv/asker
	as_user 77 run /srv/other
	assert_match 'is for another plugin than "asker" in "/srv/other": it is not signed' "$stderr"
}

@test "another bundle that takes the name once the signature was checked is not run" {
	type -P strace >/dev/null || skip "control impossible: no strace"
	local events=$BATS_TEST_TMPDIR/events pid

	signed_by acme asker.digest.minisig
	system <<<"{trusted: [$KEY]}"
	cp -r "$HOSTHOME/asker" "$HOSTHOME/evil"
	printf '#!/bin/sh\necho evil\n' >"$HOSTHOME/evil/main"
	# the check is done when start is told; the clone is held up after that
	in_etc strace -f -qq -o /dev/null -e trace=clone3 -e inject=clone3:delay_enter=3000000:when=1 \
		"$PLUGBOX" run --status-file "$events" --allow network /srv/asker \
		>"$BATS_TEST_TMPDIR/out" &
	pid=$!
	wait_for grep -q '"event":"start"' "$events"
	mv "$HOSTHOME/asker" "$HOSTHOME/asker.good"
	mv "$HOSTHOME/evil" "$HOSTHOME/asker"
	wait "$pid"
	assert_eq "$(<"$BATS_TEST_TMPDIR/out")" ran
	# the name leads to the other one by now
	as_user 77 run --allow network /srv/asker
	# control
	rm "$ETC/plugbox/plugbox.yaml"
	as_user 0 run --allow network /srv/asker
	assert_eq "$output" evil
}

@test "nothing is looked for beside a bundle where no rule names a signer" {
	type -P strace >/dev/null || skip "control impossible: no strace"
	local looked=$BATS_TEST_TMPDIR/looked

	system <<<'trusted: [{name: asker, path: /srv/asker}]'
	in_etc strace -qq -o "$looked" -e trace=open,openat,openat2 "$PLUGBOX" explain /srv/asker || true
	run grep -c 'digest.minisig' "$looked"
	assert_eq "$output" 0
	# control
	signed_by acme x.minisig
	system <<<"trusted: [{name: asker, signer: $KEY}]"
	in_etc strace -qq -o "$looked" -e trace=open,openat,openat2 "$PLUGBOX" explain /srv/asker || true
	run grep -c 'digest.minisig' "$looked"
	assert_eq "$output" 1
}

@test "an untrusted plugin runs in a whole sandbox or not at all" {
	make_bundle limited <<-'YAML'
		name: limited
		version: 1.0.0
		entrypoint: main
		resources: {io_weight: 500}
	YAML
	bundle_file main <<<'#!/bin/sh'
	cp -r "$BUNDLE" "$HOSTHOME/limited"
	# control: the caller's word is enough where nobody says else
	as_user 0 run --best-effort /srv/limited
	assert_match 'io_weight' "$stderr"
	system <<<'allow_untrusted: true'
	as_user 77 run --best-effort /srv/limited
	assert_match 'security: "limited" is not trusted, and its sandbox would lack' "$stderr"
	as_user 125 run /srv/limited
	system <<<'untrusted: [limited]'
	as_user 77 run --best-effort /srv/limited
	system <<<'{"allow_untrusted": true, "trusted": ["/srv/limited"]}'
	as_user 0 run --best-effort /srv/limited
}

@test "floors of limits and isolation hold against the caller" {
	make_bundle limited <<-'YAML'
		name: limited
		version: 1.0.0
		entrypoint: main
		resources: {io_weight: 500}
	YAML
	bundle_file main <<<'#!/bin/sh'
	cp -r "$BUNDLE" "$HOSTHOME/limited"
	as_user 0 run --best-effort /srv/limited
	system <<<'limits: enforced'
	as_user 125 run --best-effort /srv/limited
	as_user 125 run --limits best-effort /srv/limited
	assert_match 'cannot enforce io_weight' "$stderr"
	user <<<'limits: best-effort'
	as_user 125 run --limits best-effort /srv/limited
	system profiles/house.yaml <<<'{"allow": [], "limits": {"by": "enforced"}, "isolation": "namespaces"}'
	system <<<'profile: house'
	as_user 125 run --limits best-effort /srv/limited
	run_command 77 in_etc_as_user run --isolation landlock --best-effort /srv/limited
	assert_match '/etc/plugbox/profiles/house.yaml:1:' "$stderr"
	assert_match 'forbids --isolation landlock' "$stderr"
	system <<<'isolation: namespaces'
	as_user 77 run --isolation landlock --best-effort /srv/limited
	# one that is not trusted gets no weaker one either
	system <<<'allow_untrusted: true'
	as_user 77 run --isolation landlock /srv/asker
	assert_match 'is no whole sandbox' "$stderr"
	# control
	system <<<'isolation: landlock'
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	if have landlock_scope; then
		as_user 0 run --isolation landlock --best-effort /srv/limited
	else
		as_user 125 run --isolation landlock --best-effort /srv/limited
		assert_match 'needs its ABI 6' "$stderr"
	fi
}

@test "a key that nobody knows stops the launch" {
	system <<<'alow_untrusted: true'
	as_user 2 run --allow network /srv/asker
	assert_match 'did you mean "allow_untrusted"' "$stderr"
	# control
	system <<<'audit: off'
	as_user 0 run --allow network /srv/asker
}

@test "an audit log that plugbox.yaml requires is not evaded" {
	local state=$HOSTHOME/.local/state/plugbox

	system <<<'audit: required'
	# neither an option nor the environment leads it elsewhere
	XDG_STATE_HOME=/tmp HOME=/tmp as_user 0 run --allow network /srv/asker
	assert_eq "$(wc -l <"$state/audit.jsonl")" 2
	as_user 77 run --state-dir /srv/elsewhere --allow network /srv/asker
	assert_match -- '--state-dir cannot be given' "$stderr"
	# that it was tried is in the log that was to be evaded
	assert_match '"outcome":"refused"' "$(tail -n 1 "$state/audit.jsonl")"
	assert_eq "$(wc -l <"$state/audit.jsonl")" 3
	[[ ! -e $HOSTHOME/elsewhere ]]
	as_user 0 run --audit on --allow network /srv/asker
	chmod 755 "$state"
	as_user 125 run --audit on --allow network /srv/asker
	assert_match 'the audit log is required: .*open to others' "$stderr"
	assert_eq "$output" ""
	# control: where it is only wanted, the plugin runs and the lack is told
	system <<<'audit: on'
	as_user 0 run --allow network /srv/asker
	assert_match 'not in the audit log' "$stderr"
}

# each_early_end: launches that end before a plugin runs, one of each kind
each_early_end() {
	as_user 2 run --no-such-option /srv/asker
	as_user 2 run --timeout never /srv/asker
	as_user 2 run
	as_user 2 run --status-file /nowhere/at/all /srv/asker
	as_user 2 run --run-as 4244 /srv/asker
	as_user 2 run /srv/nowhere
	as_user 2 run /srv/broken
	as_user 2 run --profile nowhere /srv/asker
	as_user 77 run /srv/asker
	as_user 77 run --profile /srv/narrow.yaml --allow network /srv/asker
	as_user 77 run --allow network /srv/other
	as_user 125 run --limits enforced --io-weight 10 --allow network /srv/asker
	# the sandbox cannot be built
	run_command 125 in_etc setpriv --reuid 4243 --regid 4243 --clear-groups --inh-caps=-all \
		--bounding-set=-all prlimit --nproc=1 "$BATS_TEST_TMPDIR/plugbox" run --allow network /srv/asker
	as_user 127 run --allow network /srv/gone
}

@test "no launch that ended early is missing from the log that plugbox.yaml wants" {
	local log=$HOSTHOME/.local/state/plugbox/audit.jsonl
	local ends="usage usage usage usage usage usage usage usage refused refused refused"
	local demand

	ends+=" setup-failed setup-failed not-found"
	mkdir "$HOSTHOME/broken" "$HOSTHOME/gone"
	echo 'name: [' >"$HOSTHOME/broken/plugin.yaml"
	sed 's/^entrypoint.*/entrypoint: nowhere/' "$HOSTHOME/asker/plugin.yaml" >"$HOSTHOME/gone/plugin.yaml"
	echo 'allow: []' >"$HOSTHOME/narrow.yaml"
	for demand in on required; do
		rm -rf "$HOSTHOME/.local"
		system <<<"{\"audit\": \"$demand\", \"allow_untrusted\": false, \"trusted\": [{\"path\": \"/srv/asker\"}, {\"path\": \"/srv/gone\"}]}"
		each_early_end
		assert_eq "$(as_json_lines '" ".join(x["outcome"] for x in d if x["event"] == "end")' \
			"$(<"$log")")" "$ends"
		as_user 0 audit verify
	done
	# a plugin that was not approved
	system <<<'{"audit": "on", "consent": "required"}'
	rm -rf "$HOSTHOME/.local"
	as_user 77 run /srv/asker
	assert_eq "$(as_json_lines 'd[0]["outcome"] + " " + d[0]["plugin"]' "$(<"$log")")" "refused asker"
	# control: nobody wants it, and the option goes where it says
	rm -rf "$HOSTHOME/.local"
	system <<<'{"allow_untrusted": false, "trusted": [{"path": "/srv/asker"}, {"path": "/srv/gone"}]}'
	each_early_end
	[[ ! -e $log ]]
	as_user 2 run --audit on --state-dir /srv/elsewhere /srv/broken
	assert_eq "$(wc -l <"$HOSTHOME/elsewhere/audit.jsonl")" 1
}

@test "what wants the log is heard where it is a profile, and where it cannot be read" {
	local log=$HOSTHOME/.local/state/plugbox/audit.jsonl

	mkdir "$HOSTHOME/broken"
	echo 'name: [' >"$HOSTHOME/broken/plugin.yaml"
	logs() {
		assert_eq "$(wc -l <"$log")" 1
		rm "$log" "${log%/*}/audit.head"
	}
	# root's default profile, of a launch without a manifest
	system <<<'profile: house'
	system profiles/house.yaml <<<'{"allow": ["subprocess"], "audit": "required"}'
	as_user 2 run /srv/broken
	logs
	# one for the plugin alone, which is refused before it is looked for
	system <<<'untrusted: [{path: /srv/asker}]'
	system profiles/plugins/asker.yaml <<<'audit: on'
	as_user 77 run /srv/asker
	logs
	rm "$ETC/plugbox/profiles/plugins/asker.yaml"
	# a file that cannot be understood may have wanted it
	system <<<'audt: on'
	as_user 2 run /srv/asker
	logs
	system <<<'profile: nowhere'
	as_user 2 run /srv/asker
	logs
	# a user's own demand, and a profile that the caller names
	rm "$ETC/plugbox/plugbox.yaml"
	user <<<'audit: on'
	as_user 2 run /srv/broken
	logs
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	user profiles/careful.yaml <<<'{"allow": ["subprocess"], "audit": "required"}'
	as_user 2 run --profile careful /srv/broken
	logs
	# control
	as_user 2 run /srv/broken
	[[ ! -e $log ]]
}

# keeper NAME: a plugin in /srv that writes what it finds in /data, and its name
keeper() {
	make_bundle "$1" <<-YAML
		name: $1
		version: 1.0.0
		entrypoint: main
		permissions: [storage, subprocess]
	YAML
	bundle_file main <<<$'#!/bin/sh\nls /data; : >/data/was-here'
	cp -r "$BUNDLE" "$HOSTHOME/$1"
}

@test "data lies where plugbox.yaml says: the caller's word, the user's file, root's, in this order" {
	keeper keeper
	user <<<'data: ~/kept'
	HOME=/nowhere XDG_DATA_HOME=/nowhere as_user 0 run --allow storage /srv/keeper
	assert_eq "$(stat -c '%u %a' "$HOSTHOME/kept/keeper")" '4243 700'
	as_user 0 run --allow storage /srv/keeper
	assert_eq "$output" was-here
	as_user 0 explain --allow storage /srv/keeper
	assert_match 'data +/srv/kept \(/srv/.config/plugbox/plugbox.yaml:1:7\)' "$output"
	as_user 0 explain --allow storage --json /srv/keeper
	assert_match '^/srv/kept ' "$(as_json 'd["data"]')"
	# root's is root's; another user has one of the user's own number in it
	system <<<'data: /etc/kept'
	as_user 0 run --allow storage /srv/keeper
	assert_eq "$output" was-here
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	as_user 125 run --allow storage /srv/keeper
	assert_match 'plugbox.yaml:1:7: data: cannot make "/etc/kept/4243": Permission denied' "$stderr"
	assert_match 'install -d -o 4243 -m 711 "/etc/kept/4243"' "$stderr"
	as_user 125 explain --allow storage /srv/keeper
	[[ ! -e $ETC/kept ]] || fail "it was made"
	install -d "$ETC/kept"
	install -d -o 4243 -m 711 "$ETC/kept/4243"
	as_user 0 run --allow storage /srv/keeper
	assert_eq "$output" ""
	[[ -e $ETC/kept/4243/keeper/was-here ]]
	run_command 0 in_etc "$PLUGBOX" run --allow storage /srv/keeper
	[[ -e $ETC/kept/keeper/was-here ]]
	# the caller's own word
	as_user 0 run --allow storage --data-dir /srv/elsewhere /srv/keeper
	[[ -e $HOSTHOME/elsewhere/keeper/was-here ]]
	# a home is a user's
	system <<<'data: ~/kept'
	as_user 2 run --allow storage /srv/keeper
	assert_match 'plugbox.yaml:1:7: "~/kept" begins with' "$stderr"
	# control: one that keeps nothing needs no such place
	system <<<'data: /etc/nowhere'
	as_user 0 run --allow network /srv/asker
}

@test "nobody else may have a hand in these directories, and doctor says what is wrong" {
	keeper keeper
	user <<<'{"data": "/srv/kept", "cache": "/srv/hashes"}'
	as_user 0 run --allow storage /srv/keeper
	run_command 0 in_etc_as_user doctor
	assert_match 'ok +data +/srv/kept \(/srv/.config/plugbox/plugbox.yaml:1:10\)' "$output"
	assert_match 'ok +cache +/srv/hashes ' "$output"
	chmod o+w "$HOSTHOME/kept"
	as_user 77 run --allow storage /srv/keeper
	assert_match 'plugbox.yaml:1:10: data: "/srv/kept" can be written by others' "$stderr"
	as_user 77 explain --allow storage /srv/keeper
	run_command 0 in_etc_as_user doctor
	assert_match 'missing +data +.*"/srv/kept" can be written by others' "$output"
	chmod o-w "$HOSTHOME/kept"
	chown 4244 "$HOSTHOME/kept"
	as_user 77 run --allow storage /srv/keeper
	assert_match '"/srv/kept" belongs to uid 4244' "$stderr"
	chown 0 "$HOSTHOME/kept"
	as_user 77 run --allow storage /srv/keeper
	assert_match 'belongs to uid 0, not to you' "$stderr"
	# a link that somebody else put there, and one that the user did
	mv "$HOSTHOME/kept" "$HOSTHOME/real"
	chown 4243 "$HOSTHOME/real"
	ln -s real "$HOSTHOME/kept"
	chown -h 4244 "$HOSTHOME/kept"
	as_user 77 run --allow storage /srv/keeper
	chown -h 4243 "$HOSTHOME/kept"
	as_user 0 run --allow storage /srv/keeper
	assert_eq "$output" was-here
	# what is anybody's to write holds none
	user <<<'data: /tmp/kept'
	as_user 77 run --allow storage /srv/keeper
	assert_match '"/tmp" can be written by others' "$stderr"
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	as_user 0 run --allow storage --data-dir /srv/real /srv/keeper
}

@test "hashes are remembered where plugbox.yaml says, and are wrong for nobody who cannot write there" {
	chown -R 4243 "$HOSTHOME"
	# what was just written is not remembered
	touch -d '1 hour ago' "$HOSTHOME"/asker/*
	system <<<$'consent: required\ncache: /etc/hashes'
	install -d "$ETC/hashes"
	install -d -o 4243 -m 700 "$ETC/hashes/4243"
	as_user 0 approve --yes /srv/asker
	as_user 0 run /srv/asker
	[[ ! -e $HOSTHOME/.local/state/plugbox/cache ]] || fail "the usual place was used"
	chmod 777 "$ETC/hashes/4243"
	as_user 77 run /srv/asker
	assert_match 'plugbox.yaml:2:8: cache: "/etc/hashes/4243" can be written by others' "$stderr"
	chmod 700 "$ETC/hashes/4243"
	as_user 0 run /srv/asker
	user <<<'cache: ~/.cache/plugbox'
	as_user 0 run /srv/asker
	assert_eq "$(stat -c '%u %a' "$HOSTHOME/.cache/plugbox")" '4243 700'
	as_user 0 explain /srv/asker
	assert_match 'cache +/srv/.cache/plugbox ' "$output"
}

@test "no plugin is shown these directories for writing, nor what holds them or lies in them" {
	make_bundle writer <<-'YAML'
		name: writer
		version: 1.0.0
		entrypoint: main
		permissions: [{file_system_write: [/srv/a/b]}]
	YAML
	bundle_file main <<<'#!/bin/sh'
	cp -r "$BUNDLE" "$HOSTHOME/writer"
	install -d -o 4243 "$HOSTHOME/a" "$HOSTHOME/a/b" "$HOSTHOME/a/b/c" "$HOSTHOME/else"
	for line in 'data: /srv/a/b' 'data: /srv/a' 'data: ~/a/b/c' 'cache: /srv/a' 'cache: ~/a/b/c/d'; do
		user <<<"$line"
		as_user 77 run --allow file_system_write /srv/writer
		assert_match '"/srv/a/b" cannot be shown for writing' "$stderr"
		as_user 77 run --bind /srv/a/b /tmp/x --allow subprocess /srv/asker
		as_user 77 explain --allow file_system_write /srv/writer
	done
	# nor is a plugin's own directory one of plugbox's
	keeper keeper
	user <<<'{"data": "/srv/.config", "cache": "/srv/else/c"}'
	as_user 0 run --allow storage /srv/keeper
	user <<<'{"data": "/srv/else", "cache": "/srv/else/keeper/c"}'
	as_user 77 run --allow storage /srv/keeper
	assert_match 'else/keeper" cannot be shown for writing: "/srv/else/keeper/c" is plugbox' "$stderr"
	# the usual place is no other
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	sed -i 's,/srv/a/b,/srv/.local/share/plugbox/data/other,' "$HOSTHOME/writer/plugin.yaml"
	install -d -o 4243 "$HOSTHOME"/.local{,/share{,/plugbox{,/data{,/other}}}}
	HOME=/srv as_user 77 run --allow file_system_write /srv/writer
	assert_match 'is where the data of plugins is kept' "$stderr"
	# control
	sed -i 's,/srv/.local/share/plugbox/data/other,/srv/a/b,' "$HOSTHOME/writer/plugin.yaml"
	user <<<'{"data": "/srv/else", "cache": "/srv/c"}'
	as_user 0 run --allow file_system_write /srv/writer
}

@test "isolation is off for what root lists by its path, is told, and is on for all else" {
	requires unsanitized
	local status_file=$BATS_TEST_TMPDIR/status

	# outside, and nowhere inside: control
	echo outside >"$HOSTHOME/secret"
	chmod 644 "$HOSTHOME/secret"
	printf '#!/bin/sh\necho "$(cat /srv/secret 2>&1) $PWD $MODE $*"; exit 42\n' >"$HOSTHOME/asker/main"
	cp "$HOSTHOME/asker/main" "$HOSTHOME/other/main"
	printf 'environment: {set: {MODE: production}}\n' >>"$HOSTHOME/asker/plugin.yaml"
	system <<-'YAML'
		plugins: {isolation: {enabled: false}}
		allow_untrusted: true
		trusted:
		  - {name: asker, path: /srv/asker}
	YAML
	as_user 0 why /srv/asker read /etc/shadow
	assert_match 'in no sandbox' "$output"
	as_user 1 why --allow network /srv/other read /etc/shadow
	as_user 42 run --status-fd 9 /srv/asker -- some words 9>"$status_file"
	assert_eq "$output" 'outside /srv/asker production some words'
	assert_match '"asker" runs in no sandbox: /etc/plugbox/plugbox.yaml:1:32' "$stderr"
	assert_eq "$(as_json_lines '[(e["event"], e.get("isolation")) for e in d]' "$(cat "$status_file")")" \
		"[('start', 'none'), ('ready', None), ('exit', 'none')]"
	assert_match '"outcome": ?"exited"' "$(tail -n 1 "$status_file")"
	as_user 0 explain /srv/asker
	assert_match 'runs in no sandbox' "$output"
	# who says how the sandbox is to be wants one
	as_user 42 run --memory-limit 100M --allow network --allow subprocess /srv/asker
	refute_match outside "$output"
	as_user 42 run --tmpfs /srv/empty --allow network --allow subprocess /srv/asker
	refute_match outside "$output"
	# a copy calls itself the same, and is elsewhere
	as_user 42 run --allow network --allow subprocess /srv/other
	refute_match outside "$output"
	# by its digest alone a plugin is trusted, and confined: the bundle can change after it was read
	run_command 0 in_etc "$PLUGBOX" digest /srv/asker
	system <<<"plugins: {isolation: {enabled: false}}
trusted: ['${output%% *}']"
	as_user 42 run --allow network --allow subprocess /srv/asker
	refute_match outside "$output"
	# a user's own file takes away only
	system <<<'allow_untrusted: true'
	user <<<'{plugins: {isolation: {enabled: false}}, trusted: [{name: asker, path: /srv/asker}]}'
	as_user 77 run --allow network /srv/asker
	assert_match 'plugbox.yaml:1:33: isolation cannot be turned off here' "$stderr"
	# and so does its word on a plugin
	system <<-'YAML'
		plugins: {isolation: {enabled: false}}
		trusted: [{name: asker, path: /srv/asker}]
		allow_untrusted: true
	YAML
	user <<<'{untrusted: [asker], allow_untrusted: true}'
	as_user 42 run --allow network --allow subprocess /srv/asker
	refute_match outside "$output"
}

@test "without a sandbox the exit codes, the timeout and the signals are the same" {
	system <<-'YAML'
		plugins: {isolation: {enabled: false}}
		trusted: [{name: asker, path: /srv/asker}]
	YAML
	printf '#!/bin/sh\nkill -9 $$\n' >"$HOSTHOME/asker/main"
	as_user 137 run --audit required /srv/asker
	assert_eq "$(as_json_lines '[e["isolation"] for e in d]' "$(cat "$HOSTHOME/.local/state/plugbox/audit.jsonl")")" "['none', 'none']"
	printf '#!/bin/sh\nexec sleep 100\n' >"$HOSTHOME/asker/main"
	as_user 124 run --timeout 1s /srv/asker
	assert_match 'stopped at its timeout limit' "$stderr"
	printf '#!/bin/sh\nkill -TERM $PPID; exec sleep 100\n' >"$HOSTHOME/asker/main"
	as_user 143 run /srv/asker
	# what plugbox ignores for itself is not ignored by the plugin
	printf '#!/bin/sh\nkill -XFSZ $$\n' >"$HOSTHOME/asker/main"
	as_user 153 run --audit on /srv/asker
	# the end of the caller is the end of both
	printf '#!/bin/sh\nexec 8>/srv/fifo; echo $PPID >&8; exec sleep 100\n' >"$HOSTHOME/asker/main"
	mkfifo -m 666 "$HOSTHOME/fifo"
	# shellcheck disable=SC2016 # the shell inside expands
	run_command 0 bash -c '(in_etc_as_user run /srv/asker; true) >/dev/null 2>&1 &
		read -r plugbox <"$HOSTHOME/fifo"
		kill -KILL "$(sed "s/.*) . \([0-9]*\) .*/\1/" "/proc/$plugbox/stat")"'
	timeout "$RUN_SECONDS" cat "$HOSTHOME/fifo" >"$BATS_TEST_TMPDIR/rest" &
	: 8>"$HOSTHOME/fifo"
	wait $!
	rm "$HOSTHOME/fifo"
	sed -i 's/entrypoint: main/entrypoint: .\/nothing-like-it/' "$HOSTHOME/asker/plugin.yaml"
	as_user 127 run /srv/asker
	# the end of plugbox is the end of the plugin: the FIFO has a reader no more
	sed -i 's/entrypoint: .*/entrypoint: main/' "$HOSTHOME/asker/plugin.yaml"
	mkfifo -m 666 "$HOSTHOME/fifo"
	printf '#!/bin/sh\nexec 8>/srv/fifo; echo up >&8; kill -KILL $PPID; exec sleep 100\n' \
		>"$HOSTHOME/asker/main"
	timeout "$RUN_SECONDS" cat "$HOSTHOME/fifo" >"$BATS_TEST_TMPDIR/seen" &
	as_user 137 run /srv/asker
	wait $!
	assert_eq "$(cat "$BATS_TEST_TMPDIR/seen")" up
}

@test "consent that plugbox.yaml requires: an approval takes the place of --allow" {
	system <<<'consent: required'
	as_user 77 run --allow network /srv/asker
	assert_match '"asker" was not approved' "$stderr"
	as_user 77 run --state-dir /tmp/elsewhere --allow network /srv/asker
	as_user 0 approve --yes /srv/asker
	as_user 0 run /srv/asker
	assert_eq "$output" ran
	# what the profile bounds is not had by approval either
	system <<<$'consent: required\nprofile: house'
	system profiles/house.yaml <<<'allow: [subprocess]'
	as_user 77 run /srv/asker
	as_user 77 approve --yes /srv/asker
	assert_match 'network: host' "$stderr"
	# without a sandbox it is wanted all the same
	system <<-'YAML'
		{plugins: {isolation: {enabled: false}}, consent: required,
		trusted: [{name: other, path: /srv/other}]}
	YAML
	sed -i 's/^name: .*/name: other/' "$HOSTHOME/other/plugin.yaml"
	as_user 77 run /srv/other
	assert_match '"other" was not approved' "$stderr"
	as_user 0 approve --yes /srv/other
	as_user 0 run /srv/other
}

@test "consent and audit can be wanted by a profile, root's by its ceiling" {
	user profiles/open.yaml <<<'allow: [subprocess, network]'
	as_user 0 run --profile open /srv/asker
	user profiles/careful.yaml <<<'{"allow": ["subprocess", "network"], "consent": "required"}'
	as_user 77 run --profile careful /srv/asker
	assert_match 'plugbox approve' "$stderr"
	system <<<'profile: house'
	system profiles/house.yaml <<<'{"allow": ["subprocess", "network"], "consent": "required"}'
	as_user 77 run --profile open /srv/asker
	assert_match 'plugbox approve' "$stderr"
	as_user 77 run --profile open --state-dir /srv/elsewhere /srv/asker
	assert_match 'given: /etc/plugbox/profiles/house.yaml:1:49 wants consent' "$stderr"
	# of two profiles each is named for its own word
	user profiles/open.yaml <<<$'allow: [subprocess, network]\naudit: required'
	as_user 77 run --profile open --state-dir /srv/elsewhere /srv/asker
	assert_match 'given: /etc/plugbox/profiles/house.yaml:1:49 wants consent' "$stderr"
	user profiles/open.yaml <<<$'allow: [subprocess, network]\n\naudit: on'
	system profiles/house.yaml <<<'{"allow": ["subprocess", "network"], "audit": "required"}'
	as_user 77 run --profile open --state-dir /srv/elsewhere /srv/asker
	assert_match 'given: /etc/plugbox/profiles/house.yaml:1:47 wants an audit log' "$stderr"
	user profiles/open.yaml <<<'allow: [subprocess, network]'
	system profiles/house.yaml <<<'{"allow": ["subprocess", "network"], "audit": "on"}'
	as_user 0 run --profile open /srv/asker
	as_user 0 audit --plugin asker
	assert_match 'asker' "$output"
}

@test "repeated misuse puts a plugin on hold, with the reason, until it is released" {
	cat >"$HOSTHOME/asker/main" <<-'SH'
		#!/bin/sh
		unshare -r true
		unshare -r true
		echo ran
	SH
	system <<<'misuse: {denials: 2}'
	as_user 0 run --allow network /srv/asker
	as_user 0 run --allow network /srv/asker
	assert_match 'is on hold from now on: 2 refused acts of high risk' "$stderr"
	as_user 77 run --allow network /srv/asker
	assert_match '"asker" is on hold since .*: 2 refused acts of high risk, of 2' "$stderr"
	assert_match 'plugbox release asker' "$stderr"
	as_user 77 explain --allow network /srv/asker
	as_user 0 grants
	assert_match 'on hold since' "$output"
	# an approval does not lift it
	as_user 0 approve --yes /srv/asker
	as_user 77 run --allow network /srv/asker
	as_user 0 release asker
	as_user 0 run --allow network /srv/asker
	# another plugin is not meant
	sed -i 's/^name: .*/name: other/' "$HOSTHOME/other/plugin.yaml"
	as_user 0 run --allow network /srv/other
	# kills at a limit
	system <<<'misuse: {kills: 2}'
	printf '#!/bin/sh\nsleep 100\n' >"$HOSTHOME/other/main"
	as_user 124 run --timeout "$A_WHILE" --allow network /srv/other
	as_user 124 run --timeout "$A_WHILE" --allow network /srv/other
	as_user 77 run --timeout "$A_WHILE" --allow network /srv/other
	assert_match '2 times killed at a limit' "$stderr"
	# control: where nobody counts, nobody is held
	system <<<'audit: off'
	as_user 124 run --timeout "$A_WHILE" --allow network /srv/other
}

@test "a file that others could have written, or cannot be read, stops the launch" {
	system <<<'profile: house'
	system profiles/house.yaml <<<'allow: [subprocess, network]'
	as_user 0 run /srv/asker
	chmod o+w "$ETC/plugbox/plugbox.yaml"
	as_user 77 run /srv/asker
	assert_match 'host configuration: "/etc/plugbox/plugbox.yaml" can be written by others' "$stderr"
	chmod 600 "$ETC/plugbox/plugbox.yaml"
	as_user 2 run /srv/asker
	assert_match 'Permission denied' "$stderr"
	chmod 644 "$ETC/plugbox/plugbox.yaml"
	chmod g+w "$ETC/plugbox"
	as_user 77 run /srv/asker
	chmod 755 "$ETC/plugbox"
	# the system's is root's, not the user's
	chown 4243 "$ETC/plugbox/plugbox.yaml"
	as_user 77 run /srv/asker
	assert_match 'plugbox.yaml" is not root' "$stderr"
	chown 0 "$ETC/plugbox/plugbox.yaml"
	# a link is followed where root put it and where all it leads to is as good
	mv "$ETC/plugbox/plugbox.yaml" "$ETC/elsewhere.yaml"
	ln -s ../elsewhere.yaml "$ETC/plugbox/plugbox.yaml"
	as_user 0 run /srv/asker
	ln -sfn /tmp/plugbox.yaml "$ETC/plugbox/plugbox.yaml"
	as_user 77 run /srv/asker
	assert_match '"/tmp" can be written by others' "$stderr"
	ln -sfn /etc/nowhere "$ETC/plugbox/plugbox.yaml"
	as_user 2 run /srv/asker
	ln -sfn plugbox.yaml "$ETC/plugbox/plugbox.yaml"
	as_user 2 run /srv/asker
	assert_match 'Too many levels' "$stderr"
	rm "$ETC/plugbox/plugbox.yaml"
	# somebody who has no id there: as in a container that does not map the host's root
	user <<<'audit: off'
	run_command 77 in_etc setpriv --reuid 4243 --regid 4243 --clear-groups \
		unshare --user --map-user 4243 "$BATS_TEST_TMPDIR/plugbox" explain --allow network /srv/asker
	assert_match 'host configuration: "/" belongs to somebody who has no id here' "$stderr"
	assert_match 'run plugbox outside of the container' "$stderr"
	rm "$HOSTHOME/.config/plugbox/plugbox.yaml"
	# another user's directory
	chown 4244 "$HOSTHOME/.config/plugbox"
	as_user 77 run --allow network /srv/asker
	assert_match '.config/plugbox" belongs to uid 4244' "$stderr"
	chown 4243 "$HOSTHOME/.config/plugbox"
	as_user 0 run --allow network /srv/asker
	# the link to somebody else's directory
	mkdir "$HOSTHOME/theirs"
	chown 4244 "$HOSTHOME/theirs"
	rm -r "$HOSTHOME/.config/plugbox"
	ln -s ../theirs "$HOSTHOME/.config/plugbox"
	chown -h 4243 "$HOSTHOME/.config/plugbox"
	as_user 77 run --allow network /srv/asker
	assert_match 'theirs" belongs to uid 4244' "$stderr"
}
