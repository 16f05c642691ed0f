# bash completion for plugbox, written by: plugbox completion bash
# shellcheck shell=bash

# Sets values (how many), words and files for the values of option $1
_plugbox_values() {
	values=0 words='' files=''
	case $1 in
	--allow) words='file_system_read file_system_write storage subprocess network environment devices tty user_database read_messages send_messages database_read database_write http_requests' values=1 ;;
	--profile) files=-f values=1 ;;
	--consent) words='required' values=1 ;;
	--bundle) files=-d values=1 ;;
	--runtime) words='none host' files=-d values=1 ;;
	--runtime-add) files=-d values=1 ;;
	--run-as) values=1 ;;
	--hostname) values=1 ;;
	--keep-fd) values=1 ;;
	--isolation) words='namespaces landlock' values=1 ;;
	--ro-bind) files=-f values=2 ;;
	--bind) files=-f values=2 ;;
	--tmpfs) values=1 ;;
	--size) values=1 ;;
	--dir) values=1 ;;
	--symlink) values=2 ;;
	--chdir) values=1 ;;
	--data-dir) files=-d values=1 ;;
	--setenv) values=2 ;;
	--unsetenv) values=1 ;;
	--cpu-limit) values=1 ;;
	--cpu-weight) values=1 ;;
	--cpus) values=1 ;;
	--memory-limit) values=1 ;;
	--memory-high) values=1 ;;
	--swap-limit) values=1 ;;
	--pids-limit) values=1 ;;
	--io-weight) values=1 ;;
	--io-read) values=1 ;;
	--io-write) values=1 ;;
	--timeout) values=1 ;;
	--idle-timeout) values=1 ;;
	--startup-timeout) values=1 ;;
	--cpu-time) values=1 ;;
	--open-files) values=1 ;;
	--file-size) values=1 ;;
	--tmp-size) values=1 ;;
	--data-size) values=1 ;;
	--output-size) values=1 ;;
	--kill-after) values=1 ;;
	--limits) words='strict enforced best-effort' values=1 ;;
	--cgroup) files=-d values=1 ;;
	--status-fd|--json-status-fd) values=1 ;;
	--status-file) files=-f values=1 ;;
	--info-fd) values=1 ;;
	--init-error) words='jsonrpc' values=1 ;;
	--framing) words='raw lines headers' values=1 ;;
	--digest) values=1 ;;
	--write) files=-f values=1 ;;
	--audit) words='on required' values=1 ;;
	--correlation-id) values=1 ;;
	--state-dir) files=-d values=1 ;;
	--plugin) values=1 ;;
	--since) values=1 ;;
	--outcome) words='exited signaled timeout oom limit abandoned setup-failed refused not-found not-executable usage' values=1 ;;
	--args) values=1 ;;
	esac
}

# Sets options and operands of command $1
_plugbox_command() {
	options='' operands=''
	case $1 in
	run) options='--allow --profile --consent --bundle --no-bundle --runtime --runtime-add --run-as --hostname --as-pid-1 --die-with-parent --no-die-with-parent --keep-fd --isolation --best-effort --ro-bind --bind --tmpfs --size --dir --symlink --chdir --data-dir --setenv --unsetenv --clearenv --cpu-limit --cpu-weight --cpus --memory-limit --memory-high --swap-limit --pids-limit --io-weight --io-read --io-write --timeout --idle-timeout --startup-timeout --cpu-time --open-files --file-size --tmp-size --data-size --output-size --kill-after --limits --cgroup --status-fd --json-status-fd --status-file --info-fd --init-error --framing --debug --audit --audit-syslog --correlation-id --state-dir --args --quiet --verbose --help' ;;
	explain) options='--allow --profile --consent --bundle --no-bundle --runtime --runtime-add --run-as --hostname --as-pid-1 --die-with-parent --no-die-with-parent --keep-fd --isolation --best-effort --ro-bind --bind --tmpfs --size --dir --symlink --chdir --data-dir --setenv --unsetenv --clearenv --cpu-limit --cpu-weight --cpus --memory-limit --memory-high --swap-limit --pids-limit --io-weight --io-read --io-write --timeout --idle-timeout --startup-timeout --cpu-time --open-files --file-size --tmp-size --data-size --output-size --kill-after --limits --cgroup --status-fd --json-status-fd --status-file --info-fd --init-error --framing --audit --audit-syslog --correlation-id --state-dir --json --args --quiet --verbose --help' ;;
	why) options='--allow --profile --consent --bundle --no-bundle --runtime --runtime-add --run-as --hostname --as-pid-1 --die-with-parent --no-die-with-parent --keep-fd --isolation --best-effort --ro-bind --bind --tmpfs --size --dir --symlink --chdir --data-dir --setenv --unsetenv --clearenv --cpu-limit --cpu-weight --cpus --memory-limit --memory-high --swap-limit --pids-limit --io-weight --io-read --io-write --timeout --idle-timeout --startup-timeout --cpu-time --open-files --file-size --tmp-size --data-size --output-size --kill-after --limits --cgroup --status-fd --json-status-fd --status-file --info-fd --init-error --framing --audit --audit-syslog --correlation-id --state-dir --json --args --quiet --verbose --help' ;;
	check) options='--json --quiet --verbose --help' ;;
	permissions) options='--json --quiet --verbose --help' ;;
	profile) options='--json --quiet --verbose --help' ;;
	digest) options='--write --json --quiet --verbose --help' ;;
	approve) options='--profile --digest --yes --state-dir --json --quiet --verbose --help' ;;
	grants) options='--state-dir --json --quiet --verbose --help' ;;
	revoke) options='--state-dir --quiet --verbose --help' ;;
	release) options='--state-dir --quiet --verbose --help' ;;
	audit) options='--state-dir --plugin --since --outcome --follow --json --quiet --verbose --help' ;;
	doctor) options='--json --quiet --verbose --help' ;;
	completion) options='--quiet --verbose --help' ;;
	esac
	case $1 in
	run|explain|check|profile) operands=files ;;
	completion) operands='bash zsh fish' ;;
	esac
}

_plugbox_reply() {
	local IFS=$'\n'
	# shellcheck disable=SC2207
	COMPREPLY+=($(compgen "$@"))
}

_plugbox() {
	local cur=${COMP_WORDS[COMP_CWORD]} command='' i word pending=0
	local values words files options operands reply_words='' reply_files=''
	local globals='--help --quiet --verbose --version'
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == = && $pending -gt 0 ]]; then
			continue # --option=value comes as three words
		elif [[ $pending -gt 0 ]]; then
			pending=$((pending - 1)) reply_words='' reply_files=''
		elif [[ $word == -- ]]; then
			if ((i + 1 == COMP_CWORD)); then _plugbox_reply -c -- "$cur"; fi
			compopt -o filenames 2>/dev/null
			_plugbox_reply -f -- "$cur"
			return
		elif [[ $word == --* ]]; then
			_plugbox_values "$word"
			pending=$values reply_words=$words reply_files=$files
		elif [[ -z $command && $word != -* ]]; then
			command=$word
		fi
	done
	if [[ $cur == = ]]; then cur=''; fi
	if [[ $pending -gt 0 ]]; then
		if [[ -n $reply_words ]]; then
			_plugbox_reply -W "${reply_words// /$'\n'}" -- "$cur"
		fi
		if [[ -n $reply_files ]]; then
			compopt -o filenames 2>/dev/null
			_plugbox_reply "$reply_files" -- "$cur"
		fi
		return
	fi
	if [[ -z $command ]]; then
		if [[ $cur == -* ]]; then
			_plugbox_reply -W "${globals// /$'\n'}" -- "$cur"
		else
			_plugbox_reply -W $'run\nexplain\nwhy\ncheck\npermissions\nprofile\ndigest\napprove\ngrants\nrevoke\nrelease\naudit\ndoctor\ncompletion' -- "$cur"
		fi
		return
	fi
	_plugbox_command "$command"
	if [[ $cur == -* ]]; then
		_plugbox_reply -W "${options// /$'\n'}" -- "$cur"
	elif [[ $operands == files ]]; then
		compopt -o filenames 2>/dev/null
		_plugbox_reply -f -- "$cur"
	elif [[ -n $operands ]]; then
		_plugbox_reply -W "${operands// /$'\n'}" -- "$cur"
	fi
}

complete -F _plugbox plugbox
