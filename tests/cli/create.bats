# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "create prints the id alone, and makes what was asked for" {
	run --separate-stderr shmtool create --size 64K --key 0x1b207 --mode u=rw,g=r
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+$ ]]
	[ -z "$stderr" ]
	[ "$(field "$output" size)" = 65536 ]
	[ "$(field "$output" key)" = 0x0001b207 ]
	[ "$(field "$output" mode)" = 0640 ]
}

@test "without a key it is private, and without a mode the owner's alone" {
	id=$(shmtool create -s 1)
	[ "$(field "$id" key)" = 0x00000000 ]
	[ "$(field "$id" mode)" = 0600 ]
}

@test "a key in use is an error, and its segment is left as it is" {
	id=$(shmtool create --size 4096 --key 0x77)
	for exclusive in "" --exclusive; do
		run --separate-stderr shmtool create --size 8192 --key 0x77 $exclusive
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == "shmtool create: key 0x00000077: in use, see 'shmtool stat 0x00000077'" ]]
	done
	[ "$(field "$id" size)" = 4096 ]
	[ "$(shmtool list | wc -l)" -eq 2 ]
}

@test "a wrong command line makes nothing" {
	for arguments in "" "--size 0" "--size -1" "--size 99E" "--size 4x" "--size" \
		"--size 1 --mode 4644" "--size 1 --mode 999" "--size 1 --key 0" \
		"--size 1 --key -1" "--size 1 --key 0x100000001" "--size 1 operand" \
		"--size 1 --typo" "--size 1 --huge=3M" "--size 1 --huge=1" "--size 1 --huge 2M" \
		"--size 1 --owner root:" "--size 1 --owner :root" "--size 1 --owner" \
		"--size 1 --owner nobody-of-this-name" "--size 1 --owner root:no-such-group" \
		"--size 1 --ftok /etc:0" "--size 1 --ftok /etc:256" "--size 1 --ftok /etc:" \
		"--size 1 --ftok :R" "--size 1 --ftok /etc --key 0x55" "--ftok /nonexistent" \
		"--size 1 --owner root --owner 60001" "--size 1 --ftok /etc --ftok /etc:R" \
		"--size 1 --key 1 --key 2" "--size 1 --mode 0600 --mode 0640" \
		"--size 1 --reuse" "--size 1 --key 1 --reuse --exclusive" \
		"--size 1 --print id,typo" "--size 1 --print id,id" "--size 1 --print=" \
		"--size 1 --lock=yes" "--size 1 --id-file" "--size 1 --id-file=" \
		"--size 1 --id-file /nonexistent/id --exclusive"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool create $arguments
		is_usage_error
	done
	run --separate-stderr shmtool create --size 1 --ftok /etc --key 0x55
	[[ $stderr == *"--key and --ftok exclude each other"* ]]
	run --separate-stderr shmtool create --size 1 --owner root:
	[[ $stderr == *"a colon without a group is not supported"* ]]
	[ -z "$(shmtool list)" ]
}

@test "--help shows help and makes nothing" {
	run --separate-stderr shmtool create --size 1 --key 0x77 --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: shmtool create "* ]]
	[ -z "$(shmtool list)" ]
}

@test "with kernel.shm_rmid_forced it refuses, and names the sysctl" {
	need_sysctl shm_rmid_forced
	echo 1 >/proc/sys/kernel/shm_rmid_forced
	run --separate-stderr shmtool create --size 4096
	echo 0 >/proc/sys/kernel/shm_rmid_forced
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *"the sysctl kernel.shm_rmid_forced is 1" ]]
	[ -z "$(shmtool list)" ]
}

@test "it notices that also where /proc is missing" {
	need_namespace --mount
	need_sysctl shm_rmid_forced
	echo 1 >/proc/sys/kernel/shm_rmid_forced
	run --separate-stderr without_proc "$SHMTOOL" create --size 4096
	echo 0 >/proc/sys/kernel/shm_rmid_forced
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *"the sysctl kernel.shm_rmid_forced is 1" ]]
}

@test "each limit that is hit is named by its sysctl" {
	need_sysctl shmmni
	shmtool create --size 1
	with_sysctl shmmni 1 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmni allows 1 segments, all in use" ]

	with_sysctl shmmax 4096 run --separate-stderr shmtool create --size 4097
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmax allows 4096 bytes, not 4097" ]
	[ "${stderr_lines[1]}" = "  'sysctl kernel.shmmax=NUMBER' raises the limit" ]
	[ ${#stderr_lines[@]} -eq 2 ]

	with_sysctl shmall 1 run --separate-stderr shmtool create --size 1M
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmall allows 1 pages, 1 in use" ]
}

@test "who uses a limit up is named, with what he holds, those with most first" {
	need_sysctl shmmni
	need_users
	"$ACTOR" user=60001 size=1048576 create
	for i in 1 2; do "$ACTOR" user=60002 size=4096 create; done
	for i in 1 2 3; do "$ACTOR" user=60003 size=1 create; done
	"$ACTOR" user=60004 size=1 create

	with_sysctl shmmni 5 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: the sysctl kernel.shmmni allows 5 segments, 7 in use" ]
	[ "${stderr_lines[1]}" = "  60003 owns 3 segments, 3B" ]
	[ "${stderr_lines[2]}" = "  60002 owns 2 segments, 8K" ]
	[ "${stderr_lines[3]}" = "  60001 owns 1 segment, 1M" ]
	[[ ${stderr_lines[4]} == "  'shmtool gc' "*"'sysctl kernel.shmmni=NUMBER' "* ]]
	[ ${#stderr_lines[@]} -eq 5 ]

	with_sysctl shmall 10 run --separate-stderr shmtool create --size 1
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == "shmtool create: the sysctl kernel.shmall allows 10 pages, "*" in use" ]]
	[[ ${stderr_lines[1]} == "  1 more would be needed, of "*" each" ]]
	[ "${stderr_lines[2]}" = "  60001 owns 1 segment, 1M" ]
	[ "${stderr_lines[3]}" = "  60002 owns 2 segments, 8K" ]
	[ "${stderr_lines[4]}" = "  60003 owns 3 segments, 3B" ]
	[[ ${stderr_lines[5]} == "  'shmtool gc' "*"'sysctl kernel.shmall=NUMBER' "* ]]
	[ ${#stderr_lines[@]} -eq 6 ]
}

@test "a size that no limit refuses but the kernel does is called that" {
	# More than any file may have, which is no matter of shmmax.
	run --separate-stderr shmtool create --size 8E
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == "shmtool create: cannot create a segment of 9223372036854775808 bytes: "* ]]
	[ "${stderr_lines[1]}" = "  that is more than any segment can have, whatever the limits" ]
	[ ${#stderr_lines[@]} -eq 2 ]
}

@test "more than memory and swap is refused by overcommit, which is said" {
	[ "$(cat /proc/sys/vm/overcommit_memory)" = 0 ] || skip "vm.overcommit_memory is not 0"
	run --separate-stderr shmtool create --size 1E
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: cannot create a segment of 1152921504606846976 bytes: Cannot allocate memory" ]
	[[ ${stderr_lines[1]} == "  the sysctl vm.overcommit_memory is 0: no segment can be larger than memory and swap, "* ]]
	[ ${#stderr_lines[@]} -eq 2 ]
}

@test "an id that cannot be printed is not left behind" {
	for sink in '>/dev/full' '>&-' '| true'; do
		run bash -c "set -o pipefail; { sleep 0.1; '$SHMTOOL' create --size 4096; } $sink"
		[ "$status" -ne 0 ]
		[ -z "$(shmtool list)" ]
	done
}

@test "--ftok makes the key that key prints, and splits at the last colon before a PROJ" {
	file=$BATS_TEST_TMPDIR/some:file
	touch "$file"
	for words in "$file:R" "$file:0x52" "$file:82"; do
		id=$(shmtool create --size 1 --ftok "$words")
		[ "$(field "$id" key)" = "$(shmtool key "$file" R)" ]
		shmtool rm "$id"
	done
	id=$(shmtool create --size 1 --ftok "$file")
	[ "$(field "$id" key)" = "$(shmtool key "$file")" ]
	# It is the text that decides, not what files there are.
	touch "$file:R"
	id=$(shmtool create --size 1 --ftok "$file:R")
	[ "$(field "$id" key)" = "$(shmtool key "$file" R)" ]
	id=$(shmtool create --size 1 --ftok "$file:R:1")
	[ "$(field "$id" key)" = "$(shmtool key "$file:R")" ]
}

@test "a file for --ftok that is not there is an error, and nothing is made" {
	run --separate-stderr shmtool create --size 1 --ftok $'/nonexistent\e:R'
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = 'shmtool create: /nonexistent\x1b: No such file or directory' ]
	[ -z "$(shmtool list)" ]
}

@test "--populate puts every page into memory before the id is printed, whatever the mode" {
	for mode in 0600 0 0400; do
		id=$(shmtool create --size 5M --populate --mode "$mode")
		[ "$(field "$id" rss)" -ge 5242880 ]
		[ "$(field "$id" mode)" = "$(printf %04o "0$mode")" ]
		[ "$(field "$id" nattch)" = 0 ]
	done
	id=$(shmtool create --size 5M)
	[ "$(field "$id" rss)" = 0 ]
}

@test "an older kernel, which cannot populate at once, gets each page touched" {
	need_strace
	id=$(strace -f -o /dev/null -e trace=madvise -e inject=madvise:error=EINVAL \
		"$SHMTOOL" create --size 5M --populate)
	[ "$(field "$id" rss)" -ge 5242880 ]
}

@test "--lock keeps it in memory, and a lock that is refused leaves no segment" {
	id=$(shmtool create --size 4096 --lock)
	[ "$(field "$id" locked)" = true ]
	shmtool rm "$id"
	need_users
	run --separate-stderr prlimit --memlock=65536 setpriv --reuid 60001 --regid 60001 \
		--clear-groups "$PUBLIC/shmtool" create --size 1M --lock --populate
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool create: segment "*": not locked: of 1M, and RLIMIT_MEMLOCK is 64K (see 'ulimit -l')" ]]
	[[ ${stderr_lines[2]} == "shmtool create: segment "*": removed again" ]]
	[ -z "$(shmtool list)" ]
}

@test "--owner gives it to a user, and a group, which takes no privilege" {
	need_users
	id=$(shmtool create --size 1 --owner 60001)
	[ "$(field "$id" uid)" = 60001 ]
	[ "$(field "$id" gid)" = 0 ]
	id=$(as_user 60001 "$PUBLIC/shmtool" create --size 1 --owner root:60003 --mode 0640)
	[ "$(field "$id" uid)" = 0 ]
	[ "$(field "$id" gid)" = 60003 ]
	[ "$(field "$id" cuid)" = 60001 ]
	[ "$(field "$id" mode)" = 0640 ]
	id=$(as_user 60001 "$PUBLIC/shmtool" create --size 1M --owner 60002 --lock --populate --mode 0)
	[ "$(field "$id" locked)" = true ]
	[ "$(field "$id" rss)" = 1048576 ]
	[ "$(field "$id" mode)" = 0000 ]
}

@test "an owner without a number in this user namespace is refused, and nothing stays" {
	need_namespace --user --map-root-user --ipc
	run --separate-stderr unshare --user --map-root-user --ipc sh -c \
		"'$SHMTOOL' create --size 1 --owner 60001; '$SHMTOOL' list"
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool create: segment "*": the new owner or group has no number in this user namespace" ]]
	[[ ${stderr_lines[1]} == "shmtool create: segment "*": removed again" ]]
}

@test "--huge makes it of huge pages, of the default size or the one that is given" {
	need_huge_pages 2
	size=$(awk '/^Hugepagesize:/ { print $2 }' /proc/meminfo)K
	for huge in --huge "--huge=$size"; do
		run --separate-stderr shmtool create --size 1 "$huge" --populate
		[ "$status" -eq 0 ]
		[ "$(field "$output" rss)" -eq $((${size%K} * 1024)) ]
		shmtool rm "$output"
	done
}

@test "a lock of huge pages is refused, as the kernel ignores it" {
	need_huge_pages 2
	run --separate-stderr shmtool create --size 1 --huge --lock
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool create: segment "*": the kernel did not lock it: of huge pages, which are never swapped,"* ]]
	[[ ${stderr_lines[1]} == "shmtool create: segment "*": removed again" ]]
	[ -z "$(shmtool list)" ]
}

@test "huge pages that there are not are refused with their number, and their sizes" {
	[ -d /sys/kernel/mm/hugepages ] || skip "this kernel has no huge pages"
	[ "$(id -u)" = 0 ] || skip "only root gets so far"
	run --separate-stderr shmtool create --size 1E --huge
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	if [[ ${stderr_lines[0]} == *"Operation not permitted" ]]; then
		skip "this user namespace gives no right to huge pages"
	fi
	[[ ${stderr_lines[0]} == "shmtool create: cannot create a segment of 1152921504606846976 bytes: Cannot allocate memory" ]]
	[[ ${stderr_lines[1]} == "  huge pages of "*" needed, "*" available" ]]
	[[ ${stderr_lines[2]} == "  the sysctl vm.nr_hugepages says how many there are, "* ]]
	run --separate-stderr shmtool create --size 1 --huge=4K
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[0]} == *": Invalid argument" ]]
	[[ ${stderr_lines[1]} == "  this kernel has huge pages of "* ]]
}

@test "huge pages that are not reserved are missed when they are needed, and it is removed" {
	[ -d /sys/kernel/mm/hugepages ] || skip "this kernel has no huge pages"
	run --separate-stderr shmtool create --size 1T --huge --noreserve
	[ "$status" -eq 0 ] || skip "no right to huge pages"
	shmtool rm "$output"
	run --separate-stderr shmtool create --size 1T --huge --noreserve --populate
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool create: segment "*": not populated: there are not enough huge pages"* ]]
	[[ ${stderr_lines[1]} == "shmtool create: segment "*": removed again" ]]
	[ -z "$(shmtool list)" ]
}

@test "huge pages are refused to an ordinary user, with what it takes" {
	need_users
	[ -d /sys/kernel/mm/hugepages ] || skip "this kernel has no huge pages"
	run --separate-stderr prlimit --memlock=0 setpriv --reuid 60001 --regid 60001 --clear-groups \
		"$PUBLIC/shmtool" create --size 1 --huge
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: cannot create a segment of 1 bytes: Operation not permitted" ]
	[[ ${stderr_lines[1]} == "  huge pages need CAP_IPC_LOCK, or the group in the sysctl vm.hugetlb_shm_group, "* ]]
}

@test "--noreserve makes one that is larger than memory" {
	[ "$(cat /proc/sys/vm/overcommit_memory)" = 0 ] || skip "vm.overcommit_memory is not 0"
	id=$(shmtool create --size 1P --noreserve)
	[ "$(field "$id" size)" = 1125899906842624 ]
}

@test "--reuse makes a segment once, and then finds it, also a larger one" {
	run --separate-stderr shmtool create --size 8K --key 0x77 --reuse --verbose
	[ "$status" -eq 0 ]
	id=$output
	[ "$stderr" = "shmtool create: segment $id: made, as none had key 0x00000077" ]
	for size in 8K 1; do
		run --separate-stderr shmtool create --size "$size" --key 0x77 --reuse -v
		[ "$status" -eq 0 ]
		[ "$output" = "$id" ]
		[ "$stderr" = "shmtool create: segment $id: reused, as it has key 0x00000077 and fits" ]
	done
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "--reuse changes nothing about what it finds" {
	id=$(shmtool create --size 8K --key 0x77)
	before=$(shmtool stat --json "$id" | jq '.segments[0] | del(.idle)')
	[ "$(shmtool create --size 1 --key 0x77 --reuse --mode 0666 --lock --populate)" = "$id" ]
	[ "$(shmtool stat --json "$id" | jq '.segments[0] | del(.idle)')" = "$before" ]
}

# What --reuse says of a segment that it refuses; nothing is made or changed.
refuses_to_reuse() {
	local id=$1 why=$2
	shift 2
	run --separate-stderr "$@"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool create: key 0x00000077: segment $id has this key, but $why" ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "--reuse refuses what does not fit, and says why" {
	need_users
	id=$(shmtool create --size 4096 --key 0x77)
	refuses_to_reuse "$id" "4096 bytes, not 8192" \
		shmtool create --key 0x77 --reuse --size 8192
	refuses_to_reuse "$id" "owner root, not 60001" \
		as_user 60001 "$PUBLIC/shmtool" create --key 0x77 --reuse --size 1
	refuses_to_reuse "$id" "owner root, not 60001" \
		shmtool create --key 0x77 --reuse --size 1 --owner 60001
	refuses_to_reuse "$id" "group root, not 60001" \
		shmtool create --key 0x77 --reuse --size 1 --owner root:60001
	shmtool set --owner 60001 --group 60002 "$id"
	[ "$(shmtool create --key 0x77 --reuse --size 1 --owner 60001:60002)" = "$id" ]
	[ "$(as_user 60001 "$PUBLIC/shmtool" create --key 0x77 --reuse --size 1)" = "$id" ]
}

@test "--reuse takes no present: who made a segment keeps all rights to it" {
	need_users
	id=$(as_user 60001 "$PUBLIC/shmtool" create --size 4096 --key 0x77 --owner 60002)
	refuses_to_reuse "$id" "creator 60001, who keeps all rights to it, and is neither its owner nor root" \
		as_user 60002 "$PUBLIC/shmtool" create --key 0x77 --reuse --size 1
	# Who gives it away knows that.
	[ "$(as_user 60001 "$PUBLIC/shmtool" create --key 0x77 --reuse --size 1 --owner 60002)" = "$id" ]
}

@test "--reuse does not take what is marked, whose key is free" {
	start_actor key=0x77 create attach hold
	shmtool rm "$ID"
	id=$(shmtool create --size 4096 --key 0x77 --reuse)
	[ "$id" != "$ID" ]
	[ "$(field "$id" key)" = 0x00000077 ]
}

@test "a hundred that reuse the same key at once get the same segment" {
	for i in $(seq 100); do
		"$SHMTOOL" create --size 4096 --key 0x77 --reuse >"$BATS_TEST_TMPDIR/id.$i" 3>&- &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/id.* | wc -l)" -eq 100 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR"/id.* | wc -l)" -eq 1 ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "--reuse begins anew when another makes or removes it in between" {
	need_strace
	# The key is free when it is looked for, and in use when one is to be made; then free.
	run --separate-stderr strace -f -o /dev/null -e trace=shmget \
		-e inject=shmget:error=EEXIST:when=2..4 "$SHMTOOL" create --size 1 --key 0x77 --reuse
	[ "$status" -eq 0 ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "--print shows columns of list, raw, and --json a document as list does" {
	run --separate-stderr shmtool create --size 64K --key 0x77 --print key,id,SIZE,perms
	[ "$status" -eq 0 ]
	local tab=$'\t'
	[[ $output =~ ^0x00000077"$tab"([0-9]+)"$tab"65536"$tab"rw-------$ ]]
	id=${BASH_REMATCH[1]}
	[ "$(shmtool create --size 1 --key 0x77 --reuse --json --print id,nattch | jq -c .)" = \
		"{\"segments\":[{\"id\":$id,\"nattch\":0}]}" ]
	[ "$(shmtool create --size 1 --key 0x77 --reuse --json | jq -c '.segments[0] | keys')" = \
		"$(shmtool list --json | jq -c '.segments[0] | keys')" ]
	every=$(shmtool list --help | sed -n '/^Columns:/,$p' | awk 'NR > 1 {print $1}' | paste -sd,)
	# All but the idle time, which goes on.
	every=${every/IDLE,/}
	row=$(shmtool create --size 1 --key 0x78 --print "$every")
	[ "$row" = "$(shmtool list --raw --noheadings -o "$every" 0x78)" ]
}

@test "a row or a document that cannot be printed is not left behind either" {
	for option in --json "--print id,key"; do
		# shellcheck disable=SC2086
		run bash -c "'$SHMTOOL' create --size 4096 $option >/dev/full"
		[ "$status" -eq 1 ]
		[ -z "$(shmtool list)" ]
	done
}

# Begin to make a segment that takes two seconds to attach. PID: that of shmtool.
begin_slowly() {
	strace -f -o /dev/null -e trace=shmat -e inject=shmat:delay_enter=2s sh -c \
		'echo $$ >"$0"; exec "$@"' "$BATS_TEST_TMPDIR/pid" env --default-signal \
		"$SHMTOOL" create --size 1M --populate \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	TRACER=$!
	for i in $(seq 500); do
		[ "$(shmtool list --count)" -eq 0 ] || break
		sleep 0.01
	done
	[ "$(shmtool list --count)" -eq 1 ]
	PID=$(cat "$BATS_TEST_TMPDIR/pid")
}

@test "a signal while it is being made removes it, and ends as signals do" {
	need_strace
	for signal in TERM INT HUP QUIT; do
		begin_slowly
		kill -"$signal" "$PID"
		status=0
		wait "$TRACER" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ ! -s "$BATS_TEST_TMPDIR/out" ]
		grep -q "^shmtool create: segment .*: stopped while it was being made: " "$BATS_TEST_TMPDIR/err"
		grep -q "^shmtool create: segment .*: removed again$" "$BATS_TEST_TMPDIR/err"
		[ -z "$(shmtool list)" ]
	done
}

@test "a kill of who makes it, or of who waits for that, removes it too" {
	need_strace
	begin_slowly
	kill -9 "$(pgrep -P "$PID")"
	status=0
	wait "$TRACER" || status=$?
	[ "$status" -eq 1 ]
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	grep -q "^shmtool create: segment .*: stopped while it was being made: Killed$" "$BATS_TEST_TMPDIR/err"
	[ -z "$(shmtool list)" ]

	begin_slowly
	kill -9 "$PID"
	status=0
	wait "$TRACER" || status=$?
	[ "$status" -eq 137 ]
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	[ -z "$(shmtool list)" ]
}

@test "a kill before the id could be told says how to find what may be there" {
	need_strace
	run --separate-stderr strace -f -o /dev/null -e trace=shmctl -e inject=shmctl:signal=KILL:when=1 \
		"$SHMTOOL" create --size 1
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "shmtool create: stopped while a segment was being made: Killed" ]
	[[ ${stderr_lines[2]} =~ ^"shmtool create: 'shmtool list --pid "([0-9]+)"' shows the segment, if there is one"$ ]]
	[ "$(shmtool list --count --pid "${BASH_REMATCH[1]}")" -eq 1 ]
}

@test "a signal that is ignored does not stop it" {
	need_strace
	run --separate-stderr bash -c "trap '' HUP
		strace -f -o /dev/null -e trace=shmat -e inject=shmat:delay_enter=500ms \
			'$SHMTOOL' create --size 1M --populate & sleep 0.2
		pkill -HUP -P \$!; wait \$!"
	[ "$status" -eq 0 ]
	[ "$(field "$output" rss)" = 1048576 ]
}

@test "what somebody has attached before it was complete is not removed under him" {
	need_strace
	strace -f -o /dev/null -e trace=madvise -e inject=madvise:error=ENOMEM:delay_enter=2s \
		"$SHMTOOL" create --size 1M --populate --key 0x77 \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	tracer=$!
	until id=$(shmtool list --raw --noheadings -o id 0x77 2>/dev/null); do sleep 0.05; done
	start_actor use="$id" attach hold
	status=0
	wait "$tracer" || status=$?
	[ "$status" -eq 1 ]
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	[ "$(sed -n 1p "$BATS_TEST_TMPDIR/err")" = "shmtool create: segment $id: not populated: Cannot allocate memory" ]
	[ "$(sed -n 2p "$BATS_TEST_TMPDIR/err")" = "shmtool create: segment $id: not removed again, as somebody uses it already" ]
	[ "$(field "$id" nattch)" = 1 ]
}

@test "it gives up all capabilities but that for locks and huge pages" {
	need_users
	need_strace
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=capset "$SHMTOOL" create --size 1 --owner 60001
	run tail -n1 <(grep capset "$BATS_TEST_TMPDIR/calls")
	[[ $output == *"effective=1<<CAP_IPC_LOCK, permitted=1<<CAP_IPC_LOCK, inheritable=0"* ]]
}

@test "--from makes a segment of a file, or of what is read, as large as that" {
	head -c 300001 /dev/urandom >"$BATS_TEST_TMPDIR/file"
	id=$(shmtool create --from "$BATS_TEST_TMPDIR/file" --mode 0640)
	[ "$(field "$id" size)" = 300001 ]
	[ "$(field "$id" mode)" = 0640 ]
	shmtool cat "$id" | cmp - "$BATS_TEST_TMPDIR/file"
	id=$(shmtool create --from - <"$BATS_TEST_TMPDIR/file")
	shmtool cat "$id" | cmp - "$BATS_TEST_TMPDIR/file"
	# shellcheck disable=SC2002 # a pipe is what is meant
	id=$(cat "$BATS_TEST_TMPDIR/file" | shmtool create --from - --populate --key 0x77)
	[ "$(field "$id" size)" = 300001 ]
	[ "$(field "$id" rss)" = 303104 ]
	shmtool cat 0x77 | cmp - "$BATS_TEST_TMPDIR/file"
}

@test "with a size what is read may be shorter, and nothing is made if it is longer" {
	id=$(printf abc | shmtool create --from - --size 8)
	[ "$(shmtool cat "$id" | od -An -c | xargs)" = 'a b c 0 0 0 0 0' ]
	printf 123456789 >"$BATS_TEST_TMPDIR/file"
	for from in - "$BATS_TEST_TMPDIR/file" /dev/zero; do
		run --separate-stderr bash -c "'$SHMTOOL' create --from $from --size 8 < <(printf 123456789)"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == *"too long"* ]]
	done
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "--from nothing, or what cannot be read, makes nothing" {
	for from in /dev/null /nonexistent "$BATS_TEST_TMPDIR" /proc/self/mem; do
		run --separate-stderr shmtool create --from "$from"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	id=$(shmtool create --from /dev/null --size 4096)
	[ "$(field "$id" rss)" = 0 ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "while it is read nothing is made, and a signal then ends that" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SHMTOOL" create --from "$BATS_TEST_TMPDIR/fifo" --size 1M --mode 666 3>&- &
	pid=$!
	exec 4>"$BATS_TEST_TMPDIR/fifo"
	echo x >&4
	sleep 0.1
	# What is read is not complete: there is none yet.
	[ -z "$(shmtool list)" ]
	kill -TERM "$pid"
	wait "$pid" && status=0 || status=$?
	exec 4>&-
	[ "$status" -eq 143 ]
	[ -z "$(shmtool list)" ]
}

@test "the segment that --id-file names is filled before it is recorded, and once" {
	head -c 5000000 /dev/urandom >"$BATS_TEST_TMPDIR/file"
	for i in $(seq 20); do
		"$SHMTOOL" create --from "$BATS_TEST_TMPDIR/file" --id-file "$BATS_TEST_TMPDIR/id" \
			>"$BATS_TEST_TMPDIR/out.$i" 3>&- &
	done
	wait
	[ "$(sort -u "$BATS_TEST_TMPDIR"/out.* | wc -l)" -eq 1 ]
	[ "$(shmtool list --count)" -eq 1 ]
	shmtool cat "$(cat "$BATS_TEST_TMPDIR/out.1")" | cmp - "$BATS_TEST_TMPDIR/file"
	# It is reused as it is.
	id=$(printf 1 | shmtool create --from - --id-file "$BATS_TEST_TMPDIR/id")
	shmtool cat "$id" | cmp - "$BATS_TEST_TMPDIR/file"
}
