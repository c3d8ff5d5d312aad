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
	shmtool create --size 1
	with_sysctl shmmni 1 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmni allows 1 segments, all in use" ]

	with_sysctl shmmax 4096 run --separate-stderr shmtool create --size 4097
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmax allows 4096 bytes, not 4097" ]
	[ "${stderr_lines[1]}" = "  'sysctl kernel.shmmax=NUMBER' raises the limit" ]
	[ ${#stderr_lines[@]} -eq 2 ]

	with_sysctl shmall 1 run --separate-stderr shmtool create --size 1M
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmall allows 1 pages, 1 in use" ]
}

@test "who uses a limit up is named, with what he holds, those with most first" {
	need_sysctl shmmni
	need_users
	"$ACTOR" user=60001 size=1048576 create
	for i in 1 2; do "$ACTOR" user=60002 size=4096 create; done
	for i in 1 2 3; do "$ACTOR" user=60003 size=1 create; done
	"$ACTOR" user=60004 size=1 create

	with_sysctl shmmni 5 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmni allows 5 segments, 7 in use" ]
	[ "${stderr_lines[1]}" = "  60003 owns 3 segments, 3B" ]
	[ "${stderr_lines[2]}" = "  60002 owns 2 segments, 8K" ]
	[ "${stderr_lines[3]}" = "  60001 owns 1 segment, 1M" ]
	[[ ${stderr_lines[4]} == "  'shmtool gc' "*"'sysctl kernel.shmmni=NUMBER' "* ]]
	[ ${#stderr_lines[@]} -eq 5 ]

	with_sysctl shmall 10 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == "shmtool create: the sysctl kernel.shmall allows 10 pages, "*" in use" ]]
	[[ ${stderr_lines[1]} == "  1 more would be needed, of "*" each" ]]
	[ "${stderr_lines[2]}" = "  60001 owns 1 segment, 1M" ]
	[ "${stderr_lines[3]}" = "  60002 owns 2 segments, 8K" ]
	[ "${stderr_lines[4]}" = "  60003 owns 3 segments, 3B" ]
	[[ ${stderr_lines[5]} == "  'shmtool gc' "*"'sysctl kernel.shmall=NUMBER' "* ]]
	[ ${#stderr_lines[@]} -eq 6 ]
}

@test "a size that no limit refuses but the kernel does is called that" {
	# More than any file may have, which is no matter of shmmax.
	run --separate-stderr shmtool create --size 8E
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == "shmtool create: cannot create a segment of 9223372036854775808 bytes: "* ]]
	[ "${stderr_lines[1]}" = "  that is more than any segment can have, whatever the limits" ]
	[ ${#stderr_lines[@]} -eq 2 ]
}

@test "more than memory and swap is refused by overcommit, which is said" {
	[ "$(cat /proc/sys/vm/overcommit_memory)" = 0 ] || skip "vm.overcommit_memory is not 0"
	run --separate-stderr shmtool create --size 1E
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: cannot create a segment of 1152921504606846976 bytes: Cannot allocate memory" ]
	[[ ${stderr_lines[1]} == "  the sysctl vm.overcommit_memory is 0: no segment can be larger than memory and swap, "* ]]
	[ ${#stderr_lines[@]} -eq 2 ]
}

@test "an id that cannot be printed is not left behind" {
	for sink in '>/dev/full' '>&-' '| true'; do
		run bash -c "set -o pipefail; { sleep 0.1; '$SHMTOOL' create --size 4096; } $sink"
		[ "$status" -ne 0 ]
		[ -z "$(shmtool list)" ]
	done
}
