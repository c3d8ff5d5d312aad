# SPDX-License-Identifier: GPL-2.0-or-later
# gpsd: some segments for NTP, eight or twelve by its version, and then one of its own, all of
# them protected.
load common

gpsd_has_begun() {
	before=$(ids)
	[ "$(wc -w <<<"$before")" -ge 9 ] && shmtool list --raw --noheadings -o KEY | grep -qx 0x47505344
}

# In the foreground, without a receiver, and with a network of its own for its port.
start_gpsd() {
	find_program usr/sbin/gpsd
	need_namespace --net
	start unshare --net "${PROGRAM[@]}" -N -n -G -F "$BATS_TEST_TMPDIR/gpsd.sock"
	wait_until gpsd_has_begun
}

@test "gpsd's segments stay while gpsd runs" {
	start_gpsd
	harsh_gc
	for id in $before; do kept "$id" "1 attach"; done
	[ "$(ids)" = "$before" ]
}

@test "gpsd's segments are protected when gpsd is killed, and the next one finds them" {
	start_gpsd
	left=$before
	kill_all "$PID"
	harsh_gc
	for id in $left; do kept "$id" "protected: "; done
	grep -q "(0x47505344, .*protected: gpsd" <<<"$output"
	grep -q "(0x4e545030, .*protected: NTP" <<<"$output"
	start_gpsd
	[ "$(ids)" = "$left" ]
	for id in $left; do wait_until is_attached "$id" 1; done
}
