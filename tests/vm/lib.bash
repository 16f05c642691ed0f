# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What run and image share: where things are kept, and how a guest is booted.

bail() {
	echo "Bail out! $*"
	exit 1
}

# need TOOL...: bails out where one is not there
need() {
	local tool

	for tool; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || bail "$tool is missing"
	done
}

# make_cache: sets cache, a directory that is ours
make_cache() {
	cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
	if [[ $cache != /?* ]] || ! mkdir -p "$cache/plugbox-test" 2>/dev/null; then
		cache=/var/tmp/plugbox-$(id -u)
		[[ -d $cache ]] || mkdir -m 700 "$cache"
		[[ -O $cache && ! -L $cache ]] || bail "$cache is not ours"
	fi
	cache=$cache/plugbox-test
	mkdir -p "$cache"
}

# fetch_lists: root on a fresh machine has no package lists
fetch_lists() {
	if [[ $(id -u) == 0 && -z $(apt-cache show --no-all-versions linux-image-cloud-amd64 2>/dev/null) ]]; then
		apt-get update -qq >&2 || true
	fi
}

# package NAME: prints the directory in the cache that the newest version of the package is
# unpacked in
package() {
	local name=$1 version dir new

	version=$(apt-cache show --no-all-versions "$name" 2>/dev/null | sed -n 's/^Version: //p')
	if [[ -z $version ]]; then
		# offline: what is there
		dir=$(find "$cache" -maxdepth 1 -name "${name}_*" ! -name '*.new' |
			sort -V | tail -n 1)
		[[ -n $dir ]] || bail "package $name is not to be had: apt-get update" >&2
		echo "$dir"
		return
	fi
	dir=$cache/${name}_$version
	if [[ ! -d $dir ]]; then
		new=$(mktemp -d "$dir.XXXXXX.new")
		(cd "$new" && apt-get -qq -o APT::Sandbox::User=root download "$name" >&2) ||
			bail "cannot download $name" >&2
		dpkg-deb -x "$new"/*.deb "$new/root"
		mv -T "$new/root" "$dir" 2>/dev/null || [[ -d $dir ]]
		rm -rf "$new"
	fi
	echo "$dir"
}

# boot CONSOLE KERNEL INITRD APPEND QEMU-ARG...: runs a guest until it powers off. Its console goes
# to the file, what it writes to ttyS1 to stdout. -no-reboot and panic=-1: a dead guest ends QEMU at
# once. One that says nothing for $silence seconds is ended: how long all of it takes is up to what
# else the machine does, but a test in it has a limit. Returns 124 then.
# shellcheck disable=SC2154 # work and silence are the caller's
boot() {
	local console=$1 kernel=$2 initrd=$3 append=$4 line status=0 qemu

	shift 4
	mkfifo "$work/said"
	qemu-system-x86_64 -M q35 -accel tcg,thread=multi \
		-cpu max -kernel "$kernel" -initrd "$initrd" -nic none -display none -no-reboot \
		-serial "file:$console" -serial stdio -monitor none \
		-append "console=ttyS0 loglevel=2 panic=-1 $append" "$@" </dev/null >"$work/said" &
	qemu=$!
	# a driver that is ended ends its guest
	trap 'kill -KILL "$qemu" 2>/dev/null; exit 1' INT TERM HUP
	exec 7<"$work/said"
	while IFS= read -r -t "$silence" line <&7 || { status=$?; false; }; do
		printf '%s\n' "${line%$'\r'}"
	done
	if ((status > 128)); then
		kill -KILL "$qemu"
		wait "$qemu" || true
		return 124
	fi
	wait "$qemu"
}

# judge STATUS TAP CONSOLE: whether the guest came to its end and every test passed.
# TAP holds one or more streams, and "# guest done" as the last line.
judge() {
	local status=$1 tap=$2 console=$3 planned ran

	if [[ $(tail -n 1 "$tap") != '# guest done' ]]; then
		tail -n 20 "$console" | tr -cd '[:print:]\n' | sed 's/^/# /'
		[[ $status != 124 ]] || bail "the guest has said nothing for $silence seconds"
		bail "the guest died before the end (status $status)"
	fi
	planned=$(awk -F '[. ]+' '/^1\.\.[0-9]+/ { n += $2 } END { print n + 0 }' "$tap")
	ran=$(grep -c '^ok \|^not ok ' "$tap" || true)
	[[ $planned == "$ran" && $ran -gt 0 ]] || bail "$ran tests of $planned ran"
	! grep -q '^not ok \|^Bail out!' "$tap"
}
