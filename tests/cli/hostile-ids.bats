# SPDX-License-Identifier: GPL-2.0-or-later
# Ids that mean another segment by the time something is done to it: somebody makes and
# removes segments with the same key and id as fast as he can, for seven users in turn. What
# is for one of them is not done to another's. The kernel removes and sets by id alone, so
# that an instant between the last look and the call is left; tests/unit/test-segment.c and
# test-reap.c have what that look notices.
load common

recycle() {
	need_users
	(echo 1 >/proc/sys/kernel/shm_next_id) 2>/dev/null || skip "kernel.shm_next_id cannot be written here"
	"$ACTOR" create >/dev/null
	bystander=$("$ACTOR" key=0x99 size=8192 user=60001 create)
	"$HOSTILE" recycle 0x77 8192 "${1-own}" >"$BATS_TEST_TMPDIR/recycled" 3>&- &
	RECYCLER=$!
	ACTORS+=("$RECYCLER")
	until grep -q ready "$BATS_TEST_TMPDIR/recycled"; do sleep 0.01; done
	until id=$(shmtool list --raw -n -o ID --key 0x77) && [ -n "$id" ]; do :; done
}

# What was done to segments of others than user 60001.
wronged() {
	grep -cE "^$1 6000[2-7]" "$BATS_TEST_TMPDIR/recycled" || true
}

done_to() {
	grep -cE "^$1 60001" "$BATS_TEST_TMPDIR/recycled" || true
}

@test "cat shows the segment that its guards are for, or none" {
	recycle
	: >"$BATS_TEST_TMPDIR/seen"
	for i in $(seq 3000); do
		[ "$(grep -c 60001 "$BATS_TEST_TMPDIR/seen")" -lt 3 ] || break
		shmtool cat --if-owner 60001 --length 4 "$id" 2>>"$BATS_TEST_TMPDIR/errors" |
			od -An -tu4 >>"$BATS_TEST_TMPDIR/seen" || true
	done
	kill -0 "$RECYCLER"
	# Just made, it has no number yet.
	[ "$(tr -d ' ' <"$BATS_TEST_TMPDIR/seen" | grep -v '^$' | sort -u | grep -vx 0)" = 60001 ]
	run ! grep -v "^shmtool cat: segment $id: \|^shmtool cat: segment $id is" "$BATS_TEST_TMPDIR/errors"
	exists "$bystander"
}

@test "attach-write writes to the segment that its guards are for, or to none" {
	recycle
	for i in $(seq 3000); do
		[ "$(done_to written)" -lt 3 ] || break
		printf x | shmtool attach-write --if-owner 60001 --offset 4 "$id" 2>/dev/null || true
	done
	kill -0 "$RECYCLER"
	[ "$(done_to written)" -gt 0 ]
	[ "$(wronged written)" -eq 0 ]
	[ "$(shmtool cat --length 8 "$bystander" | tr -d '\0' | wc -c)" -eq 0 ]
}

@test "rm removes a segment that its guards are for, or none" {
	recycle
	for i in $(seq 3000); do
		[ "$(done_to lost)" -lt 3 ] || break
		shmtool rm --no-log --if-owner 60001 "$id" 2>/dev/null || true
		shmtool rm --no-log --unused --if-owner 60001 "$id" 2>/dev/null || true
	done >"$BATS_TEST_TMPDIR/said"
	kill -0 "$RECYCLER"
	[ "$(done_to lost)" -gt 0 ]
	[ "$(wronged lost)" -eq 0 ]
	exists "$bystander"
}

@test "set changes a segment that its guards are for, or none" {
	recycle
	for i in $(seq 3000); do
		[ "$(done_to set)" -lt 3 ] || break
		shmtool set --if-owner 60001 --mode 0600 "$id" 2>/dev/null || true
	done
	kill -0 "$RECYCLER"
	[ "$(done_to set)" -gt 0 ]
	[ "$(wronged set)" -eq 0 ]
	[ "$(field "$bystander" mode)" = 0600 ]
}

@test "gc takes no segment of another's in the meantime" {
	recycle orphans
	for i in $(seq 3000); do
		[ "$(done_to lost)" -lt 3 ] || break
		shmtool gc --yes --no-log --owner 60001 --keyed --older-than 0 --ignore-last-user \
			>/dev/null 2>&1 || true
	done
	kill -0 "$RECYCLER"
	[ "$(done_to lost)" -gt 0 ]
	[ "$(wronged lost)" -eq 0 ]
	# What the fence hits in the instant before it closes something goes back at once.
	[ "$(wronged given)" -eq 0 ]
}

# late COMMAND...: run it, and when it is about to set the mode of segment $id have
# another one of user 60002 get that id.
late() {
	need_users
	(echo 1 >/proc/sys/kernel/shm_next_id) 2>/dev/null || skip "kernel.shm_next_id cannot be written here"
	id=$("$ACTOR" key=0x77 size=8192 user=60001 create)
	no_leak_checker
	with_log "$BATS_TEST_TMPDIR/log" env ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" \
		LATE=set LD_PRELOAD="${SHMTOOL%/*}/tests/race/late.so" "$SHMTOOL" "$@" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	until grep -q late "$BATS_TEST_TMPDIR/err"; do
		kill -0 $!
		sleep 0.01
	done
	ipcrm -m "$id"
	echo "$id" >/proc/sys/kernel/shm_next_id
	[ "$("$ACTOR" key=0x77 size=8192 user=60002 mode=0644 create)" = "$id" ]
	status=0
	wait $! || status=$?
	cat "$BATS_TEST_TMPDIR/err"
}

is_given_back() {
	[ "$status" -eq 1 ]
	grep -q "segment $id: another segment got this id at that instant: .* given back to its creator .* with mode 0600" "$BATS_TEST_TMPDIR/err"
	[ "$(field "$id" mode)" = 0600 ]
	[ "$(field "$id" owner)" = "$(field "$id" creator)" ]
	[ "$(shmtool list -n --raw -o OWNER --key 0x77)" = 60002 ]
}

# In the log.
is_recorded() {
	grep -q "closed in place of another, and given to its creator, segment $id: .* owner=60002(60002) creator=60002(60002)" "$BATS_TEST_TMPDIR/log"
}

@test "a segment that gc closes in place of another goes back to its creator, and that is a failure" {
	late gc --yes --owner 60001 --keyed --older-than 0
	is_given_back
	is_recorded
}

@test "a segment that rm closes in place of another goes back to its creator, and that is a failure" {
	late rm --unused 0x77
	is_given_back
	is_recorded
}

@test "a segment that set changes in place of another goes back to its creator, and that is a failure" {
	late set --mode 0666 0x77
	is_given_back
}
