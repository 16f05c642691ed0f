#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A plugin: one JSON-RPC 2.0 request per line on stdin, one answer per line on stdout.
#
# Builtins only. JSON is not decoded: a value is the piece of the line that it was written as,
# so that it can be given back as it came. `rest` is what is still to be read of the line; each
# skip_ function takes its thing off the front, or fails where it is malformed.
LC_ALL=C
data=/data # writable and kept between runs: the manifest asks for `storage`
tab=$(printf '\t')
cr=$(printf '\r')

space() {
	while :; do
		case $rest in
		" "* | "$tab"* | "$cr"*) rest=${rest#?} ;;
		*) return 0 ;;
		esac
	done
}

skip_string() {
	case $rest in '"'*) rest=${rest#?} ;; *) return 1 ;; esac
	while :; do
		piece=${rest%%[\"\\]*}
		case $piece in *[[:cntrl:]]*) return 1 ;; esac
		rest=${rest#"$piece"}
		case $rest in
		'"'*) rest=${rest#?} && return 0 ;;
		\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]*) rest=${rest#??????} ;;
		\\[\"\\/bfnrt]*) rest=${rest#??} ;;
		*) return 1 ;;
		esac
	done
}

skip_digits() {
	case $rest in [0-9]*) ;; *) return 1 ;; esac
	rest=${rest#"${rest%%[!0-9]*}"}
}

skip_number() {
	rest=${rest#-}
	case $rest in 0*) rest=${rest#0} ;; *) skip_digits || return 1 ;; esac
	case $rest in .*) rest=${rest#.} && { skip_digits || return 1; } ;; esac
	case $rest in
	[eE]*)
		rest=${rest#?}
		case $rest in [+-]*) rest=${rest#?} ;; esac
		skip_digits || return 1
		;;
	esac
}

# skip_list END DEPTH: an array or object; at depth 0 each member is given to `member`. The
# variables are global, so what must survive the recursion is passed as an argument.
skip_list() {
	[ "$2" -lt 32 ] || return 1
	rest=${rest#?} && space
	case $rest in "$1"*) rest=${rest#?} && return 0 ;; esac
	while :; do
		if [ "$1" = "}" ]; then
			from=$rest
			skip_string || return 1
			key=${from%"$rest"} && space
			case $rest in :*) rest=${rest#:} ;; *) return 1 ;; esac
		fi
		space
		skip_member "$2" "${key-}" "$rest" || return 1
		space
		case $rest in
		,*) rest=${rest#,} && space ;;
		"$1"*) rest=${rest#?} && return 0 ;;
		*) return 1 ;;
		esac
	done
}

# skip_member DEPTH KEY TEXT
skip_member() {
	skip_value "$1" || return 1
	[ "$1" -gt 0 ] || member "$2" "${3%"$rest"}"
}

skip_value() {
	case $rest in
	'{'*) skip_list "}" $(($1 + 1)) ;;
	'['*) skip_list "]" $(($1 + 1)) ;;
	'"'*) skip_string ;;
	true* | null*) rest=${rest#????} ;;
	false*) rest=${rest#?????} ;;
	*) skip_number ;;
	esac
}

# parse TEXT: sets id, method, params, k and v to the members of these names of an object
parse() {
	rest=$1 key='' id='' method='' params='' k='' v=''
	space
	case $rest in
	'{'*) skip_list "}" 0 ;;
	*) skip_value 0 ;;
	esac || return 1
	space
	[ -z "$rest" ]
}

member() {
	case $1 in
	'"id"') id=$2 ;;
	'"method"') method=$2 ;;
	'"params"') params=$2 ;;
	'"key"') k=$2 ;;
	'"value"') v=$2 ;;
	esac
}

# reply ID result|error VALUE; nothing where there was no id
reply() {
	[ -z "$1" ] || printf '{"jsonrpc":"2.0","id":%s,"%s":%s}\n' "$1" "$2" "$3"
}

fail() {
	reply "$1" error "{\"code\":$2,\"message\":\"$3\"}"
}

# store ID PARAMS: writes the value to the file, answers what it reads back
store() {
	parse "$2"
	case $k in
	'"'*[!A-Za-z0-9_-]*'"' | '""' | [!\"]* | '')
		fail "$1" -32602 "key must be 1 to 64 of A-Z a-z 0-9 _ -"
		return
		;;
	esac
	case $v in '"'*) ;; *) fail "$1" -32602 "value must be a string" && return ;; esac
	file=${k#?} && file=$data/${file%?}
	if { printf '%s\n' "$v" >"$file"; } 2>/dev/null && IFS= read -r back <"$file"; then
		reply "$1" result "{\"key\":$k,\"value\":$back}"
	else
		fail "$1" -32000 "cannot store: $file is not writable"
	fi
}

while IFS= read -r line || [ -n "$line" ]; do
	if ! parse "$line"; then
		fail null -32700 "Parse error"
		continue
	fi
	case $method in
	'"initialize"')
		about='"name":"echo-shell","version":"1.0.0"'
		reply "$id" result "{$about,\"methods\":[\"initialize\",\"echo\",\"store\",\"shutdown\"]}"
		;;
	'"echo"') reply "$id" result "${params:-null}" ;;
	'"store"') store "$id" "${params:-null}" ;;
	'"shutdown"')
		reply "$id" result null
		exit 0
		;;
	'"'*) fail "$id" -32601 "Method not found" ;;
	*) fail "${id:-null}" -32600 "Invalid Request" ;;
	esac
done
