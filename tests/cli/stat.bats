# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "one screen says what it is, whose, how big, who made it and what gc would do" {
	start_actor name=worker key=0x1b207 size=1048576 mode=640 create attach touch detach hold
	run --separate-stderr shmtool stat "$ID"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${lines[0]}" = "segment $ID, key 0x0001b207" ]
	[ "${lines[1]}" = "  state      idle: creator and last user PID $PID (worker) is running" ]
	[ "${lines[2]}" = "  gc         would keep it: it is no orphan" ]
	[ "${lines[3]}" = "  size       1M (1048576 bytes), in memory 1M, swapped 0B" ]
	[ "${lines[4]}" = "  owner      root (0), group root (0)" ]
	[ "${lines[5]}" = "  creator    root (0), group root (0)" ]
	[ "${lines[6]}" = "  mode       0640 rw-r-----, you may read, write and remove it" ]
	[[ ${lines[7]} == "  made by    PID $PID (worker), running, started 20"* ]]
	[[ ${lines[8]} == "  last user  PID $PID (worker), running, started 20"* ]]
	[ "${lines[9]}" = "  attaches   0" ]
	[[ ${lines[10]} =~ ^"  changed    20"..-..-..\ ..:..:.., ]]
	[[ ${lines[11]} =~ ^"  attached   20"[^,]+", "[0-9]+"s ago"$ ]]
	[[ ${lines[12]} =~ ^"  detached   20"[^,]+", "[0-9]+"s ago"$ ]]
}

@test "an orphan says whether gc would take it, and if not which rule keeps it" {
	id=$("$ACTOR" create)
	run shmtool stat "$id"
	[ "${lines[0]}" = "segment $id, private" ]
	[[ $output == *"  gc         would keep it: an orphan, but of system user 0 (see --system)"* ]]
	[[ $output == *"  made by    PID "*", gone"* ]]
	[[ $output == *"  last user  nobody yet"* ]]
	[[ $output == *"  attached   never"* ]]
}

@test "the holders are named, and reconciled with the attaches" {
	start_actor size=16384 create attach split hold
	holder=$PID id=$ID
	start_actor name=second use="$id" attach hold
	run shmtool stat "$id"
	[[ $output == *"  attaches   4: 2 processes, 4 mappings"* ]]
	[[ $output == *"PID $holder (actor) of root: 3 mappings, read and write, started 20"* ]]
	[[ $output == *"PID $PID (second) of root: 1 mapping, read and write, started 20"* ]]
	kill_actor "$PID"
	run shmtool stat "$id"
	[[ $output == *"  attaches   3: 1 process, 3 mappings"* ]]
}

@test "a dest segment shows the key that it had" {
	start_actor key=0x1b207 create attach mark hold
	run shmtool stat "$ID"
	[ "${lines[0]}" = "segment $ID, its key was 0x0001b207" ]
	[ "$(field "$ID" original_key)" = 0x0001b207 ]
	[ "$(field "$ID" key)" = 0x00000000 ]
}

@test "without privileges, others' attaches are counted as not visible, with the hint" {
	need_users
	start_actor create attach attach hold
	id=$ID
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" stat "$id"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"  attaches   2: 2 of 2 not visible: run as root"* ]]
	run as_user 60001 "$PUBLIC/shmtool" stat --json "$id"
	[ "$(jq -c '.segments[0] | [.holders, .unseen]' <<<"$output")" = "[[],2]" ]
}

@test "what the caller may do depends on who asks" {
	need_users
	id=$("$ACTOR" user=60001 mode=640 create)
	run as_user 60001 "$PUBLIC/shmtool" stat "$id"
	[[ $output == *"0640 rw-r-----, you may read, write and remove it"* ]]
	run setpriv --reuid 60002 --regid 60002 --groups 60001 "$PUBLIC/shmtool" stat "$id"
	[[ $output == *"you may read it, but not write or remove it"* ]]
	run as_user 60002 "$PUBLIC/shmtool" stat "$id"
	[[ $output == *"you may neither attach nor remove it"* ]]
	# Root, and root without the capability that goes past permissions.
	run shmtool stat "$id"
	[[ $output == *"you may read, write and remove it"* ]]
	run setpriv --bounding-set -ipc_owner "$SHMTOOL" stat "$id"
	[[ $output == *"you may remove it, but not attach it"* ]]
}

@test "a segment is named by id or by key" {
	id=$("$ACTOR" key=0x1b207 create)
	for name in "$id" 0x1b207 0x0001B207 "--id=$id" "-M0x1b207" "-M 0331007" "-M 111111"; do
		# shellcheck disable=SC2086
		run shmtool stat $name
		[ "$status" -eq 0 ]
		[[ $output == "segment $id, key 0x0001b207"* ]]
	done
}

@test "the JSON says too what gc would do, and what the caller may do" {
	need_users
	id=$("$ACTOR" user=60001 mode=644 create)
	[ "$(shmtool stat --json "$id" | jq -c '.segments[0] | [.gc.removes, .may]')" = \
		'[false,{"read":true,"write":true,"remove":true}]' ]
	[ "$(as_user 60002 "$PUBLIC/shmtool" stat --json "$id" | jq -c '.segments[0].may')" = \
		'{"read":true,"write":false,"remove":false}' ]
	[[ $(field "$id" gc.reason) == "an orphan, but not idle for long enough"* ]]
}

@test "where users are not mapped, those that look alike are not taken for the same" {
	need_users
	need_namespace --user
	id=$("$ACTOR" create)
	run as_user 60001 unshare --user "$PUBLIC/shmtool" stat "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"you may neither attach nor remove it"* ]]
}

@test "several are shown in the order given" {
	a=$("$ACTOR" key=0x11 create)
	b=$("$ACTOR" create)
	run shmtool stat --json "$b" 0x11
	[ "$(jq -c '[.segments[].id]' <<<"$output")" = "[$b,$a]" ]
	run shmtool stat "$b" 0x11
	[ "$(grep -c '^segment ' <<<"$output")" -eq 2 ]
	[[ $output == *$'\n\n'* ]]
}

@test "what is not there is an error, after what is" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool stat 999999 "$id" 0xabc
	[ "$status" -eq 1 ]
	[[ $output == "segment $id, private"* ]]
	[ "${stderr_lines[0]}" = "shmtool stat: segment 999999: no such segment" ]
	[[ ${stderr_lines[1]} == "shmtool stat: key 0x00000abc: no such segment (one that is"* ]]
}

@test "stat leaves times and last user alone" {
	id=$("$ACTOR" create attach detach)
	before=$(grep -w "$id" /proc/sysvipc/shm)
	shmtool stat "$id" >/dev/null
	shmtool list -O >/dev/null
	[ "$(grep -w "$id" /proc/sysvipc/shm)" = "$before" ]
}

@test "without operand, or with a wrong one, it is a usage error" {
	run --separate-stderr shmtool stat
	is_usage_error
	for operand in '' ' 7' -1 12x 0x0 4294967296 0x100000001 7,8 007; do
		run --separate-stderr shmtool stat "$operand"
		is_usage_error
		[[ $stderr == *"'$operand'"* ]]
	done
}
