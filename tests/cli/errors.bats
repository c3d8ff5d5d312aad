# SPDX-License-Identifier: GPL-2.0-or-later
# Errors of the kernel that it does not give on demand: strace(1) gives them in its place.
load common

# Run the tool while some calls give an error: with_error CALL,...:error=NAME... VERB...
# Of the files in the array FILES alone, if there are any.
with_error() {
	local calls=$1 paths=()
	shift
	for file in "${FILES[@]}"; do
		paths+=(-P "$file")
	done
	strace -f -qq -o /dev/null "${paths[@]}" -e trace="${calls%%:*}" -e inject="$calls" \
		"$SHMTOOL" "$@"
}

setup() {
	need_strace
	ACTORS=()
	FILES=()
	ID=$(shmtool create --size 8192 --key 0x77)
}

# It failed with this message, and nothing on stdout.
failed_with() {
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "$1" ]
}

@test "a list of segments that cannot be read is an error of each verb that reads it" {
	FILES=(/proc/sysvipc/shm)
	for verb in list "stat $ID" "gc --yes --system --keyed --older-than 0" limits \
		"rm --yes --owner $(id -u)"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr with_error read:error=EIO $verb
		failed_with "shmtool ${verb%% *}: /proc/sysvipc/shm: Input/output error"
	done
	exists "$ID"
}

@test "that a kernel has no System V shared memory is said" {
	need_namespace --mount
	for verb in list gc limits "stat $ID" "rm --yes --owner $(id -u)"; do
		run --separate-stderr unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc &&
			strace -qq -o /dev/null -e trace=shmctl -e inject=shmctl:error=ENOSYS \
				'$SHMTOOL' $verb"
		failed_with "shmtool ${verb%% *}: this kernel has no System V shared memory"
	done
}

@test "a slot that cannot be looked at is no empty one" {
	need_namespace --mount
	run --separate-stderr unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc &&
		strace -qq -o /dev/null -e trace=shmctl -e inject=shmctl:error=EPERM:when=2 '$SHMTOOL' list"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool list: shmctl(SHM_STAT_ANY): Operation not permitted" ]
}

@test "whoever cannot give up capabilities does nothing" {
	for verb in list "cat $ID" "gc --yes --system --keyed --older-than 0" "rm $ID" \
		"set --mode 0 $ID" "create --size 1"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr with_error capset:error=EPERM $verb
		failed_with "shmtool ${verb%% *}: cannot give up capabilities, so nothing was done"
	done
	[ "$(shmtool list --raw --noheadings -o id,mode)" = "$ID"$'\t'0600 ]
}

@test "without a fence gc removes nothing, unless it need not have one" {
	run --separate-stderr with_error socketpair:error=EMFILE \
		gc --yes --system --keyed --older-than 0
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool gc: nothing was removed, as there can be no fence (see --no-fence): Too many open files" ]
	exists "$ID"
	run with_error socketpair:error=EMFILE gc --yes --system --keyed --older-than 0 --no-fence
	[ "$status" -eq 0 ]
	is_gone "$ID"
}

@test "a segment that the kernel does not remove is named, and the others go" {
	other=$(shmtool create --size 1)
	# Of each a look and the removal.
	run --separate-stderr with_error shmctl:error=EPERM:when=2 rm "$ID" "$other"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool rm: segment "*": Operation not permitted"* ]]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "a key that may not be looked for is no key that nobody has" {
	for verb in rm "set --mode 0644" cat; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr with_error shmget:error=EACCES $verb 0x77
		failed_with "shmtool ${verb%% *}: key 0x00000077: Permission denied"
	done
	exists "$ID"
}

@test "a new segment that cannot be attached is removed again" {
	run --separate-stderr with_error shmat:error=ENOMEM create --size 4096 --populate
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool create: segment "*": cannot be attached: Cannot allocate memory" ]]
	[[ ${stderr_lines[1]} == "shmtool create: segment "*": removed again" ]]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "a name for a temporary file needs no randomness" {
	echo old >"$BATS_TEST_TMPDIR/out"
	run with_error getrandom:error=EAGAIN cat --output "$BATS_TEST_TMPDIR/out" "$ID"
	[ "$status" -eq 0 ]
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/out")" -eq 8192 ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*shmtool*')" ]
}

@test "the end of input is no yes" {
	need_terminal
	run on_terminal 80 "$SHMTOOL gc --system --keyed --older-than 0"
	[ "$status" -eq 0 ]
	[[ $output == *"Remove 1 segment (8K)? [y/N]"* ]]
	[[ $output == *"1 segment to remove (8K), 0 kept; --yes removes"* ]]
	exists "$ID"
}
