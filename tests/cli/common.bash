# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of every verb share. They run in an IPC namespace of their own
# (tests/private), and refuse to run in any other.
bats_require_minimum_version 1.5.0

setup_file() {
	[ "$(readlink /proc/self/ns/ipc)" != "${SHMTOOL_HOST_IPC:?run by tests/private}" ] || {
		echo "this is the host's IPC namespace" >&2
		return 1
	}
	# Other users can reach the program here, wherever the checkout is.
	PUBLIC=$(mktemp -d /tmp/shmtool-test.XXXXXX)
	chmod 755 "$PUBLIC"
	cp "$SHMTOOL" "$PUBLIC/shmtool"
	export PUBLIC LC_ALL=C.UTF-8
}

teardown_file() {
	rm -rf "$PUBLIC"
}

setup() {
	ACTORS=()
}

teardown() {
	[ ${#ACTORS[@]} -eq 0 ] || kill -9 "${ACTORS[@]}" 2>/dev/null || true
	ipcrm --all=shm
	# A test that has failed has not put them back.
	[ -z "${SYSCTLS-}" ] || while read -r file before; do
		[ -z "$file" ] || echo "$before" >"$file"
	done <<<"$SYSCTLS"
	[ -z "${HUGE_PAGES-}" ] || echo "$HUGE_PAGES" >/proc/sys/vm/nr_hugepages
}

shmtool() {
	"$SHMTOOL" "$@"
}

# Older kernels let the root of a user namespace not write these.
need_sysctl() {
	[ -w /proc/sys/kernel/"$1" ] || skip "the sysctl kernel.$1 cannot be written here"
}

# Run with a sysctl of this namespace set, and put it back: with_sysctl shmmni 1 run ...
# Where the command is a function, each of its lines can fail the test, so there is no "||".
with_sysctl() {
	local file=/proc/sys/kernel/$1 value=$2 before result
	shift 2
	read -r before <"$file"
	SYSCTLS="$file $before"$'\n'${SYSCTLS-}
	echo "$value" >"$file"
	"$@"
	result=$?
	echo "$before" >"$file"
	return "$result"
}

# So many huge pages of the default size, and no more, until the end of the test, whose
# teardown puts back that there are none. They are not of a namespace: tests take turns.
need_huge_pages() {
	[ -w /proc/sys/vm/nr_hugepages ] || skip "only root can get huge pages"
	exec 7</proc/sys/vm
	flock 7
	[ "$(cat /proc/sys/vm/nr_hugepages)" -eq 0 ] || skip "this system uses its huge pages"
	HUGE_PAGES=0
	echo "$1" >/proc/sys/vm/nr_hugepages
	[ "$(awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo)" -eq "$1" ] ||
		skip "there are no $1 huge pages to be had"
}

# As another user than root. Only a real root can become one.
need_users() {
	setpriv --reuid 1000 --regid 1000 --clear-groups true 2>/dev/null ||
		skip "only root can become another user"
}

# What a command prints on a terminal of so many columns; script(1) gives it one.
need_terminal() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip "there are no pseudo-terminals"
}

on_terminal() {
	local columns=$1
	shift
	script -qec "stty cols $columns; $*" /dev/null </dev/null | tr -d '\r'
}

# The same, where somebody types an answer.
on_terminal_with() {
	local answer=$1
	shift
	printf '%s\n' "$answer" | script -qec "$*" /dev/null | tr -d '\r'
}

# Run a command whose log goes to a file: with_log FILE COMMAND... (see tests/logged.c).
need_log() {
	with_log /dev/null true 2>/dev/null || skip "this system allows no /dev of our own"
}

with_log() {
	"$LOGGED" "$@"
}

# For the rest of the test. A leak checker, if there is one, traces the process at its end,
# and is an error where it cannot.
no_leak_checker() {
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
}

has_sanitizer() {
	grep -q __asan_init "$SHMTOOL"
}

need_no_sanitizer() {
	! has_sanitizer || skip "a sanitizer in the program needs $1"
}

# Run a program with a /proc of our own, where is what the commands make in their directory,
# and what a sanitizer reads before main(), of this very process: with_proc COMMANDS COMMAND...
with_proc() {
	no_leak_checker # it looks there for threads
	# shellcheck disable=SC2016 # sh expands it
	timeout 60 unshare --mount sh -c '
		mkdir -p "$PUBLIC/proc" && mount -t tmpfs none "$PUBLIC/proc" && cd "$PUBLIC/proc" || exit
		if grep -q __asan_init "$SHMTOOL"; then
			mkdir self && touch self/maps self/environ && ln -s "$SHMTOOL" self/exe
			mount --bind "/proc/$$/maps" self/maps
			mount --bind "/proc/$$/environ" self/environ
		fi
		eval "$1" && shift && mount --rbind "$PUBLIC/proc" /proc && cd / && exec "$@"' sh "$@"
}

without_proc() {
	with_proc : "$@"
}

need_program() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

need_strace() {
	need_program strace
	strace -o /dev/null true || skip "this system does not allow to trace processes"
	no_leak_checker # it cannot trace what is traced
}

# Inside a chroot, or a container, these may be forbidden.
need_namespace() {
	unshare "$@" true 2>/dev/null || skip "this system does not allow: unshare $*"
}

as_user() {
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
}

# Run an actor (tests/actor.c) that holds at the end. Sets PID, and ID if it creates.
start_actor() {
	local out=$BATS_TEST_TMPDIR/actor.${#ACTORS[@]} i
	"$ACTOR" "$@" >"$out" 3>&- &
	PID=$!
	ACTORS+=("$PID")
	for i in $(seq 500); do
		! grep -q ready "$out" || break
		sleep 0.01
	done
	grep -q ready "$out"
	ID=$(grep -v ready "$out") || ID=
}

# Kill it as an application that crashes is killed, and wait until it is gone.
kill_actor() {
	kill -9 "$1"
	wait "$1" 2>/dev/null || true
}

# One field of one segment, from the JSON.
field() {
	shmtool stat --json "$1" | jq -r ".segments[0].$2"
}

exists() {
	shmtool stat "$1" >/dev/null 2>&1
}

# To be used for "! exists": a test does not fail by a command that has "!" before it.
is_gone() {
	! exists "$1"
}

# Messages of the tool: the command line was wrong, and says so with the hint.
is_usage_error() {
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "shmtool"*": "* ]]
	[[ ${stderr_lines[1]} == "Try 'shmtool"*"--help'." ]]
	[ ${#stderr_lines[@]} -eq 2 ]
}
