# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One TAP stream: "PASSED FAILED SKIPPED" on stdout, what a reader wants to see of it on
# stderr. What is in doubt counts as failed: a test that was planned and did not report, a
# stream without a plan, a status that says failure where no test does.
# Variables: status, strict (skips fail), verbose; ALLOWED_SKIPS in the environment: reasons that
# do not, a line each.

BEGIN {
	err = "/dev/stderr"
	n = split(ENVIRON["ALLOWED_SKIPS"], lines, "\n")
	for (i = 1; i <= n; i++)
		if (lines[i] ~ /\*$/)
			prefixes[substr(lines[i], 1, length(lines[i]) - 1)] = 1
		else if (lines[i] != "")
			permitted[lines[i]] = 1
}

/^[0-9]+\.\.[0-9]+/ {
	split($1, ends, /\.\./)
	planned += ends[2]
	plan = 1
	if (ends[2] == 0 && match($0, /# *[Ss][Kk][Ii][Pp]/)) {
		skip(substr($0, RSTART + RLENGTH))
		planned++
	}
	next
}

/^not ok/ {
	failed++
	seen++
	print > err
	in_failure = 1
	next
}

/^ok/ {
	seen++
	in_failure = 0
	if (match($0, /# *[Ss][Kk][Ii][Pp][^ ]*/))
		skip(substr($0, RSTART + RLENGTH))
	else
		passed++
	if (verbose)
		print > err
	next
}

/^#/ && (in_failure || verbose) { print > err }
/^Bail out!/ { bailed = 1; print > err }

function is_permitted(reason, prefix)
{
	for (prefix in prefixes)
		if (index(reason, prefix) == 1)
			return 1
	return reason in permitted
}

function skip(reason)
{
	gsub(/^[ \t(]+|[ \t)]+$/, "", reason)
	if (/^1\.\.0/)
		seen++
	if (strict && !is_permitted(reason)) {
		failed++
		print "not ok, skipped: " $0 > err
	} else {
		skipped++
		reasons[reason]++
	}
}

END {
	if (!plan) {
		failed++
		print "not ok: no plan, the run was cut off" > err
	} else if (seen < planned) {
		failed += planned - seen
		print "not ok: " planned - seen " of " planned " tests did not report" > err
	} else if (seen > planned) {
		failed++
		print "not ok: " seen " tests reported, " planned " were planned" > err
	}
	if (bailed || (status != 0 && failed == 0)) {
		failed++
		print "not ok: the exit status is " status (status == 124 ? ", out of time" : "") > err
	}
	for (reason in reasons)
		print "   skipped " reasons[reason] ": " reason > err
	print passed + 0, failed + 0, skipped + 0
}
