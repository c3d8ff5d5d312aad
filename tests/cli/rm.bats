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
	[ "$output" = "segment $ID: marked, 1 attach remains" ]
	[ "$(field "$ID" state)" = dest ]
	id=$ID
	start_actor use="$id" attach hold
	run shmtool rm "$id"
	[ "$output" = "segment $id: marked, 2 attaches remain" ]
	kill_actor "${ACTORS[0]}"
	kill_actor "${ACTORS[1]}"
	! exists "$id"
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
	[[ $stderr == *"missing operand: SEGMENT..."* ]]
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
	[ "$stderr" = "shmtool rm: segment $theirs: Operation not permitted" ]
	exists "$theirs"
}

@test "a full disk under stdout does not stop the removal, and is an error" {
	a=$("$ACTOR" create)
	b=$("$ACTOR" create)
	run --separate-stderr bash -c "'$SHMTOOL' rm $a $b >/dev/full"
	[ "$status" -eq 1 ]
	[[ $stderr == *"write error: No space left on device" ]]
	[ -z "$(shmtool list)" ]
}
