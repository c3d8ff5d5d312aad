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

@test "who has mapped another user's segment of another namespace, with that id, is no holder" {
	need_users
	need_namespace --ipc
	[ "$(cat /proc/self/uid_map | tr -s ' ')" = " 0 0 4294967295" ] ||
		skip "needs CAP_CHECKPOINT_RESTORE over the system"
	# Where ids begin anew.
	run unshare --ipc bash -c '
		set -e
		id=$("$ACTOR" key=0x55 size=5000 mode=666 create)
		"$HOSTILE" foreign "$id" 0x55 5000 60001 >"$1/foreign" 3>&- &
		foreign=$!
		"$ACTOR" use="$id" attach hold >"$1/true" 3>&- &
		true=$!
		until grep -qs ready "$1/foreign" && grep -qs ready "$1/true"; do sleep 0.01; done
		"$SHMTOOL" list --raw -n -o ID,HOLDERS
		"$SHMTOOL" list --raw -n -o ID --pid "$foreign"
		"$SHMTOOL" rm --yes --no-log --pid "$foreign" 2>&1 || true
		"$SHMTOOL" stat "$id" | grep -c "PID .*: 1 mapping"
		kill "$true"
		wait "$true" || true
		"$SHMTOOL" list --raw -n -o ID,NATTCH,HOLDERS
		kill "$foreign"
		echo $true' bash "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ]
	true=${lines[-1]}
	[ "${lines[0]}" = "0"$'\t'"$true" ]
	[[ $output != *removed* && $output != *marked* ]]
	[ "${lines[-3]}" = 1 ]
	[ "${lines[-2]}" = "0"$'\t0\t-' ]
}
