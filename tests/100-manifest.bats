#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The manifest as `plugbox check` reads it. tests/manifests/good holds what is accepted;
# each file of tests/manifests/bad has one fault, and says what is found and where: in
# its first line, `# expect: LINE:COLUMN TEXT`, or in FILE.expect beside it.

load helper

MANIFESTS=$BATS_TEST_DIRNAME/manifests
HEAD=$'name: a\nversion: 1\nentrypoint: x\n'

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# What is expected of a bad file.
expectation() {
	if [[ -e $1.expect ]]; then
		cat "$1.expect"
	else
		sed -n '1s/^# expect: //p' "$1"
	fi
}

@test "check: every good manifest is accepted, by its name and version" {
	local file count=0

	for file in "$MANIFESTS"/good/*.yaml "$MANIFESTS"/good/*.json; do
		run_plugbox 0 check "$file"
		assert_match "^${file}: ok \([a-z]+ [0-9.]+\)\$" "$output"
		assert_eq "$stderr" ''
		count=$((count + 1))
	done
	[[ $count -ge 10 ]]
}

@test "check: every bad manifest is refused once, at its place" {
	local file want count=0

	for file in "$MANIFESTS"/bad/*.yaml "$MANIFESTS"/bad/*.json; do
		want=$(expectation "$file")
		[[ -n $want ]] || fail "$file says nothing of what is wrong with it"
		run_plugbox 2 check "$file"
		assert_eq "$output" ''
		[[ $stderr == "$file:${want%% *}: error: ${want#* }"* ]] ||
			fail "$file" "expected: $want" "found:    $stderr"
		assert_eq "$(grep -c ': error: ' <<<"$stderr")" 1
		count=$((count + 1))
	done
	[[ $count -ge 60 ]]
}

@test "check: several files in one run, each for itself" {
	run_plugbox 2 check "$MANIFESTS/good/minimal.yaml" "$MANIFESTS/bad/anchor.yaml" \
		"$MANIFESTS/good/compact.json"
	assert_match 'minimal.yaml: ok \(a 1\)' "$output"
	assert_match 'compact.json: ok \(a 1.0\)' "$output"
	assert_match 'anchor.yaml:5:9: error: anchors are not allowed' "$stderr"
}

@test "check: all errors of a file, by position, with their remedies" {
	cat >plugin.yaml <<-'END'
		resources: {timeout: 5 minutes}
		name: Weather
		version: 1
		permisions: [storage]
		entrypoint: [/bin/sh]
	END
	run_plugbox 2 check plugin.yaml
	assert_eq "$(grep -o '^plugin.yaml:[0-9]*:[0-9]*: [a-z]*' <<<"$stderr")" \
		"plugin.yaml:1:22: error
plugin.yaml:2:7: error
plugin.yaml:4:1: error
plugin.yaml:4:1: hint
plugin.yaml:5:14: error"
	assert_match 'plugin.yaml:4:1: hint: did you mean "permissions"\?' "$stderr"
}

@test "check: after a syntax error only what came before it is told" {
	printf 'foo: 1\ntools: [a\nbar: 2\n' >plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_match 'plugin.yaml:1:1: error: unknown key "foo"' "$stderr"
	assert_match 'plugin.yaml:3:4: error: ' "$stderr"
	refute_match 'missing key|unknown key "bar"' "$stderr"
}

@test "check: at most 50 errors" {
	local i

	for ((i = 0; i < 200; i++)); do
		echo "key$i: 1"
	done >plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_eq "$(grep -c ': error: ' <<<"$stderr")" 50
	assert_match 'too many errors' "$stderr"
}

@test "check --json: one document, errors with line, column and hint" {
	printf '%spermisions: []\n' "$HEAD" >bad.yaml
	printf '%s' "$HEAD" >good.yaml
	run_plugbox 2 check --json bad.yaml good.yaml missing.yaml
	assert_eq "$(as_json '[f["ok"] for f in d["files"]]')" '[False, True, False]'
	assert_eq "$(as_json '[f["file"] for f in d["files"]]')" \
		"['bad.yaml', 'good.yaml', 'missing.yaml']"
	assert_eq "$(as_json 'd["files"][0]["errors"]')" \
		"[{'line': 4, 'column': 1, 'message': 'unknown key \"permisions\"', 'hint': 'did you mean \"permissions\"?'}]"
	assert_eq "$(as_json '(d["files"][1]["name"], d["files"][1]["version"], d["files"][1]["errors"])')" \
		"('a', '1', [])"
	assert_eq "$(as_json 'd["files"][2]["errors"][0]["line"]')" 0
	run_plugbox 0 check --json good.yaml
	assert_eq "$(as_json 'd["files"][0]["ok"]')" True
}

@test "check: a directory stands for the manifest in it" {
	local name

	for name in plugin.yaml plugin.yml plugin.json weather.plugin.json; do
		mkdir "$name.d"
		printf '{"name": "a", "version": "1", "entrypoint": "x"}' >"$name.d/$name"
		run_plugbox 0 check "$name.d"
		assert_eq "$output" "$name.d/$name: ok (a 1)"
	done
	printf '%s' "$HEAD" >weather.plugin.json.d/plugin.yml
	run_plugbox 2 check weather.plugin.json.d
	assert_match 'more than one manifest' "$stderr"
	mkdir empty
	run_plugbox 2 check empty/
	assert_match 'no manifest in bundle' "$stderr"
	assert_match 'hint: .*plugin.yaml' "$stderr"
}

@test "check: what is no regular file is one error, and nothing is waited for" {
	mkfifo fifo
	mkdir -p bundle dirs/plugin.yaml linked
	mkfifo bundle/plugin.yaml
	ln -s /etc/passwd linked/plugin.yaml
	for file in fifo bundle dirs linked linked/plugin.yaml /dev/null /dev/zero nothing; do
		run_plugbox 2 check "$file"
		assert_eq "$(grep -c 'error: ' <<<"$stderr")" 1
		refute_match 'root:' "$stderr"
	done
	run_plugbox 2 check <(printf '%s' "$HEAD")
	assert_eq "$(grep -c 'error: ' <<<"$stderr")" 1
}

@test "check: what the caller cannot read is one error" {
	requires user
	printf '%s' "$HEAD" >plugin.yaml
	chmod 0 plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_match 'error: cannot open manifest .*Permission denied' "$stderr"
}

@test "check: 64 KiB are read, one byte more is not" {
	local file=plugin.yaml

	printf '%s' "$HEAD" >$file
	head -c $((65536 - ${#HEAD})) /dev/zero | tr '\0' ' ' >>$file
	assert_eq "$(stat -c %s $file)" 65536
	run_plugbox 0 check $file
	printf ' ' >>$file
	run_plugbox 2 check $file
	assert_match 'larger than 65536 bytes' "$stderr"
}

@test "check: 64 KiB of brackets end at the seventeenth" {
	head -c 65536 /dev/zero | tr '\0' '[' >plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_match 'plugin.yaml:1:17: error: nested deeper than 16 levels' "$stderr"
}

@test "check: characters that hide or change what is shown" {
	local i bytes=('\033[31m' '\000' '\342\200\256' '\342\201\246' '\342\200\250' '\302\205' '\177'
		'\377' '\300\200' '\355\240\200' '\r' '\357\273\277')

	for i in "${bytes[@]}"; do
		# shellcheck disable=SC2059 # the bytes are a format
		printf "name: a\nversion: 1\nentrypoint: x\nauthor: \303\251$i"'y\n' >plugin.yaml
		run_plugbox 2 check plugin.yaml
		assert_match '^plugin.yaml:4:10: error: ' "$stderr"
		assert_eq "$(grep -c 'error: ' <<<"$stderr")" 1
		assert_eq "$(tr -d '[:print:]\n' <<<"$stderr")" ''
	done
	# the control: the same line with a plain letter
	printf 'name: a\nversion: 1\nentrypoint: x\nauthor: \303\251zy\n' >plugin.yaml
	run_plugbox 0 check plugin.yaml
}

@test "check: other encodings are named" {
	printf '%s' "$HEAD" | iconv -t UTF-16 >plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_match '^plugin.yaml:1:1: error: the text is UTF-16' "$stderr"
	printf '%s' "$HEAD" | iconv -t UTF-32 >plugin.yaml
	run_plugbox 2 check plugin.yaml
	assert_match '^plugin.yaml:1:1: error: the text is UTF-16 or UTF-32' "$stderr"
	printf '\357\273\277%s' "$HEAD" >plugin.yaml
	run_plugbox 0 check plugin.yaml
}

@test "check: echoed text and file names are escaped and cut" {
	local name=$'esc\e[31m.yaml'

	printf '%s"%s\\tx": 1\n' "$HEAD" "$(head -c 300 /dev/zero | tr '\0' k)" >"$name"
	run_plugbox 2 check "$name"
	assert_eq "$(tr -d '[:print:]\n' <<<"$stderr")" ''
	assert_match '^esc\\x1b\[31m\.yaml:4:1: error: unknown key "k{40,64}\.\.\."' "$stderr"
}

@test "check: JSON as python writes it" {
	requires python3
	local style

	for style in 'indent="\t"' 'indent=2' 'separators=(",", ":")' 'ensure_ascii=False'; do
		/usr/bin/python3 - "$style" >plugin.json <<'END'
import json, sys
d = {"name": "a", "version": "1.0", "entrypoint": ["x", "\U0001f600/\u00e9"],
     "description": "tab\t\"quoted\" \\ \U0001f600", "x-extra": {"a": [None, True, 1.5e10]},
     "resources": {"timeout": "30s", "cpu_limit": 0.25}}
print(eval("json.dumps(d, " + sys.argv[1] + ")"))
END
		run_plugbox 0 check plugin.json
		sed 's/"resources"/"resourses"/' plugin.json >bad.plugin.json
		run_plugbox 2 check bad.plugin.json
		assert_match 'did you mean "resources"' "$stderr"
	done
}

@test "check: without a file it is the usage that is wrong" {
	run_plugbox 2 check
	[[ -n $stderr ]]
	assert_eq "$output" ''
	run_plugbox 2 check --jsn "$MANIFESTS/good/minimal.yaml"
	assert_match -- '--json' "$stderr"
}

@test "check: output that cannot be written is a failure" {
	run bash -c '"$1" check "$2" >/dev/full' bash "$PLUGBOX" "$MANIFESTS/good/minimal.yaml"
	assert_eq "$status" 125
}
