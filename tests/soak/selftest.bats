# SPDX-License-Identifier: GPL-2.0-or-later
# What a soak must find: each test puts a program in the place of shmtool that is broken in
# one way. Run by `make soak-selftest`; tests/soak/soak.bats has the first of it.
load common

@test "a soak finds that gc takes all that is not attached" {
	broken_by '[ "$verb" != gc ] || {
		ipcs -m | awk "/^0x/ && \$6 == 0 { print \"-m\", \$2 }" | xargs -r ipcrm 2>/dev/null
		exit 0
	}'
	soak_fails_in 2
	[[ $output == *"though its creator lives"* ]]
	[[ $output == *"nobody has said so"* ]]
}

@test "a soak finds that gc takes what its last user can come back for" {
	broken_by '[ "$verb" != gc ] || set -- "$@" --ignore-last-user'
	soak_fails_in 2
	[[ $output == *"though its last user lives"* ]]
}

@test "a soak finds that gc takes what is too young" {
	broken_by '[ "$verb" != gc ] || set -- "${@/[123]s/0s}"'
	soak_fails_in 3
	[[ $output == *"which is younger than that"* ]]
}

@test "a soak finds that gc takes what has a key" {
	broken_by '[ "$verb" != gc ] || set -- "$@" --keyed'
	soak_fails_in 3
	[[ $output == *"which has a key"* ]]
}

@test "a soak finds that a segment stays closed" {
	broken_by '[ "$verb" != gc ] || {
		"$tool" "$@"
		exec "$tool" set --mode 0 "$(ipcs -m | awk "/^0x/ { print \$2; exit }")" 2>/dev/null
	}'
	soak_fails_in 5
}

@test "a soak finds that something else is written into segments" {
	broken_by '[ "$verb" != attach-write ] || set -- "$@" --fill x'
	soak_fails_in 6
}

@test "a soak finds that a process is left over" {
	broken_by '[ "$verb" != limits ] || sleep 100 &'
	soak_fails_in 7 1
	[[ $output == *"(sleep)"*"is left over"* ]]
}

@test "a soak finds that a file is left over" {
	broken_by '[ "$verb" != cat ] || : >here'
	soak_fails_in 8
}

@test "a soak finds that create leaves a segment behind of which it does not tell" {
	broken_by '[ "$verb" != create ] || "$tool" create --size 7 >/dev/null'
	soak_fails_in 9
}

@test "a soak finds that list leaves out what is there" {
	broken_by '[ "$*" != "list --raw --noheadings --output=ID" ] || {
		"$tool" "$@" | sed 3d
		exit
	}'
	soak_fails_in 10
	[[ $output == *"leaves out segment"* ]]
}

@test "a soak finds that a run is ended by a signal" {
	broken_by '[ "$verb" != list ] || [ $((RANDOM % 3)) -ne 0 ] || kill -SEGV $$'
	soak_fails_in 10
	[[ $output == *"was ended by signal 11"* ]]
}

@test "a soak finds that a run says what it should not" {
	broken_by '[ "$verb" != stat ] || echo "ERROR: AddressSanitizer" >&2'
	soak_fails_in 10
	[[ $output == *"says: ERROR: AddressSanitizer"* ]]
}

@test "a soak finds that the descriptors of the tool become more" {
	broken_by 'for _ in $(seq "$(wc -c <'"$BATS_TEST_TMPDIR"'/runs)"); do exec {fd}</dev/null; done
		[ "$(id -u)" != 0 ] || [ "$verb" != list ] || echo -n x >>'"$BATS_TEST_TMPDIR/runs"
	: >"$BATS_TEST_TMPDIR/runs"
	soak_fails_in 11
}

@test "a soak finds that the memory of the tool grows" {
	broken_by '[ "$(id -u)" != 0 ] || [ "$verb" != list ] || {
		echo -n x >>'"$BATS_TEST_TMPDIR"'/runs
		printf -v ballast %$(($(wc -c <'"$BATS_TEST_TMPDIR"'/runs) * 100000))s
		"$tool" "$@"
		exit
	}'
	soak_fails_in 11
	[[ $output == *"KiB, and took"* ]]
}

@test "a soak finds that segments are left in the end" {
	broken_by '[[ $verb != @(gc|rm) ]] || exit 0'
	soak_fails_in 12
}
