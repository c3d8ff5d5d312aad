# SPDX-License-Identifier: GPL-2.0-or-later
# The races of tests/race, for a short time: `make race` and `make check-kill` take longer.
load common

@test "what goes through the fence splits no application, and what does not splits many" {
	run env SECONDS_EACH=2 "$SHMTOOL_SRCDIR/tests/race/race"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ' ok$' <<<"$output")" -eq 9 ]
}

@test "gc that is killed with -9, whenever, leaves no segment closed" {
	no_leak_checker # that it has stopped gc, for it is stopped itself, would look like a hang
	run env KILLS=60 "$SHMTOOL_SRCDIR/tests/race/kill"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"0 segments left closed, changed or marked" ]]
}

# killed_inside COMMAND...: run it as PID 1 of a PID namespace, and kill that with all that is
# in it, the guardian too, when segments $first and $second are closed.
killed_inside() {
	need_users
	no_leak_checker
	first=$("$ACTOR" key=0x31 mode=0640 user=60001 create)
	second=$("$ACTOR" key=0x32 mode=0644 user=60001 create)
	unshare --pid --fork "$@" \
		env ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" LATE=remove \
		LD_PRELOAD="${SHMTOOL%/*}/tests/race/late.so" \
		"$SHMTOOL" rm --no-log --unused "$first" "$second" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	until grep -q late "$BATS_TEST_TMPDIR/err"; do
		kill -0 $!
		sleep 0.01
	done
	first_process=$(pgrep --parent $!)
	# Stopped, lest it get to open anything between the end of the other and its own.
	kill -STOP "$(pgrep --parent "$first_process")"
	kill -9 "$first_process"
	wait $! || true
	until [ "$(shmtool list -n --raw -o NATTCH --private)" = 0 ]; do sleep 0.01; done
	[ "$(field "$first" mode)" = 0000 ]
	[ "$(field "$second" mode)" = 0000 ]
}

is_open() {
	[ "$(field "$first" mode)" = 0640 ]
	[ "$(field "$second" mode)" = 0644 ]
	[ "$(field "$second" owner)" = "$(field "$second" creator)" ]
	[ -z "$(shmtool list -n --raw -o ID --private)" ]
}

@test "what a removal has closed that was killed with its guardian is opened by the next gc" {
	killed_inside
	shmtool | grep "gc  .*open what a removal that was killed has left closed"
	shmtool gc --dry-run
	[ "$(field "$first" mode)" = 0000 ]
	run --separate-stderr shmtool gc --yes --no-log
	[ "$status" -eq 0 ]
	[[ $stderr == *"opened 2 segments that a removal that was killed had left closed" ]]
	is_open
	[ "$(shmtool | grep -c "left closed")" -eq 0 ]
}

@test "what a user's removal has closed is opened by the user's next one" {
	killed_inside setpriv --reuid 60001 --regid 60001 --clear-groups
	as_user 60002 "$SHMTOOL" rm --unused --no-log 99 || true
	[ "$(field "$first" mode)" = 0000 ]
	as_user 60001 "$SHMTOOL" rm --unused --no-log 99 || true
	is_open
}

@test "set does not take the mode that a killed removal has left for the true one" {
	killed_inside
	shmtool set --owner 60002 "$first"
	[ "$(field "$first" mode)" = 0640 ]
	[ "$(shmtool list -n --raw -o OWNER --key 0x31)" = 60002 ]
}
