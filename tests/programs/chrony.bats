# SPDX-License-Identifier: GPL-2.0-or-later
# chrony: the reference clock SHM, whose keys are protected.
load common

# Without control of the clock, twice over; without the network; in the foreground.
start_chronyd() {
	find_program usr/sbin/chronyd
	cat >"$BATS_TEST_TMPDIR/chrony.conf" <<-END
		refclock SHM 0
		refclock SHM 2:perm=0666
		port 0
		cmdport 0
		bindcmdaddress /
		pidfile $BATS_TEST_TMPDIR/chronyd.pid
	END
	start --bounding-set -sys_time --inh-caps -sys_time \
		"${PROGRAM[@]}" -d -x -u root -f "$BATS_TEST_TMPDIR/chrony.conf"
	wait_until has_segments 2
}

@test "chrony's segments stay while chronyd runs" {
	start_chronyd
	harsh_gc
	for id in $(ids); do kept "$id" "1 attach"; done
	has_segments 2
}

@test "chrony's segments are protected when chronyd is killed, and the next one finds them" {
	start_chronyd
	before=$(ids)
	kill_all "$PID"
	harsh_gc
	for id in $before; do kept "$id" "protected: NTP reference clock"; done
	start_chronyd
	[ "$(ids)" = "$before" ]
	for id in $before; do wait_until is_attached "$id" 1; done
}
