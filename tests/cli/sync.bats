# SPDX-License-Identifier: GPL-2.0-or-later
# Ten who write and ten who read, at the same time: what a lock is for.
load common

SIZE=4194304

# One who writes all of it with his own byte, again and again.
write_on() {
	local byte=$1
	shift
	while :; do
		"$SHMTOOL" attach-write --fill "$byte" "$@" "$ID" || return
	done
}

# How many of so many looks have seen bytes of more than one.
count_torn() {
	local looks=$1 torn=0 i
	shift
	for i in $(seq "$looks"); do
		[ "$("$SHMTOOL" cat --copy "$@" "$ID" | tr -s a-j | head -c 2 | wc -c)" -eq 1 ] ||
			torn=$((torn + 1))
	done
	echo "$torn"
}

start_writers() {
	local byte
	ID=$(shmtool create --size $SIZE)
	shmtool attach-write --fill a "$ID"
	WRITERS=()
	for byte in a b c d e f g h i j; do
		write_on "$byte" "$@" >/dev/null 2>&1 3>&- &
		WRITERS+=("$!")
	done
}

# Each with what it has just started.
kill_writers() {
	local pid
	for pid in "${WRITERS[@]}"; do
		pkill -9 -P "$pid" 2>/dev/null || true
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# Ten readers beside each other; how many torn reads all of them have seen.
read_by_ten() {
	local looks=$1 i
	shift
	for i in $(seq 10); do
		count_torn "$looks" "$@" >"$BATS_TEST_TMPDIR/torn.$i" 3>&- &
		READERS+=("$!")
	done
	wait "${READERS[@]}"
	cat "$BATS_TEST_TMPDIR"/torn.* | awk '{ sum += $1 } END { print sum }'
}

@test "without a lock readers see half of what writers do" {
	start_writers
	torn=0
	for _ in $(seq 20); do
		READERS=()
		torn=$(read_by_ten 3)
		[ "$torn" -eq 0 ] || break
	done
	kill_writers
	[ "$torn" -gt 0 ]
}

@test "with the lock of a file they never do" {
	start_writers --flock "$BATS_TEST_TMPDIR/lock"
	READERS=()
	torn=$(read_by_ten 5 --flock "$BATS_TEST_TMPDIR/lock")
	kill_writers
	[ "$torn" -eq 0 ]
}

# Make a semaphore that is free, and set SEM to its id.
make_semaphore() {
	perl -MIPC::SysV -e 1 2>/dev/null || skip "perl with IPC::SysV is not installed"
	SEM=$(perl -MIPC::SysV=IPC_PRIVATE,IPC_CREAT,SETVAL -e '
		my $id = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600) // die;
		semctl($id, 1, SETVAL, 1) // die;
		print $id')
}

@test "with a semaphore they never do, and who is killed does not keep it" {
	make_semaphore
	start_writers --sem "$SEM:1"
	READERS=()
	torn=$(read_by_ten 5 --sem "$SEM:1")
	# Some of them in the middle of it.
	kill_writers
	run shmtool cat --sem "$SEM:1" --timeout 10s --length 0 "$ID"
	ipcrm -s "$SEM"
	[ "$torn" -eq 0 ]
	[ "$status" -eq 0 ]
}

@test "what is held by another for too long is an error, and nothing is read or written" {
	make_semaphore
	ID=$("$ACTOR" create attach touch)
	exec 5>"$BATS_TEST_TMPDIR/lock"
	flock 5
	for verb in "cat" "attach-write --zero"; do
		# shellcheck disable=SC2086 # a list of words
		run --separate-stderr shmtool $verb --flock "$BATS_TEST_TMPDIR/lock" --timeout 0 "$ID"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == *"$BATS_TEST_TMPDIR/lock: "* ]]
		# Semaphore 0 has the value 0.
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $verb --sem "$SEM" --timeout 0 "$ID"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == *"semaphore $SEM:0: "* ]]
	done
	exec 5>&-
	ipcrm -s "$SEM"
	[ "$(shmtool cat "$ID" | tr -d x | wc -c)" -eq 0 ]
}

@test "a timeout without anything to wait for is a usage error" {
	ID=$("$ACTOR" create)
	for verb in "cat" "attach-write --zero"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $verb --timeout 1s "$ID"
		is_usage_error
	done
}

@test "a copy through a pipe is the same, byte for byte, and as sparse" {
	head -c 5000001 /dev/urandom >"$BATS_TEST_TMPDIR/file"
	a=$(shmtool create --from "$BATS_TEST_TMPDIR/file")
	b=$(shmtool create --size 5000001)
	shmtool cat "$a" | shmtool attach-write --exact --verify "$b"
	shmtool cat "$b" | cmp - "$BATS_TEST_TMPDIR/file"
	a=$("$ACTOR" size=1073741824 noreserve create attach poke=5 poke=1000000000)
	b=$(shmtool create --size 1G --noreserve)
	shmtool cat "$a" | shmtool attach-write --exact "$b"
	[ "$(field "$b" rss)" = 8192 ]
	cmp <(shmtool cat "$a") <(shmtool cat "$b")
}
