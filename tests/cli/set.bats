# SPDX-License-Identifier: GPL-2.0-or-later
load common

# What set can change, and ctime, in one line.
state() {
	shmtool stat --json "$1" |
		jq -r '.segments[0] | "\(.mode) \(.uid) \(.gid) \(.locked) \(.ctime_epoch)"'
}

@test "set changes mode, owner and group together, says it with --verbose, and keeps the rest" {
	need_users
	id=$("$ACTOR" user=60001 key=0x1b207 create)
	run --separate-stderr shmtool set --mode 0640 --owner 60002 --verbose "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: mode 0600 -> 0640, owner 60001 -> 60002" ]
	[ -z "$stderr" ]
	[[ $(state "$id") == "0640 60002 60001 false "* ]]
	run --separate-stderr shmtool set --group 60003 --key 0x1b207
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	[[ $(state "$id") == "0640 60002 60003 false "* ]]
	[ "$(field "$id" cuid)" = 60001 ]
}

@test "names of users and groups are shown as list shows them" {
	need_users
	id=$("$ACTOR" create)
	run shmtool set --owner daemon --group bin -v "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: owner root -> daemon, group root -> bin" ]
}

@test "a symbolic mode is all nine bits, and --dry-run only says it" {
	id=$("$ACTOR" key=0x1b207 mode=640 create)
	before=$(state "$id")
	run --separate-stderr shmtool set --mode u=rw,g=rw --dry-run 0x0001b207
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: would change mode 0640 -> 0660" ]
	[ "$(state "$id")" = "$before" ]
	run shmtool set -n --mode 640 "$id"
	[ "$output" = "segment $id: nothing to change" ]
	run shmtool set -v -p g=r "$id"
	[ "$output" = "segment $id: mode 0640 -> 0040" ]
}

@test "--lock and --unlock keep it in memory and do not, and leave its ctime" {
	id=$("$ACTOR" create)
	before=$(state "$id")
	run --separate-stderr shmtool set --lock -v "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: locked no -> yes" ]
	[ "$(field "$id" locked)" = true ]
	[ "$(field "$id" mode)" = 0600 ]
	run shmtool set --unlock --verbose "$id"
	[ "$output" = "segment $id: locked yes -> no" ]
	[ "$(state "$id")" = "$before" ]
}

@test "what is so already is left alone: no call, and no new ctime" {
	need_strace
	id=$("$ACTOR" create)
	run strace -o "$BATS_TEST_TMPDIR/calls" -e trace=shmctl \
		"$SHMTOOL" set --verbose --mode 0600 --owner root --unlock "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: nothing to change" ]
	grep -q STAT_ANY "$BATS_TEST_TMPDIR/calls"
	[ "$(grep -cE 'IPC_SET|SHM_LOCK|SHM_UNLOCK' "$BATS_TEST_TMPDIR/calls")" -eq 0 ]
}

@test "a change of the mode makes idle time begin anew" {
	id=$("$ACTOR" create)
	before=$(field "$id" ctime_epoch)
	sleep 1.1 # it is a number of seconds
	shmtool set --mode 0640 "$id"
	[ "$(field "$id" ctime_epoch)" -gt "$before" ]
}

@test "who has it attached keeps it, and what is marked can be changed too" {
	start_actor create attach hold
	shmtool rm "$ID"
	run shmtool set --mode 0 -v "$ID"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $ID: mode 0600 -> 0000" ]
	[ "$(field "$ID" state)" = dest ]
}

@test "what is not there is an error, and the rest is changed all the same" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool set -v --mode 0640 999999 "$id" 0xabc
	[ "$status" -eq 1 ]
	[ "$output" = "segment $id: mode 0600 -> 0640" ]
	[ "${stderr_lines[0]}" = "shmtool set: segment 999999: no such segment" ]
	[[ ${stderr_lines[1]} == "shmtool set: key 0x00000abc: no such segment"* ]]
}

@test "a segment that is named twice is changed once" {
	id=$("$ACTOR" key=0x1b207 create)
	run --separate-stderr shmtool set -v --mode 0640 "$id" 0x1b207 -m "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: mode 0600 -> 0640" ]
	[ -z "$stderr" ]
}

@test "another user's segment is refused, and the rest is changed" {
	need_users
	theirs=$("$ACTOR" user=60001 mode=666 create)
	own=$("$ACTOR" user=60002 mode=0 create)
	before=$(state "$theirs")
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" set -v --mode 0600 "$theirs" "$own"
	[ "$status" -eq 1 ]
	[ "$output" = "segment $own: mode 0000 -> 0600" ]
	[ "$stderr" = "shmtool set: segment $theirs: only its owner, its creator or root (CAP_SYS_ADMIN) may change or give it away" ]
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" set --dry-run --mode 0600 "$theirs"
	[ "$output" = "segment $theirs: cannot change mode 0666 -> 0600" ]
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" set --lock --mode 0600 "$theirs"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool set: segment $theirs: only its owner, its creator or root (CAP_IPC_LOCK) may lock it" ]
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" set --dry-run --lock "$theirs"
	[ "$output" = "segment $theirs: cannot change locked no -> yes" ]
	[ "$(state "$theirs")" = "$before" ]
}

@test "who gives a segment away cannot take it back, unless he made it" {
	need_users
	made=$("$ACTOR" user=60001 create)
	got=$("$ACTOR" create)
	shmtool set --owner 60001 "$got"
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" set --lock --owner 60002 -v "$made" "$got"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "segment $made: owner 60001 -> 60002, locked no -> yes" ]
	[ "${lines[1]}" = "segment $got: owner 60001 -> 60002, locked no -> yes" ]
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" set --owner 60001 -v "$made" "$got"
	[ "$status" -eq 1 ]
	[ "$output" = "segment $made: owner 60002 -> 60001" ]
	[[ $stderr == "shmtool set: segment $got: only its owner"* ]]
}

@test "a lock beyond RLIMIT_MEMLOCK is refused with its value, and nothing else is changed" {
	need_users
	id=$("$ACTOR" user=60001 size=1048576 create)
	before=$(state "$id")
	run --separate-stderr prlimit --memlock=65536 setpriv --reuid 60001 --regid 60001 \
		--clear-groups "$PUBLIC/shmtool" set --lock --mode 0640 "$id"
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool set: segment $id: not locked: of 1M, and RLIMIT_MEMLOCK is 64K (see 'ulimit -l')" ]
	[[ ${stderr_lines[1]} == "  the limit is for all that the user has locked; only CAP_IPC_LOCK "* ]]
	run --separate-stderr prlimit --memlock=0 setpriv --reuid 60001 --regid 60001 \
		--clear-groups "$PUBLIC/shmtool" set --lock --mode 0640 "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool set: segment $id: not locked: RLIMIT_MEMLOCK is 0B (see 'ulimit -l'), and CAP_IPC_LOCK is missing" ]
	[ "$(state "$id")" = "$before" ]
	run prlimit --memlock=0 "$SHMTOOL" set --lock "$id"
	[ "$status" -eq 0 ]
}

@test "root needs CAP_SYS_ADMIN to set another's segment, and CAP_IPC_LOCK to lock it" {
	need_users
	a=$("$ACTOR" user=60001 create)
	b=$("$ACTOR" user=60001 create)
	run --separate-stderr setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
		"$SHMTOOL" set -v --lock --mode 0640 "$a"
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == "shmtool set: segment $a: only its owner, "*"(CAP_SYS_ADMIN)"* ]]
	[ "${stderr_lines[1]}" = "  before that it was locked" ]
	[[ $(state "$a") == "0600 60001 60001 true "* ]]
	run --separate-stderr setpriv --bounding-set -ipc_lock --inh-caps -ipc_lock \
		"$SHMTOOL" set -v --lock "$b"
	[ "$status" -eq 1 ]
	[[ $stderr == *"(CAP_IPC_LOCK) may lock it" ]]
	run --separate-stderr setpriv --bounding-set -ipc_lock --inh-caps -ipc_lock \
		"$SHMTOOL" set --unlock "$a"
	[[ $stderr == *"(CAP_IPC_LOCK) may unlock it" ]]
	run --separate-stderr setpriv --bounding-set -ipc_lock --inh-caps -ipc_lock \
		"$SHMTOOL" set -v --mode 0640 "$b"
	[ "$status" -eq 0 ]
}

@test "in a user namespace what belongs to somebody without a number is not given away" {
	need_users
	need_namespace --user --map-root-user
	id=$("$ACTOR" create)
	shmtool set --group 60001 "$id"
	before=$(state "$id")
	run --separate-stderr unshare --user --map-root-user "$SHMTOOL" set --mode 0640 "$id"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool set: segment $id: left as it is: its owner or group has no number in this user namespace"* ]]
	run --separate-stderr unshare --user --map-root-user "$SHMTOOL" set -n --mode 0640 "$id"
	[ "$output" = "segment $id: cannot change mode 0600 -> 0640" ]
	[ "$(state "$id")" = "$before" ]
}

@test "in a user namespace a new owner without a number is refused by name" {
	need_namespace --user --map-root-user
	id=$("$ACTOR" create)
	run --separate-stderr unshare --user --map-root-user "$SHMTOOL" set --owner 60001 "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool set: segment $id: the new owner or group has no number in this user namespace" ]
	[ "$(field "$id" uid)" = 0 ]
}

@test "each --if- leaves alone what is not as it must be, says so, and the rest is changed" {
	need_users
	theirs=$("$ACTOR" user=60001 key=0x55 size=8192 create)
	own=$("$ACTOR" create)
	before=$(state "$theirs")
	epoch=$(field "$own" ctime_epoch)
	run --separate-stderr shmtool set --mode 0640 --if-owner root "$theirs" "$own" -v
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool set: segment $theirs: kept: its owner is 60001, not root" ]
	[ "$output" = "segment $own: mode 0600 -> 0640" ]
	for guard in "--if-key 0x56" "--if-size 4K" "--if-ctime 5"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool set --mode 0640 $guard "$theirs"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool set: segment $theirs: kept: its "* ]]
	done
	[ "$(state "$theirs")" = "$before" ]
	run shmtool set --lock --if-owner 60001 --if-key 0x55 --if-size 8K "$theirs"
	[ "$status" -eq 0 ]
	epoch=$(field "$own" ctime_epoch)
	run shmtool set --mode 0600 --if-ctime "$epoch" "$own"
	[ "$status" -eq 0 ]
}

@test "a wrong command line is a usage error, and nothing is changed" {
	id=$("$ACTOR" key=0x55 create)
	before=$(state "$id")
	for words in "$id" "$id --verbose" "--mode 0640" "--lock" "$id --lock --unlock" \
		"$id --mode 1640" "$id --mode 0888" "$id --mode u+r" "$id --mode=" "$id --mode" \
		"$id --owner nobody-of-this-name" "$id --owner 4294967295" "$id --group -1" \
		"$id --mode 0640 --typo" "$id --mode 0640 -x" "$id --lock=yes" \
		"$id --mode 0640 12x" "-1 --mode 0640 $id" "$id 0x0 --mode 0640" "$id 1b207 --lock" \
		"4294967296 $id --lock" "--id 0x55 --lock" "--key 0 --lock" \
		"$id --lock --if-size -1" "$id --lock --if-key 0" "$id --lock --if-ctime yesterday" \
		"$id --lock --if-owner nobody-of-this-name" "$id --mode 0640 --mode 0600" \
		"$id --owner 60001 --owner root" "$id -g 60001 -g 60002" \
		"$id --lock --if-owner 60001 --if-owner root"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool set $words
		is_usage_error
		[ "$(state "$id")" = "$before" ]
	done
	run --separate-stderr shmtool set --mode 0640 "$id" ''
	is_usage_error
	run --separate-stderr shmtool set "$id"
	[[ $stderr == *"say what to change: --mode, --owner, --group, --lock or --unlock"* ]]
	run --separate-stderr shmtool set --lock
	[[ $stderr == *"missing operand: SEGMENT..."* ]]
	run --separate-stderr shmtool set --lock --unlock "$id"
	[[ $stderr == *"--lock and --unlock exclude each other"* ]]
}

@test "--help shows help and changes nothing" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool set --lock "$id" --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: shmtool set "* ]]
	[ "$(field "$id" locked)" = false ]
}

@test "a full disk under stdout does not stop the change, and is an error" {
	id=$("$ACTOR" create)
	run --separate-stderr bash -c "'$SHMTOOL' set -v --mode 0640 $id >/dev/full"
	[ "$status" -eq 1 ]
	[[ $stderr == *"write error: No space left on device" ]]
	[ "$(field "$id" mode)" = 0640 ]
}

@test "set waits while a removal has closed segments, and does not take mode 0 for theirs" {
	need_users
	id=$("$ACTOR" mode=640 create)
	exec 8</proc/self/ns/ipc
	flock 8
	"$ACTOR" use="$id" mode=0 chmod
	"$SHMTOOL" set --owner root --group 60005 "$id" 3>&- 8<&- &
	sleep 0.3
	kill -0 $!
	"$ACTOR" use="$id" mode=640 chmod
	exec 8<&-
	wait $!
	[ "$(field "$id" mode)" = 0640 ]
	[ "$(field "$id" gid)" = 60005 ]
}
