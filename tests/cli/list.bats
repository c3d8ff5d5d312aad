# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "an empty system lists nothing, and as JSON an empty array" {
	run --separate-stderr shmtool list
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	run --separate-stderr shmtool list --json
	[ "$status" -eq 0 ]
	[ "$(jq -c . <<<"$output")" = '{"segments":[]}' ]
}

@test "the default columns are as documented" {
	"$ACTOR" create
	run shmtool list
	[ "$status" -eq 0 ]
	[ "$(tr -s ' ' <<<"${lines[0]}")" = "KEY ID OWNER PERMS SIZE RSS NATTCH STATE IDLE" ]
	[[ $(tr -s ' ' <<<"${lines[1]}") =~ ^0x00000000\ [0-9]+\ root\ rw-------\ 4K\ 0B\ 0\ orphan\ [0-9]+s$ ]]
	[ ${#lines[@]} -eq 2 ]
}

@test "ls is list" {
	"$ACTOR" create
	[ "$(shmtool ls -o ID,STATE)" = "$(shmtool list -o ID,STATE)" ]
}

@test "a segment whose creator has died is an orphan" {
	id=$("$ACTOR" create)
	[ "$(field "$id" state)" = orphan ]
	[[ $(field "$id" reason) =~ ^creator\ PID\ [0-9]+\ has\ exited\;\ nobody\ attached\ it$ ]]
}

@test "a segment whose creator was killed with -9 while attached is an orphan" {
	start_actor create attach touch hold
	[ "$(field "$ID" state)" = attached ]
	kill_actor "$PID"
	[ "$(field "$ID" state)" = orphan ]
	[ "$(field "$ID" reason)" = "creator and last user PID $PID has exited" ]
}

@test "a segment whose creator is a zombie is an orphan" {
	start_actor zombie create
	cpid=$(field "$ID" cpid)
	[ "$(ps -o stat= -p "$cpid" | cut -c1)" = Z ]
	[ "$(field "$ID" state)" = orphan ]
	[ "$(field "$ID" reason)" = "creator PID $cpid has exited; nobody attached it" ]
}

@test "a segment whose creator still runs is idle, and the process is named" {
	start_actor name=worker create hold
	[ "$(field "$ID" state)" = idle ]
	[ "$(field "$ID" reason)" = "creator PID $PID (worker) is running" ]
	[ "$(field "$ID" command)" = worker ]
}

@test "a creator whose first thread has ended still runs" {
	start_actor create thread hold
	for i in $(seq 500); do
		[ "$(ps -o stat= -p "$PID" | cut -c1)" != Z ] || break
		sleep 0.01
	done
	[ "$(ps -o stat= -p "$PID" | cut -c1)" = Z ]
	[ "$(field "$ID" state)" = idle ]
}

@test "a segment whose last user still runs is idle" {
	id=$("$ACTOR" create)
	start_actor use="$id" attach detach hold
	[ "$(field "$id" state)" = idle ]
	[ "$(field "$id" reason)" = "last user PID $PID (actor) is running" ]
	[ "$(field "$id" command)" = null ]
}

@test "a creator in another PID namespace makes it idle, alive or dead" {
	need_namespace --pid --fork --mount-proc
	start_actor create hold
	dead=$("$ACTOR" create)
	for id in "$ID" "$dead"; do
		run unshare --pid --fork --mount-proc "$SHMTOOL" stat --json "$id"
		[ "$status" -eq 0 ]
		[ "$(jq -r .segments[0].state <<<"$output")" = idle ]
		[ "$(jq -r .segments[0].reason <<<"$output")" = \
			"creator not visible from here (another PID namespace)" ]
		[ "$(jq -r .segments[0].cpid <<<"$output")" = null ]
	done
}

@test "the /proc of another PID namespace is not asked who the creator is" {
	need_namespace --pid --fork
	# PID 2 in there is a small process; in the /proc that it sees it is somebody else.
	run unshare --pid --fork sh -c "
		'$ACTOR' create hold >'$BATS_TEST_TMPDIR/out' &
		until grep -qs ready '$BATS_TEST_TMPDIR/out'; do sleep 0.01; done
		'$SHMTOOL' list --json --output-all
		kill \$!"
	[ "$status" -eq 0 ]
	[ "$(jq -r .segments[0].state <<<"$output")" = idle ]
	[ "$(jq -r .segments[0].command <<<"$output")" = null ]
	[[ $(jq -r .segments[0].reason <<<"$output") == *"or a younger process with that PID" ]]
}

@test "a recycled PID is not taken for the creator for certain" {
	need_namespace --pid --fork --mount-proc
	[ "$(id -u)" -eq 0 ] && [ -w /proc/sys/kernel/ns_last_pid ] || skip "needs ns_last_pid"
	run unshare --pid --fork --mount-proc sh -c "
		'$ACTOR' create >'$BATS_TEST_TMPDIR/id'
		pid=\$('$SHMTOOL' list --json -o CPID | jq '.segments[0].cpid')
		sleep 2
		echo \$((pid - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		echo \$pid \$!
		'$SHMTOOL' list --json --output-all >'$BATS_TEST_TMPDIR/json'
		kill \$!"
	[ "$status" -eq 0 ]
	read -r first second <<<"$output"
	[ "$first" = "$second" ]
	json=$BATS_TEST_TMPDIR/json
	[ "$(jq -r .segments[0].command "$json")" = null ]
	[ "$(jq -r .segments[0].reason "$json")" = \
		"creator PID $first is running, or a younger process with that PID" ]
}

@test "a segment removed while attached is dest, without key, and says how many hold it" {
	start_actor key=0x1b207 create attach attach mark hold
	[ "$(field "$ID" state)" = dest ]
	[ "$(field "$ID" key)" = 0x00000000 ]
	[ "$(field "$ID" reason)" = "marked for destruction, 2 attaches remain" ]
	run shmtool list
	[[ $(tr -s ' ' <<<"${lines[1]}") == "0x00000000 $ID root rw------- 4K 0B 2 dest -" ]]
}

@test "owner, group and their creators are four different things" {
	need_users
	id=$("$ACTOR" user=60001 create owner=60002 group=60003)
	[ "$(field "$id" uid)" = 60002 ]
	[ "$(field "$id" gid)" = 60003 ]
	[ "$(field "$id" cuid)" = 60001 ]
	[ "$(field "$id" cgid)" = 60001 ]
	[ "$(field "$id" owner)" = 60002 ]
	[ "$(field "$id" group)" = 60003 ]
}

@test "one mprotect makes three attaches of one" {
	start_actor size=12288 create attach split hold
	[ "$(field "$ID" nattch)" = 3 ]
	[ "$(field "$ID" reason)" = "3 attaches" ]
}

@test "columns are chosen with -o, added with + and all shown with -O" {
	id=$("$ACTOR" key=0x77 size=1536 create)
	run shmtool list -o id,Key
	[ "$(tr -s ' ' <<<"${lines[0]}")" = " ID KEY" ] || [ "${lines[0]}" = "ID KEY" ]
	[[ ${lines[1]} =~ ^\ *$id\ 0x00000077$ ]]
	run shmtool list --output=+locked
	[[ ${lines[0]} == KEY*IDLE*LOCKED ]]
	run shmtool list -O
	[[ ${lines[0]} == KEY*ID*REASON*LOCKED ]]
	run shmtool list -o SIZE -b
	[ "${lines[1]// /}" = 1536 ]
	run shmtool list -o SIZE
	[ "${lines[1]// /}" = 1.5K ]
}

@test "an unknown column is a usage error that quotes it" {
	run --separate-stderr shmtool list -o ID,NOPE
	is_usage_error
	[[ $stderr == *"--output 'ID,NOPE': expected names of columns"* ]]
}

@test "JSON has numbers as numbers, absent as null, and times twice" {
	id=$("$ACTOR" create attach detach)
	run shmtool stat --json "$id"
	[ "$(jq -r '.segments[0] | [.id, .size, .rss, .swap, .nattch, .idle, .uid, .cpid, .lpid,
		.atime_epoch, .ctime_epoch | type] | unique[]' <<<"$output")" = number ]
	[ "$(jq -r '.segments[0] | [.key, .perms, .mode, .state, .reason, .atime, .ctime | type]
		| unique[]' <<<"$output")" = string ]
	[ "$(jq -r '.segments[0].locked | type' <<<"$output")" = boolean ]
	[ "$(jq -r '.segments[0] | (.atime | fromdate) == .atime_epoch' <<<"$output")" = true ]
	id=$("$ACTOR" create)
	[ "$(field "$id" atime)" = null ]
	[ "$(field "$id" atime_epoch)" = null ]
	[ "$(field "$id" lpid)" = null ]
}

@test "whatever a process calls itself, JSON is valid and no control byte is shown" {
	start_actor name=$'"a\\\x1b[31m\n\xff' create hold
	shmtool list -O --json | jq -e '.segments[0].command == "\"a\\\u001b[31m\n\ufffd"'
	for output in "$(shmtool list -O)" "$(shmtool stat "$ID")"; do
		[[ $output == *'"a'*'\x1b[31m'* ]]
		[[ $output != *$'\x1b'* ]]
		[[ $output != *$'\xff'* ]]
	done
}

@test "a locked segment is shown as locked" {
	id=$("$ACTOR" create lock)
	[ "$(field "$id" locked)" = true ]
	[ "$(field "$id" mode)" = 0600 ]
}

@test "an ordinary user sees everything too" {
	need_users
	id=$("$ACTOR" mode=0 create)
	run as_user 60001 "$PUBLIC/shmtool" stat --json "$id"
	[ "$status" -eq 0 ]
	[ "$(jq -r .segments[0].state <<<"$output")" = orphan ]
}

@test "a full disk under stdout is an error" {
	"$ACTOR" create
	run --separate-stderr bash -c "'$SHMTOOL' list >/dev/full"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool list: write error: No space left on device" ]
	run bash -c "'$SHMTOOL' list --json >/dev/full"
	[ "$status" -eq 1 ]
}

@test "a closed pipe ends it quietly, by SIGPIPE" {
	"$ACTOR" create
	run --separate-stderr bash -c "set -o pipefail; { sleep 0.2; '$SHMTOOL' list; } | true"
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
}

@test "a closed stdout is an error" {
	"$ACTOR" create
	run --separate-stderr bash -c "'$SHMTOOL' list >&-"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool list: write error: "* ]]
}

# The table in this file stands in for the kernel's.
with_table() {
	local file=$1
	shift
	unshare --mount sh -c 'mount --bind "$1" /proc/sysvipc/shm && shift && exec "$@"' \
		sh "$file" "$@"
}

@test "a line that is not understood is an error that gives its number" {
	need_namespace --mount
	{
		cat /proc/sysvipc/shm
		echo garbage
	} >"$BATS_TEST_TMPDIR/table"
	# What is written is no document that somebody could take for the whole.
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list --json
	[ "$status" -eq 1 ]
	run ! jq . <<<"$output"
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == "shmtool list: /proc/sysvipc/shm: line 2 is truncated or garbage" ]]
	: >"$BATS_TEST_TMPDIR/table"
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" gc --yes
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool gc: /proc/sysvipc/shm: line 1 is truncated or garbage" ]]
}

@test "the 14 columns of old kernels are read, and rss is unknown" {
	need_namespace --mount
	cat >"$BATS_TEST_TMPDIR/table" <<-'END'
		       key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime
		-559038737          7  1640 9223372036854775808     0     0      1     0     0     0     0          0          0 1795245581
	END
	run with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list --json -O
	[ "$status" -eq 0 ]
	[ "$(jq -r '.segments[0] | "\(.key) \(.mode) \(.state) \(.rss)"' <<<"$output")" = \
		"0xdeadbeef 0640 dest null" ]
	[[ $output == *'"size": 9223372036854775808,'* ]]
}

@test "without /proc/sysvipc the kernel is asked directly, and says the same" {
	need_namespace --mount
	id=$("$ACTOR" key=0xdeadbeef create)
	run unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc && '$SHMTOOL' list --json"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.segments[0] | "\(.key) \(.id) \(.state) \(.rss)"' <<<"$output")" = \
		"0xdeadbeef $id orphan null" ]
}
