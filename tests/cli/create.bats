# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "create prints the id alone, and makes what was asked for" {
	run --separate-stderr shmtool create --size 64K --key 0x1b207 --mode u=rw,g=r
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+$ ]]
	[ -z "$stderr" ]
	[ "$(field "$output" size)" = 65536 ]
	[ "$(field "$output" key)" = 0x0001b207 ]
	[ "$(field "$output" mode)" = 0640 ]
}

@test "without a key it is private, and without a mode the owner's alone" {
	id=$(shmtool create -s 1)
	[ "$(field "$id" key)" = 0x00000000 ]
	[ "$(field "$id" mode)" = 0600 ]
}

@test "a key in use is an error, and its segment is left as it is" {
	id=$(shmtool create --size 4096 --key 0x77)
	for exclusive in "" --exclusive; do
		run --separate-stderr shmtool create --size 8192 --key 0x77 $exclusive
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == "shmtool create: key 0x00000077: in use, see 'shmtool stat 0x00000077'" ]]
	done
	[ "$(field "$id" size)" = 4096 ]
	[ "$(shmtool list | wc -l)" -eq 2 ]
}

@test "a wrong command line makes nothing" {
	for arguments in "" "--size 0" "--size -1" "--size 99E" "--size 4x" "--size" \
		"--size 1 --mode 4644" "--size 1 --mode 999" "--size 1 --key 0" \
		"--size 1 --key -1" "--size 1 --key 0x100000001" "--size 1 operand" \
		"--size 1 --typo"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool create $arguments
		is_usage_error
	done
	[ -z "$(shmtool list)" ]
}

# Older kernels let the root of a user namespace not write these.
need_sysctl() {
	[ -w /proc/sys/kernel/"$1" ] || skip "the sysctl kernel.$1 cannot be written here"
}

@test "with kernel.shm_rmid_forced it refuses, and names the sysctl" {
	need_sysctl shm_rmid_forced
	echo 1 >/proc/sys/kernel/shm_rmid_forced
	run --separate-stderr shmtool create --size 4096
	echo 0 >/proc/sys/kernel/shm_rmid_forced
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *"the sysctl kernel.shm_rmid_forced is 1" ]]
	[ -z "$(shmtool list)" ]
}

@test "it notices that also where /proc is missing" {
	need_namespace --mount
	need_sysctl shm_rmid_forced
	echo 1 >/proc/sys/kernel/shm_rmid_forced
	run --separate-stderr unshare --mount sh -c "mount -t tmpfs none /proc
		'$SHMTOOL' create --size 4096"
	echo 0 >/proc/sys/kernel/shm_rmid_forced
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *"the sysctl kernel.shm_rmid_forced is 1" ]]
}

@test "each limit that is hit is named by its sysctl" {
	need_sysctl shmmni
	read -r before </proc/sys/kernel/shmmni
	echo 1 >/proc/sys/kernel/shmmni
	shmtool create --size 1
	run --separate-stderr shmtool create --size 1
	echo "$before" >/proc/sys/kernel/shmmni
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool create: the sysctl kernel.shmmni allows 1 segments, all in use" ]

	read -r before </proc/sys/kernel/shmmax
	echo 4096 >/proc/sys/kernel/shmmax
	run --separate-stderr shmtool create --size 4097
	echo "$before" >/proc/sys/kernel/shmmax
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool create: the sysctl kernel.shmmax allows 4096 bytes, not 4097" ]

	read -r before </proc/sys/kernel/shmall
	echo 1 >/proc/sys/kernel/shmall
	run --separate-stderr shmtool create --size 1M
	echo "$before" >/proc/sys/kernel/shmall
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool create: the sysctl kernel.shmall allows 1 pages, 1 in use" ]

	# More than any file may have, which is no matter of shmmax.
	run --separate-stderr shmtool create --size 8E
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool create: cannot create a segment of 9223372036854775808 bytes: "* ]]
}

@test "an id that cannot be printed is not left behind" {
	for sink in '>/dev/full' '>&-' '| true'; do
		run bash -c "set -o pipefail; { sleep 0.1; '$SHMTOOL' create --size 4096; } $sink"
		[ "$status" -ne 0 ]
		[ -z "$(shmtool list)" ]
	done
}
