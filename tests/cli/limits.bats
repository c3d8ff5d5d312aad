# SPDX-License-Identifier: GPL-2.0-or-later
load common

# One member of one limit, from the JSON.
limit() {
	shmtool limits --json | jq -r ".limits[] | select(.name == \"$1\") | .$2"
}

# The row of one limit, its cells separated by one space.
row() {
	shmtool limits "${@:2}" | grep "^$1 " | tr -s ' '
}

@test "an empty system has its limits, nothing used, and nobody who uses most" {
	run --separate-stderr shmtool limits
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(tr -s ' ' <<<"${lines[0]}")" = "LIMIT VALUE USED USE% SYSCTL MEANING" ]
	[ "$(row SHMMNI)" = "SHMMNI $(cat /proc/sys/kernel/shmmni) 0 0.00% kernel.shmmni number of segments" ]
	[[ $(row SHMALL) == *" 0 (0B) "* ]]
	[ "$(row SHMMIN)" = "SHMMIN 1B - - - smallest segment" ]
	[[ $output != *OWNER* ]]
	[ "$(limit SHMMNI used)" = 0 ]
	[ "$(limit SHMALL used)" = 0 ]
	[ "$(limit SHMMAX used)" = 0 ]
	[ "$(shmtool limits --json | jq -c .users)" = "[]" ]
}

@test "every segment takes whole pages: 100 of 100 bytes are 100 pages" {
	for i in $(seq 100); do "$ACTOR" size=100 create >/dev/null; done
	page=$(getconf PAGESIZE)
	[ "$(limit SHMALL used)" = 100 ]
	[ "$(limit SHMALL used_bytes)" = $((100 * page)) ]
	[ "$(limit SHMALL unit)" = pages ]
	[ "$(limit SHMMNI used)" = 100 ]
	[ "$(limit SHMMAX used)" = 100 ]
	[[ $(row SHMALL --bytes) == *" 100 ($((100 * page))) "* ]]
	[ "$(shmtool limits --json | jq .page_size)" = "$page" ]
}

@test "the default limits are none in practice, and exact in JSON" {
	[ "$(cat /proc/sys/kernel/shmall)" = 18446744073692774399 ] || skip "other defaults"
	[ "$(row SHMALL)" = "SHMALL no limit 0 (0B) - kernel.shmall pages in all" ]
	[ "$(row SHMMAX)" = "SHMMAX no limit 0B - kernel.shmmax largest segment" ]
	[[ $(row SHMALL --bytes) == "SHMALL no limit "* ]]
	# jq may round these.
	json=$(shmtool limits --json)
	[[ $json == *'"name": "SHMALL", "unit": "pages", "limit": 18446744073692774399, '* ]]
	[[ $json == *'"name": "SHMMAX", "unit": "bytes", "limit": 18446744073692774399, '* ]]
	[[ $json == *'"limit_bytes": 18446744073692774399, '* ]]
	[ "$(limit SHMALL limit_bytes)" = null ]
	[ "$(limit SHMALL percent)" = 0 ] || [ "$(limit SHMALL percent)" = 0.00 ]
}

# Called with limits lowered.
expect_lowered() {
	local page
	page=$(getconf PAGESIZE)
	[ "$(row SHMMNI)" = "SHMMNI 8 3 37.50% kernel.shmmni number of segments" ]
	[ "$(row SHMALL --bytes)" = \
		"SHMALL 9 ($((9 * page))) 3 ($((3 * page))) 33.33% kernel.shmall pages in all" ]
	[ "$(row SHMMAX)" = "SHMMAX 64K 1000B 1.52% kernel.shmmax largest segment" ]
	[ "$(limit SHMMNI limit)" = 8 ]
	[ "$(limit SHMMNI percent)" = 37.5 ] || [ "$(limit SHMMNI percent)" = 37.50 ]
	[ "$(limit SHMALL percent)" = 33.33 ]
	[ "$(limit SHMALL limit_bytes)" = $((9 * page)) ]
	[ "$(limit SHMMAX limit)" = 65536 ]
}

# With limits lowered, and amounts that take room.
expect_narrow() {
	on_terminal 80 "'$SHMTOOL' limits" >"$BATS_TEST_TMPDIR/narrow"
	[ "$(grep -c "^SHM" "$BATS_TEST_TMPDIR/narrow")" -eq 4 ]
	[ "$(wc -L <"$BATS_TEST_TMPDIR/narrow")" -le 80 ]
}

@test "no line is wider than a terminal of 80 columns" {
	need_terminal
	# By one that runs: else shm_rmid_forced takes it.
	start_actor size=$((3 << 40)) noreserve create hold
	expect_narrow
	need_sysctl shmmni
	with_sysctl shm_rmid_forced 1 with_sysctl shmall 999999999 expect_narrow
}

@test "limits that are lowered in this namespace show, with the right per cents" {
	need_sysctl shmmni
	for size in 1 10 1000; do "$ACTOR" size=$size create; done
	with_sysctl shmmni 8 with_sysctl shmall 9 with_sysctl shmmax 65536 expect_lowered
}

@test "a use above a limit that was lowered is more than 100%, and a limit of 0 has none" {
	need_sysctl shmmni
	for i in 1 2 3; do "$ACTOR" create; done
	[[ $(with_sysctl shmmni 2 row SHMMNI) == "SHMMNI 2 3 150.00% "* ]]
	[[ $(with_sysctl shmmni 0 row SHMMNI) == "SHMMNI 0 3 - "* ]]
	[ "$(with_sysctl shmmni 0 limit SHMMNI percent)" = null ]
}

@test "a use that rounds to nothing is not shown as nothing" {
	need_sysctl shmmni
	"$ACTOR" create
	[[ $(with_sysctl shmmni 32768 row SHMMNI) == "SHMMNI 32768 1 <0.01% "* ]]
}

@test "the JSON has the documented members and types" {
	"$ACTOR" create
	run --separate-stderr shmtool limits --json
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	jq -e '
		(keys == ["huge_pages", "limits", "page_size", "shm_rmid_forced", "users"]) and
		([.limits[].name] == ["SHMMNI", "SHMALL", "SHMMAX", "SHMMIN"]) and
		([.limits[].unit] == ["segments", "pages", "bytes", "bytes"]) and
		([.limits[].sysctl] == ["kernel.shmmni", "kernel.shmall", "kernel.shmmax", null]) and
		(.limits | all(keys == ["limit", "limit_bytes", "name", "percent", "sysctl",
			"unit", "used", "used_bytes"])) and
		(.limits | all(.limit | type == "number")) and
		(.limits[:3] | all((.used | type == "number") and (.percent | type == "number"))) and
		(.limits[3] | .limit == 1 and .used == null and .percent == null) and
		(.limits[0] | .limit_bytes == null and .used_bytes == null) and
		(.page_size | type == "number") and
		(.shm_rmid_forced == 0) and
		(.huge_pages | keys == ["available", "free", "overcommit", "reserved", "size",
			"surplus", "total"]) and
		(.huge_pages | all(type == "number" or . == null)) and
		(.users | length == 1) and
		(.users[0] | .owner == "root" and .uid == 0 and .segments == 1 and
			.size == 4096 and .rss == 0)' <<<"$output"
}

@test "every member of the JSON is in the man page" {
	"$ACTOR" create
	for member in $(shmtool limits --json | jq -r '[paths | .[] | strings] | unique[]'); do
		grep -qE "^\.It Va $member\$" "$SHMTOOL_SRCDIR/man/shmtool-limits.1"
	done
}

@test "the three users who own most are named, by size, with segments, size and rss" {
	need_users
	page=$(getconf PAGESIZE)
	"$ACTOR" user=60001 size=$((8 * page)) create attach touch
	for i in 1 2; do "$ACTOR" user=60002 size=$((2 * page)) create; done
	for i in 1 2 3; do "$ACTOR" user=60003 size=1 create; done
	"$ACTOR" user=60004 size=1 create
	[ "$(shmtool limits --json | jq -c '.users[] | [.owner, .uid, .segments, .size, .rss]')" = \
		"[\"60001\",60001,1,$((8 * page)),$((8 * page))]
[\"60002\",60002,2,$((4 * page)),0]
[\"60003\",60003,3,3,0]" ]
	run shmtool limits --bytes
	[ "$(grep -A3 '^OWNER' <<<"$output" | tr -s ' ')" = "OWNER SEGMENTS SIZE RSS
60001 1 $((8 * page)) $((8 * page))
60002 2 $((4 * page)) 0
60003 3 3 0" ]
	[[ $output != *60004* ]]
}

@test "the owner counts, not the creator" {
	need_users
	"$ACTOR" create owner=60001
	[ "$(shmtool limits --json | jq -c '[.users[].uid]')" = "[60001]" ]
}

@test "kernel.shm_rmid_forced is shown" {
	need_sysctl shm_rmid_forced
	[[ $(shmtool limits) == *"kernel.shm_rmid_forced is 0: "* ]]
	[[ $(with_sysctl shm_rmid_forced 1 shmtool limits) == *"kernel.shm_rmid_forced is 1: "* ]]
	[ "$(with_sysctl shm_rmid_forced 1 shmtool limits --json | jq .shm_rmid_forced)" = 1 ]
}

@test "the huge pages are those of /proc/meminfo" {
	total=$(awk '/^HugePages_Total:/ {print $2}' /proc/meminfo)
	[ -n "$total" ] || skip "this kernel has no huge pages"
	size=$(awk '/^Hugepagesize:/ {print $2 * 1024}' /proc/meminfo)
	[[ $(shmtool limits --bytes) == *"huge pages of $size: $total in all, "* ]]
	[ "$(shmtool limits --json | jq .huge_pages.total)" = "$total" ]
	[ "$(shmtool limits --json | jq .huge_pages.size)" = "$size" ]
}

@test "without /proc the kernel tells the limits, and the rest is unknown" {
	need_namespace --mount
	"$ACTOR" size=100 create
	without_proc "$SHMTOOL" limits --json >"$BATS_TEST_TMPDIR/json"
	run --separate-stderr without_proc "$SHMTOOL" limits
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"kernel.shm_rmid_forced is unknown"* ]]
	[[ $output == *"huge pages: unknown"* ]]
	jq -e '.limits[0].used == 1 and .limits[1].used == 1 and .limits[2].used == 100 and
		.shm_rmid_forced == null and .huge_pages.total == null and
		.users[0].size == 100 and .users[0].rss == null' "$BATS_TEST_TMPDIR/json"
}

@test "any user may see the limits" {
	need_users
	"$ACTOR" mode=0 create
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" limits --json
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(jq -c '[.limits[0].used, .users[0].uid]' <<<"$output")" = "[1,0]" ]
}

@test "a wrong command line is a usage error" {
	for arguments in operand --typo "--bytes=1" "--byt" "-z" "--json --sort"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool limits $arguments
		is_usage_error
	done
}

@test "a full disk is an error" {
	for options in "" --json; do
		run --separate-stderr bash -c "'$SHMTOOL' limits $options >/dev/full"
		[ "$status" -eq 1 ]
		[[ $stderr == *"write error: No space left on device" ]]
	done
}
