# SPDX-License-Identifier: GPL-2.0-or-later
# Processes that do not want their segments known, or others' known as theirs: nobody is
# called a holder who is none, and nothing takes long. tests/unit/test-attach.c has more, and
# test-attach-foreign.c.
load common

# As start_actor(), with tests/hostile.c.
start_hostile() {
	local out=$BATS_TEST_TMPDIR/hostile.${#ACTORS[@]} i
	"$HOSTILE" "$@" >"$out" 3>&- &
	PID=$!
	ACTORS+=("$PID")
	for i in $(seq 500); do
		! grep -q ready "$out" || break
		sleep 0.01
	done
	grep -q ready "$out"
}

# Who holds what, of all segments: [id, PID, mappings, not visible].
holders() {
	timeout 30 "$SHMTOOL" list --json --output-all |
		jq -c '[.segments[] | select(.holders != []) | .id, (.holders[] | .pid, .mappings), .unseen]'
}

@test "60,000 mappings, and files and memfds called as segments are, hide and add no holder" {
	[ "$(cat /proc/sys/vm/max_map_count)" -ge 65530 ] || skip "vm.max_map_count is below 65530"
	for i in $(seq 64); do "$ACTOR" create >/dev/null; done
	id=$("$ACTOR" key=0x2a create)
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR/elsewhere"
	start_hostile crowd "$id" 60000
	[ "$(holders)" = "[$id,$PID,1,0]" ]
}

@test "nor do files on a tmpfs, whose inode numbers are as small as ids" {
	need_namespace --mount
	for i in $(seq 64); do "$ACTOR" create >/dev/null; done
	id=$("$ACTOR" key=0x2a create)
	# shellcheck disable=SC2016
	run unshare --mount bash -c 'mount -t tmpfs none "$1" && cd "$1" && exec "$HOSTILE" crowd "$2" 100 >ready &
		until [ -s "/proc/$!/cwd/ready" ]; do sleep 0.01; done
		"$SHMTOOL" list --json --output-all; kill $!' bash "$BATS_TEST_TMPDIR" "$id"
	[ "$(jq -c '[.segments[] | select(.holders != []) | .id, .holders[].mappings, .unseen]' <<<"$output")" = \
		"[$id,1,0]" ]
}

@test "one whose mappings change all the time is found each time, with one mapping" {
	id=$("$ACTOR" create)
	start_hostile restless "$id"
	for i in $(seq 40); do
		timeout 30 "$SHMTOOL" list --json --output-all |
			jq -e --argjson pid "$PID" '.segments[0] | .unseen == 0 and
				[.holders[] | .pid, .mappings] == [$pid, 1]'
	done
	# Stopped in the middle of that it holds nobody up.
	kill -STOP "$PID"
	run timeout 30 "$SHMTOOL" stat "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"PID $PID ("* ]]
}

@test "who executes programs and forks all the time is a holder or not visible, and no error" {
	id=$("$ACTOR" create)
	start_hostile flicker "$id"
	for i in $(seq 60); do
		run --separate-stderr timeout 30 "$SHMTOOL" list --json --output-all
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		# Of a child that ends in the middle of the look no more is known.
		jq -e '.segments[0] | (.holders | length) <= 2 and
			all(.holders[]; .command == "hostile" or .command == "exe" and .mappings == 1 or
				.command == "" and .started == null)' <<<"$output"
		timeout 30 "$SHMTOOL" stat "$id" >/dev/null
	done
	kill -0 "$PID"
}

@test "who goes to another IPC namespace and back all the time is a holder or not visible" {
	need_users
	id=$("$ACTOR" create)
	start_hostile roam "$id"
	for i in $(seq 60); do
		timeout 30 "$SHMTOOL" list --json --output-all | jq -e --argjson pid "$PID" '.segments[0] |
			(.holders | length) + .unseen == 1 and all(.holders[]; .pid == $pid and .mappings == 1)'
	done
	kill -0 "$PID"
}

@test "a process whose first thread has left the namespace is a holder by another thread" {
	need_users
	as_user 60001 unshare --user --ipc true 2>/dev/null ||
		skip "this system lets users have no namespaces"
	cp "$ACTOR" "$PUBLIC/actor"
	for user in 0 60001; do
		setpriv --reuid "$user" --regid "$user" --clear-groups "$PUBLIC/actor" create attach leave hold \
			>"$BATS_TEST_TMPDIR/actor" 3>&- &
		PID=$!
		ACTORS+=("$PID")
		until grep -qs ready "$BATS_TEST_TMPDIR/actor"; do sleep 0.01; done
		[ "$(readlink "/proc/$PID/ns/ipc")" != "$(readlink /proc/self/ns/ipc)" ]
		[ "$(holders)" = "[$(head -n 1 "$BATS_TEST_TMPDIR/actor"),$PID,1,0]" ]
		kill_actor "$PID"
		ipcrm --all=shm
	done
}

# In a namespace where ids begin anew: a segment of key 0x55 and 5000 bytes, who has it, and
# who has mapped one of another namespace with the same id, of another user, and this size.
# Then the words.
beside_a_foreigner() {
	run unshare --ipc bash -c '
		set -e
		id=$("$ACTOR" key=0x55 size=5000 mode=666 create)
		"$HOSTILE" foreign "$id" 0x55 "$2" 60001 >"$1/foreign" 3>&- &
		foreign=$!
		"$ACTOR" use="$id" attach hold >"$1/true" 3>&- &
		true=$!
		until grep -qs ready "$1/foreign" && grep -qs ready "$1/true"; do sleep 0.01; done
		eval "$3"
		kill "$true" "$foreign"
		echo $true' bash "$BATS_TEST_TMPDIR" "$1" "$2"
	[ "$status" -eq 0 ]
	true=${lines[-1]}
}

@test "who has mapped a segment of another namespace, with that id, is no holder" {
	need_users
	need_namespace --ipc
	beside_a_foreigner 9000 '"$SHMTOOL" list --raw -n -o ID,HOLDERS
		"$SHMTOOL" list --raw -n -o ID --pid "$foreign"
		"$SHMTOOL" stat "$id" | grep -c "PID .*: 1 mapping"'
	[ "${lines[0]}" = "0"$'\t'"$true" ]
	[ "${lines[1]}" = 1 ]
}

@test "nor is he named as who keeps it, or is left, when it is to be removed" {
	need_users
	need_namespace --ipc
	for words in "--unused --no-log" --no-log; do
		beside_a_foreigner 9000 "\"\$SHMTOOL\" rm $words \"\$id\" 2>&1 || true"
		[[ ${lines[0]} == *", 1 attach"*": PID $true (actor)" ]]
	done
}

# That the creator is another shows only in the file behind the mapping.
@test "what looks the same, but is another user's of another namespace, does not lead rm astray" {
	need_users
	need_namespace --ipc
	[ "$(tr -s ' ' </proc/self/uid_map)" = " 0 0 4294967295" ] ||
		skip "needs CAP_SYS_ADMIN over the system"
	beside_a_foreigner 5000 '"$SHMTOOL" rm --yes --no-log --pid "$foreign" 2>&1 || true
		"$SHMTOOL" rm --dry-run --pid "$true"'
	[[ $output != *removed* && $output != *marked* ]]
	[[ ${lines[0]} == "would mark segment 0 "* ]]
}

# The same by an ordinary user: a segment of user 60002, which a process of that user has, and
# an impostor of user 60001, with a lower PID. Then the words.
beside_an_impostor() {
	cp "$HOSTILE" "$PUBLIC/hostile"
	cp "$ACTOR" "$PUBLIC/actor"
	as_user 60001 unshare --user --ipc true 2>/dev/null ||
		skip "this system lets users have no namespaces"
	run unshare --ipc bash -c '
		set -e
		for i in $(seq 300); do ipcrm --shmem-id "$("$ACTOR" create)"; done
		id=$("$ACTOR" user=60002 key=0x55 size=5000 create)
		setpriv --reuid 60001 --regid 60001 --clear-groups \
			"$PUBLIC/hostile" impostor "$id" 0x55 5000 >"$1/impostor" 3>&- &
		impostor=$!
		until grep -qs ready "$1/impostor"; do sleep 0.01; done
		setpriv --reuid 60002 --regid 60002 --clear-groups \
			"$PUBLIC/actor" use="$id" attach hold >"$1/true" 3>&- &
		true=$!
		until grep -qs ready "$1/true"; do sleep 0.01; done
		eval "$2"
		kill "$true" "$impostor"
		echo "$id $true $impostor"' bash "$BATS_TEST_TMPDIR" "$1"
	echo "$output"
	[ "$status" -eq 0 ]
	read -r id true impostor <<<"${lines[-1]}"
	[ "$impostor" -lt "$true" ]
}

@test "an impostor of an ordinary user is no holder, and does not hide the real one" {
	need_users
	need_namespace --ipc
	beside_an_impostor '"$SHMTOOL" list --raw -n -o ID,HOLDERS
		"$SHMTOOL" stat --json "$id" | jq -c ".segments[0] | [.holders[] | .pid, .verified], .unseen"
		"$SHMTOOL" list --raw -n -o ID --pid "$impostor" | wc -l
		"$SHMTOOL" rm --no-log --unused "$id" 2>&1 || true
		"$SHMTOOL" rm --no-log "$id"'
	[ "${lines[0]}" = "$id"$'\t'"$true" ]
	[ "${lines[1]}" = "[$true,true]" ]
	[ "${lines[2]}" = 0 ]
	[ "${lines[3]}" = 0 ]
	[ "${lines[4]}" = "shmtool rm: segment $id: kept: in use, 1 attach: PID $true (actor)" ]
	[ "${lines[5]}" = "segment $id: marked, 1 attach remains: PID $true (actor)" ]
}

@test "root removes nothing of its owner's by the PID of an impostor" {
	need_users
	need_namespace --ipc
	for without in kill sys_admin,-checkpoint_restore dac_read_search; do
		beside_an_impostor "setpriv --bounding-set -$without"' \
			"$SHMTOOL" rm --yes --no-log --pid "$impostor" 2>&1
			"$SHMTOOL" stat --json "$id" | jq -r ".segments[0].state"
			"$SHMTOOL" rm --dry-run --pid "$true"'
		[[ $output != *removed* && $output != *"segment $id: marked"* ]]
		[[ $output == *attached$'\n'"would mark segment $id "* ]]
		[ "$without" = kill ] || [[ ${lines[0]} == *"segment $id: left out: that process $impostor has it attached is not proven: run as root" ]]
	done
}

@test "where there is no proof holders are unverified, and count as not visible" {
	need_users
	need_namespace --ipc
	for without in checkpoint_restore,-sys_admin dac_read_search; do
		beside_an_impostor "for words in 'list --raw -n -o HOLDERS' 'stat \$id' 'list --holders -n -o ID' \
			'list --json --holders'; do eval setpriv --bounding-set -$without"' "$SHMTOOL" $words; done'
		[ "${lines[0]}" = "$impostor? $true? ?" ]
		grep -E "^  attaches +1: 1 of 1 not visible$" <<<"$output"
		grep -E "^ +PID $impostor \(hostile\) of 60001: 1 mapping, read and write, started .*, unverified$" <<<"$output"
		grep -E "$true unverified: actor " <<<"$output"
		[[ $output == *'"verified": false'* && $output != *'"verified": true'* ]]
	done
}

@test "an ordinary user trusts the processes of its own" {
	need_users
	cp "$ACTOR" "$PUBLIC/actor"
	setpriv --reuid 60002 --regid 60002 --clear-groups "$PUBLIC/actor" create attach hold \
		>"$BATS_TEST_TMPDIR/actor" 3>&- &
	PID=$!
	ACTORS+=("$PID")
	until grep -q ready "$BATS_TEST_TMPDIR/actor"; do sleep 0.01; done
	[ "$(as_user 60002 "$PUBLIC/shmtool" list --json --holders |
		jq -c '.segments[0] | .unseen, (.holders[] | .pid, .verified)' | xargs)" = "0 $PID true" ]
}
