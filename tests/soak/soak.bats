# SPDX-License-Identifier: GPL-2.0-or-later
# A short soak, and that one can fail: `make soak` takes longer, and tests/soak/selftest.bats
# looks for more that it must find.
load common

@test "a soak finds nothing wrong" {
	run "${SHMTOOL%/*}/tests/soak/soak" seconds=10
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^ok ' <<<"$output")" -eq 13 ]
}

@test "a soak does not run in the IPC namespace of the host" {
	run env SHMTOOL_HOST_IPC="$(readlink /proc/self/ns/ipc)" \
		"${SHMTOOL%/*}/tests/soak/soak" seconds=1
	[ "$status" -eq 2 ]
	[[ $output == *"host's IPC namespace"* ]]
}

@test "a soak finds that attached segments are removed" {
	broken_by '[ "$verb" != gc ] || ipcrm --all=shm'
	soak_fails_in 1
}

@test "a soak finds that gc takes nothing" {
	broken_by '[ "$verb" != gc ] || exit 0'
	soak_fails_in 4
}

@test "a soak finds that nothing has happened" {
	broken_by ''
	soak_fails_in 13 0
}
