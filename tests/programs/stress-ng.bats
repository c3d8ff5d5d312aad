# SPDX-License-Identifier: GPL-2.0-or-later
# stress-ng --shm-sysv makes, attaches, locks and removes segments all the time.
load common

locked_ids() {
	shmtool list --json -o ID,LOCKED | jq '.segments[] | select(.locked).id' | sort -n | xargs
}

has_locked() {
	[ -n "$(locked_ids)" ]
}

# Stops it while a segment is locked.
start_stress() {
	need_program stress-ng
	start stress-ng --shm-sysv 2 --timeout 100
	wait_until stop_when "$PID" has_locked
}

@test "stress-ng's segments stay while stress-ng lives" {
	start_stress
	before=$(ids)
	harsh_gc --locked
	[ "$(ids)" = "$before" ]
}

@test "stress-ng ends well while gc runs all the time" {
	need_program stress-ng
	start stress-ng --shm-sysv 2 --verify --timeout 5
	until has_ended "$PID"; do harsh_gc --locked; done
	wait "$PID"
}

@test "stress-ng's orphans go when it is killed, the locked ones with --locked alone" {
	start_stress
	kill_all "$PID"
	before=$(ids)
	gc --system --locked
	[ "$(ids)" = "$before" ]
	locked=$(locked_ids)
	harsh_gc
	[ "$(ids)" = "$locked" ]
	for id in $locked; do kept "$id" "locked"; done
	harsh_gc --locked
	[ -z "$(ids)" ]
}
