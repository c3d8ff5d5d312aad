# SPDX-License-Identifier: GPL-2.0-or-later
# create --id-file: all who start with the same file get the same segment.
load common

setup() {
	ACTORS=()
	DIR=$(mktemp -d /tmp/shmtool-id.XXXXXX)
	FILE=$DIR/id
}

teardown() {
	[ ${#ACTORS[@]} -eq 0 ] || kill -9 "${ACTORS[@]}" 2>/dev/null || true
	ipcrm --all=shm
	rm -rf "$DIR"
}

create() {
	shmtool create --size 4096 --id-file "$FILE" "$@"
}

# What was refused has made nothing, and nothing is left of the attempt.
refused() {
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ -z "$(shmtool list)" ]
}

@test "the file has the id in its first line, and the next one gets it" {
	run --separate-stderr create --verbose
	[ "$status" -eq 0 ]
	id=$output
	[[ $stderr =~ ^"shmtool create: segment $id: made, with the random key 0x"[0-9a-f]{8}$ ]]
	[ "$(head -n 1 "$FILE")" = "$id" ]
	[ "$(wc -l <"$FILE")" -eq 2 ]
	[ "$(stat -c %a "$FILE")" = 600 ]
	before=$(stat -c '%i %y' "$FILE")
	run --separate-stderr create --verbose --print id,size
	[ "$status" -eq 0 ]
	[ "$output" = "$id"$'\t'4096 ]
	[ "$stderr" = "shmtool create: $FILE: names segment $id, which fits" ]
	[ "$(shmtool list --count)" -eq 1 ]
	[ "$(stat -c '%i %y' "$FILE")" = "$before" ]
	[ "$(ls -A "$DIR")" = id ]
}

@test "without a key it has a random one, so that gc calls nothing garbage that the file names" {
	need_users
	chmod 0777 "$DIR"
	made=()
	for i in 1 2; do
		as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/id.$i" --print KEY,ID \
			>"$DIR/made"
		read -r key id <"$DIR/made"
		[[ $key =~ ^0x[0-9a-f]{8}$ ]]
		[ "$key" != 0x00000000 ]
		[ "$(field "$id" key)" = "$key" ]
		grep -q "^key=$key " "$DIR/id.$i"
		made+=("$key")
	done
	[ "${made[0]}" != "${made[1]}" ]
	chmod 0755 "$DIR"
	run shmtool gc --older-than 0 --yes --verbose
	[ "$(grep -c "^keep segment .*: an orphan, but its program can find it by its key (see --keyed)$" <<<"$output")" -eq 2 ]
	[ "$(as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/id.2")" = "$id" ]
	[ "$(as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/id.2" --key "$key")" = "$id" ]
	run shmtool gc --older-than 0 --yes --keyed --verbose
	is_gone "$id"
}

@test "one without a key that a file names, as an older version made it, is found as well" {
	create >/dev/null
	ipcrm --all=shm
	id=$(shmtool create --size 4096)
	cpid=$(field "$id" cpid)
	sed -i -E "1s/.*/$id/; 2s/key=0x[0-9a-f]* (.*) cpid=[0-9]+ /key=0x00000000 \\1 cpid=$cpid /" "$FILE"
	[ "$(create)" = "$id" ]
	[ "$(field "$id" key)" = 0x00000000 ]
}

@test "a random key that is none, or that somebody has already, is drawn again" {
	need_strace
	need_users
	other=$("$ACTOR" user=60001 key=0x77777777 create)
	# The first random numbers are these; a libc may ask for one itself.
	for key in 00000000 77777777; do
		run --separate-stderr strace -qq -o "$DIR/trace" -e trace=getrandom \
			-e inject=getrandom:retval=4:poke_exit=@arg1="$key":when=1..2 \
			"$SHMTOOL" create --size 4096 --id-file "$FILE" --print ID,KEY
		[[ $stderr != *"invalid "* ]] || skip "strace is too old to choose random numbers"
		[ "$status" -eq 0 ]
		[[ $output != *$'\t'"0x$key" ]]
		[ "${output%$'\t'*}" != "$other" ]
		[ "$(head -n 1 "$FILE")" = "${output%$'\t'*}" ]
		[ "$(grep -c "INJECTED" "$DIR/trace")" -eq 2 ]
		rm "$FILE"
	done
	[ "$(shmtool list --count)" -eq 3 ]
}

@test "if all random keys are in use, or there are none, it gives up and makes nothing" {
	need_strace
	run --separate-stderr timeout 60 strace -f -qq -o /dev/null -e trace=shmget \
		-e inject=shmget:error=EEXIST "$SHMTOOL" create --size 4096 --id-file "$FILE"
	refused
	[[ $stderr == "shmtool create: key 0x"*": in use, see 'shmtool stat 0x"*"'" ]]
	[ -z "$(ls -A "$DIR")" ]
	run --separate-stderr strace -f -qq -o /dev/null -e trace=getrandom \
		-e inject=getrandom:error=ENOSYS "$SHMTOOL" create --size 4096 --id-file "$FILE"
	refused
	[ "$stderr" = "shmtool create: cannot get a random key: Function not implemented" ]
	[ -z "$(ls -A "$DIR")" ]
}

@test "a segment that has lost its key is found all the same, as long as somebody has it" {
	id=$(create --key 0x77)
	start_actor use="$id" attach hold
	shmtool rm "$id"
	[ "$(field "$id" state)" = dest ]
	[ "$(create --key 0x77)" = "$id" ]
	kill_actor "$PID"
	is_gone "$id"
	run --separate-stderr create --key 0x77 --verbose
	[ "$status" -eq 0 ]
	[ "$output" != "$id" ]
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $id: gone" ]
	[ "${stderr_lines[1]}" = "shmtool create: segment $output: made, as none had key 0x00000077" ]
	[ "$(create --key 0x77)" = "$output" ]
}

@test "what does not fit is left, and another is made and recorded" {
	id=$(create)
	run --separate-stderr create --verbose --size 8192
	[ "$status" -eq 0 ]
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $id: not what is asked for: 4096 bytes, not 8192" ]
	[ "$output" != "$id" ]
	second=$output
	run --separate-stderr create --verbose --key 0x77
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $second: made with another key" ]
	third=$output
	run --separate-stderr create --verbose --key 0x77 --size 8192
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ ${stderr_lines[1]} == "shmtool create: key 0x00000077: in use, "* ]]
	[ "$(head -n 1 "$FILE")" = "$third" ]
	[ "$(shmtool list --count)" -eq 3 ]
}

@test "the owner and the group must be those that are asked for" {
	need_users
	id=$(create)
	other=$(create --owner 60001:60002)
	[ "$id" != "$other" ]
	[ "$(create --owner 60001)" = "$other" ]
	[ "$(create --owner 60001:60003)" != "$other" ]
}

@test "with --reuse the segment that has the key is recorded, if the file names none" {
	id=$(shmtool create --size 4096 --key 0x77)
	run --separate-stderr create --key 0x77
	[ "$status" -eq 1 ]
	[ ! -e "$FILE" ]
	[ "$(create --key 0x77 --reuse)" = "$id" ]
	[ "$(head -n 1 "$FILE")" = "$id" ]
	start_actor use="$id" attach hold
	shmtool rm "$id"
	[ "$(create --key 0x77 --reuse)" = "$id" ]
}

@test "an id that another segment has by now is not taken for it" {
	id=$(create)
	# As it would be after 2^7 or more others: the id again, and another creator.
	sed -i 's/cpid=[0-9]*/cpid=1/' "$FILE"
	run --separate-stderr create --verbose
	[ "$output" != "$id" ]
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $id: another has this id now" ]
}

@test "what is from before a reboot, or of another IPC namespace, is of no use" {
	need_namespace --ipc
	id=$(create)
	sed -i 's/boot=......../boot=00000000/' "$FILE"
	run --separate-stderr create --verbose
	[ "$output" != "$id" ]
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $id: of another boot or IPC namespace" ]
	id=$output
	run --separate-stderr unshare --ipc "$SHMTOOL" create --size 4096 --id-file "$FILE" --verbose
	[ "$status" -eq 0 ]
	[ "${stderr_lines[0]}" = "shmtool create: $FILE: segment $id: of another boot or IPC namespace" ]
}

@test "those in another PID namespace, who see no creator, agree as well" {
	need_namespace --pid --fork --mount-proc
	id=$(create)
	[ "$(unshare --pid --fork --mount-proc "$SHMTOOL" create --size 4096 --id-file "$FILE")" = "$id" ]
	rm "$FILE"
	id=$(unshare --pid --fork --mount-proc "$SHMTOOL" create --size 4096 --id-file "$FILE")
	[ "$(create)" = "$id" ]
}

# Run so many at once, with these options. Their answers are in $DIR/out.N.
start_many() {
	local count=$1 i
	shift
	for i in $(seq "$count"); do
		"$SHMTOOL" create --size 4096 --id-file "$FILE" "$@" >"$DIR/out.$i" 3>&- &
	done
}

@test "two hundred that start at once get the same id, and there is one segment" {
	start_many 200
	wait
	[ "$(cat "$DIR"/out.* | wc -l)" -eq 200 ]
	[ "$(sort -u "$DIR"/out.*)" = "$(head -n 1 "$FILE")" ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "two hundred get the same id also of a segment whose key is free" {
	id=$(create --key 0x77)
	start_actor use="$id" attach hold
	shmtool rm "$id"
	start_many 200 --key 0x77
	for pid in $(jobs -p); do [ "$pid" = "$PID" ] || wait "$pid"; done
	[ "$(cat "$DIR"/out.* | wc -l)" -eq 200 ]
	[ "$(sort -u "$DIR"/out.*)" = "$id" ]
	[ "$(shmtool list --count)" -eq 1 ]
}

@test "when some are killed at any moment the others still agree" {
	no_leak_checker # one that is killed at its end is a finding to it
	victims=()
	for _ in 1 2 3; do
		start_many 60 --populate
		for pid in $(jobs -p); do
			[ $((RANDOM % 2)) -eq 0 ] || continue
			sleep 0.00$((RANDOM % 10))
			kill -9 "$pid" 2>/dev/null || true
			victims+=("$pid")
		done
		wait
		[ "$(cat "$DIR"/out.* | sort -u | wc -l)" -le 1 ]
		id=$(create)
		[ "$id" = "$(head -n 1 "$FILE")" ]
		[ "$(cat "$DIR"/out.* | sort -u | grep -cvx "$id")" -eq 0 ]
		shmtool rm "$id"
		rm -f "$DIR"/out.*
	done
	[ "${#victims[@]}" -gt 0 ]
	[ "$(ls -A "$DIR")" = id ]
}

@test "it waits for who has it locked, also one that is stopped, and says so" {
	id=$(create)
	flock "$FILE" sleep 100 3>&- &
	locker=$!
	until ! flock --nonblock "$FILE" true; do sleep 0.01; done
	kill -STOP "$locker"
	"$SHMTOOL" create --size 1 --id-file "$FILE" --verbose >"$DIR/out" 2>"$DIR/err" 3>&- &
	waiter=$!
	until [ -s "$DIR/err" ]; do sleep 0.01; done
	kill -0 "$waiter"
	[ "$(cat "$DIR/err")" = "shmtool create: $FILE: waiting for another process, which has it locked" ]
	pkill -9 -P "$locker"
	kill -9 "$locker"
	wait "$waiter"
	[ "$(cat "$DIR/out")" = "$id" ]
}

@test "an empty file is as good as none, and its permissions stay" {
	: >"$FILE"
	chmod 0640 "$FILE"
	id=$(create)
	[ "$(create)" = "$id" ]
	[ "$(stat -c %a "$FILE")" = 640 ]
	(umask 077 && create --size 8192 >/dev/null)
	[ "$(stat -c %a "$FILE")" = 640 ]
}

@test "somebody else's file is an error, and is left as it is" {
	for text in 'hello' '812' '' "$(seq 1000)"; do
		printf '%s\n' "$text" >"$FILE"
		sum=$(cksum <"$FILE")
		run --separate-stderr create
		refused
		[ "$stderr" = "shmtool create: $FILE: neither empty nor written by --id-file, so it is left as it is" ]
		[ "$(cksum <"$FILE")" = "$sum" ]
	done
	create --id-file "$DIR/good" >/dev/null
	ipcrm --all=shm
	sed 's/ boot=.*//' "$DIR/good" >"$FILE"
	run --separate-stderr create
	refused
}

@test "links, devices, FIFOs and directories are refused, and stay what they are" {
	ln -s "$DIR/elsewhere" "$FILE"
	run --separate-stderr create
	refused
	[ "$stderr" = "shmtool create: $FILE: a symbolic link, which is neither followed nor replaced" ]
	[ -L "$FILE" ]
	[ ! -e "$DIR/elsewhere" ]
	rm "$FILE"
	mkfifo "$FILE"
	run --separate-stderr create
	refused
	[ "$stderr" = "shmtool create: $FILE: not a regular file, and therefore not replaced" ]
	for path in /dev/null "$DIR" "$DIR/no/id" "$FILE/id"; do
		run --separate-stderr create --id-file "$path"
		refused
	done
	[ -c /dev/null ]
	[ -p "$FILE" ]
}

@test "names of files are shown safely" {
	run --separate-stderr create --id-file $'/nonexistent/\e[31m'
	refused
	[ "$stderr" = 'shmtool create: /nonexistent/\x1b[31m: No such file or directory' ]
}

@test "root trusts no file and no directory that others can change" {
	need_users
	create >/dev/null
	ipcrm --all=shm
	chmod g+w "$FILE"
	run --separate-stderr create
	refused
	[[ $stderr == "shmtool create: $FILE: not trusted, as others may write to it: "* ]]
	chmod g-w "$FILE"
	chown 60001 "$FILE"
	run --separate-stderr create
	refused
	[[ $stderr == "shmtool create: $FILE: not trusted, as UID 60001 owns it: "* ]]
	chown root "$FILE"
	chmod 0777 "$DIR"
	run --separate-stderr create
	refused
	[[ $stderr == "shmtool create: $DIR: not trusted, "* ]]
	run --separate-stderr create --id-file "$DIR/new"
	refused
	[ ! -e "$DIR/new" ]
	chmod 1777 "$DIR"
	run --separate-stderr create
	[ "$status" -eq 0 ]
}

@test "another user has his own, and takes no segment that is not his" {
	need_users
	chmod 0755 "$DIR"
	mkdir -m 0777 "$DIR/his"
	id=$(as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/his/id")
	[ "$(as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/his/id")" = "$id" ]
	chmod 0644 "$DIR/his/id"
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/his/id"
	[ "$status" -eq 0 ]
	[ "$output" != "$id" ]
	ipcrm --all=shm
	# He cannot record one here, and so makes none.
	create >/dev/null
	chmod 0644 "$FILE"
	ipcrm --all=shm
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$FILE"
	[ "$status" -eq 1 ]
	[ "${stderr_lines[0]}" = "shmtool create: segment 0: removed again" ] ||
		[[ ${stderr_lines[0]} == "shmtool create: $FILE: Permission denied" ]]
	[ -z "$output" ]
	[ -z "$(shmtool list)" ]
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$DIR/new"
	refused
}

@test "a file of others in a sticky directory can be used, too" {
	need_users
	chmod 1777 "$DIR"
	id=$(create --owner 60001)
	chmod 0644 "$FILE"
	run as_user 60001 "$PUBLIC/shmtool" create --size 4096 --id-file "$FILE"
	[ "$status" -eq 0 ]
	[ "$output" = "$id" ]
}

@test "if nothing could be made, no file is made either, and an old one stays" {
	need_sysctl shmmax
	with_sysctl shmmax 1 run --separate-stderr create
	refused
	[ -z "$(ls -A "$DIR")" ]
	: >"$FILE"
	with_sysctl shmmax 1 run --separate-stderr create
	refused
	[ -e "$FILE" ]
}

@test "where the file cannot be written nothing is made, as on a full disk" {
	need_namespace --mount
	for options in nr_inodes=1 nr_inodes=2; do
		# shellcheck disable=SC2016
		run --separate-stderr unshare --mount sh -c '
			mount -t tmpfs -o "$1" none "$2" || exit 77
			"$3" create --size 4096 --id-file "$2/id"
			status=$?
			ls -A "$2"
			exit $status' sh "$options" "$DIR" "$SHMTOOL"
		[ "$status" -ne 77 ] || skip "this system allows no tmpfs"
		refused
		[[ $stderr == *"shmtool create: $DIR/id: No space left on device"* ]]
	done
	[[ $stderr == *"segment "*": removed again" ]]
	# An old file stays as it is, and names what it did.
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount sh -c '
		mount -t tmpfs -o nr_inodes=3 none "$1"
		id=$("$2" create --size 4096 --id-file "$1/id")
		: >"$1/full"
		"$2" create --size 8192 --id-file "$1/id" && exit 1
		[ "$("$2" create --size 4096 --id-file "$1/id")" = "$id" ] && ls -A "$1"' \
		sh "$DIR" "$SHMTOOL"
	[ "$status" -eq 0 ]
	[ "$output" = $'full\nid' ]
	[[ $stderr == *"shmtool create: $DIR/id: No space left on device"* ]]
}

@test "without /proc, where nothing tells one boot from another, it is refused" {
	need_namespace --mount
	run --separate-stderr without_proc "$SHMTOOL" create --size 4096 --id-file "$FILE"
	refused
	[[ $stderr == "shmtool create: cannot tell this boot and IPC namespace from others, so --id-file is not safe: "* ]]
	[ ! -e "$FILE" ]
}

@test "an id that cannot be printed stays where it is recorded" {
	run bash -c "'$SHMTOOL' create --size 4096 --id-file '$FILE' >/dev/full"
	[ "$status" -eq 1 ]
	[ "$(shmtool list --raw --noheadings -o id)" = "$(head -n 1 "$FILE")" ]
}

@test "while it is locked nobody sees half a file, and a kill leaves the old one" {
	need_strace
	id=$(create)
	before=$(cat "$FILE")
	for call in fsync linkat renameat; do
		run strace -f -o /dev/null -e trace="$call" -e inject="$call":signal=KILL \
			"$SHMTOOL" create --size 8192 --id-file "$FILE"
		[ "$status" -ne 0 ]
		head -n 1 "$FILE" | grep -qE '^[0-9]+$'
		[ "$(wc -l <"$FILE")" -eq 2 ]
	done
	# The first was killed before it had a name; the others left one, which harms nobody.
	[ "$(create)" = "$(head -n 1 "$FILE")" ]
}

@test "errors of the file are told, make nothing, and leave no file that was not there" {
	need_strace
	run --separate-stderr strace -f -qq -o /dev/null -e trace=flock -e inject=flock:error=ENOLCK \
		"$SHMTOOL" create --size 4096 --id-file "$FILE"
	refused
	[ "$stderr" = "shmtool create: $FILE: No locks available" ]
	[ -z "$(ls -A "$DIR")" ]
	touch "$FILE"
	run --separate-stderr strace -f -qq -o /dev/null -P "$FILE" -e trace=read -e inject=read:error=EIO \
		"$SHMTOOL" create --size 4096 --id-file "$FILE"
	refused
	[ "$stderr" = "shmtool create: $FILE: Input/output error" ]
	[ "$(ls -A "$DIR")" = id ]
}

@test "the id of a segment that cannot be looked at stays in the file" {
	need_strace
	id=$(create)
	run --separate-stderr strace -f -qq -o /dev/null -e trace=shmctl -e inject=shmctl:error=EPERM:when=1 \
		"$SHMTOOL" create --size 4096 --id-file "$FILE"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool create: segment $id: Operation not permitted" ]
	[ "$(head -n 1 "$FILE")" = "$id" ]
	[ "$(shmtool list --count)" -eq 1 ]
}
