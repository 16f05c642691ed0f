#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# data_size by the project quota of a file system: one of the test's own, in a file. Most kernels of
# distributions keep quotas on ext4; where this one does not, a guest of tests/vm does.

load helper
load lib/limits

setup() {
	STATUS=$BATS_TEST_TMPDIR/status
	DATA=$BATS_TEST_TMPDIR/data
	mkdir "$DATA"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR" "$DATA"
	PLUGIN="import errno, os, sys
def write(path, mb):
    n = 0
    try:
        with open(path, 'wb', 0) as f:
            while n < mb << 20:
                n += f.write(bytes(64 << 10))
    except OSError as e:
        return n >> 20, errno.errorcode[e.errno]
    return n >> 20, None
"
}

teardown() {
	! mountpoint -q "$DATA" || umount "$DATA"
}

# file_system OPTION...: mounts a new one of 64 MB on $DATA, or the test is skipped
file_system() {
	requires root python3
	type -P mkfs.ext4 >/dev/null || skip "needs prjquota"
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	mkfs.ext4 -q -O quota,project "$BATS_TEST_TMPDIR/image"
	mount_it "$@" 2>/dev/null || skip "needs prjquota"
}

mount_it() {
	mount -o "loop,$1" "$BATS_TEST_TMPDIR/image" "$DATA" && chmod 755 "$DATA"
}

# Mounts it again without quotas. Another launch at that moment has a copy of all mounts, and the file
# system stays as it is until that one is gone.
mounted_without() {
	umount "$DATA"
	mount_it defaults
	! findmnt -n -o FS-OPTIONS "$DATA" | grep -q prjquota
}

# plugin CODE SIZE|'' PYTHON [OPTION...]: runs it with that much data, and write() defined
plugin() {
	local code=$1 size=$2 script=$3

	shift 3
	run_plugbox "$code" run --no-bundle --allow storage --data-dir "$DATA" ${size:+--data-size "$size"} \
		--timeout "${RUN_SECONDS}s" --status-file "$STATUS" "$@" -- /usr/bin/python3 -c "$PLUGIN$script" "$DATA/elsewhere"
}

# project PATH [ID]: prints the project of a file, or sets it
project() {
	/usr/bin/python3 -c "$ATTRIBUTES
print(project(*sys.argv[1:]))" "$@"
}

ATTRIBUTES='import fcntl, os, struct, sys
def project(path, to=None):
    fd = os.open(path, os.O_RDONLY)
    x = bytearray(fcntl.ioctl(fd, 0x801c581f, bytes(28)))
    if to is not None:
        x[12:16] = struct.pack("I", int(to))
        fcntl.ioctl(fd, 0x401c5820, bytes(x))
    return struct.unpack("I", x[12:16])[0]
'

@test "quota: where there is none the watchdog keeps data_size, and why is told" {
	requires python3
	run_plugbox 0 explain --json --no-bundle --allow storage --data-dir "$DATA" --data-size 4M -- true
	assert_eq "$(as_json "d['limits']['data_size']['mechanism']")" watchdog
	assert_match '^no project quota: ' "$(as_json "d['limits']['data_size']['detail']")"
	[[ $EUID -eq 0 ]] || assert_match 'only root' "$(as_json "d['limits']['data_size']['detail']")"
	plugin 125 4M '' --limits strict
	assert_match 'cannot enforce data_size strictly: no project quota: ' "$stderr"
	# a limit of no consequence
	run_plugbox 0 explain --json --no-bundle --data-size 4M -- true
	assert_eq "$(as_json "'data_size' in d['limits']")" False
}

@test "quota: the file system keeps data_size, and the plugin goes on" {
	file_system prjquota
	plugin 0 4M 'print(write("/data/a", 50), write("/data/b", 1), write("/tmp/c", 2))' --limits strict
	assert_match "^\(3, 'EDQUOT'\) \(0, 'EDQUOT'\) \(2, None\)\$" "$output"
	assert_eq "$(exit_event 'e["outcome"], e["limits"]["data_size"]["mechanism"]')" "('exited', 'project quota')"
	(($(du -s --block-size=1K "$DATA/python3" | cut -f 1) <= 4096))
	# removed and still open, or several names: it counts once as long as it is there
	plugin 0 4M 'os.remove("/data/a"); os.remove("/data/b")
f = open("/data/a", "wb", 0); f.write(bytes(3 << 20)); os.remove("/data/a")
print(write("/data/b", 2)[1])
f.close()
print(write("/data/b", 2)[1])
os.link("/data/b", "/data/c")
print(write("/data/d", 1)[1])'
	assert_eq "$output" $'EDQUOT\nNone\nNone'
	# many empty files have a bound too
	rm "$DATA"/python3/*
	plugin 0 1M 'n = 0
try:
    while n < 5000:
        os.close(os.open("/data/%d" % n, os.O_CREAT | os.O_WRONLY)); n += 1
except OSError as e: print(n < 1100, errno.errorcode[e.errno])'
	assert_eq "$output" "True EDQUOT"
	# control: accounting alone keeps nothing, and the watchdog ends what the quota would have held
	wait_for mounted_without
	rm -rf "$DATA/python3"
	plugin 137 4M 'print(write("/data/a", 50)); sys.stdin.read()' < <(sleep 20)
	assert_eq "$(exit_event 'e["outcome"], e["limits"]["data_size"]["mechanism"],
		"prjquota" in e["limits"]["data_size"]["detail"]')" "('limit', 'watchdog', True)"
}

@test "quota: what was there before is counted, and each run has its own limit" {
	file_system prjquota
	# without a limit there is no project
	plugin 0 '' 'os.makedirs("/data/x/y"); print(write("/data/x/y/old", 5), write("/data/old", 1))
os.symlink("/", "/data/x/link"); os.mkfifo("/data/x/fifo")'
	assert_eq "$output" "(5, None) (1, None)"
	assert_eq "$(project "$DATA/python3")" 0
	plugin 125 5M ''
	assert_match '/data holds [0-9.]+[KM]? already, and data_size is 5M' "$stderr"
	assert_eq "$(exit_event 'e["step"]')" data_size
	plugin 0 10M 'print(write("/data/new", 8))'
	assert_match "^\([34], 'EDQUOT'\)" "$output"
	local id
	id=$(project "$DATA/python3")
	((id >= 0x70000000))
	assert_eq "$(project "$DATA/python3/x/y/old")" "$id"
	# a larger one, none, and a smaller one than there is
	plugin 0 20M 'print(write("/data/new", 8))'
	assert_eq "$output" "(8, None)"
	plugin 0 '' 'print(write("/data/more", 20))'
	assert_eq "$output" "(20, None)"
	plugin 125 20M ''
	# that of another plugin is another project
	mkdir "$BATS_TEST_TMPDIR/bundle"
	cp /usr/bin/true "$BATS_TEST_TMPDIR/bundle/other"
	run_plugbox 0 run --bundle "$BATS_TEST_TMPDIR/bundle" --allow storage --data-dir "$DATA" --data-size 1M -- ./other
	local other
	other=$(project "$DATA/other")
	((other >= 0x70000000 && other != id))
}

@test "quota: a directory of somebody's project is left alone" {
	file_system prjquota
	plugin 0 '' ''
	project "$DATA/python3" 7
	plugin 0 4M 'print(write("/data/a", 2))'
	assert_eq "$output" "(2, None)"
	assert_eq "$(exit_event 'e["limits"]["data_size"]["mechanism"], "belongs to a project" in
		e["limits"]["data_size"]["detail"]')" "('watchdog', True)"
	assert_eq "$(project "$DATA/python3")" 7
}

@test "quota: a plugin cannot take its files out of the project" {
	file_system prjquota
	local device script="$ATTRIBUTES"'
open("/data/f", "w").close()
for path in "/data/f", "/data":
    try: project(path, 0); print("changed")
    except OSError as e: print(errno.errorcode[e.errno])
# nor by a link or a move to another mount of the same file system
for act in os.link, os.rename:
    try: act("/data/f", sys.argv[1] + "/f"); print("moved")
    except OSError as e: print(errno.errorcode[e.errno])'

	# the filter lets no such request through, but for a plugin that has a device
	mkdir -m 777 "$DATA/elsewhere"
	plugin 0 4M "$script" --bind "$DATA/elsewhere" "$DATA/elsewhere"
	assert_eq "$output" $'EPERM\nEPERM\nEXDEV\nEXDEV'
	for device in fuse hwrng kvm hpet; do
		[[ -c /dev/$device ]] || continue
		plugin 0 4M "$script" --bind "$DATA/elsewhere" "$DATA/elsewhere" --allow "devices=$device"
		assert_eq "$output" $'EINVAL\nEINVAL\nEXDEV\nEXDEV'
		break
	done
	# the control: outside of the user namespace who owns the file can
	setpriv --reuid 65534 --clear-groups /usr/bin/python3 -c "$ATTRIBUTES"'
print(project(sys.argv[1], 0))' "$DATA/python3/f"
	assert_eq "$(project "$DATA/python3/f")" 0
	# which is why this mode does not count on it
	have landlock_scope || return 0
	plugin 0 4M '' --isolation landlock --best-effort
	assert_eq "$(exit_event 'e["limits"]["data_size"]["mechanism"]')" watchdog
}
