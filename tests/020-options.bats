#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command line: commands, global options, --help, and the completions. What each option
# of run leaves and refuses is in unit/test_options.c; what it does is in the areas' own files.

load helper

# is_usage_error TEXT ARG...: exit 2, nothing on stdout, TEXT and a hint on stderr
is_usage_error() {
	local text=$1

	shift
	run_plugbox 2 "$@"
	assert_eq "$output" ""
	[[ $stderr == *"$text"* ]] || fail "expected: $text" "found: $stderr"
	assert_match '^plugbox: ' "$stderr"
	assert_match $'\nplugbox: hint: ' "$stderr"
}

@test "what is no command is refused with a suggestion" {
	is_usage_error 'no command is given'
	is_usage_error 'did you mean "doctor"?' docter
	is_usage_error 'unknown command "./weather"' ./weather
	is_usage_error 'before the command' --allow network run x
}

@test "wrong options of run are refused with a suggestion" {
	is_usage_error 'did you mean "--ro-bind"?' run --robind /a /b x
	is_usage_error 'no bundle, manifest or command' run
	is_usage_error 'arguments of the plugin follow "--"' run bundle argument
	is_usage_error 'plugbox explain' run --json bundle
	is_usage_error 'needs a value' run --timeout
	is_usage_error 'nothing to check' check
	is_usage_error 'unexpected operand "now"' doctor now
	is_usage_error 'bash, zsh and fish' completion tcsh
}

@test "what a message repeats cannot reach the terminal as it is" {
	run_plugbox 2 run $'--x\e[31m\n'
	refute_match $'\e' "$stderr"
	assert_match '--x\\x1b\[31m\\n' "$stderr"
}

@test "--quiet and --verbose stand before or after the command" {
	for option in -q --quiet -v --verbose; do
		run_plugbox 0 "$option" completion bash
		run_plugbox 0 completion "$option" bash
	done
}

@test "--help: on stdout, within 80 columns, with the options of the command" {
	local command

	run_plugbox 0 --help
	for command in run explain check doctor completion; do
		assert_match $'\n  '"$command +[a-z]" "$output"
	done
	for command in '' run explain check doctor completion; do
		run_plugbox 0 $command --help
		assert_eq "$stderr" ""
		assert_match '^Usage: plugbox' "$output"
		assert_eq "$(awk 'length > 80' <<<"$output")" ""
		assert_eq "$(grep -n '[[:space:]]$' <<<"$output")" ""
		run_plugbox 0 $command -h
	done
	run_plugbox 0 run --help
	for group in Sandbox Files Environment Limits Result General; do
		assert_match $'\n'"$group:"$'\n' "$output"
	done
	refute_match '--json ' "$output"
	run_plugbox 0 explain --help
	assert_match '--json ' "$output"
}

@test "what cannot be printed is an error" {
	run -125 --separate-stderr bash -c '"$PLUGBOX" --help >/dev/full'
	assert_match 'cannot write to standard output: No space left' "$stderr"
}

@test "closed standard descriptors are not taken by another file" {
	requires userns
	local status_file=$BATS_TEST_TMPDIR/status

	cd "$BATS_TEST_TMPDIR"
	chmod a+rx "$BATS_RUN_TMPDIR" .. .
	# without a standard output the next file that plugbox opens would get its number
	# shellcheck disable=SC2016
	run_command 0 sh -c '"$PLUGBOX" run --status-file "$1" -- /usr/bin/echo overheard <&- >&-' \
		sh "$status_file"
	[[ -s $status_file ]]
	refute_match overheard "$(cat "$status_file")"
	# and the control: with one, the same words arrive
	run_plugbox 0 run --status-file "$status_file" -- /usr/bin/echo overheard
	assert_eq "$output" overheard
}

@test "--args reads options from a descriptor" {
	requires userns
	cd "$BATS_TEST_TMPDIR"
	chmod a+rx "$BATS_RUN_TMPDIR" .. .
	run_plugbox 0 run --args 9 -- /usr/bin/env 9< <(printf '%s\0' --setenv GREETING 'a b')
	assert_match $'(^|\n)GREETING=a b(\n|$)' "$output"
	run_plugbox 2 run --args 9 -- /usr/bin/env 9< <(printf '%s\0' --setenv GREETING)
	assert_match 'in what --args 9 brought' "$stderr"
}

@test "the committed completions are those of the tables" {
	for pair in bash:plugbox.bash zsh:_plugbox fish:plugbox.fish; do
		run_plugbox 0 completion "${pair%:*}"
		assert_eq "$output" "$(cat "$PROJECT_ROOT/completions/${pair#*:}")"
	done
}

# completed WORD...: what bash offers for the last word
completed() {
	# shellcheck disable=SC2016
	bash --norc -c '
		source "$PROJECT_ROOT/completions/plugbox.bash"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_plugbox
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "bash completes commands, options, values and files" {
	cd "$BATS_TEST_TMPDIR"
	mkdir bundle
	touch file
	assert_eq "$(completed plugbox doc)" doctor
	assert_eq "$(completed plugbox run --memory-l)" --memory-limit
	assert_eq "$(completed plugbox check --j)" --json
	assert_eq "$(completed plugbox run --allow user)" user_database
	assert_eq "$(completed plugbox run --framing = l)" lines
	assert_eq "$(completed plugbox run --bundle '')" bundle
	assert_eq "$(completed plugbox run --ro-bind f)" file
	assert_eq "$(completed plugbox run --setenv A B bun)" bundle
	assert_eq "$(completed plugbox run --timeout '')" ""
	assert_eq "$(completed plugbox completion z)" zsh
	assert_match $'(^|\n)env($|\n)' "$(completed plugbox run -- en)"
}

@test "fish completes commands, options and values" {
	requires fish
	offered() {
		# shellcheck disable=SC2016
		HOME=$BATS_TEST_TMPDIR fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
			"$PROJECT_ROOT/completions/plugbox.fish" "$1" | cut -f 1
	}
	assert_match $'(^|\n)doctor($|\n)' "$(offered 'plugbox do')"
	assert_eq "$(offered 'plugbox run --memory-l')" --memory-limit
	assert_match $'(^|\n)user_database($|\n)' "$(offered 'plugbox run --allow ')"
}

@test "zsh completes commands, options and values" {
	requires zsh
	# a pseudo-terminal for the line editor, which alone runs completion functions
	# shellcheck disable=SC2016
	run_command 0 zsh -f -c '
		zmodload zsh/zpty
		zpty line zsh -f -i
		zpty -w line "PS1=; stty -echo; autoload -Uz compinit; compinit -u -D; source $1; compdef _plugbox plugbox"
		zpty -w line "setopt nolistbeep noalwayslastprompt; print READY-\$((1 + 1))"
		zpty -r -m line text "*READY-2*"
		zpty -w -n line "plugbox run --framing "$'"'\\t'"'
		zpty -r -m line text "*headers*lines*raw*"
		print -r -- "$text"
		zpty -d line' zsh "$PROJECT_ROOT/completions/_plugbox"
	assert_match 'headers +lines +raw' "$output"
}
