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

# Limits of memory, of address space so large: none for a sanitizer, nor for the counters of
# coverage, which take more and crash before main().
memory() {
	grep -qE '__asan_init|__gcov_init' "$SHMTOOL" || printf '%s ' data=200000 "${@/#/as=}"
}

# Ended by itself, and no signal.
ended() {
	[ "$status" -le 3 ] || [ "$status" -eq 99 ]
}

@test "without any argument, not even a name, it is as with its name alone" {
	run --separate-stderr "$HOSTILE" nameless "$SHMTOOL"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$output" = "$(shmtool)" ]
	[[ $output == "no segments"* ]]
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

@test "with hardly any open files, memory or processes it removes nothing that is in use" {
	need_users
	start_users
	for limit in nofile=3 nofile=4 nofile=5 nofile=6 nofile=7 nofile=8 nofile=10 nofile=12 \
		$(memory 3000000 4000000 5000000 6000000 8000000) nproc=0 memlock=0 sigpending=0 msgqueue=0 fsize=0:; do
		for words in "gc --yes --no-log --older-than 0 --system --keyed --locked" \
			"gc --yes --no-log --older-than 0 --owner 60001" "rm --unused $held --no-log" \
			"list -O --holders" "stat $held" "limits"; do
			# shellcheck disable=SC2086
			run limited "$limit" "$SHMTOOL" $words
			ended
		done
		users_are_whole
	done
}

@test "a creation that any of these stops leaves no segment" {
	for limit in nofile=4 nofile=5 nofile=6 nofile=7 nofile=8 $(memory 4000000 5000000) fsize=0: nproc=0; do
		for words in "" "--populate" "--key 0x77 --reuse" "--lock"; do
			# shellcheck disable=SC2086
			run --separate-stderr limited "$limit" "$SHMTOOL" create --size 64K $words
			ended
			[ "$status" -ne 0 ] || ipcrm --shmem-id "$output"
			[ "$(shmtool list --count)" -eq 0 ]
		done
	done
}

@test "with SIGCHLD ignored and all signals blocked it makes and removes as always" {
	need_users
	for way in --ignore-signal=CHLD --block-signal "--ignore-signal"; do
		run --separate-stderr timeout 20 env "$way" "$SHMTOOL" create --size 4096 --populate
		[ "$status" -eq 0 ]
		id=$output
		exists "$id"
		orphan=$("$ACTOR" user=60001 create)
		start_actor user=60001 create hold
		run timeout 20 env "$way" "$SHMTOOL" gc --yes --no-log --older-than 0
		[ "$status" -eq 0 ]
		is_gone "$orphan"
		exists "$ID"
		run timeout 20 env "$way" "$SHMTOOL" rm --no-log --unused "$id"
		[ "$status" -eq 0 ]
		is_gone "$id"
	done
	# A pipe that nobody reads, where SIGPIPE cannot end it: an error all the same.
	for i in $(seq 300); do "$ACTOR" create >/dev/null; done
	# shellcheck disable=SC2016
	run --separate-stderr bash -c 'env --block-signal "$SHMTOOL" list --json -O | true; echo "${PIPESTATUS[0]}"'
	[ "$output" = 1 ] || [ "$output" = 141 ]
}

@test "many and long arguments are taken or refused, safely" {
	id=$("$ACTOR" create)
	# shellcheck disable=SC2046
	run --separate-stderr timeout 60 "$SHMTOOL" stat $(seq 200000 220000)
	[ "$status" -eq 1 ]
	[ "${#stderr_lines[@]}" -eq 20001 ]
	long=$(printf '%*s' 100000 '' | tr ' ' '\033')
	for words in stat "rm --key" "list --owner" "cat --output" "gc --config" "create --size" "key"; do
		# shellcheck disable=SC2086
		run --separate-stderr timeout 20 "$SHMTOOL" $words "$long"
		[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
		[[ $stderr != *$'\e'* ]]
	done
	exists "$id"
}

@test "no environment makes it fail, show what it should not, or forget who is in use" {
	need_users
	start_users
	expected=$(shmtool list --json -o ID,STATE,NATTCH,SIZE)
	mkdir -p "$BATS_TEST_TMPDIR/C/LC_CTYPE"
	for setting in COLUMNS=-1 COLUMNS=0 COLUMNS=1 COLUMNS=99999999999999999999 COLUMNS=$'\e' LINES=-5 \
		TERM=../../../etc/passwd TERM= TERM=$'\e[31m' NO_COLOR= NO_COLOR=1 \
		LC_ALL=../../../../etc LC_ALL="$(printf '%4000s' x)" LC_ALL=C.UTF-8/../../x LC_CTYPE=xx_XX.UTF-99 \
		LANG=$'\xff' LOCPATH="$BATS_TEST_TMPDIR" LANGUAGE=x \
		TZ=:../../../../etc/passwd TZ=/dev/zero TZ=$'\e' TZ="$(printf '%4000s' x)" TZ=,M0.0.0,J999 TZDIR=/dev \
		POSIXLY_CORRECT=1 LIBSMARTCOLS_DEBUG=0 LIBSMARTCOLS_DEBUG_PADDING=1 HOME=/dev/zero \
		XDG_CONFIG_HOME=/dev/full TMPDIR=/nonexistent MALLOC_PERTURB_=165 GETCONF_DIR=/ PATH=; do
		run --separate-stderr timeout 20 env "$setting" "$SHMTOOL" list --json -o ID,STATE,NATTCH,SIZE
		[ "$output" = "$expected" ]
		run timeout 20 env "$setting" "$SHMTOOL" list -O --holders
		[ "$status" -eq 0 ]
		run timeout 20 env "$setting" "$SHMTOOL" stat "$held" "$idle"
		[ "$status" -eq 0 ]
		[[ $output != *$'\e'* ]]
		run timeout 20 env "$setting" "$SHMTOOL" gc --yes --no-log --older-than 0
		[ "$status" -eq 0 ]
	done
	run timeout 20 env -i "$SHMTOOL" gc --yes --no-log --older-than 0
	[ "$status" -eq 0 ]
	users_are_whole
}

@test "where it has capabilities of its file, the environment brings no code into it" {
	need_users
	need_program setcap
	cp "$SHMTOOL" "$PUBLIC/capable"
	setcap cap_sys_ptrace+ep "$PUBLIC/capable" 2>/dev/null || skip "this file system has no capabilities"
	cat >"$BATS_TEST_TMPDIR/bad.c" <<-'END'
		#include <unistd.h>
		__attribute__((constructor)) static void bad(void) { write(1, "loaded\n", 7); }
	END
	"${CC:-cc}" -shared -fPIC -w -o "$PUBLIC/bad.so" "$BATS_TEST_TMPDIR/bad.c" 2>/dev/null || skip "no compiler"
	run as_user 60001 env LD_PRELOAD="$PUBLIC/bad.so" "$PUBLIC/shmtool" list
	[[ $output == *loaded* ]] || skip "code cannot be brought into what has no capabilities either"
	mkdir "$PUBLIC/lib"
	cp "$PUBLIC/bad.so" "$PUBLIC/lib/libsmartcols.so.1"
	for setting in LD_PRELOAD="$PUBLIC/bad.so" LD_LIBRARY_PATH="$PUBLIC/lib" LD_AUDIT="$PUBLIC/bad.so" \
		GCONV_PATH="$PUBLIC" LOCPATH="$PUBLIC"; do
		run as_user 60001 env "$setting" "$PUBLIC/capable" list
		[[ $output != *loaded* ]]
		[ "$status" -eq 0 ]
	done
}

@test "from a directory that is gone, and below a root without /dev and /proc, it works" {
	id=$("$ACTOR" create)
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir ../gone
	[ "$("$SHMTOOL" list --raw -n -o ID)" = "$id" ]
	run --separate-stderr "$SHMTOOL" gc --dry-run
	[ "$status" -eq 0 ]
	run --separate-stderr "$SHMTOOL" gc --config gc.conf
	[ "$status" -eq 1 ]
	cd /
	need_namespace --mount
	run --separate-stderr with_proc 'mount -t tmpfs none /dev' "$SHMTOOL" list --raw -n -o ID
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "$id" ]
	run --separate-stderr with_proc 'mount -t tmpfs none /dev' "$SHMTOOL" rm --no-log "$id"
	[ "$status" -eq 0 ]
	is_gone "$id"
}

# A /proc of somebody's own, whose table is this file: forged COMMAND...
forged() {
	with_proc "mkdir sysvipc && $1" "${@:2}"
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

@test "a /proc that shows processes alone, or hides others', is as good as it can be" {
	need_users
	need_namespace --mount --pid --fork
	start_users
	for options in subset=pid hidepid=invisible hidepid=ptraceable; do
		run --separate-stderr unshare --mount sh -c "mount -t proc -o $options proc /proc 2>/dev/null || exit 77
			'$SHMTOOL' list --raw -n -o ID,STATE -x ID; '$SHMTOOL' gc --yes --no-log --older-than 0 >/dev/null"
		[ "$status" -ne 77 ] || continue
		[ "$status" -eq 0 ]
		[ "$output" = "$held"$'\tattached\n'"$idle"$'\tidle' ]
		users_are_whole
	done
}
