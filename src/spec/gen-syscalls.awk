# SPDX-License-Identifier: LGPL-2.1-or-later
#
# profiles/syscalls/*.list to build/gen/syscall_groups.h: the groups and their
# calls as two tables. The format is described in profiles/syscalls/README. A
# mistake in a list ends the build with file, line and what is wrong; the keyword
# of an argument rule is checked by the compiler (SYSCALL_ARGS_… in spec/syscalls.h).

function fail(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
	failed = 1
	exit 1
}

function end_group()
{
	if (!group)
		return
	if (count[n_groups] == 0)
		fail("group \"" group "\" names no call")
}

function value()
{
	sub(/^[a-z]+:[ \t]*/, "")
	sub(/[ \t]+$/, "")
	if ($0 == "")
		fail("empty value")
	if ($0 ~ /["\\]/)
		fail("quotes and backslashes are not allowed")
	return $0
}

/^[ \t]*(#|$)/ { next }

/^group:/ {
	end_group()
	group = value()
	if (group !~ /^[a-z][a-z-]*$/)
		fail("bad group name \"" group "\"")
	if (group in group_seen)
		fail("group \"" group "\" is there twice")
	group_seen[group] = 1
	names[++n_groups] = group
	next
}

!group { fail("expected \"group: NAME\" first") }

/^for:/ { what[n_groups] = value(); next }

/^when:/ {
	when[n_groups] = value()
	if (when[n_groups] !~ /^(always|subprocess|unwatched|inet|tty|devices|never)$/)
		fail("when is always, subprocess, unwatched, inet, tty, devices or never")
	next
}

/^verdict:/ {
	verdict[n_groups] = value()
	if (verdict[n_groups] !~ /^(allow|refuse|absent)$/)
		fail("verdict is allow, refuse or absent")
	next
}

/^bare:/ {
	bare[n_groups] = value()
	if (bare[n_groups] !~ /^(refuse|absent)$/)
		fail("bare is refuse or absent")
	if (verdict[n_groups] != "allow")
		fail("\"bare:\" comes behind \"verdict: allow\", and goes with it only")
	next
}

/^[a-z]+:/ { fail("unknown key; known are group, for, when, verdict, bare") }

{
	if (!(n_groups in what) || !(n_groups in when) || !(n_groups in verdict))
		fail("\"for:\", \"when:\" and \"verdict:\" come before the calls")
	if ((verdict[n_groups] == "allow") == (when[n_groups] == "never"))
		fail("\"when: never\" goes with refuse and absent, and only with them")
	if (NF > 2 || $1 !~ /^[a-z_][a-z0-9_]*[?]?$/)
		fail("expected one call, and at most one argument rule")
	name = $1
	optional = sub(/[?]$/, "", name) ? "true" : "false"
	if (name in call_seen)
		fail("\"" name "\" is there twice")
	call_seen[name] = 1

	rule = "none"
	pos = 0
	if (NF == 2) {
		if (verdict[n_groups] != "allow")
			fail("an argument rule needs verdict: allow")
		rule = $2
		if (rule ~ /\([0-5]\)$/) {
			pos = substr(rule, length(rule) - 1, 1)
			rule = substr(rule, 1, length(rule) - 3)
		}
		if (rule !~ /^[a-z][a-z-]*$/)
			fail("bad argument rule \"" $2 "\"")
	}
	gsub(/-/, "_", rule)
	calls[++n_calls] = sprintf("\t{\"%s\", %d, SYSCALL_ARGS_%s, %d, %s},", name, n_groups - 1,
				   toupper(rule), pos, optional)
	count[n_groups]++
}

END {
	if (failed)
		exit 1
	end_group()
	if (!n_groups) {
		print "no group in any list" > "/dev/stderr"
		exit 1
	}
	print "/* Made from profiles/syscalls by gen-syscalls.awk: do not edit. */"
	print "static const struct syscall_group syscall_groups[] = {"
	for (i = 1; i <= n_groups; i++)
		printf "\t{\"%s\", \"%s\", SYSCALL_WHEN_%s, SYSCALL_LIST_%s, SYSCALL_LIST_%s},\n", names[i],
		       what[i], toupper(when[i]), toupper(verdict[i]),
		       toupper(i in bare ? bare[i] : verdict[i])
	print "};"
	print ""
	print "static const struct syscall_entry syscall_entries[] = {"
	for (i = 1; i <= n_calls; i++)
		print calls[i]
	print "};"
}
