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
