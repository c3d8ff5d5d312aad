# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "rm removes by id and by key, and says so" {
	a=$("$ACTOR" create)
	b=$("$ACTOR" key=0x1b207 create)
	run --separate-stderr shmtool rm "$a" 0x1b207
	[ "$status" -eq 0 ]
	[ "$output" = "segment $a: removed"$'\n'"segment $b: removed" ]
	[ -z "$stderr" ]
	[ -z "$(shmtool list)" ]
}

@test "remove is rm, and the options of ipcrm mean what they mean there" {
	a=$("$ACTOR" create)
	b=$("$ACTOR" key=0x1b207 create)
	c=$("$ACTOR" key=8 create)
	shmtool remove -m "$a" -M 0x1b207 --key=010
	[ -z "$(shmtool list)" ]
}

@test "an attached segment is marked, and the attaches that remain are counted" {
	start_actor key=0x1b207 create attach hold
	run shmtool rm 0x1b207
	[ "$status" -eq 0 ]
	[ "$output" = "segment $ID: marked, 1 attach remains: PID $PID (actor)" ]
	[ "$(field "$ID" state)" = dest ]
	id=$ID
	start_actor use="$id" name=second attach hold
	run shmtool rm "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: already marked, 2 attaches remain: PID ${ACTORS[0]} (actor), PID ${ACTORS[1]} (second)" ]
	kill_actor "${ACTORS[0]}"
	kill_actor "${ACTORS[1]}"
	is_gone "$id"
}

# In a fresh namespace, where the first segment has the id 0.
try_wrong_operands() {
	set -e
	zero=$("$ACTOR" create)
	"$ACTOR" key=1 create
	five=$("$ACTOR" create)
	[ "$zero" -eq 0 ]
	for operand in 4294967296 0x100000001 -1 '' ' 7' 12x 0x0 0x 1b207 +5 5.0 007 \
		18446744073709551616 "$five,$zero" "$five "; do
		for words in "'$operand'" "'$five' '$operand'" "'$operand' '$five'"; do
			status=0
			stderr=$(eval "'$SHMTOOL' rm $words" 2>&1) || status=$?
			[ "$status" -eq 2 ]
			[[ $stderr == "shmtool rm: "*"'$operand'"* ]]
			[ "$("$SHMTOOL" list | wc -l)" -eq 4 ]
		done
	done
	echo "all refused"
}

@test "a wrong operand is quoted, and nothing is removed, not even segment 0 or key 1" {
	run unshare --ipc bash -c "$(declare -f try_wrong_operands); try_wrong_operands"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "all refused" ]
}

@test "a wrong option is quoted, wherever it stands, and nothing is removed" {
	id=$("$ACTOR" create)
	for options in "--typo" "-x" "--id" "-m 0x5" "-M 0" "--key=0x0" "--id=-1" "--id=" \
		"--help=no"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool rm "$id" $options
		is_usage_error
		exists "$id"
	done
	run --separate-stderr shmtool rm 5 --typo
	[[ $stderr == "shmtool rm: unknown option '--typo'"* ]]
	run --separate-stderr env POSIXLY_CORRECT=1 "$SHMTOOL" rm "$id" --typo
	is_usage_error
	exists "$id"
}

@test "--help shows help and removes nothing" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm "$id" --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: shmtool rm "* ]]
	exists "$id"
}

@test "no operand at all is a usage error" {
	run --separate-stderr shmtool rm
	is_usage_error
	[[ $stderr == *"missing operand: SEGMENT..., or options that select"* ]]
}

@test "what is not there is an error, and the rest is removed all the same" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm 999999 "$id" 0xabc
	[ "$status" -eq 1 ]
	[ "$output" = "segment $id: removed" ]
	[ "${stderr_lines[0]}" = "shmtool rm: segment 999999: no such segment" ]
	[[ ${stderr_lines[1]} == "shmtool rm: key 0x00000abc: no such segment"* ]]
}

@test "a segment that is named twice is removed once, without complaint" {
	id=$("$ACTOR" key=0x1b207 create)
	run --separate-stderr shmtool rm "$id" 0x1b207 "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: removed" ]
	[ -z "$stderr" ]
}

@test "another user's segment is refused, and one's own without read permission is not" {
	need_users
	theirs=$("$ACTOR" user=60001 mode=666 create)
	own=$("$ACTOR" user=60002 mode=0 create)
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" rm "$theirs" "$own"
	[ "$status" -eq 1 ]
	[ "$output" = "segment $own: removed" ]
	[ "$stderr" = "shmtool rm: segment $theirs: only its owner, its creator or root may remove it" ]
	exists "$theirs"
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" rm --dry-run "$theirs"
	[[ $output == "cannot remove segment $theirs ("* ]]
}

@test "a full disk under stdout does not stop the removal, and is an error" {
	a=$("$ACTOR" create)
	b=$("$ACTOR" create)
	run --separate-stderr bash -c "'$SHMTOOL' rm $a $b >/dev/full"
	[ "$status" -eq 1 ]
	[[ $stderr == *"write error: No space left on device" ]]
	[ -z "$(shmtool list)" ]
}

@test "--unused removes what nobody has attached, and keeps the rest whole" {
	start_actor key=0x1b207 mode=640 create attach hold
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm --unused 0x1b207 "$id"
	[ "$status" -eq 1 ]
	[ "$output" = "segment $id: removed" ]
	[ "$stderr" = "shmtool rm: segment $ID: kept: in use, 1 attach: PID $PID (actor)" ]
	[ "$(field 0x1b207 perms)" = rw-r----- ]
	kill_actor "$PID"
	run --separate-stderr shmtool rm --unused --no-fence 0x1b207
	[ "$status" -eq 0 ]
	[ "$output" = "segment $ID: removed" ]
}

@test "--unused names all who have it, in a fence or not, and counts those it cannot see" {
	need_users
	start_actor user=60001 mode=666 create attach hold
	id=$ID first=$PID
	start_actor user=60002 use="$id" name=second attach attach hold
	for words in "" --no-fence --verbose; do
		# shellcheck disable=SC2086 # a word, or none
		run --separate-stderr shmtool rm --unused $words "$id"
		[ "$status" -eq 1 ]
		[ "$stderr" = "shmtool rm: segment $id: kept: in use, 3 attaches: PID $first (actor), PID $PID (second)" ]
	done
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" rm --unused "$id"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool rm: segment $id: kept: in use, 3 attaches: "*"not visible" ]]
	exists "$id"
}

@test "each --if- keeps what is not as it must be, says so, and the rest goes" {
	need_users
	theirs=$("$ACTOR" user=60001 key=0x55 size=8192 create)
	own=$("$ACTOR" create)
	ctime=$(shmtool stat --json "$own" | jq -r '.segments[0].ctime')
	epoch=$(shmtool stat --json "$own" | jq -r '.segments[0].ctime_epoch')
	run --separate-stderr shmtool rm --if-owner root "$theirs" "$own" --dry-run
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool rm: segment $theirs: kept: its owner is 60001, not root" ]
	[[ $output == "would remove segment $own ("* ]]
	run --separate-stderr shmtool rm --if-key 0x56 "$theirs"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool rm: segment $theirs: kept: its key is 0x00000055, not 0x00000056" ]
	run --separate-stderr shmtool rm --if-size 4K "$theirs"
	[ "$stderr" = "shmtool rm: segment $theirs: kept: its size is 8192, not 4096" ]
	run --separate-stderr shmtool rm --if-ctime 2001-02-03T04:05:06Z "$own"
	[ "$stderr" = "shmtool rm: segment $own: kept: its ctime is $ctime, not 2001-02-03T04:05:06Z" ]
	exists "$theirs"
	exists "$own"
	run --separate-stderr shmtool rm --if-owner 60001 --if-key 0x55 --if-size 8K "$theirs"
	[ "$status" -eq 0 ]
	run --separate-stderr shmtool rm --if-ctime "$epoch" --if-owner root "$own"
	[ "$status" -eq 0 ]
	[ -z "$(shmtool list)" ]
}

@test "--if-ctime takes a time as list and stat show it" {
	id=$("$ACTOR" create)
	shown=$(shmtool stat "$id" | sed -nE 's/^ *(changed|created|ctime)[^0-9]*([0-9-]+ [0-9:]+).*/\2/p' | head -n 1)
	[ -n "$shown" ]
	run --separate-stderr shmtool rm --if-ctime "$shown" "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: removed" ]
}

@test "a selection needs --yes where nobody can be asked" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm --owner root
	is_usage_error
	[[ $stderr == *"--yes is needed where there is nobody to be asked"* ]]
	exists "$id"
	run --separate-stderr shmtool rm --owner root --yes
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: removed" ]
}

@test "a selection is all that fits: by state, owner, age, size, key and holder" {
	need_users
	orphan=$("$ACTOR" user=60001 create)
	big=$("$ACTOR" user=60002 size=8192 create)
	keyed=$("$ACTOR" user=60003 key=0x55 create)
	start_actor user=60001 create attach hold
	for case in "--state orphan --owner 60001:$orphan" "--min-size 8K:$big" \
		"--keyed:$keyed" "--keys 0x50-0x60:$keyed" "--pid $PID:$ID" "--state attached:$ID" \
		"--creator 60002 --older-than 0:$big" "--private --max-size 4K --state orphan:$orphan"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool rm --dry-run ${case%:*}
		[ "$status" -eq 0 ]
		[ ${#lines[@]} -eq 1 ]
		[[ $output == "would "*" segment ${case#*:} ("* ]]
	done
	run shmtool rm --yes --owner 60001 --unused
	[ "$output" = "segment $orphan: removed" ]
	run shmtool rm --yes --pid "$PID"
	[ "$output" = "segment $ID: marked, 1 attach remains: PID $PID (actor)" ]
	run --separate-stderr shmtool rm --yes --owner 4242
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "whoever has got the PID of a dead creator does not get its segments removed" {
	need_users
	need_namespace --pid --fork --mount-proc
	[ -w /proc/sys/kernel/ns_last_pid ] || skip "needs ns_last_pid"
	# The launcher of 60001 has ended, its daemon has the segment; 60002 gets the PID, and
	# makes one of its own.
	run --separate-stderr unshare --pid --fork --mount-proc bash -c "
		id=\$('$ACTOR' user=60001 create)
		pid=\$('$SHMTOOL' list -n --raw -o CPID \$id)
		'$ACTOR' user=60001 use=\$id attach hold >'$BATS_TEST_TMPDIR/daemon' &
		until grep -qs ready '$BATS_TEST_TMPDIR/daemon'; do sleep 0.01; done
		sleep 2
		echo \$((pid - 1)) >/proc/sys/kernel/ns_last_pid
		'$ACTOR' user=60002 create hold >'$BATS_TEST_TMPDIR/thief' &
		until grep -qs ready '$BATS_TEST_TMPDIR/thief'; do sleep 0.01; done
		echo \$id \$pid \$! \$(head -n 1 '$BATS_TEST_TMPDIR/thief')
		'$SHMTOOL' rm --dry-run --pid \$pid
		echo \$?
		'$SHMTOOL' rm --yes --pid \$pid
		echo \$?
		'$SHMTOOL' list -n --raw -o ID --state attached
		kill %1 %2"
	read -r id pid thief own <<<"${lines[0]}"
	[ "$pid" = "$thief" ]
	[[ ${lines[1]} == "would remove segment $own ("* ]]
	[ "${lines[2]}" = 1 ]
	[ "${lines[3]}" = "segment $own: removed" ]
	[ "${lines[4]}" = 1 ]
	[ "${lines[5]}" = "$id" ]
	[ ${#stderr_lines[@]} -eq 2 ]
	[ "${stderr_lines[1]}" = "shmtool rm: segment $id: kept: cannot tell whether PID $pid is its creator or last user, or a younger process: give its id to remove it" ]
}

@test "a PID that nobody has selects what a dead process has left" {
	id=$("$ACTOR" create)
	pid=$(field "$id" cpid)
	run --separate-stderr shmtool rm --yes --pid "$pid"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: removed" ]
	[ -z "$stderr" ]
}

@test "on a terminal a selection is shown and asked about; only yes removes" {
	need_terminal
	id=$("$ACTOR" create)
	run on_terminal_with n "$SHMTOOL" rm --owner root
	[[ $output == *"would remove segment $id ("*"Remove 1 segment (4K)? [y/N]"* ]]
	exists "$id"
	run on_terminal_with n "$SHMTOOL" rm --owner root --verbose
	[ "$(grep -c "segment $id (" <<<"$output")" -eq 1 ]
	run on_terminal_with yes "$SHMTOOL" rm --owner root
	[[ $output == *"segment $id: removed"* ]]
	is_gone "$id"
}

@test "the question says how many are in use" {
	need_terminal
	"$ACTOR" create
	"$ACTOR" create
	start_actor create attach hold
	id=$ID
	run on_terminal_with n "$SHMTOOL" rm --owner root
	[[ $output == *"would mark segment $id ("*"Remove 3 segments (12K), 1 of them in use? [y/N]"* ]]
	run on_terminal_with n "$SHMTOOL" rm --owner root --unused
	[[ $output == *"Remove 2 segments (8K)? [y/N]"* ]]
	run on_terminal_with y "$SHMTOOL" rm --state attached
	[[ $output == *"Remove 1 segment (4K), in use? [y/N]"*"segment $id: marked, 1 attach remains"* ]]
	# Marked already: it goes with its last attach whatever is answered.
	run on_terminal_with n "$SHMTOOL" rm --state dest
	[[ $output == *"Remove 1 segment (4K), in use? [y/N]"* ]]
}

@test "what does not go together is a usage error, and nothing is removed" {
	id=$("$ACTOR" create)
	for words in "$id --owner root" "--owner root --if-size 4K --yes" "--private --keyed --yes" \
		"--yes --owner root --owner 60001" "--yes --pid 1 -p 2" "--yes --mode 0600 --mode 0640" \
		"$id --if-owner 60001 --if-owner root" "$id --if-size 1 --if-size 4K" \
		"$id --if-key 1 --if-key 2" "$id --if-ctime 1 --if-ctime 2" \
		"--private --keys 0x1-0x9 --yes" "--min-size 2K --max-size 1K --yes" \
		"--older-than 2 --newer-than 1 -y" "--older-than 1m --newer-than 60 -y" \
		"$id --no-fence" "--min-size 0" \
		"$id --if-ctime yesterday" "$id --if-size -1" "$id --if-key 0" "$id --wait=soon" \
		"$id --if-owner nobody-of-this-name" "--wait $id" "--wait 30 $id" "-w $id" "--state gone --yes"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool rm $words
		is_usage_error
		exists "$id"
	done
}

@test "--dry-run says of each what would become of it" {
	start_actor create attach hold
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm --dry-run "$id" "$ID"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "would remove segment $id (private, 4K, root, idle "*"): creator PID "*" has exited; nobody attached it" ]]
	[ "${lines[1]}" = "would mark segment $ID (private, 4K, root): 1 attach" ]
	run shmtool rm --dry-run --unused "$ID"
	[ "$output" = "would keep segment $ID (private, 4K, root): 1 attach" ]
	exists "$id"
}

@test "--dry-run goes over whatever else is said: nothing is removed, asked or waited for" {
	start_actor create attach hold
	id=$("$ACTOR" create)
	for words in "--yes $id $ID" "--wait=1h $id $ID" "--owner root --yes --wait=1h" \
		"--unused --no-fence --yes $id"; do
		for line in "$words --dry-run" "--dry-run $words"; do
			# shellcheck disable=SC2086 # words
			run --separate-stderr timeout 30 "$SHMTOOL" rm $line
			[ "$status" -eq 0 ]
			[ -z "$stderr" ]
			[[ $output == *"would remove segment $id ("* ]]
			run ! grep -v '^would ' <<<"$output"
			exists "$id"
			[ "$(field "$ID" state)" = attached ]
		done
	done
}

@test "--verbose says of each what it is" {
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm --verbose "$id"
	[[ ${lines[0]} == "remove segment $id (private, 4K, root, idle "* ]]
	[ "${lines[1]}" = "segment $id: removed" ]
}

@test "--wait waits for the end of what is marked, and names who it waits for" {
	start_actor create attach hold
	"$SHMTOOL" rm "$ID" --wait >"$BATS_TEST_TMPDIR/out" 3>&- &
	waiting=$!
	for i in $(seq 200); do
		! grep -q marked "$BATS_TEST_TMPDIR/out" || break
		sleep 0.01
	done
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = "segment $ID: marked, 1 attach remains: PID $PID (actor)" ]
	kill -0 "$waiting"
	kill_actor "$PID"
	wait "$waiting"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/out")" = "segment $ID: gone" ]
}

@test "--wait is not misled by a change of what it waits for" {
	need_users
	start_actor create attach hold
	"$SHMTOOL" rm "$ID" --wait >"$BATS_TEST_TMPDIR/out" 3>&- &
	waiting=$!
	for i in $(seq 200); do
		! grep -q marked "$BATS_TEST_TMPDIR/out" || break
		sleep 0.01
	done
	sleep 1.1 # so that its ctime changes: it is a number of seconds
	"$ACTOR" use="$ID" group=60001
	sleep 0.2
	kill -0 "$waiting"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
	kill_actor "$PID"
	wait "$waiting"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/out")" = "segment $ID: gone" ]
}

@test "--wait=TIME gives up then, names who is left, and that is a failure" {
	start_actor create attach hold
	run --separate-stderr shmtool rm --wait=0 "$ID"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool rm: segment $ID: still there: 1 attach remains: PID $PID (actor)" ]
	id=$("$ACTOR" create)
	run --separate-stderr shmtool rm --wait=1h "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "segment $id: removed" ]
}

@test "removals and marks are in the system's log; --no-log leaves them out" {
	need_log
	start_actor key=0x55 create attach hold
	id=$("$ACTOR" create)
	with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" rm "$id" "$ID"
	grep -qE ": removed segment $id: key=0x00000000 size=4096 owner=root\(0\) .* with=shmtool rm: named\$" "$BATS_TEST_TMPDIR/log"
	grep -qE ": marked segment $ID: key=0x00000055 .* with=shmtool rm: named\$" "$BATS_TEST_TMPDIR/log"
	with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" rm --no-log "$("$ACTOR" create)"
	[ ! -s "$BATS_TEST_TMPDIR/log" ]
}

@test "without membarrier(2) --verbose says so, and only after the record" {
	need_log
	need_strace
	id=$("$ACTOR" create)
	run --separate-stderr with_log "$BATS_TEST_TMPDIR/log" \
		strace -s 80 -o "$BATS_TEST_TMPDIR/trace" -e inject=membarrier:error=EINVAL \
		-e trace=membarrier,sendto,write,writev "$SHMTOOL" rm --unused --verbose "$id"
	[ "$status" -eq 0 ]
	[ "$(grep -oE 'removed segment|2, .*not available' "$BATS_TEST_TMPDIR/trace" | head -n 1)" = "removed segment" ]
	grep -qE ": removed segment $id: " "$BATS_TEST_TMPDIR/log"
	is_gone "$id"
}

@test "what a record needs is there before the first removal" {
	need_log
	need_strace
	id=$("$ACTOR" create)
	with_log "$BATS_TEST_TMPDIR/log" strace -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=shmctl,openat,connect "$SHMTOOL" rm --unused "$id"
	grep -qE ": removed segment $id: .* owner=root\(0\) " "$BATS_TEST_TMPDIR/log"
	grep -q IPC_RMID "$BATS_TEST_TMPDIR/trace"
	sed '1,/IPC_RMID/d' "$BATS_TEST_TMPDIR/trace" >"$BATS_TEST_TMPDIR/after"
	run grep -E 'connect|/passwd' "$BATS_TEST_TMPDIR/after"
	[ "$status" -eq 1 ]
}

@test "what is more than a gigabyte is removed in portions, each with a fence and a record" {
	need_log
	need_strace
	for size in 1G 1G 4096 4096; do
		ids+=("$(shmtool create --size "$size")")
	done
	with_log "$BATS_TEST_TMPDIR/log" strace -o "$BATS_TEST_TMPDIR/trace" \
		-s 80 -e trace=socketpair,sendto "$SHMTOOL" rm --unused "${ids[@]}"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 4 ]
	[ "$(grep -oE '^socketpair|removed segment [0-9]+' "$BATS_TEST_TMPDIR/trace" | xargs)" = \
		"socketpair removed segment ${ids[0]} socketpair removed segment ${ids[1]} socketpair removed segment ${ids[2]} removed segment ${ids[3]}" ]
	[ -z "$(shmtool list)" ]
}

@test "what was removed or marked is recorded also where it cannot be seen which" {
	need_log
	need_strace
	id=$("$ACTOR" create)
	# Found, looked at, closed, looked at twice, removed, and then refused.
	run --separate-stderr with_log "$BATS_TEST_TMPDIR/log" \
		strace -o /dev/null -e inject=shmctl:error=EACCES:when=7 "$SHMTOOL" rm --unused "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool rm: segment $id: removed or marked, but which cannot be seen: Permission denied" ]
	grep -q ": removed or marked segment $id: " "$BATS_TEST_TMPDIR/log"
	is_gone "$id"
}

# At the question, or between the look and the removal, somebody attaches what is selected.
@test "what is selected by a state is kept if it is in another by the time of the answer" {
	need_terminal
	for words in "--state orphan" "--older-than 0" "--state orphan,idle"; do
		orphan=$("$ACTOR" create)
		other=$("$ACTOR" create)
		mkfifo "$BATS_TEST_TMPDIR/answer"
		# shellcheck disable=SC2086
		script -qec "$SHMTOOL rm --no-log $words" /dev/null <"$BATS_TEST_TMPDIR/answer" \
			>"$BATS_TEST_TMPDIR/said" 3>&- &
		exec 8>"$BATS_TEST_TMPDIR/answer"
		until grep -q '\[y/N\]' "$BATS_TEST_TMPDIR/said"; do sleep 0.05; done
		start_actor use="$orphan" attach hold
		echo y >&8
		until grep -q "segment $other: removed" "$BATS_TEST_TMPDIR/said"; do sleep 0.05; done
		exec 8>&-
		grep "segment $orphan: kept: in use, 1 attach: PID $PID (actor)" "$BATS_TEST_TMPDIR/said"
		[ "$(field "$orphan" state)" = attached ]
		kill_actor "$PID"
		shmtool rm --no-log "$orphan"
		rm "$BATS_TEST_TMPDIR/answer"
	done
}

@test "with --yes, too, and behind a fence" {
	orphan=$("$ACTOR" create)
	need_strace
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=membarrier,shmctl "$SHMTOOL" rm --yes --no-log --state orphan
	is_gone "$orphan"
	grep -q 'membarrier(MEMBARRIER_CMD_GLOBAL' "$BATS_TEST_TMPDIR/calls"
	grep -q 'IPC_SET' "$BATS_TEST_TMPDIR/calls"
}
