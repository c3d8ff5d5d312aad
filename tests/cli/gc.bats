# SPDX-License-Identifier: GPL-2.0-or-later
load common

# One of each kind, of uid 60001 unless the name says otherwise.
make_one_of_each() {
	need_users
	start_actor user=60001 create attach hold
	attached=$ID
	start_actor user=60001 create hold
	idle=$ID
	start_actor user=60001 create attach mark hold
	dest=$ID
	locked=$("$ACTOR" user=60001 create)
	"$ACTOR" use="$locked" lock
	keyed=$("$ACTOR" user=60001 key=0x1b207 create)
	ntp=$("$ACTOR" user=60001 key=0x4e545030 create)
	system=$("$ACTOR" user=101 create)
	given=$("$ACTOR" user=101 create owner=60001)
	orphan=$("$ACTOR" user=60001 size=1048576 create)
}

# The ids that are left, sorted.
left() {
	shmtool list --json -o ID | jq -r '.segments[].id' | sort -n | xargs
}

# The same for a list of ids.
sorted() {
	printf '%s\n' "$@" | sort -n | xargs
}

@test "gc alone reports, with the reason, and removes nothing" {
	make_one_of_each
	before=$(left)
	run --separate-stderr shmtool gc --older-than 0
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ ${#lines[@]} -eq 2 ]
	[[ ${lines[0]} =~ ^"would remove segment $orphan (private, 1M, "[^,]+", idle "[0-9]+"s): creator PID "[0-9]+" has exited; nobody attached it"$ ]]
	[ "${lines[1]}" = "1 segment to remove (1M), 8 kept; --yes removes; --verbose says why the others stay" ]
	[ "$(left)" = "$before" ]
}

@test "gc --yes as root takes the private orphan of a person and nothing else" {
	make_one_of_each
	run --separate-stderr shmtool gc --yes --older-than 0
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ ${lines[0]} == "removed segment $orphan (private, 1M, "* ]]
	[ "${lines[1]}" = "1 segment removed (1M), 8 kept; --verbose says why the others stay" ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $keyed $ntp $system $given)" ]
}

@test "--verbose gives every segment that is kept a reason of its own" {
	make_one_of_each
	run --separate-stderr shmtool gc --verbose --older-than 0
	[ "$status" -eq 0 ]
	[ ${#lines[@]} -eq 10 ]
	is_kept() {
		grep -qF "keep segment $1 (" <<<"$output"
		grep -F "keep segment $1 (" <<<"$output" | grep -qE "\): $2\$"
	}
	is_kept "$attached" "1 attach"
	is_kept "$idle" "creator PID [0-9]+ \(actor\) is running"
	is_kept "$dest" "marked for destruction, 1 attach remains"
	is_kept "$locked" "an orphan, but locked in memory"
	is_kept "$keyed" "an orphan, but its program can find it by its key \(see --keyed\)"
	is_kept "$ntp" "an orphan, but its key is protected: NTP reference clock"
	is_kept "$system" "an orphan, but of system user 101 \(see --system\)"
	is_kept "$given" "an orphan, but of system user 101 \(see --system\)"
}

@test "younger ones stay: 1 hour for private, 1 day for keyed ones, or as asked for" {
	make_one_of_each
	run shmtool gc --yes --keyed --verbose
	[[ $output == *"keep segment $orphan ("*"an orphan, but not idle for long enough: 1h (see --older-than)"* ]]
	[[ $output == *"keep segment $keyed ("*"an orphan, but not idle for long enough: 1d (see --older-than)"* ]]
	run shmtool gc --yes --keyed --verbose --older-than 5m
	[[ $output == *"keep segment $keyed ("*"an orphan, but not idle for long enough: 5m (see --older-than)"* ]]
	exists "$orphan"
	exists "$keyed"
}

@test "--keyed takes keyed orphans too, but no protected key" {
	make_one_of_each
	run shmtool gc --yes --older-than 0 --keyed
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $ntp $system $given)" ]
}

@test "--system takes those of system users too" {
	make_one_of_each
	run shmtool gc --yes --older-than 0 --system
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $keyed $ntp)" ]
}

@test "--owner takes that user's alone, by number, even a system user's" {
	make_one_of_each
	run shmtool gc --yes --older-than 0 --owner 101
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $keyed $ntp $given $orphan)" ]
}

@test "--owner takes a name, and an unknown one is a usage error" {
	"$ACTOR" create
	run shmtool gc --yes --older-than 0 --owner root
	[ "$status" -eq 0 ]
	[ -z "$(left)" ]
	for user in nobody-of-this-name '' -1 4294967295 ' root'; do
		run --separate-stderr shmtool gc --yes --owner "$user"
		is_usage_error
	done
}

@test "an unprivileged user removes only his own, and hears of no failure" {
	make_one_of_each
	own=$("$ACTOR" user=60002 create)
	before=$(left)
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" gc --yes --older-than 0
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ ${#lines[@]} -eq 2 ]
	[[ ${lines[0]} == "removed segment $own ("* ]]
	[ "$(left)" = "$(sorted ${before//$own/})" ]
	run as_user 60002 "$PUBLIC/shmtool" gc --older-than 0 --verbose
	[[ $output == *"keep segment $orphan ("*"only its owner, its creator or root may remove it"* ]]
}

@test "a zombie creator does not keep its segment" {
	need_users
	start_actor user=60001 zombie create
	run shmtool gc --yes --older-than 0
	[ "$status" -eq 0 ]
	! exists "$ID"
}

@test "a creator out of sight keeps its segment" {
	need_users
	need_namespace --pid --fork --mount-proc
	id=$("$ACTOR" user=60001 create)
	run unshare --pid --fork --mount-proc "$SHMTOOL" gc --yes --older-than 0 --verbose
	[ "$status" -eq 0 ]
	[[ $output == *"keep segment $id ("*"creator not visible from here"* ]]
	exists "$id"
}

@test "root of a user namespace does not try what its kernel would refuse" {
	need_users
	need_namespace --user
	id=$("$ACTOR" user=60001 create)
	run --separate-stderr as_user 60002 unshare --user --map-root-user "$PUBLIC/shmtool" \
		gc --yes --older-than 0 --system --verbose
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"keep segment $id ("*"only its owner, its creator or root may remove it"* ]]
	exists "$id"
}

@test "a segment that somebody uses between the look and the removal is kept" {
	need_users
	# The list of those that are kept does not fit the pipe: gc waits in the middle.
	orphan=$("$ACTOR" user=60001 create)
	for i in $(seq 1000); do "$ACTOR" user=60001 key=$((i + 4096)) create; done >/dev/null
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$SHMTOOL" gc --yes --verbose --older-than 0 >"$BATS_TEST_TMPDIR/pipe" 3>&- &
	exec 9<"$BATS_TEST_TMPDIR/pipe"
	read -r first <&9
	[[ $first == "keep segment "* ]]
	"$ACTOR" use="$orphan" attach detach
	cat <&9 >"$BATS_TEST_TMPDIR/rest"
	wait $!
	exec 9<&-
	grep -q "^keep segment $orphan (.*it has been used or changed just now\$" \
		"$BATS_TEST_TMPDIR/rest"
	exists "$orphan"
}

@test "what the kernel refuses is counted as failed" {
	need_users
	id=$("$ACTOR" user=60001 create)
	# A user namespace without a mapping: everybody is 65534, and so are we.
	run --separate-stderr unshare --user "$PUBLIC/shmtool" gc --yes --system --older-than 0
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: segment $id: Operation not permitted" ]
	[ "$output" = "nothing removed, 0 kept, 1 failed" ]
	exists "$id"
}

@test "nothing to do is no error" {
	run --separate-stderr shmtool gc --yes
	[ "$status" -eq 0 ]
	[ "$output" = "nothing removed, 0 kept" ]
	run --separate-stderr shmtool gc
	[ "$output" = "nothing to remove, 0 kept" ]
}

@test "--quiet says what is removed and no more" {
	run --separate-stderr shmtool gc --yes --quiet
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	make_one_of_each
	run --separate-stderr shmtool gc --yes --quiet --older-than 0
	[ "$status" -eq 0 ]
	[ ${#lines[@]} -eq 1 ]
	[[ $output == "removed segment $orphan ("* ]]
}

@test "a wrong command line is a usage error, and nothing is removed" {
	make_one_of_each
	before=$(left)
	for arguments in "--older-than" "--older-than 1x" "--older-than -1" "--older-than 1h30m" \
		"--typo" "$orphan" "--yes=no" "--owner" "-z"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool gc --yes --system --keyed --older-than 0 $arguments
		is_usage_error
		[ "$(left)" = "$before" ]
	done
}

@test "a full disk under stdout does not stop the removal, and is an error" {
	need_users
	"$ACTOR" user=60001 create
	"$ACTOR" user=60001 create
	run --separate-stderr bash -c "'$SHMTOOL' gc --yes --older-than 0 >/dev/full"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: write error: No space left on device" ]
	[ -z "$(left)" ]
}

@test "a closed pipe does not stop the removal" {
	need_users
	for i in $(seq 200); do "$ACTOR" user=60001 create >/dev/null; done
	run --separate-stderr bash -c "{ sleep 0.2; '$SHMTOOL' gc --yes --older-than 0; } | true"
	[ -z "$stderr" ]
	[ -z "$(left)" ]
}
