# SPDX-License-Identifier: GPL-2.0-or-later
# How others can have it started: with limits, signals, an environment, descriptors and a
# /proc of their making. It may fail then, with a message; but not by a signal, and never so
# that something is removed or shown that should not be.
load common

# Somebody has it and lives, somebody has made one and lives: neither may be taken.
start_users() {
	start_actor user=60001 create attach hold
	held=$ID
	start_actor user=60001 create hold
	idle=$ID creator=$PID
}

users_are_whole() {
	exists "$held"
	exists "$idle"
	[ "$(field "$held" mode)" = 0600 ]
	[ "$(field "$idle" mode)" = 0600 ]
}

# Run with a limit of prlimit(1), and no descriptors but the first three: limited LIMIT
# COMMAND... 99 stands for what ld.so says where there is not even room for libraries.
limited() {
	local limit=$1 result=0
	shift
	# shellcheck disable=SC2016
	bash -c 'for ((fd = 3; fd < 64; fd++)); do exec {fd}>&-; done; exec prlimit --"$@"' \
		bash "$limit" "$@" || result=$?
	[ "$result" -ne 127 ] || result=99
	return "$result"
}

# Ended by itself, and no signal.
ended() {
	[ "$status" -le 3 ] || [ "$status" -eq 99 ]
}

@test "whichever descriptors are closed, also without /dev/null, nothing is written elsewhere" {
	need_namespace --mount
	id=$("$ACTOR" size=8192 create)
	cd "$BATS_TEST_TMPDIR"
	for way in : 'mount -t tmpfs none /dev'; do
		for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
			run unshare --mount bash -c "$way && '$SHMTOOL' cat --verbose --output out $id $closed"
			[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
			[ ! -e out ] || [ "$(tr -d '\0' <out | wc -c)" -eq 0 ]
			rm -f out
			run unshare --mount bash -c "$way && '$SHMTOOL' create --size 4K --id-file '$PWD/id' $closed"
			[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
			[ ! -s id ] || [ "$(wc -l <id)" -eq 2 ] || [ "$(wc -l <id)" -eq 1 ]
			rm -f id
		done
		# What is read is no empty file then.
		run unshare --mount bash -c "$way && '$SHMTOOL' attach-write $id <&-"
		[ "$status" -eq 1 ]
	done
}
