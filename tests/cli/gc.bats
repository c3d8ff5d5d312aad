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

@test "where nothing is to go, no others stay" {
	"$ACTOR" key=5 create
	# Those of the test before may not have gone yet.
	[[ $(shmtool gc --older-than 0) =~ ^"nothing to remove, "[0-9]+" kept; --verbose says why"$ ]]
	[[ $(shmtool gc --older-than 0 --yes) =~ ^"nothing removed, "[0-9]+" kept; --verbose says why"$ ]]
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
	is_kept "$locked" "an orphan, but locked in memory \(see --locked\)"
	is_kept "$keyed" "an orphan, but its program can find it by its key \(see --keyed\)"
	is_kept "$ntp" "protected: NTP reference clock"
	is_kept "$system" "an orphan, but of system user 101 \(see --system\)"
	is_kept "$given" "an orphan, but of system user 101 \(see --system\)"
}

@test "younger ones stay: 1 hour for private, 1 day for keyed ones, or as asked for" {
	make_one_of_each
	run shmtool gc --yes --keyed --verbose
	[[ $output == *"keep segment $orphan ("*"an orphan, but not idle for long enough: 1h (see --older-than)"* ]]
	[[ $output == *"keep segment $keyed ("*"an orphan, but not idle for long enough: 1d (see --keyed-older-than)"* ]]
	run shmtool gc --yes --keyed --verbose --older-than 5m
	[[ $output == *"keep segment $keyed ("*"an orphan, but not idle for long enough: 5m (see --keyed-older-than)"* ]]
	run shmtool gc --yes --keyed --verbose --older-than 0 --keyed-older-than 2h
	[[ $output == *"removed segment $orphan ("* ]]
	[[ $output == *"keep segment $keyed ("*"an orphan, but not idle for long enough: 2h (see --keyed-older-than)"* ]]
	is_gone "$orphan"
	exists "$keyed"
}

@test "whoever attaches a segment that others may read, and exits, does not make it garbage" {
	need_users
	# The daemon of 60001 is the last user until 60002 comes.
	id=$("$ACTOR" user=60001 mode=0666 create)
	start_actor user=60001 use="$id" attach detach hold
	run shmtool gc --yes --older-than 0 --verbose
	[[ $output == *"keep segment $id ("*"last user PID $PID (actor) is running"* ]]
	"$ACTOR" user=60002 use="$id" attach
	printf '[gc]\nolder-than = 0\n' >"$BATS_TEST_TMPDIR/gc.conf"
	run shmtool gc --yes --config "$BATS_TEST_TMPDIR/gc.conf" --verbose
	[ "$status" -eq 0 ]
	[[ $output == *"keep segment $id ("*"an orphan, but not idle for long enough where others may have been its last user: 1d (see --older-than)"* ]]
	exists "$id"
	printf 'readable-older-than = 0\n' >>"$BATS_TEST_TMPDIR/gc.conf"
	run shmtool gc --yes --config "$BATS_TEST_TMPDIR/gc.conf"
	is_gone "$id"
}

@test "--keyed takes keyed orphans too, but no protected key" {
	make_one_of_each
	run shmtool gc --yes --older-than 0 --keyed
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $ntp $system $given)" ]
}

@test "the header of a PostgreSQL stays even with --keyed, and what is unlike it does not" {
	need_users
	for key in 0x1 0x5a1c33 0xffffffff; do
		"$ACTOR" user=60001 size=56 key="$key" create >/dev/null
	done
	headers=$(left)
	unlike=$("$ACTOR" user=60001 size=56 create)
	unlike+=" $("$ACTOR" user=60001 size=57 key=0x70 create)"
	unlike+=" $("$ACTOR" user=60001 size=55 key=0x71 create)"
	unlike+=" $("$ACTOR" user=60001 size=56 mode=640 key=0x72 create)"
	# shellcheck disable=SC2086 # a list of ids
	for policy in "" "--system --locked --owner 60001"; do
		run shmtool gc --yes --older-than 0 --keyed --verbose $policy
		for id in $unlike; do is_gone "$id"; done
		[ "$(left)" = "$headers" ]
		[ "$(grep -c "^keep segment .* protected: PostgreSQL$" <<<"$output")" -eq 3 ]
	done
	# To rm, which asks no policy, they are segments like others.
	# shellcheck disable=SC2086
	shmtool rm $headers
	[ -z "$(left)" ]
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
	is_gone "$ID"
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
	need_namespace --user
	id=$("$ACTOR" user=60001 create)
	# A user namespace without a mapping: everybody is 65534, and so are we.
	run --separate-stderr unshare --user "$PUBLIC/shmtool" gc --yes --system --older-than 0
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: segment $id: its owner or group has no number in this user namespace (see --no-fence)" ]
	[ "$output" = "nothing removed, 0 kept, 1 failed" ]
	run --separate-stderr unshare --user "$PUBLIC/shmtool" gc --yes --system --older-than 0 --no-fence
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: segment $id: only its owner, its creator or root may remove it" ]
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
		"--min-size 2K --max-size 1K" "--typo" "$orphan" "--yes=no" "--owner" "-z"; do
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
	"$ACTOR" user=60001 create
	run --separate-stderr bash -c "'$SHMTOOL' gc --check --older-than 0 >/dev/full"
	[ "$status" -eq 1 ]
	shmtool gc --yes --quiet --older-than 0 >/dev/null
	[ -z "$(left)" ]
}

@test "a closed pipe does not stop the removal" {
	need_users
	for i in $(seq 200); do "$ACTOR" user=60001 create >/dev/null; done
	run --separate-stderr bash -c "{ sleep 0.2; '$SHMTOOL' gc --yes --older-than 0; } | true"
	[ -z "$stderr" ]
	[ -z "$(left)" ]
}

@test "--dry-run and --check report; --check exits with 3 if it finds something" {
	make_one_of_each
	before=$(left)
	run --separate-stderr shmtool gc --dry-run --older-than 0
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "would remove segment $orphan ("* ]]
	run --separate-stderr shmtool gc --check --older-than 0
	[ "$status" -eq 3 ]
	[[ ${lines[0]} == "would remove segment $orphan ("* ]]
	run --separate-stderr shmtool gc --check --quiet
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	[ "$(left)" = "$before" ]
	run --separate-stderr shmtool gc --yes --check
	is_usage_error
}

@test "--dry-run goes over --yes, wherever it stands, and does not recommend it then" {
	make_one_of_each
	before=$(left)
	for words in "--yes --dry-run" "-ny" "--json --yes -n" "--quiet --yes -n" "--yes --check -n"; do
		expected=$([[ $words != *check* ]] && echo 0 || echo 3)
		# shellcheck disable=SC2086 # words
		run --separate-stderr shmtool gc --older-than 0 $words
		[ "$status" -eq "$expected" ]
		[ -z "$stderr" ]
		[[ $output == *"$orphan"* && $output != *removed\ segment* && $output != *"--yes removes"* ]]
		[ "$(left)" = "$before" ]
	done
}

@test "--locked takes those that are locked too" {
	make_one_of_each
	run shmtool gc --yes --older-than 0 --locked
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $keyed $ntp $system $given)" ]
}

@test "--ignore-last-user takes what a dead creator has left to a server that runs" {
	need_users
	id=$("$ACTOR" user=60001 create)
	start_actor use="$id" name=Xorg attach detach hold
	run shmtool gc --yes --older-than 0 --verbose
	[[ $output == *"keep segment $id ("*": last user PID $PID (Xorg) is running"* ]]
	run shmtool gc --yes --older-than 0 --ignore-last-user
	[ "$status" -eq 0 ]
	[[ $output == *"removed segment $id ("*": last user PID $PID (Xorg) is running, which was to be ignored"* ]]
	is_gone "$id"
}

@test "--max and --max-bytes: if it were more, nothing is removed" {
	make_one_of_each
	before=$(left)
	run --separate-stderr shmtool gc --yes --older-than 0 --keyed --max 1
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: nothing is removed: 2 segments are more than --max 1" ]
	[[ ${lines[0]} == "would remove segment "* ]]
	[[ ${lines[2]} != *"--yes"* ]]
	run --separate-stderr shmtool gc --yes --older-than 0 --keyed --max-bytes 1M
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: nothing is removed: 1052672 bytes are more than --max-bytes 1048576" ]
	run --separate-stderr shmtool gc --yes --older-than 0 --max 0
	[ "$stderr" = "shmtool gc: nothing is removed: 1 segment is more than --max 0" ]
	[ "$(left)" = "$before" ]
	run --separate-stderr shmtool gc --yes --older-than 0 --keyed --max 2 --max-bytes 1028K
	[ "$status" -eq 0 ]
	[ "$(left)" = "$(sorted $attached $idle $dest $locked $ntp $system $given)" ]
}

@test "selection narrows what gc looks at, and what it counts" {
	need_users
	for i in 1 2 3; do
		ids[i]=$("$ACTOR" user=60001 size=$((4096 * i)) mode=60$i create)
	done
	keyed=$("$ACTOR" user=60002 key=0x55 create)
	for case in "--min-size 9K:3" "--max-size 4K --private:1" "--mode 602:2" \
		"--owner 60001 --min-size 9K:3"; do
		run shmtool gc --older-than 0 ${case%:*}
		[[ ${lines[0]} == "would remove segment ${ids[${case#*:}]} ("* ]]
		[[ ${lines[1]} == "1 segment to remove"*", 0 kept; --yes removes" ]]
	done
	run shmtool gc --yes --older-than 0 --keyed --key 0x50-0x5f
	[[ $output == "removed segment $keyed ("*"1 segment removed (4K), 0 kept" ]]
	[ "$(left)" = "$(sorted "${ids[@]}")" ]
	for words in --keyed "--key 0x55"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr shmtool gc --private $words
		is_usage_error
	done
}

@test "--json has the plan and the result of every segment, also what is kept" {
	make_one_of_each
	run --separate-stderr shmtool gc --older-than 0 --json
	[ "$status" -eq 0 ]
	[ "$(jq -r ".segments[] | select(.id == $orphan) | \"\(.key) \(.size) \(.state) \(.rule) \(.action) \(.result)\"" <<<"$output")" = \
		"0x00000000 1048576 orphan garbage remove planned" ]
	[ "$(jq -r ".segments[] | select(.id == $ntp) | \"\(.key) \(.rule) \(.reason) \(.action) \(.result)\"" <<<"$output")" = \
		"0x4e545030 protected protected: NTP reference clock keep kept" ]
	[ "$(jq -c .total <<<"$output")" = '{"planned":1,"planned_bytes":1048576,"removed":0,"removed_bytes":0,"kept":8,"gone":0,"marked":0,"failed":0}' ]
	run --separate-stderr shmtool gc --older-than 0 --json --yes
	[ "$(jq -r ".segments[] | select(.id == $orphan).result" <<<"$output")" = removed ]
	[ "$(jq -c .total <<<"$output")" = '{"planned":0,"planned_bytes":0,"removed":1,"removed_bytes":1048576,"kept":8,"gone":0,"marked":0,"failed":0}' ]
	is_gone "$orphan"
	[ "$(shmtool gc --json --owner 4242 | jq -c .)" = '{"segments":[],"total":{"planned":0,"planned_bytes":0,"removed":0,"removed_bytes":0,"kept":0,"gone":0,"marked":0,"failed":0}}' ]
}

@test "--json says what failed and why" {
	need_users
	need_namespace --user
	"$ACTOR" user=60001 create
	run --separate-stderr unshare --user "$PUBLIC/shmtool" gc --yes --system --older-than 0 --no-fence --json
	[ "$status" -eq 1 ]
	[ "$(jq -r '.segments[0] | "\(.result) \(.error)"' <<<"$output")" = "failed Operation not permitted" ]
}

@test "on a terminal gc shows the plan and asks; only yes removes" {
	need_users
	need_terminal
	id=$("$ACTOR" user=60001 create)
	for answer in n "" x yess; do
		run on_terminal_with "$answer" "$SHMTOOL" gc --older-than 0
		[ "$status" -eq 0 ]
		[[ $output == *"would remove segment $id ("*"Remove 1 segment (4K)? [y/N]"*"--yes removes"* ]]
		exists "$id"
	done
	run on_terminal_with y "$SHMTOOL" gc --older-than 0 --dry-run
	[[ $output != *"[y/N]"* ]]
	exists "$id"
	run on_terminal_with y "$SHMTOOL" gc --older-than 0
	[[ $output == *"Remove 1 segment (4K)? [y/N]"*"removed segment $id ("*"1 segment removed (4K), 0 kept"* ]]
	is_gone "$id"
	run on_terminal_with y "$SHMTOOL" gc --older-than 0
	[[ $output != *"[y/N]"* ]]
}

@test "every removal is in the system's log, with who did it and why; --no-log leaves it out" {
	need_users
	need_log
	id=$("$ACTOR" user=60001 key=0x55 size=8192 create)
	with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" gc --yes --older-than 0 --keyed
	is_gone "$id"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 1 ]
	grep -qE "shmtool\[[0-9]+\]: removed segment $id: key=0x00000055 size=8192 owner=60001\(60001\) creator=60001\(60001\) cpid=[0-9]+ lpid=0 by=root\(0\)( login=[^ ]+)? with=shmtool gc: creator PID [0-9]+ has exited; nobody attached it\$" \
		"$BATS_TEST_TMPDIR/log"
	"$ACTOR" user=60001 create
	with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" gc --yes --older-than 0 --no-log
	[ -z "$(left)" ]
	[ ! -s "$BATS_TEST_TMPDIR/log" ]
}

@test "a daemon behind /dev/log that does not read holds nobody up, and that is said" {
	need_log
	need_users
	for i in 1 2 3; do
		"$ACTOR" user=60001 create
	done
	run --separate-stderr with_log --deaf timeout -k 1 8 \
		"$SHMTOOL" gc --yes --older-than 0 --quiet
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: 3 removals were not recorded in the system's log: the daemon behind /dev/log does not answer" ]
	[ -z "$(left)" ]
	victim=$("$ACTOR" user=60001 create)
	run --separate-stderr with_log --deaf timeout -k 1 8 "$SHMTOOL" rm "$victim"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool rm: 1 removal was not recorded in the system's log: the daemon behind /dev/log does not answer" ]
	[ -z "$(left)" ]
}

@test "--no-fence removes without closing anything before" {
	need_users
	orphan=$("$ACTOR" user=60001 create)
	run --separate-stderr shmtool gc --yes --older-than 0 --no-fence
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	is_gone "$orphan"
}

@test "many gc at once remove everything once, without complaint, and close nothing for good" {
	need_users
	start_actor user=60001 mode=640 create attach hold
	for i in $(seq 60); do "$ACTOR" user=60001 create >/dev/null; done
	for i in 1 2 3 4 5 6; do
		"$SHMTOOL" gc --yes --older-than 0 >"$BATS_TEST_TMPDIR/out.$i" 2>&1 3>&- &
		pids[i]=$!
	done
	for i in 1 2 3 4 5 6; do wait "${pids[i]}"; done
	[ "$(cat "$BATS_TEST_TMPDIR"/out.* | grep -c '^removed segment')" -eq 60 ]
	[ "$(left)" = "$ID" ]
	[ "$(field "$ID" perms)" = rw-r----- ]
}

@test "--quiet does not say what somebody else has removed" {
	need_users
	need_terminal
	for quiet in "" --quiet; do
		id=$("$ACTOR" user=60001 create)
		# Not before the question is there, which comes after the plan.
		run script -qec "$SHMTOOL gc --older-than 0 $quiet" "$BATS_TEST_TMPDIR/said" < <(
			for i in $(seq 500); do
				! grep -q 'y/N' "$BATS_TEST_TMPDIR/said" || break
				sleep 0.01
			done
			shmtool rm "$id" >/dev/null
			echo y
		)
		[ "$status" -eq 0 ]
		if [ "$quiet" ]; then
			[[ $output != *"gone segment"* ]]
		else
			[[ $output == *"gone segment $id ("*": somebody else has just removed it"* ]]
		fi
		rm "$BATS_TEST_TMPDIR/said"
	done
}

@test "while gc waits for another removal a signal ends it, and nothing is removed" {
	need_users
	id=$("$ACTOR" user=60001 create)
	exec 8</proc/self/ns/ipc
	flock 8
	"$SHMTOOL" gc --yes --older-than 0 3>&- 8<&- &
	sleep 0.3
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 8<&-
	[ "$status" -eq 143 ]
	exists "$id"
}

@test "what gc is stopped from by a signal is done or not begun, never half" {
	need_users
	for i in $(seq 50); do "$ACTOR" user=60001 mode=644 create >/dev/null; done
	for i in $(seq 20); do
		"$SHMTOOL" gc --yes --older-than 0 >/dev/null 2>&1 3>&- &
		sleep "0.00$((i % 10))"
		kill -TERM $! 2>/dev/null || true
		wait $! || true
		[ "$(shmtool list --mode 0 --count)" -eq 0 ]
	done
}
