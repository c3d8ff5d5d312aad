# SPDX-License-Identifier: GPL-2.0-or-later
# What is left of a verb's privileges, read from the kernel while the verb runs.
load common

# Each verb with something to do, and the capabilities that it has left by its last word, as
# /proc/PID/status has them. Those of cat are what it reads with.
VERBS="list stat gc rm set limits create cat attach-write key help --show-privileges"
kept_by() {
	case $1 in
	list | stat) echo 10000080004 ;;
	gc | rm) echo 280004 ;;
	set) echo 204000 ;;
	create) echo 4000 ;;
	cat | attach-write) echo 10000008000 ;;
	key) echo 4 ;;
	*) echo 0 ;;
	esac
}

arguments_of() {
	case $1 in
	list) echo list --holders ;;
	stat) echo stat --config /dev/null "$2" ;;
	gc) echo gc --dry-run --config /dev/null --system ;;
	rm) echo rm --dry-run "$2" ;;
	set) echo set --dry-run --mode 0600 "$2" ;;
	create) echo create --size 4096 --id-file "$WORK/id" --print ID ;;
	cat) echo cat "$2" ;;
	attach-write) echo attach-write --verbose --zero "$2" ;;
	key) echo key /tmp ;;
	*) echo "$1" ;;
	esac
}

# The status of a process that runs these words, while it waits for a full pipe to take what
# it says: status_of COMMAND...
status_of() {
	local pipe=$BATS_TEST_TMPDIR/pipe pid i
	rm -f "$pipe"
	mkfifo "$pipe"
	exec 8<>"$pipe"
	dd if=/dev/zero of="$pipe" bs=4096 oflag=nonblock status=none 2>/dev/null || true
	"$@" >&8 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
	pid=$!
	for i in $(seq 500); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = shmtool ] &&
			[[ $(cat "/proc/$pid/wchan") == *pipe* ]] && break
		sleep 0.01
	done
	cat "/proc/$pid/status" || cat "$BATS_TEST_TMPDIR/stderr"
	exec 8>&-
	cat "$pipe" >/dev/null &
	wait "$pid" || true
	kill "$!" 2>/dev/null || true
}

of() {
	sed -n "s/^$1:.0*\\([0-9a-f]\\)/\\1/p" <<<"$output"
}

# That each verb has what is its own of what it could have, in two sets; nothing in two
# others; what is given in the bounding set; and no way to more.
every_verb_keeps_its_own() {
	local could_have=$1 bounding=$2 verb id expected words WORK=$PUBLIC/work
	shift 2
	for verb in $VERBS; do
		mkdir "$WORK"
		chown "$WORKER" "$WORK"
		id=$("$ACTOR" mode=0666 size=8388608 create) # larger than a pipe can be made
		expected=$(printf %x $((0x$(kept_by "$verb") & 0x$could_have)))
		read -ra words <<<"$(arguments_of "$verb" "$id")"
		run status_of "$@" "${words[@]}"
		echo "$verb: $output" | grep -E 'Cap|NoNewPrivs|Seccomp|shmtool'
		[ "$(of CapEff)" = "$expected" ]
		[ "$(of CapPrm)" = "$expected" ]
		[ "$(of CapInh)$(of CapAmb)" = 00 ]
		[ "$(of CapBnd)" = "$bounding" ]
		[ "$(of NoNewPrivs)" = 1 ]
		[ "$(of Seccomp)" = 2 ] || [ "$(uname -m)" != x86_64 ]
		rm -rf "$WORK"
		ipcrm --all=shm
	done
}

ALL=1ffffffffff
as_60001="setpriv --reuid 60001 --regid 60001 --clear-groups" # no function, whose PID is another
# Whose the directory is in which create has its file.
WORKER=0

need_wchan() {
	[ -r /proc/self/wchan ] || skip "this kernel does not say what processes wait for"
}

bounding_set() {
	sed -n 's/^CapBnd:.0*\([0-9a-f]\)/\1/p' /proc/self/status
}

@test "root keeps what the verb names, and its bounding set is empty" {
	need_users
	need_wchan
	every_verb_keeps_its_own $ALL 0 "$SHMTOOL"
}

@test "root without some capabilities keeps what is left of them" {
	need_users
	need_wchan
	every_verb_keeps_its_own 10000004000 0 \
		setpriv --bounding-set -sys_ptrace,-sys_admin,-ipc_owner,-dac_read_search "$SHMTOOL"
}

@test "root without CAP_SETPCAP keeps what the verb names, and cannot use its bounding set" {
	need_users
	need_wchan
	bounding=$(printf %x $((0x$(bounding_set) & ~0x100)))
	every_verb_keeps_its_own $ALL "$bounding" setpriv --bounding-set -setpcap "$SHMTOOL"
}

@test "root without any capability runs every verb" {
	need_users
	need_wchan
	every_verb_keeps_its_own 0 0 setpriv --bounding-set -all "$SHMTOOL"
}

@test "inheritable and ambient capabilities go too" {
	need_users
	need_wchan
	WORKER=60001
	# shellcheck disable=SC2086 # a list of words
	every_verb_keeps_its_own 88000 "$(bounding_set)" $as_60001 --inh-caps +sys_ptrace,+ipc_owner,+kill \
		--ambient-caps +sys_ptrace,+ipc_owner,+kill "$PUBLIC/shmtool"
}

@test "file capabilities are reduced to what the verb names" {
	need_users
	need_wchan
	need_program setcap
	mkdir "$PUBLIC/capable"
	cp "$SHMTOOL" "$PUBLIC/capable/shmtool"
	setcap cap_sys_ptrace,cap_sys_admin,cap_ipc_owner,cap_kill+ep "$PUBLIC/capable/shmtool" ||
		skip "this file system keeps no file capabilities"
	WORKER=60001
	# shellcheck disable=SC2086 # a list of words
	every_verb_keeps_its_own 288000 "$(bounding_set)" $as_60001 "$PUBLIC/capable/shmtool"
}

@test "an ordinary user has none before and after" {
	need_users
	need_wchan
	WORKER=60001
	# shellcheck disable=SC2086 # a list of words
	every_verb_keeps_its_own 0 "$(bounding_set)" $as_60001 "$PUBLIC/shmtool"
}

@test "root of a user namespace keeps what the verb names, and its bounding set is empty" {
	need_wchan
	need_namespace --user --map-root-user
	every_verb_keeps_its_own $ALL 0 unshare --user --map-root-user "$PUBLIC/shmtool"
}

refuses_to_run_set() {
	need_users
	local id words
	id=$("$ACTOR" user=60001 create)
	cp "$SHMTOOL" "$PUBLIC/set"
	chmod "$1" "$PUBLIC/set"
	for words in "list" "rm $id" "--help" "--show-privileges" "create --size 1"; do
		# shellcheck disable=SC2086 # a list of words
		run --separate-stderr as_user 60002 "$PUBLIC/set" $words
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[ "$stderr" = "shmtool: not to be run setuid or setgid: 'chmod ug-s' it, and see sudo(8) or setcap(8)" ]
	done
	rm -f "$PUBLIC/set"
	exists "$id"
	[ "$(shmtool list --count)" = 1 ]
}

@test "setuid, it refuses to run, and nothing is done" {
	refuses_to_run_set u+s
}

@test "setgid, it refuses to run, and nothing is done" {
	need_no_sanitizer "/proc/self, which is root's"
	refuses_to_run_set g+s
}

# The calls of a verb, one a line.
trace() {
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/stderr"
}

line_of() {
	awk -v pattern="$1" '$0 ~ pattern { print NR; exit }' "$BATS_TEST_TMPDIR/trace"
}

# That after it has given them up, no call of this command was refused, or unknown; but for
# map_files, for which it takes a capability.
is_refused_nothing() {
	trace "$@"
	[ -n "$(line_of 'seccomp\\(SECCOMP_SET_MODE_FILTER')" ]
	run ! grep -E '= -1 (EPERM|ENOSYS)' \
		<(sed '1,/seccomp(SECCOMP_SET_MODE_FILTER/d; /"map_files/d' "$BATS_TEST_TMPDIR/trace")
}

@test "no verb makes a call that it is refused, as root and as an ordinary user" {
	need_strace
	need_users
	local verb user
	for user in 0 60001; do
		for verb in $VERBS gc-yes rm-yes; do
			WORK=$(mktemp -d "$PUBLIC/work.XXXXXX")
			chown "$user" "$WORK"
			id=$("$ACTOR" user=60001 mode=0666 create)
			case $verb in
			gc-yes) words="gc --yes --no-log --older-than 0 --owner 60001" ;;
			rm-yes) words="rm --unused $id" ;;
			*) words=$(arguments_of "$verb" "$id") ;;
			esac
			# shellcheck disable=SC2086 # a list of words
			is_refused_nothing setpriv --reuid "$user" --regid "$user" --clear-groups "$PUBLIC/shmtool" $words
			[[ $verb != *-yes ]] || is_gone "$id"
			ipcrm --all=shm
		done
	done
}

@test "privileges go before the kernel's tables, policies and bytes are read, and after files are opened" {
	need_strace
	need_users
	id=$("$ACTOR" mode=0666 create)
	echo hello >"$BATS_TEST_TMPDIR/file"
	echo '[gc]' >"$BATS_TEST_TMPDIR/gc.conf"
	for words in list "stat $id" "stat --config $BATS_TEST_TMPDIR/gc.conf $id" "rm --dry-run --state idle" "gc --dry-run" limits; do
		# shellcheck disable=SC2086 # a list of words
		trace "$SHMTOOL" $words
		gone=$(line_of 'seccomp\\(SECCOMP_SET_MODE_FILTER')
		[ "$(line_of 'capset\\(')" -lt "$gone" ]
		[ "$gone" -lt "$(line_of '"/proc/sysvipc/shm"')" ]
		run ! grep -nE '"/proc/[0-9]+/(stat|maps)"|gc\.conf"' <(head -n "$gone" "$BATS_TEST_TMPDIR/trace")
	done
	for words in "attach-write --from $BATS_TEST_TMPDIR/file $id" "create --from $BATS_TEST_TMPDIR/file"; do
		# shellcheck disable=SC2086 # a list of words
		trace "$SHMTOOL" $words
		gone=$(line_of 'seccomp\\(SECCOMP_SET_MODE_FILTER')
		[ "$(line_of "openat.*$BATS_TEST_TMPDIR/file")" -lt "$(line_of 'capset\\(')" ]
		run ! grep -nE 'hello|SEEK_DATA' <(head -n "$gone" "$BATS_TEST_TMPDIR/trace")
	done
}

@test "where capabilities or calls cannot be given up nothing is done" {
	need_strace
	id=$("$ACTOR" create)
	for call in capset:error=EPERM seccomp:error=ENOMEM prctl:error=EINVAL:when=1+; do
		for words in "rm $id" "gc --yes --older-than 0" "set --mode 0 $id" "create --size 1"; do
			# shellcheck disable=SC2086 # a list of words
			run --separate-stderr strace -qq -f -o /dev/null -e inject=$call "$SHMTOOL" $words
			[ "$status" -eq 1 ]
			[ -z "$output" ]
			[[ $stderr == *"cannot give up "*", so nothing was done"* ]]
		done
	done
	[ "$(field "$id" mode)" = 0600 ]
	[ "$(shmtool list --count)" = 1 ]
}

@test "root without CAP_DAC_OVERRIDE reads a user's file, and puts one into his directory" {
	need_users
	mkdir -m 700 "$PUBLIC/private"
	printf secret >"$PUBLIC/private/file"
	chmod 600 "$PUBLIC/private/file"
	chown -R 60001:60001 "$PUBLIC/private"
	id=$("$ACTOR" size=6 create)
	shmtool attach-write --from "$PUBLIC/private/file" "$id"
	shmtool cat --output "$PUBLIC/private/copy" "$id"
	[ "$(cat "$PUBLIC/private/copy")" = secret ]
	diff <(ls -A "$PUBLIC/private") <(printf 'copy\nfile\n')
}

@test "cat is refused more from its first byte on than while it looks for segments" {
	need_wchan
	id=$("$ACTOR" size=8388608 create)
	run status_of "$SHMTOOL" cat "$id"
	[ "$(of Seccomp_filters)" = 2 ]
	run status_of "$SHMTOOL" stat "$id"
	[ "$(of Seccomp_filters)" = 1 ]
}

@test "--show-privileges says of each verb what is true of it" {
	run --separate-stderr shmtool --show-privileges
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	table=$output
	for verb in $(shmtool help --words | cut -f1); do
		row=$(grep -E "^$verb " <<<"$table")
		run --separate-stderr shmtool --show-privileges "$verb"
		[ "$status" -eq 0 ]
		[ "$verb" != cat ] || continue
		mask=0
		# shellcheck disable=SC2013 # a word in each line
		for name in $(grep -o 'cap_[a-z_]*' <<<"$row"); do
			[[ $output == *"$name "* ]]
			case $name in
			cap_dac_read_search) bit=2 ;;
			cap_ipc_lock) bit=14 ;;
			cap_ipc_owner) bit=15 ;;
			cap_sys_ptrace) bit=19 ;;
			cap_sys_admin) bit=21 ;;
			cap_checkpoint_restore) bit=40 ;;
			esac
			mask=$((mask | 1 << bit))
		done
		[ "$(printf %x $mask)" = "$(kept_by "$verb")" ]
	done
	run --separate-stderr shmtool --show-privileges frob
	is_usage_error
	run --separate-stderr shmtool --show-privileges list stat
	is_usage_error
}

@test "--show-privileges fits into a terminal of 80 columns, with nothing left out" {
	need_terminal
	for verb in '' $(shmtool help --words | cut -f1); do
		on_terminal 80 "'$SHMTOOL' --show-privileges $verb" >"$BATS_TEST_TMPDIR/narrow"
		[ "$(wc -L <"$BATS_TEST_TMPDIR/narrow")" -le 80 ]
		# shellcheck disable=SC2086 # none, or one
		[ "$(shmtool --show-privileges $verb | tr -s ' ,\n' '\n' | sort)" = \
			"$(tr -s ' ,\n' '\n' <"$BATS_TEST_TMPDIR/narrow" | sort)" ]
	done
	[ "$(on_terminal 200 "'$SHMTOOL' --show-privileges")" = "$(shmtool --show-privileges)" ]
}

@test "--show-privileges says which of them the caller has" {
	need_users
	[ "$(shmtool --show-privileges list | awk '$1 == "cap_sys_ptrace" { print $2 }')" = yes ]
	[ "$(as_user 60001 "$PUBLIC/shmtool" --show-privileges list |
		awk '$1 == "cap_sys_ptrace" { print $2 }')" = no ]
}
