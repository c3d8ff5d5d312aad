# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "stat shows every column with its value" {
	id=$("$ACTOR" key=0x1b207 size=1048576 mode=640 create)
	run shmtool stat "$id"
	[ "$status" -eq 0 ]
	[ "$(awk '{print $1}' <<<"$output")" = "$(shmtool list --help |
		sed -n '/^Columns:/,$p' | awk 'NR > 1 {print $1}')" ]
	[[ $output == *$'\nSIZE     1M (1048576 bytes)\n'* ]]
	[[ $output == *$'\nMODE     0640\n'* ]]
	[[ $output == *$'\nSTATE    orphan\n'* ]]
	[[ $output == *$'\nREASON   creator PID '* ]]
}

@test "a segment is named by id or by key" {
	id=$("$ACTOR" key=0x1b207 create)
	for name in "$id" 0x1b207 0x0001B207 "--id=$id" "-M0x1b207" "-M 0331007" "-M 111111"; do
		# shellcheck disable=SC2086
		run shmtool stat $name
		[ "$status" -eq 0 ]
		[[ $output == *"ID       $id"* ]]
	done
}

@test "several are shown in the order given" {
	a=$("$ACTOR" key=0x11 create)
	b=$("$ACTOR" create)
	run shmtool stat --json "$b" 0x11
	[ "$(jq -c '[.segments[].id]' <<<"$output")" = "[$b,$a]" ]
	run shmtool stat "$b" 0x11
	[ "$(grep -c ^KEY <<<"$output")" -eq 2 ]
	[[ $output == *$'\n\n'* ]]
}

@test "what is not there is an error, after what is" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool stat 999999 "$id" 0xabc
	[ "$status" -eq 1 ]
	[[ $output == *"ID       $id"* ]]
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
