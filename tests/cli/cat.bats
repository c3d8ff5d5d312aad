# SPDX-License-Identifier: GPL-2.0-or-later
load common

# What is there, in bytes, by the kernel's own table.
rss_of() {
	awk -v id="$1" '$2 == id { print $15 + $16 }' /proc/sysvipc/shm
}

@test "cat writes every byte of a segment to stdout" {
	ID=$("$ACTOR" size=1234567 create attach touch poke=5 poke=1234566)
	shmtool cat "$ID" >"$BATS_TEST_TMPDIR/out"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/out")" -eq 1234567 ]
	[ "$(tr -d x <"$BATS_TEST_TMPDIR/out")" = pp ]
	shmtool cat "$ID" | cmp - "$BATS_TEST_TMPDIR/out"
	shmtool cat --copy "$ID" | cmp - "$BATS_TEST_TMPDIR/out"
	[ "$(shmtool cat --offset 5 --length 1 "$ID")" = p ]
	[ "$(shmtool cat --offset 1234566 "$ID")" = p ]
}

@test "segments are named by key too, and follow one another" {
	"$ACTOR" size=3 key=0x51 create attach touch >/dev/null
	"$ACTOR" size=2 key=0x52 create attach touch poke=0 poke=1 >/dev/null
	[ "$(shmtool cat --key 0x51 --key 0x52)" = xxxpp ]
	[ "$(shmtool cat 0x52 0x51 --length 1)" = px ]
}

@test "a wrong command line is refused" {
	ID=$("$ACTOR" create)
	for arguments in "" "$ID x" "4294967296" "0x0" "$ID --offset -1" "$ID --length 1x" \
		"$ID --raw --hex" "$ID --hex --strings" "$ID --output" "$ID --typo" "$ID --output="; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool cat $arguments
		is_usage_error
	done
}

@test "beyond the end is an error before any output, of any of the segments" {
	a=$("$ACTOR" size=100 create)
	b=$("$ACTOR" size=50 create)
	run --separate-stderr shmtool cat --offset 60 "$a" "$b"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool cat: segment $b: has 50 bytes, and none at offset 60" ]
	run --separate-stderr shmtool cat --offset 40 --length 11 "$a" "$b"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool cat: segment $b: has 50 bytes, and not 11 from offset 40 on" ]
	run --separate-stderr shmtool cat --offset 1 --length 15E "$a"
	[ "$status" -eq 1 ]
	# At the end there is nothing, and that is no error.
	run --separate-stderr shmtool cat --offset 50 "$b"
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "one that is absent is an error before any output" {
	ID=$("$ACTOR" create attach touch)
	run --separate-stderr shmtool cat "$ID" 99999
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool cat: segment 99999: no such segment" ]
}

@test "guards keep from reading another segment" {
	ID=$("$ACTOR" size=100 create attach touch)
	run --separate-stderr shmtool cat --if-size 99 "$ID"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$(shmtool cat --if-size 100 --length 1 "$ID")" = x ]
}

@test "a sparse segment is read whole, and does not grow, as root and as a user" {
	need_users
	ID=$("$ACTOR" size=68719476736 mode=644 noreserve create attach poke=5000 poke=42949672960)
	[ "$(rss_of "$ID")" -eq 8192 ]
	mkdir -m 777 "$PUBLIC/to"
	file=$PUBLIC/to/out
	# shellcheck disable=SC2086 # lists of words
	for who in "" "as_user 1000"; do
		rm -f "$file"
		$who "$PUBLIC/shmtool" cat --output "$file" "$ID"
		[ "$(stat -c %s "$file")" -eq 68719476736 ]
		[ "$(stat -c %b "$file")" -le 16 ]
		[ "$(rss_of "$ID")" -eq 8192 ]
		[ "$(dd if="$file" bs=1 skip=5000 count=1 status=none)" = p ]
		[ "$(dd if="$file" bs=1 skip=42949672960 count=1 status=none)" = p ]
		run -0 $who "$PUBLIC/shmtool" cat --hex "$ID"
		[ ${#lines[@]} -eq 9 ]
		[ "${lines[8]}" = 1000000000 ]
		[ "$(rss_of "$ID")" -eq 8192 ]
		[ "$($who "$PUBLIC/shmtool" cat --length 3G "$ID" | wc -c)" -eq 3221225472 ]
		[ "$($who "$PUBLIC/shmtool" cat --copy --length 1G "$ID" | wc -c)" -eq 1073741824 ]
		[ "$(rss_of "$ID")" -eq 8192 ]
	done
}

@test "more segments than the usual number of files do not grow either" {
	ids=()
	for ((i = 0; i < 20; i++)); do
		ids+=("$("$ACTOR" size=1048576 create attach poke=5000)")
	done
	bytes=$(
		ulimit -S -n 16
		shmtool cat "${ids[@]}" | wc -c
	)
	[ "$bytes" -eq 20971520 ]
	[ "$(awk 'NR > 1 { sum += $15 + $16 } END { print sum }' /proc/sysvipc/shm)" -eq 81920 ]
}

@test "the memory that it takes does not grow with the segment" {
	need_users
	ID=$("$ACTOR" size=268435456 mode=644 create attach touch)
	mkfifo -m 666 "$PUBLIC/fifo"
	for who in "" "as_user 1000"; do
		for copy in "" --copy; do
			# shellcheck disable=SC2086 # lists of words
			$who "$PUBLIC/shmtool" cat $copy "$ID" >"$PUBLIC/fifo" 3>&- &
			{
				head -c 267000000 >/dev/null
				peak=$(awk '$1 == "VmHWM:" { print $2 }' /proc/$!/status)
				cat >/dev/null
			} <"$PUBLIC/fifo"
			wait $!
			[ "$peak" -lt 16384 ]
		done
	done
}

@test "permission to read is enough, and without it the message names mode and owner" {
	need_users
	ID=$("$ACTOR" user=60001 mode=444 create)
	[ "$(as_user 1000 "$PUBLIC/shmtool" cat "$ID" | wc -c)" -eq 4096 ]
	ID=$("$ACTOR" user=60001 mode=600 create)
	run --separate-stderr as_user 1000 "$PUBLIC/shmtool" cat "$ID"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool cat: segment $ID: Permission denied: mode 0600, owner 60001" ]
}

@test "what somebody has attached is read through him, and nothing about it changes" {
	need_users
	start_actor user=60001 create attach touch hold
	before=$(grep " $ID " /proc/sysvipc/shm)
	run -0 --separate-stderr shmtool cat --verbose --length 3 "$ID"
	[ "$output" = xxx ]
	[ "$stderr" = "shmtool cat: segment $ID: read through a process that has it attached" ]
	[ "$(grep " $ID " /proc/sysvipc/shm)" = "$before" ]
}

@test "what nobody has attached is attached, which is said" {
	ID=$("$ACTOR" create attach touch)
	run -0 --separate-stderr shmtool cat --verbose --length 3 "$ID"
	[ "$output" = xxx ]
	[[ $stderr =~ ^"shmtool cat: segment $ID: attached to read it: its idle time begins anew, and its last user is PID "[0-9]+$ ]]
	[ "$(field "$ID" lpid)" = "${stderr##* }" ]
	[ "$(field "$ID" nattch)" = 0 ]
}

# A segment of an ordinary user, whose creator has ended, and whose last user, PID, runs.
make_inherited() {
	need_users
	ID=$("$ACTOR" user=60001 create attach touch)
	id=$ID
	start_actor user=60001 name=$'the\ndaemon' use="$ID" attach detach hold
	ID=$id
	[ "$(field "$ID" lpid)" = "$PID" ]
	[ "$(field "$ID" state)" = idle ]
}

@test "before it forgets a last user who runs it says so, to its owner and to root" {
	for who in "as_user 60001" ""; do
		make_inherited
		# shellcheck disable=SC2086 # a list of words
		run -0 --separate-stderr $who "$PUBLIC/shmtool" cat --length 3 "$ID"
		[ "$output" = xxx ]
		[ "$stderr" = "shmtool cat: segment $ID: reading it makes this process its last user: gc will no longer know that PID $PID (the\\x0adaemon) uses it" ]
		[ "$(field "$ID" lpid)" != "$PID" ]
		[ "$(field "$ID" state)" = orphan ]
		# It is forgotten by now, and so there is nothing more to be said of it.
		# shellcheck disable=SC2086
		run -0 --separate-stderr $who "$PUBLIC/shmtool" cat --length 3 "$ID"
		[ -z "$stderr" ]
	done
}

@test "it warns of no last user who has ended, is the creator, or stays known" {
	make_inherited
	kill_actor "$PID"
	run -0 --separate-stderr shmtool cat --length 3 "$ID"
	[ -z "$stderr" ]
	start_actor user=60001 create attach touch detach hold
	run -0 --separate-stderr as_user 60001 "$PUBLIC/shmtool" cat --length 3 "$ID"
	[ -z "$stderr" ]
	[ "$(field "$ID" state)" = idle ]
	make_inherited
	start_actor user=60001 use="$ID" attach hold
	ID=$id
	run -0 --separate-stderr shmtool cat --length 3 "$ID"
	[ -z "$stderr" ]
	[ "$(field "$ID" lpid)" = "$PID" ]
}

@test "one that is removed while it is read is read whole" {
	for copy in "" --copy; do
		ID=$("$ACTOR" size=33554432 create attach touch)
		{
			shmtool cat $copy "$ID" 3>&-
			echo "$?" >"$BATS_TEST_TMPDIR/status"
		} | {
			head -c 1000 >/dev/null
			shmtool rm "$ID" >/dev/null
			head -c 33553432 | tr -d x | wc -c >"$BATS_TEST_TMPDIR/others"
			cat >/dev/null
		}
		[ "$(cat "$BATS_TEST_TMPDIR/status")" -eq 0 ]
		[ "$(cat "$BATS_TEST_TMPDIR/others")" -eq 0 ]
		is_gone "$ID"
	done
}

@test "a dest segment is read by its id" {
	start_actor key=0x99 create attach touch mark hold
	[ "$(shmtool cat --length 3 "$ID")" = xxx ]
}

@test "a reader that goes away ends it as it ends cat" {
	ID=$("$ACTOR" size=33554432 create attach touch)
	for option in --raw --copy --strings; do
		run --separate-stderr bash -c "'$SHMTOOL' cat $option $ID | head -c 10 >/dev/null
			exit \${PIPESTATUS[0]}"
		[ "$status" -eq 141 ]
		[ -z "$stderr" ]
	done
}

@test "a full disk is an error" {
	ID=$("$ACTOR" create attach touch)
	for option in --raw --copy --hex --strings; do
		run --separate-stderr bash -c "'$SHMTOOL' cat $option $ID >/dev/full"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: write error: No space left on device" ]]
	done
	run bash -c "'$SHMTOOL' cat $ID >&-"
	[ "$status" -eq 1 ]
}

@test "an output is there when it is complete, and no other file is left" {
	ID=$("$ACTOR" size=10000 mode=644 create attach touch)
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	echo old >out
	shmtool cat --output out "$ID"
	[ "$(stat -c %s out)" -eq 10000 ]
	[ "$(tr -d x <out | wc -c)" -eq 0 ]
	[ "$(stat -c %a out)" = 644 ]
	shmtool cat --hex -o hex "$ID"
	[ "$(tail -n 1 hex)" = 00002710 ]
	[ "$(ls -A)" = $'hex\nout' ]
	id=$("$ACTOR" size=10 create)
	shmtool cat -o out "$ID" "$id"
	[ "$(stat -c %s out)" -eq 10010 ]
	[ "$(stat -c %a out)" = 600 ]
}

@test "an output is not open to a group that may not read the segment" {
	need_users
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	umask 0
	for line in "640 60001 640" "640 60002 600" "604 60001 600" "604 60002 600" \
		"664 60001 664" "664 60002 644" "646 60001 644"; do
		read -r mode group expected <<<"$line"
		ID=$("$ACTOR" user=60001 mode="$mode" create)
		chgrp "$group" . && chmod g+s .
		shmtool cat --output out "$ID"
		[ "$(stat -c '%a %g' out)" = "$expected $group" ]
	done
}

@test "an output that cannot be completed leaves what was there" {
	need_namespace --mount
	ID=$("$ACTOR" size=4194304 create attach touch)
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	echo old >old
	run --separate-stderr unshare --mount sh -c "mount -t tmpfs -o size=2m none . && cd . && cd \"\$PWD\" &&
		echo old >out && ! '$SHMTOOL' cat --output out $ID && ls -A && cat out"
	[ "$status" -eq 0 ]
	[ "$stderr" = "shmtool cat: out: No space left on device" ]
	[ "$output" = $'out\nold' ]
	run --separate-stderr shmtool cat --output old 99999
	[ "$status" -eq 1 ]
	run --separate-stderr shmtool cat --output old --offset 1E "$ID"
	[ "$status" -eq 1 ]
	[ "$(cat old)" = old ]
	[ "$(ls -A)" = old ]
}

@test "a write that fails but once fails the output, in every form" {
	need_strace
	ID=$("$ACTOR" size=1048576 create attach touch)
	for ((i = 0; i < 4096; i++)); do
		set -- "$@" poke=$((i * 251))
	done
	"$ACTOR" use="$ID" attach "$@"
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	echo old >out
	for option in --raw --hex --strings; do
		run --separate-stderr strace -qqo /dev/null -e inject=write:error=ENOSPC:when=1 \
			"$SHMTOOL" cat $option --output out "$ID"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: out: "* ]]
		[ "$(cat out)" = old ]
		[ "$(ls -A)" = out ]
	done
}

@test "an output that is no regular file is not replaced" {
	ID=$("$ACTOR" create)
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	mkdir directory
	mkfifo fifo
	ln -s target link
	for file in directory fifo link /dev/null absent/out; do
		run --separate-stderr shmtool cat --output $file "$ID"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: $file: "* ]]
	done
	[ -c /dev/null ]
	[ -p fifo ]
	[ -L link ]
	[ ! -e target ]
}

@test "kill -9 leaves no file" {
	ID=$("$ACTOR" size=1073741824 noreserve create attach touch)
	mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here"
	"$SHMTOOL" cat --output out "$ID" 3>&- &
	sleep 0.2
	kill -9 $!
	wait $! && status=0 || status=$?
	[ "$status" -eq 137 ]
	[ -z "$(ls -A)" ]
}

@test "on a terminal it is a hex dump, unless it is told to be raw" {
	need_terminal
	ID=$("$ACTOR" size=20 create attach touch)
	[ "$(on_terminal 100 "$SHMTOOL cat $ID" | head -n 1)" = \
		"00000000  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|" ]
	[ "$(on_terminal 100 "$SHMTOOL cat --raw $ID")" = xxxxxxxxxxxxxxxxxxxx ]
}

@test "the hex dump is that of hexdump -C" {
	need_program hexdump
	ID=$("$ACTOR" size=300007 create attach poke=5 poke=4096 poke=4097 poke=131075 poke=300006)
	shmtool cat "$ID" >"$BATS_TEST_TMPDIR/raw"
	for window in "0 300007" "3 100" "4090 200000" "0 16" "5 0" "299990 17" "1 70000"; do
		read -r offset length <<<"$window"
		shmtool cat --hex --offset "$offset" --length "$length" "$ID" >"$BATS_TEST_TMPDIR/ours"
		hexdump -C -s "$offset" -n "$length" "$BATS_TEST_TMPDIR/raw" >"$BATS_TEST_TMPDIR/theirs"
		[ "$length" -eq 0 ] || cmp "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs"
	done
}

@test "several segments have a heading in a hex dump" {
	a=$("$ACTOR" size=1 create attach touch)
	b=$("$ACTOR" size=1 create attach touch poke=0)
	run -0 shmtool cat --hex "$a" "$b"
	[ "${lines[0]}" = "==> segment $a <==" ]
	[ "${lines[3]}" = "==> segment $b <==" ]
	[ "${lines[4]}" = "00000000  70                                                |p|" ]
}

@test "strings are what is text, with offsets" {
	ID=$("$ACTOR" size=8192 create attach touch poke=0)
	run -0 shmtool cat --strings --offset 4090 --length 4 "$ID"
	[ "$(xargs <<<"$output")" = "ffa xxxx" ]
	ID=$("$ACTOR" size=8192 create)
	run -0 shmtool cat --strings "$ID"
	[ -z "$output" ]
}

@test "progress is said when it is asked for" {
	ID=$("$ACTOR" size=8192 create attach touch)
	run -0 --separate-stderr shmtool cat "$ID"
	[ -z "$stderr" ]
	run -0 --separate-stderr bash -c "'$SHMTOOL' cat --progress $ID | { sleep 1.2; cat; } | wc -c"
	[ "$output" = 8192 ]
}

@test "a locked segment reads right" {
	ID=$("$ACTOR" size=100000 create attach touch lock)
	[ "$(field "$ID" locked)" = true ]
	[ "$(shmtool cat "$ID" | tr -d x | wc -c)" -eq 0 ]
	[ "$(shmtool cat "$ID" | wc -c)" -eq 100000 ]
}

# As if memory were short: a control group that may have 8 MiB of it. Sets GROUP.
need_swap() {
	[ "$(awk '$1 == "SwapFree:" { print $2 }' /proc/meminfo)" -ge 131072 ] ||
		skip "this machine has no swap, or too little"
	if mkdir /sys/fs/cgroup/memory/shmtool-test 2>/dev/null; then
		GROUP=/sys/fs/cgroup/memory/shmtool-test
		echo 8388608 >"$GROUP/memory.limit_in_bytes"
	elif [ -e /sys/fs/cgroup/cgroup.subtree_control ] &&
		echo +memory 2>/dev/null >/sys/fs/cgroup/cgroup.subtree_control &&
		mkdir /sys/fs/cgroup/shmtool-test 2>/dev/null; then
		GROUP=/sys/fs/cgroup/shmtool-test
		echo 8388608 >"$GROUP/memory.max"
	else
		skip "this system allows no control group for memory"
	fi
}

@test "what is swapped out reads right, as root and as a user, and holes stay holes" {
	need_users
	need_swap
	ID=$(sh -c "echo \$\$ >$GROUP/cgroup.procs &&
		exec '$ACTOR' size=67108864 mode=644 create attach poke=67108863 size=33554432 touch")
	swapped=$(awk -v id="$ID" '$2 == id { print $16 }' /proc/sysvipc/shm)
	bytes=$(rss_of "$ID")
	for who in "as_user 1000" ""; do
		# shellcheck disable=SC2086 # a list of words
		sum=$($who "$PUBLIC/shmtool" cat "$ID" | sha256sum)
		[ "$sum" = "$({
			head -c 33554432 /dev/zero | tr '\0' x
			head -c 33554431 /dev/zero
			echo -n p
		} | sha256sum)" ]
		[ "$(rss_of "$ID")" -eq "$bytes" ]
	done
	shmtool rm "$ID" >/dev/null
	rmdir "$GROUP"
	[ "$swapped" -gt 0 ]
}

@test "huge pages read right, with their holes as far as there are pages for them" {
	need_users
	need_huge_pages 4
	size=$(awk '/^Hugepagesize:/ { print $2 * 1024 }' /proc/meminfo)
	ID=$("$ACTOR" huge noreserve size=$((8 * size)) mode=644 create attach poke=5 poke=$((4 * size)))
	shmtool cat "$ID" | cmp - <(
		head -c 5 /dev/zero
		printf p
		head -c $((4 * size - 6)) /dev/zero
		printf p
		head -c $((4 * size - 1)) /dev/zero
	)
	[ "$(shmtool cat --hex "$ID" | tail -n 1)" = "$(printf %08x $((8 * size)))" ]
	[ "$(awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo)" -eq 2 ]
	run --separate-stderr as_user 1000 "$PUBLIC/shmtool" cat --hex "$ID"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool cat: segment $ID: too few huge pages are free to look at its holes" ]
}
