# SPDX-License-Identifier: GPL-2.0-or-later
# What an ordinary user can hold up or make slow: processes that the kernel lets nobody look
# into (tests/jam.c), and such as have very much to look at. No verb hangs, and what belongs
# to others is judged, shown and removed all the same.
load common

# So many processes of user 60002 that cannot be looked into. Sets JAMMED, the PIDs.
jam() {
	need_users
	local out=$BATS_TEST_TMPDIR/jammed i
	mkdir -p "$PUBLIC/jam"
	cp "$JAM" "$PUBLIC/jam.bin"
	[ -e "$PUBLIC/fuse" ] || { mknod "$PUBLIC/fuse" c 10 229 && chmod 666 "$PUBLIC/fuse"; }
	as_user 60002 test -w "$PUBLIC/fuse" || skip "this system has no FUSE"
	chown 60002 "$PUBLIC/jam"
	as_user 60002 "$PUBLIC/jam.bin" "$PUBLIC/fuse" "$PUBLIC/jam" "${1-1}" >"$out" 2>"$out.err" 3>&- &
	ACTORS+=("$!")
	for i in $(seq 500); do
		! grep -q ready "$out" || break
		kill -0 "$!" || skip "no user can mount FUSE here: $(cat "$out.err")"
		sleep 0.01
	done
	mapfile -t JAMMED < <(grep -v ready "$out")
	# It is so: who asks the kernel waits.
	run timeout -s KILL 0.2 cat "/proc/${JAMMED[0]}/stat"
	[ "$status" -eq 137 ]
}

in_3_seconds() {
	run --separate-stderr timeout -s KILL 3 "$SHMTOOL" "$@"
}

names_the_jammed() {
	[ "$(grep -c "PID ${JAMMED[0]} does not answer" <<<"$stderr")" -eq 1 ]
}

@test "where a process does not answer, each verb says so once and does what it is told" {
	orphan=$("$ACTOR" user=60001 create)
	start_actor user=60001 key=0x51 create attach hold
	held=$ID
	holder=$PID
	jam
	jammed=$(shmtool list --raw -n -o ID --owner 60002)

	in_3_seconds list
	[ "$status" -eq 0 ]
	names_the_jammed
	[ "$(grep -c ' 6000[12] ' <<<"$output")" -eq 3 ]

	in_3_seconds list --json --output-all
	[ "$status" -eq 0 ]
	names_the_jammed
	[ "$(jq -c --argjson id "$held" '[.segments[] | select(.id == $id) | .holders[].pid]' <<<"$output")" = "[$holder]" ]

	in_3_seconds
	[ "$status" -eq 0 ]
	names_the_jammed

	in_3_seconds stat "$jammed" "$held"
	[ "$status" -eq 0 ]
	names_the_jammed
	[[ $output == *"PID $holder (actor)"* ]]
	[[ $output == *"PID ${JAMMED[0]} is running, or a younger process"* ]]

	in_3_seconds --complete rm ''
	[ "$status" -eq 0 ]
	[[ $output == *"$held"* ]]

	in_3_seconds rm --unused --no-log "$held"
	[ "$status" -eq 1 ]
	[[ $stderr == *"PID $holder (actor)"* ]]

	in_3_seconds gc --yes --no-log --older-than 0
	[ "$status" -eq 0 ]
	names_the_jammed
	is_gone "$orphan"
	exists "$jammed"

	in_3_seconds rm --no-log "$jammed"
	[ "$status" -eq 0 ]
	is_gone "$jammed"
}

@test "what a process that does not answer has attached is not said to be held by nobody" {
	jam
	jammed=$(shmtool list --raw -n -o ID --owner 60002)
	id=$("$ACTOR" user=60001 create)
	start_actor user=60001 use="$id" attach hold
	in_3_seconds list --raw -n -o ID,HOLDERS
	[ "$status" -eq 0 ]
	[[ $output == *"$id"$'\t'"$PID"* ]]
}

@test "a hundred processes that do not answer hold nobody up any longer than two" {
	orphan=$("$ACTOR" user=60001 create)
	jam 100
	[ "${#JAMMED[@]}" -eq 100 ]
	in_3_seconds list --holders
	[ "$status" -eq 0 ]
	[[ $stderr == *" were not asked: they count as running"* ]]
	in_3_seconds gc --yes --no-log --older-than 0
	[ "$status" -eq 0 ]
	is_gone "$orphan"
	[ "$(shmtool list --count --owner 60002)" -eq 100 ]
}
