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

# A /proc of somebody's own, whose table is this file: forged COMMAND...
forged() {
	unshare --mount sh -c 'mount -t tmpfs none /proc && mkdir -p /proc/sysvipc && cd /proc && eval "$1" &&
		cd / && shift && exec timeout 30 "$@"' sh "$@"
}

@test "a table of segments that somebody has made up is an error, or removes none that lives" {
	need_users
	need_namespace --mount
	start_users
	cp /proc/sysvipc/shm "$BATS_TEST_TMPDIR/table"
	head -n 1 /proc/sysvipc/shm >"$BATS_TEST_TMPDIR/heading"
	export BATS_TEST_TMPDIR
	# shellcheck disable=SC2016
	for make in ': >sysvipc/shm' 'head -c 100000 /dev/urandom >sysvipc/shm' 'ln -s /dev/zero sysvipc/shm' \
		'ln -s /dev/random sysvipc/shm' 'mkfifo sysvipc/shm' 'mkdir sysvipc/shm' \
		'head -c 150 "$BATS_TEST_TMPDIR/table" >sysvipc/shm' \
		'head -c -1 "$BATS_TEST_TMPDIR/table" >sysvipc/shm' \
		'(cat "$BATS_TEST_TMPDIR/heading" && head -c 10M /dev/zero | tr "\0" 1) >sysvipc/shm' \
		'(cat "$BATS_TEST_TMPDIR/table" && echo "1 2 3") >sysvipc/shm'; do
		for words in "gc --yes --no-log --older-than 0" "list" "list --json" "stat $held"; do
			# shellcheck disable=SC2086
			run --separate-stderr forged "$make" "$SHMTOOL" $words
			[ "$status" -eq 1 ]
			[[ $stderr == "shmtool "*": "*"/proc/sysvipc/shm"* ]]
		done
		users_are_whole
	done
	# All of them orphans, made by PID 1 of old, each a thousand times.
	# shellcheck disable=SC2016
	make='(cat "$BATS_TEST_TMPDIR/heading"; for i in $(seq 1000); do
		awk "NR > 1 { \$5 = 99999; \$6 = 0; \$7 = 0; \$12 = \$13 = 0; \$14 = 1; print }" "$BATS_TEST_TMPDIR/table"; done) >sysvipc/shm'
	run --separate-stderr forged "$make" "$SHMTOOL" gc --yes --no-log --older-than 0
	users_are_whole
	run --separate-stderr forged "$make" "$SHMTOOL" rm --unused --no-log "$held"
	users_are_whole
}

@test "a /proc that somebody has made up proves nobody's death" {
	need_users
	need_namespace --mount
	start_users
	sleep 1.1
	read -r stat <"/proc/$creator/stat"
	# It is said to have started long after the segment was made.
	read -r uptime _ </proc/uptime
	later=$(awk -v stat="$stat" -v up="$uptime" 'BEGIN { n = split(stat, f, " "); f[22] = int((up - 1) * 100); for (i = 1; i <= n; i++) printf "%s ", f[i] }')
	export later creator
	# shellcheck disable=SC2016
	make='mount -t tmpfs none /dev && mount -t tmpfs none /sys && mkdir -p self $creator && printf "Name:\tx\nNSpid:\t1\n" >self/status && echo "$later" >$creator/stat &&
		cp "$BATS_TEST_TMPDIR/table" sysvipc/shm'
	cp /proc/sysvipc/shm "$BATS_TEST_TMPDIR/table"
	# Long after: the table says so too, and not that it was before the system was started.
	awk -v age="$(awk -v up="$uptime" 'BEGIN { print int(up / 2) }')" \
		'NR > 1 { $14 -= age; $12 = $13 = 0 } { print }' "$BATS_TEST_TMPDIR/table" >"$BATS_TEST_TMPDIR/aged"
	run --separate-stderr forged "$make" "$SHMTOOL" list --raw -n -o ID,STATE "$idle"
	[ "$status" -eq 0 ]
	[ "$output" = "$idle"$'\tidle' ]
	run --separate-stderr forged "$make; cp '$BATS_TEST_TMPDIR/aged' sysvipc/shm" "$SHMTOOL" gc --yes --no-log --older-than 0
	[[ $output != *removed\ segment* ]]
	run --separate-stderr forged "$make; cp '$BATS_TEST_TMPDIR/aged' sysvipc/shm" "$SHMTOOL" list --raw -n -o ID,STATE "$idle"
	[ "$output" = "$idle"$'\tidle' ]
	users_are_whole
}
