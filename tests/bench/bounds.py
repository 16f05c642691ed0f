# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a launch may cost in things that can be counted: system calls and instructions.

A bound belongs to a kind of build (dynamic or static) and of caller (user or root). It is what was
recorded plus a tenth, plus what the mounts, that this host has and the recording one had not, cost.
What consent and an audit log add, with a digest that is remembered, is bound as a part of the launch
without them.
Instructions are those of plugbox's own process from its entry point on; they depend on compiler and
C library, so they are compared only where both are as recorded.
"""

import json
import os
import platform
import re
import shutil
import struct
import subprocess

import tools

ROOM = 1.10
PER_MOUNT = {"syscalls": 16, "instructions": 5000}
PER_CGROUP = {"syscalls": 90, "instructions": 60000}
# the C library chooses its string functions by processor; these are those of any x86-64
TUNABLES = "glibc.cpu.hwcaps=" + ",".join(
    "-" + f for f in ("ERMS", "FSRM", "AVX", "AVX2", "AVX512F", "AVX512VL", "AVX512BW", "SSE4_1",
                      "SSE4_2", "SSSE3", "RTM", "BMI2"))


def has_loader(elf):
    """Whether a 64-bit ELF file names a dynamic loader (PT_INTERP)."""
    offset, = struct.unpack_from("<Q", elf, 32)
    size, n = struct.unpack_from("<HH", elf, 54)
    return any(struct.unpack_from("<I", elf, offset + i * size)[0] == 3 for i in range(n))


def describe(path):
    """Whether the program is static, and what compiled it."""
    with open(path, "rb") as f:
        data = f.read()
    return {
        "kind": "dynamic" if has_loader(data) else "static",
        "compiler": sorted({m.decode() for m in re.findall(rb"(?:GCC: \([^)]*\) \d+|clang version \d+)",
                                                           data)}),
        "sanitized": b"__asan_init" in data,
    }


def count_instructions(setup, command):
    env = {"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", "GLIBC_TUNABLES": TUNABLES}
    # every step switches between two processes: on one processor that is cheapest
    pinned = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    done = subprocess.run([*pinned, setup.program("steps"), *command.argv], env=env, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    found = re.search(r"^steps: \d+ (\d+)$", done.stderr, re.M)
    if done.returncode or not found:
        raise tools.Failed(f"cannot step: {done.stderr.strip()}")
    return int(found[1])


def why_not_stepped(now, known):
    if platform.machine() != "x86_64":
        return "not counted on this processor"
    if (now["compiler"], now["libc"]) != (known["compiler"], known["libc"]):
        return "another compiler or C library than recorded"
    return None


class Tap:
    def __init__(self):
        self.n = 0
        self.failed = False

    def line(self, ok, text):
        self.n += 1
        self.failed |= not ok
        print(f"{'ok' if ok else 'not ok'} {self.n} - {text}", flush=True)


def compare(tap, what, label, found, known, now):
    mounts = max(0, now["mounts"] - known["mounts"])
    cgroup = now["cgroup"] and not known["cgroup"]
    limit = int(known[what] * ROOM) + mounts * PER_MOUNT[what] + cgroup * PER_CGROUP[what]
    tap.line(found <= limit, f"{label} per launch: {found} (at most {limit})")


def compare_trust(tap, what, label, counts, known):
    """What was recorded as added to a launch, and a tenth of that."""
    found = counts["both"] / counts["none"] - 1
    limit = (known["trust"][what] - 1) * ROOM
    tap.line(found <= limit, f"{label} that consent and an audit log add: {100 * found:.1f} % "
                             f"(at most {100 * limit:.1f} %)")


def check(setup, bench_of, identity_of, opts):
    uid = os.geteuid()
    identity = identity_of("root" if uid == 0 else "user", uid, os.getegid(), "/")
    bench = bench_of(setup, identity, ["plugbox"], opts)
    if not bench.tools:
        raise tools.Failed("plugbox does not run here: " + bench.dropped["plugbox"])
    bundle = setup.bundle("nothing", "true")
    view = setup.view(bundle, identity)
    command = bench.command(bench.tools[0], bundle)
    built = describe(setup.plugbox)
    key = f"{built['kind']}-{identity.name}"
    now = {"mounts": len(view["mounts"]), "cgroup": any("cgroup" in str(limit.get("mechanism"))
                                                        for limit in view["limits"].values()),
           "compiler": built["compiler"], "libc": platform.libc_ver()[1]}
    strace = shutil.which("strace")
    trust = bench.trusted(bundle)

    def counted(count):
        return {kind: count(trust[kind]) for kind in ("none", "both")}

    def calls(command):
        return bench.count_calls(strace, command)

    def instructions(command):
        return count_instructions(setup, command)

    all_known = {}
    if os.path.exists(opts.check):
        with open(opts.check, encoding="ascii") as f:
            all_known = json.load(f)
    if opts.record:
        now["syscalls"] = calls(command)
        now["instructions"] = instructions(command)
        now["trust"] = {}
        for what, count in (("syscalls", calls), ("instructions", instructions)):
            counts = counted(count)
            now["trust"][what] = round(counts["both"] / counts["none"], 4)
        all_known[key] = now
        with open(opts.check, "w", encoding="ascii") as f:
            json.dump(all_known, f, indent=1, sort_keys=True)
            f.write("\n")
        print(f"{key}: {now}")
        return 0
    tap = Tap()
    print("1..4")
    known = all_known.get(key)
    if not known or "trust" not in known or built["sanitized"]:
        reason = "a sanitized build" if built["sanitized"] else f"nothing recorded for {key}"
        for what in ("system calls", "instructions") * 2:
            tap.line(True, f"{what} # SKIP {reason}")
        return 0
    kinds = (("syscalls", "system calls", calls, None if strace else "strace missing"),
             ("instructions", "instructions", instructions, why_not_stepped(now, known)))
    for what, label, count, skip in kinds:
        if skip:
            tap.line(True, f"{label} # SKIP {skip}")
            tap.line(True, f"{label} that consent and an audit log add # SKIP {skip}")
            continue
        compare(tap, what, label, count(command), known, now)
        compare_trust(tap, what, label, counted(count), known)
    return int(tap.failed)
