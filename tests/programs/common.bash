# SPDX-License-Identifier: GPL-2.0-or-later
# Real programs: run one, talk to it, kill it, and see what gc makes of its segments.
load ../cli/common

# A program that hangs fails its test, and no more.
export BATS_TEST_TIMEOUT=120

teardown() {
	local pid
	for pid in "${ACTORS[@]}"; do kill_all "$pid"; done
	ipcrm --all
	# What they said is shown if the test has failed.
	cat "$BATS_TEST_TMPDIR"/*/stdout 2>/dev/null || true
}

# A program that is installed, or that bootstrap has unpacked. Sets PROGRAM.
find_program() {
	local unpacked=$SHMTOOL_SRCDIR/programs path
	# shellcheck disable=SC2231 # $1 is a pattern
	for path in /$1 "$unpacked"/$1; do
		[ -x "$path" ] || continue
		PROGRAM=("$path")
		[[ $path != "$unpacked"/* ]] || PROGRAM=(env "LD_LIBRARY_PATH=$(
			echo "$unpacked"/{,usr/}lib/*-linux-gnu* | tr ' ' :
		)" "$path")
		return
	done
	skip "${1##*/} is not installed"
}

# Run a program that goes on until it is killed, or the test ends. Sets PID.
# Before its name may stand options of setpriv(1), which says how it runs.
start() {
	local room
	room=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
	STDIN=$room/stdin
	STDOUT=$room/stdout
	mkfifo "$STDIN"
	setsid setpriv --pdeathsig KILL "$@" <>"$STDIN" >"$STDOUT" 2>&1 3>&- &
	PID=$!
	ACTORS+=("$PID")
}

# Talk to the program started last: lines to it, and lines that it must answer.
tell() {
	echo "$1" >"$STDIN"
}

answers() {
	wait_until grep -qxF "$1" "$STDOUT" || {
		cat "$STDOUT"
		return 1
	}
}

# Is it true within 20 seconds?
wait_until() {
	local i
	for i in $(seq 400); do
		! "$@" || return 0
		sleep 0.05
	done
	"$@"
}

# A zombie counts as gone: who inherits it may never ask for its end.
has_ended() {
	[[ $(ps -o stat= -p "$1") != [!Z]* ]]
}

is_stopped() {
	[[ $(ps -o stat= -p "$1") != [!TZ]* ]]
}

is_attached() {
	[ "$(field "$1" nattch)" = "$2" ]
}

# A process, its children, and theirs.
family() {
	local child
	echo "$1"
	for child in $(pgrep -P "$1"); do family "$child"; done
}

# Stop a process before its children, as it could make more of them.
stop_all() {
	local child
	kill -STOP "$1" 2>/dev/null || true
	wait_until is_stopped "$1"
	for child in $(pgrep -P "$1"); do stop_all "$child"; done
}

# Stop it in a moment in which something is true: wait_until stop_when PID command ...
stop_when() {
	local pid=$1
	shift
	stop_all "$pid"
	! "$@" || return 0
	# shellcheck disable=SC2046 # a list of PIDs
	kill -CONT $(family "$pid")
	return 1
}

# Kill it so that none of the family has the time to clean up.
kill_all() {
	local pids pid i
	stop_all "$1"
	pids=$(family "$1")
	# shellcheck disable=SC2086 # a list of PIDs
	kill -KILL $pids 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	for pid in $pids; do wait_until has_ended "$pid"; done
	for i in "${!ACTORS[@]}"; do [ "${ACTORS[i]}" != "$1" ] || unset "ACTORS[i]"; done
}

# The ids of all segments.
ids() {
	shmtool list --json -o ID | jq -r '.segments[].id' | sort -n | xargs
}

has_segments() {
	[ "$(ids | wc -w)" -eq "$1" ]
}

# With the policy that comes with shmtool, whatever this system has.
gc() {
	install -m 644 /dev/null "$PUBLIC/gc.conf"
	run timeout 20 "$SHMTOOL" gc --config "$PUBLIC/gc.conf" --no-log \
		--yes --verbose --older-than 0 "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

# The harshest gc there is: whatever is dead goes, but what is protected.
harsh_gc() {
	gc --keyed --system "$@"
}

# What gc said of a segment, and whether it told the truth.
kept() {
	exists "$1" && grep -qE "^keep segment $1 \(.*\): .*$2" <<<"$output"
}

removed() {
	is_gone "$1" && grep -q "^removed segment $1 (" <<<"$output"
}
