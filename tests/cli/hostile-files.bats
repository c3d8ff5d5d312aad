# SPDX-License-Identifier: GPL-2.0-or-later
# Files and paths that others have made, or change at that moment, and contents that others
# have written. tests/unit/test-replace.c, test-config.c, test-filelock.c and test-input.c
# have what can be had only on demand.
load common

# In a directory of our own, with a file that must not change.
here() {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here"
	echo precious >../victim
	chmod 600 ../victim
	VICTIM=$(stat -c '%i %a %u %Y' ../victim)
}

victim_is_whole() {
	[ "$(cat "$BATS_TEST_TMPDIR/victim")" = precious ]
	[ "$(stat -c '%i %a %u %Y' "$BATS_TEST_TMPDIR/victim")" = "$VICTIM" ]
}

# Let two paths change places for ever.
swap() {
	"$HOSTILE" swap "$1" "$2" >"$BATS_TEST_TMPDIR/swapping" 3>&- &
	ACTORS+=($!)
	until grep -q ready "$BATS_TEST_TMPDIR/swapping"; do sleep 0.01; done
}

@test "a default ACL of the directory opens no output to anybody" {
	need_users
	id=$("$ACTOR" mode=640 create)
	here
	chmod 755 "$BATS_TEST_TMPDIR" .
	"$HOSTILE" acl . 60001 2>/dev/null || skip "this file system has no ACLs"
	umask 027
	shmtool cat --output out "$id"
	[ "$(stat -c %a out)" = 640 ]
	run as_user 60001 cat out
	[ "$status" -ne 0 ]
	# As it would be: else this shows nothing.
	touch other
	as_user 60001 cat other
	chmod 711 .
	shmtool create --size 4096 --id-file id
	chmod 640 id
	ipcrm --all=shm
	shmtool create --size 4096 --id-file id
	run as_user 60001 cat id
	[ "$status" -ne 0 ]
}

@test "a limit of file sizes is an error, and no signal that leaves something" {
	need_namespace --mount
	id=$("$ACTOR" size=65536 create attach touch)
	here
	for option in --raw --hex --strings; do
		for way in : 'mount -t tmpfs none /proc'; do
			run --separate-stderr unshare --mount sh -c "$way && exec prlimit --fsize=60 '$SHMTOOL' cat $option --output out $id"
			[ "$status" -eq 1 ]
			[ "$stderr" = "shmtool cat: out: File too large" ]
			[ -z "$(ls -A)" ]
		done
	done
	# What removes goes on to the end, whatever becomes of what it says.
	need_users
	for i in 1 2 3; do "$ACTOR" user=60001 create >/dev/null; done
	# shellcheck disable=SC2016
	run --separate-stderr prlimit --fsize=60 sh -c '"$0" gc --yes --no-log --older-than 0 >said' "$SHMTOOL"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: write error: File too large" ]
	[ "$(shmtool list --count --owner 60001)" -eq 0 ]
	# shellcheck disable=SC2016
	run --separate-stderr prlimit --fsize=0 sh -c '"$0" create --size 4096 >said' "$SHMTOOL"
	[ "$status" -eq 1 ]
	run ! grep -qx 4096 <<<"$(shmtool list --raw -n -o SIZE)"
}

@test "a signal leaves no temporary file, also where it has a name" {
	need_namespace --mount
	id=$("$ACTOR" size=1073741824 create attach touch)
	here
	for signal in INT TERM HUP; do
		# Without /proc no file without a name could be given one.
		unshare --mount env --default-signal sh -c "mount -t tmpfs none /proc && exec '$SHMTOOL' cat --hex --output out $id" 3>&- &
		pid=$!
		until [ -n "$(ls -A)" ]; do sleep 0.01; done
		[[ $(ls -A) == .shmtool.* ]]
		kill -"$signal" "$pid"
		wait "$pid" && status=0 || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ -z "$(ls -A)" ]
	done
	# Nobody has to wait for a lock because of it.
	exec 8>"$BATS_TEST_TMPDIR/lock"
	flock 8
	unshare --mount env --default-signal sh -c "mount -t tmpfs none /proc && exec '$SHMTOOL' cat --flock '$BATS_TEST_TMPDIR/lock' --output out $id" 3>&- 8>&- &
	pid=$!
	sleep 0.5
	kill -INT "$pid"
	wait "$pid" && status=0 || status=$?
	[ "$status" -eq 130 ]
	[ -z "$(ls -A)" ]
}
