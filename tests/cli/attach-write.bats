# SPDX-License-Identifier: GPL-2.0-or-later
load common

# A segment of this size, all of it the character o.
make() {
	ID=$("$ACTOR" size="$1" create)
	fill "$ID" "$1" o
}

fill() {
	perl -e 'shmwrite($ARGV[0], $ARGV[2] x $ARGV[1], 0, $ARGV[1]) or die "$!"' "$@"
}

# So many bytes of a segment, from this offset on.
bytes() {
	perl -e 'shmread($ARGV[0], $b, $ARGV[1], $ARGV[2]) or die "$!"; print $b' "$@"
}

# The character, so many times.
repeat() {
	perl -e 'print $ARGV[0] x $ARGV[1]' "$@"
}

# All that can be seen of a segment but its content.
state() {
	grep -E "^ *-?[0-9]+ +$1 " /proc/sysvipc/shm
}

# Pages in memory, in KiB.
rss() {
	echo $(($(field "$1" rss) / 1024))
}

is_unchanged() {
	[ "$(bytes "$ID" 0 "$1" | tr -d o | wc -c)" -eq 0 ]
}

write() {
	shmtool attach-write "$@"
}

@test "what is read is written to the beginning, and the rest stays" {
	make 100
	run --separate-stderr write "$ID" < <(printf hello)
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	[ "$(bytes "$ID" 0 100)" = "hello$(repeat o 95)" ]
}

@test "--verbose says what was written, on stdout" {
	make 100
	run --separate-stderr write --verbose --offset 10 "$ID" < <(printf hello)
	[ "$status" -eq 0 ]
	[ "$output" = "wrote 5 bytes at offset 10 of segment $ID" ]
	[ -z "$stderr" ]
	[ "$(bytes "$ID" 9 7)" = "ohelloo" ]
	run write -v "$ID" < <(printf x)
	[ "$output" = "wrote 1 byte at offset 0 of segment $ID" ]
}

@test "before it forgets a last user who runs it says so, and not with --dry-run" {
	need_users
	id=$("$ACTOR" user=60001 create attach touch)
	start_actor user=60001 use="$id" attach detach hold
	run -0 --separate-stderr as_user 60001 "$PUBLIC/shmtool" attach-write --dry-run "$id" <<<abc
	[ -z "$stderr" ]
	run -0 --separate-stderr as_user 60001 "$PUBLIC/shmtool" attach-write "$id" <<<abc
	[ "$stderr" = "shmtool attach-write: segment $id: writing it makes this process its last user: gc will no longer know that PID $PID (actor) uses it" ]
	[ "$(field "$id" state)" = orphan ]
	run -0 --separate-stderr as_user 60001 "$PUBLIC/shmtool" attach-write "$id" <<<abc
	[ -z "$stderr" ]
}

@test "a segment is named by id, by key and by either option" {
	id=$("$ACTOR" key=0x1b207 size=100 create)
	for words in "$id" 0x1b207 "-m $id" "--id $id" "-M 111111" "--key 0x1b207"; do
		# shellcheck disable=SC2086
		write $words < <(printf '%s' "${#words}")
		[[ $(bytes "$id" 0 2) == "${#words}"* ]]
	done
}

@test "files, pipes, fifos and devices of every length up to that of the window fit" {
	make 20000
	for size in 0 1 4095 4096 4097 19999 20000; do
		repeat x "$size" >"$BATS_TEST_TMPDIR/file"
		mkfifo "$BATS_TEST_TMPDIR/fifo"
		cat "$BATS_TEST_TMPDIR/file" >"$BATS_TEST_TMPDIR/fifo" 3>&- &
		wanted=$(repeat x "$size" && repeat o $((20000 - size)))
		write --from "$BATS_TEST_TMPDIR/file" --verify "$ID"
		[ "$(bytes "$ID" 0 20000)" = "$wanted" ]
		fill "$ID" 20000 o
		write "$ID" <"$BATS_TEST_TMPDIR/file"
		[ "$(bytes "$ID" 0 20000)" = "$wanted" ]
		fill "$ID" 20000 o
		write --from - --verify "$ID" < <(cat "$BATS_TEST_TMPDIR/file")
		[ "$(bytes "$ID" 0 20000)" = "$wanted" ]
		fill "$ID" 20000 o
		write --from "$BATS_TEST_TMPDIR/fifo" "$ID"
		[ "$(bytes "$ID" 0 20000)" = "$wanted" ]
		fill "$ID" 20000 o
		write --stream "$ID" < <(cat "$BATS_TEST_TMPDIR/file")
		[ "$(bytes "$ID" 0 20000)" = "$wanted" ]
		fill "$ID" 20000 o
		rm "$BATS_TEST_TMPDIR/fifo"
	done
}

@test "one byte too many is refused before anything changes, from a file and from a pipe" {
	make 8192
	repeat x 8193 >"$BATS_TEST_TMPDIR/file"
	sleep 1.1 # stamps are seconds
	before=$(state "$ID")
	run --separate-stderr write --from "$BATS_TEST_TMPDIR/file" "$ID"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: $BATS_TEST_TMPDIR/file: too long: 8193 bytes, and there is room for 8192" ]
	run --separate-stderr write "$ID" < <(cat "$BATS_TEST_TMPDIR/file")
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: standard input: too long: there is room for 8192 bytes" ]
	run write --offset 1 --length 100 "$ID" < <(repeat x 101)
	[ "$status" -eq 1 ]
	run write --offset 8192 "$ID" < <(printf x)
	[ "$status" -eq 1 ]
	[ "$(state "$ID")" = "$before" ]
	is_unchanged 8192
}

@test "input without an end is refused as soon as it is too long" {
	make 8192
	run --separate-stderr timeout 20 "$SHMTOOL" attach-write --from /dev/zero "$ID"
	[ "$status" -eq 1 ]
	[[ $stderr == *"/dev/zero: too long: there is room for 8192 bytes" ]]
	is_unchanged 8192
}

@test "empty input changes nothing, and is no error unless it must be exact" {
	make 100
	run --separate-stderr write -v --from /dev/null "$ID"
	[ "$status" -eq 0 ]
	[ "$output" = "wrote 0 bytes at offset 0 of segment $ID" ]
	run write --from /dev/null --exact "$ID"
	[ "$status" -eq 1 ]
	run write --from /dev/null --exact --offset 100 "$ID"
	[ "$status" -eq 0 ]
	is_unchanged 100
}

@test "files that the kernel makes up are read to their true end" {
	id=$("$ACTOR" size=65536 create)
	write --from /proc/version "$id"
	[ "$(bytes "$id" 0 65536 | tr -d '\0')" = "$(cat /proc/version)" ]
	file=/sys/kernel/mm/transparent_hugepage/enabled
	[ -r "$file" ] || skip "there is no $file"
	write --zero "$id"
	write --from "$file" "$id"
	[ "$(bytes "$id" 0 65536 | tr -d '\0')" = "$(cat "$file")" ]
}

@test "a file is written from where it stands, and left where it ends" {
	make 100
	printf 0123456789 >"$BATS_TEST_TMPDIR/file"
	(
		read -r -N 4 _
		"$SHMTOOL" attach-write "$ID"
		# What was read is read.
		[ -z "$(cat)" ]
	) < <(cat "$BATS_TEST_TMPDIR/file")
	[ "$(bytes "$ID" 0 7)" = "456789o" ]
	{
		dd bs=1 count=6 status=none of=/dev/null
		"$SHMTOOL" attach-write "$ID"
		[ -z "$(cat)" ]
	} <"$BATS_TEST_TMPDIR/file"
	[ "$(bytes "$ID" 0 7)" = "678989o" ]
}

@test "a window that is not inside the segment is refused, also where the numbers overflow" {
	make 4096
	for words in "--offset 4097" "--offset 4097 --length 0" "--length 4097" \
		"--offset 1 --length 4096" "--offset 18446744073709551614" \
		"--offset 1 --length 18446744073709551614" "--length 18446744073709551614" \
		"--offset 18446744073709551614 --length 1" "--offset 9223372036854775807 --length 9223372036854775807" \
		"--zero --offset 4097" "--fill 0 --length 4097"; do
		# shellcheck disable=SC2086
		run --separate-stderr write $words "$ID" </dev/null
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool attach-write: segment $ID: has 4096 bytes, and "* ]]
	done
	is_unchanged 4096
	run write --offset 4096 --length 0 "$ID" </dev/null
	[ "$status" -eq 0 ]
}

@test "--length makes room for so many bytes, of which fewer may come" {
	make 100
	write --offset 10 --length 5 "$ID" < <(printf abc)
	[ "$(bytes "$ID" 0 20)" = "ooooooooooabcooooooo" ]
	run write --offset 10 --length 5 "$ID" < <(printf abcdef)
	[ "$status" -eq 1 ]
	[ "$(bytes "$ID" 0 20)" = "ooooooooooabcooooooo" ]
}

@test "--exact wants as many bytes as there is room for" {
	make 8192
	run --separate-stderr write --exact "$ID" < <(repeat x 8191)
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: the input is too short: 8191 bytes, and --exact wants 8192" ]
	is_unchanged 8192
	repeat x 99 >"$BATS_TEST_TMPDIR/file"
	run write --exact --length 100 "$ID" <"$BATS_TEST_TMPDIR/file"
	[ "$status" -eq 1 ]
	is_unchanged 8192
	run write --exact "$ID" < <(repeat x 8192)
	[ "$status" -eq 0 ]
	[ "$(bytes "$ID" 0 8192)" = "$(repeat x 8192)" ]
}

@test "--stream writes as it reads, and says how far it got if there is more" {
	make 8192
	run --separate-stderr write --stream --offset 4000 --length 100 "$ID" < <(repeat x 101)
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment $ID: wrote 100 bytes, then: standard input: there is more, and no room for it" ]
	[ "$(bytes "$ID" 0 8192)" = "$(repeat o 4000 && repeat x 100 && repeat o 4092)" ]
	repeat y 101 >"$BATS_TEST_TMPDIR/file"
	run write -v --stream --from "$BATS_TEST_TMPDIR/file" "$ID"
	[ "$status" -eq 0 ]
	[ "$output" = "wrote 101 bytes at offset 0 of segment $ID" ]
	run --separate-stderr write --stream --from /etc "$ID"
	[ "$status" -eq 1 ]
}

@test "a stream is in the segment before it has ended" {
	make 8192
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SHMTOOL" attach-write --stream "$ID" <"$BATS_TEST_TMPDIR/fifo" 3>&- &
	exec 9>"$BATS_TEST_TMPDIR/fifo"
	printf first >&9
	for _ in $(seq 500); do
		[ "$(bytes "$ID" 0 5)" != first ] || break
		sleep 0.01
	done
	[ "$(bytes "$ID" 0 6)" = firsto ]
	# Who is killed leaves what was written, and nothing else.
	kill -9 $!
	wait $! || true
	exec 9>&-
	[ "$(bytes "$ID" 0 6)" = firsto ]
	[ "$(field "$ID" nattch)" = 0 ]
	[ "$(field "$ID" size)" = 8192 ]
	[ "$(field "$ID" mode)" = 0600 ]
	[ "$(field "$ID" locked)" = false ]
}

@test "a signal while input is read changes nothing, not even a stamp" {
	make 8192
	sleep 1.1
	before=$(state "$ID")
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SHMTOOL" attach-write "$ID" <"$BATS_TEST_TMPDIR/fifo" 3>&- &
	exec 9>"$BATS_TEST_TMPDIR/fifo"
	repeat x 5000 >&9
	sleep 0.3
	kill -TERM $!
	wait $! || [ $? -eq 143 ]
	exec 9>&-
	[ "$(state "$ID")" = "$before" ]
	is_unchanged 8192
}

@test "--fill writes a byte, which is a number or a character" {
	for pair in 0:0 7:7 255:255 0xa5:165 A:65 x:120 0x30:48 +:43; do
		make 5000
		run write -v --verify --fill "${pair%:*}" --offset 4 "$ID"
		[ "$status" -eq 0 ]
		[ "$output" = "wrote 4996 bytes at offset 4 of segment $ID" ]
		bytes "$ID" 4 4996 | perl -e 'local $/; $b = <STDIN>; exit !($b eq chr($ARGV[0]) x 4996)' "${pair#*:}"
		[ "$(bytes "$ID" 0 4)" = oooo ]
	done
}

@test "--zero writes zeros and gives whole pages back" {
	make $((4 << 20))
	[ "$(rss "$ID")" -eq 4096 ]
	write --zero --verify --offset 100 --length 1M "$ID"
	[ "$(rss "$ID")" -le $((3072 + 8)) ]
	[ "$(bytes "$ID" 0 $((4 << 20)) | tr -d '\0' | wc -c)" -eq $((3 << 20)) ]
	[ "$(bytes "$ID" 0 100)" = "$(repeat o 100)" ]
	[ "$(bytes "$ID" $((1048576 + 100)) 100)" = "$(repeat o 100)" ]
	run write --zero --verify -v "$ID"
	[ "$output" = "wrote 4194304 bytes at offset 0 of segment $ID" ]
	[ "$(rss "$ID")" -eq 0 ]
	write --fill 0 "$ID"
	[ "$(rss "$ID")" -eq 4096 ]
}

@test "holes of a file, and zeros of a pipe, become holes" {
	truncate -s 64M "$BATS_TEST_TMPDIR/file"
	printf hello | dd of="$BATS_TEST_TMPDIR/file" bs=1 seek=20000000 conv=notrunc status=none
	printf world | dd of="$BATS_TEST_TMPDIR/file" bs=1 seek=67108859 conv=notrunc status=none
	for words in "--from $BATS_TEST_TMPDIR/file" "" "--verify"; do
		make $((64 << 20))
		if [ "${words#--from}" != "$words" ]; then
			# shellcheck disable=SC2086
			write $words "$ID"
		else
			# shellcheck disable=SC2086
			write --exact $words "$ID" < <(cat "$BATS_TEST_TMPDIR/file")
		fi
		[ "$(rss "$ID")" -le 64 ]
		bytes "$ID" 0 $((64 << 20)) | cmp - "$BATS_TEST_TMPDIR/file"
		ipcrm -m "$ID"
	done
}

@test "a copy of a segment is as sparse, and equal" {
	a=$("$ACTOR" size=$((64 << 20)) create)
	b=$("$ACTOR" size=$((64 << 20)) create)
	fill "$b" $((64 << 20)) o
	write --offset 5000001 "$a" < <(seq 10000)
	[ "$(rss "$a")" -lt 100 ]
	shmtool cat "$a" | shmtool attach-write --exact --verify "$b"
	[ "$(rss "$a")" -lt 100 ]
	[ "$(rss "$b")" -lt 100 ]
	cmp <(shmtool cat "$a") <(shmtool cat "$b")
}

# Fill ID with an x, slowly, and then somebody else writes there.
verify_disturbed() {
	strace -qq -o /dev/null -e trace=sendfile,pread64 \
		-e inject=sendfile,pread64:delay_exit=50000 \
		"$SHMTOOL" attach-write --verify --fill x "$ID" 3>&- &
	until [ "$(bytes "$ID" 4321 1)" = x ]; do
		kill -0 $! || return 99
		sleep 0.01
	done
	perl -e 'shmwrite($ARGV[0], "!", 4321, 1) or die "$!"' "$ID"
	wait $!
}

@test "--verify notices somebody else who writes, and says where" {
	need_strace
	make 1048576
	run --separate-stderr verify_disturbed
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment $ID: at offset 4321 is not what was written: somebody else writes to it" ]
	run write --verify --zero "$ID"
	[ "$status" -eq 0 ]
}

# Write a file to ID, and make it so long as soon as its first MiB is written.
write_changing() {
	repeat x $((4 << 20)) >"$BATS_TEST_TMPDIR/file"
	strace -qq -o /dev/null -e trace=sendfile -e inject=sendfile:delay_exit=1000000:when=1 \
		"$SHMTOOL" attach-write --from "$BATS_TEST_TMPDIR/file" "$ID" 3>&- &
	until awk -v id="$ID" '$2 == id { exit $7 != 1 }' /proc/sysvipc/shm; do
		kill -0 $! || return 99
		sleep 0.01
	done
	truncate -s "$1" "$BATS_TEST_TMPDIR/file"
	wait $!
}

@test "a file that becomes shorter or longer meanwhile is an error that says how far it got" {
	need_users # else there is no sendfile(2) to wait for
	need_strace
	make $((4 << 20))
	run --separate-stderr write_changing 1M
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment $ID: wrote 1048576 bytes, then: $BATS_TEST_TMPDIR/file: it has become shorter" ]
	[ "$(bytes "$ID" 1048575 2)" = xo ]
	run --separate-stderr write_changing 6M
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment $ID: wrote 4194304 bytes, then: $BATS_TEST_TMPDIR/file: it has become longer, and the rest is left out" ]
}

@test "input that cannot be opened or read is an error, and nothing changes" {
	make 8192
	for words in "$BATS_TEST_TMPDIR/none:No such file or directory" "/etc:Is a directory" \
		"/proc/self/mem:Input/output error"; do
		run --separate-stderr write --from "${words%:*}" "$ID"
		[ "$status" -eq 1 ]
		[ "$stderr" = "shmtool attach-write: ${words%:*}: ${words##*:}" ]
	done
	run --separate-stderr write "$ID" 0>/dev/null
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: standard input: Bad file descriptor" ]
	run --separate-stderr write --from $'/\e[31m' "$ID"
	[ "$stderr" = "shmtool attach-write: /\\x1b[31m: No such file or directory" ]
	is_unchanged 8192
}

@test "a limit of file sizes is an error of what is staged, and none of what is not" {
	make 8192
	repeat x 8192 >"$BATS_TEST_TMPDIR/file"
	run bash -c "ulimit -S -f 1; '$SHMTOOL' attach-write $ID < <(cat '$BATS_TEST_TMPDIR/file') 2>&1 | cat"
	[ "$output" = "shmtool attach-write: standard input: File too large (see 'ulimit -f')" ]
	is_unchanged 8192
	run bash -c "ulimit -S -f 1; '$SHMTOOL' attach-write --from '$BATS_TEST_TMPDIR/file' $ID 2>&1 | cat"
	[ -z "$output" ]
	[ "$(bytes "$ID" 0 8192)" = "$(repeat x 8192)" ]
}

@test "--dry-run checks everything, says what would be written, and changes nothing" {
	make 8192
	sleep 1.1
	before=$(state "$ID")
	run --separate-stderr write --dry-run --offset 2 --flock "$BATS_TEST_TMPDIR/lock" "$ID" < <(printf hello)
	[ "$status" -eq 0 ]
	[ "$output" = "would write 5 bytes at offset 2 of segment $ID" ]
	[ -z "$stderr" ]
	[ ! -e "$BATS_TEST_TMPDIR/lock" ]
	run write -n --zero "$ID"
	[ "$output" = "would write 8192 bytes at offset 0 of segment $ID" ]
	run write -n --stream "$ID" </dev/null
	[ "$output" = "would write up to 8192 bytes at offset 0 of segment $ID" ]
	for words in "--offset 8193" "--exact" "--length 2" "--from /no/file" "--if-size 4096"; do
		# shellcheck disable=SC2086
		run write -n $words "$ID" < <(printf hello)
		[ "$status" -eq 1 ]
	done
	[ "$(state "$ID")" = "$before" ]
	is_unchanged 8192
}

@test "--progress shows how far it is, and a terminal sees it without" {
	make 8192
	run --separate-stderr write --progress "$ID" < <(printf a && sleep 1.2 && printf b)
	[ "$status" -eq 0 ]
	[[ $stderr =~ ^2B,\ .*B/s$ ]]
	need_terminal
	[[ $(on_terminal 80 "(printf a; sleep 0.6; printf b) | $SHMTOOL attach-write $ID") == *"2B, "*"/s"* ]]
}

@test "a lock or semaphore is held while it is written, not while input is read" {
	make 8192
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	lock=$BATS_TEST_TMPDIR/lock
	"$SHMTOOL" attach-write --flock "$lock" "$ID" <"$BATS_TEST_TMPDIR/fifo" 3>&- &
	exec 9>"$BATS_TEST_TMPDIR/fifo"
	printf hel >&9
	sleep 0.2
	flock --nonblock "$lock" true
	exec 8<"$lock"
	flock 8
	printf lo >&9
	exec 9>&-
	sleep 0.3
	kill -0 $!
	[ "$(bytes "$ID" 0 5)" = ooooo ]
	exec 8<&-
	wait $!
	[ "$(bytes "$ID" 0 6)" = helloo ]
}

@test "what somebody else holds is not waited for beyond --timeout" {
	make 8192
	touch "$BATS_TEST_TMPDIR/lock"
	exec 8<"$BATS_TEST_TMPDIR/lock"
	flock --shared 8
	run --separate-stderr write --flock "$BATS_TEST_TMPDIR/lock" --timeout 0 --zero "$ID" 8<&-
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool attach-write: $BATS_TEST_TMPDIR/lock: locked by somebody else" ]]
	exec 8<&-
	semaphore=$(perl -e '$s = semget(0, 2, 01600) // die "$!"; semctl($s, 1, 16, 1) || die "$!"; print $s')
	run --separate-stderr write --sem "$semaphore:0" --timeout 0 --zero "$ID"
	[ "$status" -eq 1 ]
	is_unchanged 8192
	run --separate-stderr write --sem "$semaphore:1" --timeout 0 --zero "$ID"
	[ "$status" -eq 0 ]
	[ "$(perl -e 'print semctl($ARGV[0], 1, 12, 0) + 0' "$semaphore")" = 1 ]
	ipcrm -s "$semaphore"
}

@test "what is not there, or not as it must be, is an error" {
	make 8192
	run --separate-stderr write 999999 </dev/null
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment 999999: no such segment" ]
	run --separate-stderr write 0xabc </dev/null
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool attach-write: key 0x00000abc: no such segment"* ]]
	for guard in "--if-owner 60001" "--if-key 0x56" "--if-size 4K" "--if-ctime 5"; do
		# shellcheck disable=SC2086
		run --separate-stderr write $guard --zero "$ID"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool attach-write: segment $ID: kept: its "* ]]
	done
	is_unchanged 8192
	run write --if-owner root --if-size 8K --zero "$ID"
	[ "$status" -eq 0 ]
}

@test "a segment that goes away while input is read is an error" {
	make 8192
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SHMTOOL" attach-write "$ID" <"$BATS_TEST_TMPDIR/fifo" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
	exec 9>"$BATS_TEST_TMPDIR/fifo"
	sleep 0.3
	ipcrm -m "$ID"
	exec 9>&-
	wait $! || [ $? -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR/errors")" = "shmtool attach-write: segment $ID: somebody else has just removed it" ]
}

@test "what is marked for destruction, and what others have attached, is written to" {
	start_actor create attach hold
	shmtool rm "$ID"
	[ "$(field "$ID" state)" = dest ]
	write "$ID" < <(printf hello)
	[ "$(bytes "$ID" 0 5)" = hello ]
}

@test "an ordinary user writes to his own segment, and so does root without capabilities" {
	need_users
	id=$("$ACTOR" user=60001 size=3000000 create)
	repeat x 3000000 >"$BATS_TEST_TMPDIR/file"
	run as_user 60001 "$PUBLIC/shmtool" attach-write -v --verify "$id" <"$BATS_TEST_TMPDIR/file"
	[ "$status" -eq 0 ]
	bytes "$id" 0 3000000 | cmp - "$BATS_TEST_TMPDIR/file"
	run as_user 60001 "$PUBLIC/shmtool" attach-write --verify --zero "$id"
	[ "$status" -eq 0 ]
	[ "$(rss "$id")" -le 4 ]
	make 3000000
	run setpriv --bounding-set -all --inh-caps -all "$SHMTOOL" attach-write --verify "$ID" <"$BATS_TEST_TMPDIR/file"
	[ "$status" -eq 0 ]
	bytes "$ID" 0 3000000 | cmp - "$BATS_TEST_TMPDIR/file"
}

@test "who may not write is told why, before input is read" {
	need_users
	id=$("$ACTOR" user=60002 mode=400 size=8192 create)
	own=$("$ACTOR" user=60001 mode=400 create)
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	exec 9<>"$BATS_TEST_TMPDIR/fifo" # it has no end
	before=$(state "$id")
	run --separate-stderr timeout 20 setpriv --reuid 60001 --regid 60001 --clear-groups \
		"$PUBLIC/shmtool" attach-write "$id" <&9
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: segment $id: Permission denied: mode 0400, owner 60002; writing needs read and write permission" ]
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" attach-write --dry-run "$own" <&9
	[ "$status" -eq 1 ]
	[[ $stderr == *"segment $own: Permission denied: mode 0400, owner 60001; "* ]]
	shmtool set --mode 0200 "$own"
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" attach-write "$own" <&9
	[ "$status" -eq 1 ]
	run --separate-stderr setpriv --bounding-set -ipc_owner --inh-caps -ipc_owner \
		"$SHMTOOL" attach-write "$id" <&9
	[ "$status" -eq 1 ]
	[[ $stderr == *"Permission denied: mode 0400, owner 60002"* ]]
	exec 9>&-
	[ "$(state "$id")" = "$before" ]
	run write "$id" < <(printf root)
	[ "$status" -eq 0 ]
	[ "$(bytes "$id" 0 4)" = root ]
}

@test "the file is opened before capabilities go, and two of them are kept" {
	need_users
	make 8192
	mkdir -m 700 "$BATS_TEST_TMPDIR/dir"
	printf secret >"$BATS_TEST_TMPDIR/dir/file"
	chmod 0 "$BATS_TEST_TMPDIR/dir/file"
	chown -R 60001 "$BATS_TEST_TMPDIR/dir"
	write --from "$BATS_TEST_TMPDIR/dir/file" "$ID"
	[ "$(bytes "$ID" 0 6)" = secret ]
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SHMTOOL" attach-write "$ID" <"$BATS_TEST_TMPDIR/fifo" 3>&- &
	exec 9>"$BATS_TEST_TMPDIR/fifo"
	sleep 0.3
	grep -qE '^CapEff:.0000010000008000$' "/proc/$!/status"
	grep -qE '^NoNewPrivs:.1$' "/proc/$!/status"
	exec 9>&-
	wait $!
}

# Two huge pages of 2 MiB that are free, made for the moment if need be; and put back.
with_huge_pages() {
	local pool=/sys/kernel/mm/hugepages/hugepages-2048kB before result=0
	[ -w "$pool/nr_hugepages" ] || skip "there are no huge pages of 2 MiB"
	before=$(cat "$pool/nr_hugepages")
	if [ $(($(cat "$pool/free_hugepages") - $(cat "$pool/resv_hugepages"))) -ge 2 ]; then
		"$@"
		return
	fi
	echo $((before + 2)) >"$pool/nr_hugepages" 2>/dev/null || true
	if [ "$(cat "$pool/nr_hugepages")" -eq $((before + 2)) ]; then
		"$@" || result=$?
	else
		result=77
	fi
	echo "$before" >"$pool/nr_hugepages"
	[ "$result" -ne 77 ] || skip "no huge pages can be had"
	return "$result"
}

# SHM_HUGETLB of 2 MiB.
huge_pages_are_written() {
	local id
	id=$(perl -e 'print shmget(0, 4 << 20, 01600 | 04000 | 21 << 26) // die "$!"') || return 77
	repeat x 3000000 >"$BATS_TEST_TMPDIR/file"
	write --verify --offset 4097 --from "$BATS_TEST_TMPDIR/file" "$id" &&
		[ "$(bytes "$id" 4097 3000000 | cksum)" = "$(cksum <"$BATS_TEST_TMPDIR/file")" ] &&
		write --verify --fill y "$id" &&
		[ "$(bytes "$id" 0 $((4 << 20)) | tr -d y | wc -c)" -eq 0 ] &&
		write --verify --zero --offset 1 "$id" &&
		[ "$(bytes "$id" 0 $((4 << 20)) | tr -d '\0')" = y ] &&
		write --stream "$id" < <(cat "$BATS_TEST_TMPDIR/file") &&
		[ "$(bytes "$id" 0 3000000 | cksum)" = "$(cksum <"$BATS_TEST_TMPDIR/file")" ]
}

@test "huge pages are written by way of the mapping" {
	need_users
	with_huge_pages huge_pages_are_written
}

@test "an empty pool of huge pages is an error, and no SIGBUS" {
	need_users
	[ "$(cat /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages)" = 0 ] ||
		skip "there is no empty pool of huge pages"
	# SHM_HUGETLB of 1 GiB, and SHM_NORESERVE: it is made, but has no page.
	id=$(perl -e 'print shmget(0, 1 << 30, 01600 | 04000 | 010000 | 30 << 26) // die "$!"') ||
		skip "no such segment can be made"
	for words in --zero "--fill x" "--from /proc/version" "--stream --from /proc/version"; do
		# shellcheck disable=SC2086
		run --separate-stderr write $words "$id"
		[ "$status" -eq 1 ]
		[ "$stderr" = "shmtool attach-write: segment $id: wrote 0 bytes, then: no huge page is free for more of it (see the sysctl vm.nr_hugepages)" ]
	done
}

@test "it waits while a removal has closed segments" {
	need_users
	id=$("$ACTOR" user=60001 mode=600 create)
	exec 8</proc/self/ns/ipc
	flock 8
	"$ACTOR" use="$id" mode=0 chmod
	as_user 60001 "$PUBLIC/shmtool" attach-write --fill x "$id" 3>&- 8<&- &
	sleep 0.3
	kill -0 $!
	"$ACTOR" use="$id" mode=600 chmod
	exec 8<&-
	wait $!
	[ "$(bytes "$id" 0 3)" = xxx ]
}

@test "a wrong command line is a usage error, and nothing is read or changed" {
	make 8192
	before=$(state "$ID")
	for words in "" "$ID $ID" "$ID -m $ID" "-m $ID -m $ID" "-m $ID -M 0x55" "12x" "-1" "0x0" \
		"$ID --fill" "$ID --fill 256" "$ID --fill -1" "$ID --fill 0x100" "$ID --fill xx" \
		"$ID --fill 00" "$ID --fill=" "$ID --fill é" "$ID --zero --fill 0" \
		"$ID --zero --from /dev/null" "$ID --fill 0 --from -" "$ID --zero=yes" \
		"$ID --offset -1" "$ID --offset 1x" "$ID --offset=" "$ID --length 18446744073709551616" \
		"$ID --length x" "$ID --from=" "$ID --from" "$ID --stream --exact" \
		"$ID --stream --verify" "$ID --stream --zero" "$ID --exact --fill 0" \
		"$ID --timeout 5" "$ID --sem x" "$ID --flock=" "$ID --typo" "$ID -x" "$ID --strea" \
		"$ID --if-size -1" "$ID --if-key 0"; do
		# shellcheck disable=SC2086
		run --separate-stderr write $words < <(printf x)
		is_usage_error
	done
	[ "$(state "$ID")" = "$before" ]
	is_unchanged 8192
	run --separate-stderr write --zero --fill 1 "$ID"
	[[ $stderr == *"--from, --fill and --zero exclude each other"* ]]
}

@test "--help shows help and changes nothing" {
	make 100
	run --separate-stderr write --zero "$ID" --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: shmtool attach-write "* ]]
	is_unchanged 100
}

@test "a full disk under stdout is an error, but what was asked for is done" {
	make 100
	run --separate-stderr bash -c "printf hello | '$SHMTOOL' attach-write -v $ID >/dev/full"
	[ "$status" -eq 1 ]
	[[ $stderr == *"write error: No space left on device" ]]
	[ "$(bytes "$ID" 0 5)" = hello ]
}

@test "a standard input that is closed is an error, and no empty one" {
	make 4096
	run --separate-stderr bash -c "'$SHMTOOL' attach-write $ID <&-"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool attach-write: standard input: Bad file descriptor" ]
	run --separate-stderr bash -c "'$SHMTOOL' create --size 1 --from - <&-"
	[ "$status" -eq 1 ]
	is_unchanged 4096
}
