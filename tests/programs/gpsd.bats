# SPDX-License-Identifier: GPL-2.0-or-later
# gpsd: eight segments for NTP and one of its own, all of them protected.
load common

# In the foreground, without a receiver, and with a network of its own for its port.
start_gpsd() {
	find_program usr/sbin/gpsd
	need_namespace --net
	start unshare --net "${PROGRAM[@]}" -N -n -G -F "$BATS_TEST_TMPDIR/gpsd.sock"
	wait_until has_segments 9
}

@test "gpsd's segments stay while gpsd runs" {
	start_gpsd
	harsh_gc
	for id in $(ids); do kept "$id" "1 attach"; done
	has_segments 9
}

@test "gpsd's segments are protected when gpsd is killed, and the next one finds them" {
	start_gpsd
	before=$(ids)
	kill_all "$PID"
	harsh_gc
	for id in $before; do kept "$id" "protected: "; done
	grep -q "(0x47505344, .*protected: gpsd" <<<"$output"
	grep -q "(0x4e545030, .*protected: NTP" <<<"$output"
	start_gpsd
	[ "$(ids)" = "$before" ]
	for id in $before; do wait_until is_attached "$id" 1; done
}
