# SPDX-License-Identifier: GPL-2.0-or-later
# X11's MIT-SHM: a client creates the segment, and the X server is its last user.
load common

# Without a network; on the first display that is free.
start_server() {
	need_program Xvfb
	need_program x11perf
	need_program xwd
	start Xvfb -displayfd 1 -nolisten tcp -noreset
	SERVER=$PID
	wait_until grep -qxE '[0-9]+' "$STDOUT"
	DISPLAY=:$(grep -xE '[0-9]+' "$STDOUT")
	export DISPLAY
}

server_answers() {
	[ "$(timeout 20 xwd -root -silent | wc -c)" -gt 1000 ]
}

# Sets ID to the segment of a client that both have attached, or fails.
find_shared() {
	ID=$(shmtool list --json -o ID,CPID,NATTCH |
		jq ".segments[] | select(.cpid == $1 and .nattch == 2).id")
	[ -n "$ID" ]
}

# A client that is killed in the middle.
lose_client() {
	start x11perf -repeat 1 -time 60 -shmput500
	CLIENT=$PID
	wait_until stop_when "$CLIENT" find_shared "$CLIENT"
	kill_all "$CLIENT"
	wait_until is_attached "$ID" 0
}

@test "the segment of a killed X client stays while the X server runs, its last user" {
	start_server
	lose_client
	harsh_gc
	kept "$ID" "last user PID $SERVER \(Xvfb\) is running"
	server_answers
}

@test "--ignore-last-user takes that segment, and no living client's" {
	start_server
	lose_client
	orphan=$ID
	start x11perf -repeat 1 -time 1 -shmput10
	wait_until stop_when "$PID" find_shared "$PID"
	harsh_gc --ignore-last-user
	removed "$orphan"
	kept "$ID" "2 attaches"
	kill -CONT "$PID"
	wait "$PID"
	server_answers
}

@test "the segment of a killed X client goes when the X server is dead too" {
	start_server
	lose_client
	kill_all "$SERVER"
	gc --system
	removed "$ID"
}
