#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the cgroup of a launch costs, by each way to one; make bench-vm runs it in a guest. Under
# QEMU only ratios mean something.

load ../helper

@test "bench: a launch with a scope, beside systemd-run --scope" {
	requires systemd python3 cgroup2
	local -a run=(systemd-run --quiet --scope -p MemoryMax=64M)

	[[ $EUID -eq 0 ]] || run+=(--user)
	run /usr/bin/python3 - "$PLUGBOX" "$(delegated_cgroup)" "${run[@]}" <<'PY'
import statistics, subprocess, sys, time
plugbox, place, systemd_run = sys.argv[1], sys.argv[2], sys.argv[3:]
box = [plugbox, "run", "--no-bundle"]
ways = {"no cgroup": box + ["--", "/bin/true"],
        "a cgroup given": box + ["--cgroup", place, "--memory-limit", "64M", "--", "/bin/true"],
        "a scope": box + ["--memory-limit", "64M", "--", "/bin/true"],
        "systemd-run --scope, no sandbox": systemd_run + ["/bin/true"]}
times = {way: [] for way in ways}
for _ in range(15):
    for way, command in ways.items():
        begin = time.monotonic()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        times[way].append(time.monotonic() - begin)
median = {way: statistics.median(t) for way, t in times.items()}
base = median["systemd-run --scope, no sandbox"]
for way, t in median.items():
    print(f"# {t / base:5.2f} x systemd-run --scope: {way}")
# the way to a scope is the same call; a sandbox around it must not double it
assert median["a scope"] < 2 * base, median
PY
	printf '%s\n' "${lines[@]}" >&3
	[[ $status -eq 0 ]]
}
