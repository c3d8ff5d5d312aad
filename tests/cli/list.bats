# SPDX-License-Identifier: GPL-2.0-or-later
load common

@test "an empty system lists nothing, and as JSON an empty array" {
	run --separate-stderr shmtool list
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	run --separate-stderr shmtool list --json
	[ "$status" -eq 0 ]
	[ "$(jq -c . <<<"$output")" = '{"segments":[]}' ]
}

@test "the default columns are as documented" {
	"$ACTOR" create
	run shmtool list
	[ "$status" -eq 0 ]
	[ "$(tr -s ' ' <<<"${lines[0]}")" = "KEY ID OWNER PERMS SIZE RSS NATTCH STATE IDLE" ]
	[[ $(tr -s ' ' <<<"${lines[1]}") =~ ^0x00000000\ [0-9]+\ root\ rw-------\ 4K\ 0B\ 0\ orphan\ [0-9]+s$ ]]
	[ ${#lines[@]} -eq 2 ]
}

@test "ls is list" {
	"$ACTOR" create
	[ "$(shmtool ls -o ID,STATE)" = "$(shmtool list -o ID,STATE)" ]
}

@test "a segment whose creator has died is an orphan" {
	id=$("$ACTOR" create)
	[ "$(field "$id" state)" = orphan ]
	[[ $(field "$id" reason) =~ ^creator\ PID\ [0-9]+\ has\ exited\;\ nobody\ attached\ it$ ]]
}

@test "a segment whose creator was killed with -9 while attached is an orphan" {
	start_actor create attach touch hold
	[ "$(field "$ID" state)" = attached ]
	kill_actor "$PID"
	[ "$(field "$ID" state)" = orphan ]
	[ "$(field "$ID" reason)" = "creator and last user PID $PID has exited" ]
}

@test "a segment whose creator is a zombie is an orphan" {
	start_actor zombie create
	cpid=$(field "$ID" cpid)
	[ "$(ps -o stat= -p "$cpid" | cut -c1)" = Z ]
	[ "$(field "$ID" state)" = orphan ]
	[ "$(field "$ID" reason)" = "creator PID $cpid has exited; nobody attached it" ]
}

@test "a segment whose creator still runs is idle, and the process is named" {
	start_actor name=worker create hold
	[ "$(field "$ID" state)" = idle ]
	[ "$(field "$ID" reason)" = "creator PID $PID (worker) is running" ]
	[ "$(field "$ID" command)" = worker ]
}

@test "a creator whose first thread has ended still runs" {
	start_actor create thread hold
	for i in $(seq 500); do
		[ "$(ps -o stat= -p "$PID" | cut -c1)" != Z ] || break
		sleep 0.01
	done
	[ "$(ps -o stat= -p "$PID" | cut -c1)" = Z ]
	[ "$(field "$ID" state)" = idle ]
}

@test "a segment whose last user still runs is idle" {
	id=$("$ACTOR" create)
	start_actor use="$id" attach detach hold
	[ "$(field "$id" state)" = idle ]
	[ "$(field "$id" reason)" = "last user PID $PID (actor) is running" ]
	[ "$(field "$id" command)" = null ]
}

@test "a creator in another PID namespace makes it idle, alive or dead" {
	need_namespace --pid --fork --mount-proc
	start_actor create hold
	dead=$("$ACTOR" create)
	for id in "$ID" "$dead"; do
		run unshare --pid --fork --mount-proc "$SHMTOOL" stat --json "$id"
		[ "$status" -eq 0 ]
		[ "$(jq -r .segments[0].state <<<"$output")" = idle ]
		[ "$(jq -r .segments[0].reason <<<"$output")" = \
			"creator not visible from here (another PID namespace)" ]
		[ "$(jq -r .segments[0].cpid <<<"$output")" = null ]
	done
}

@test "the /proc of another PID namespace is not asked who the creator is" {
	need_namespace --pid --fork
	# PID 2 in there is a small process; in the /proc that it sees it is somebody else.
	run unshare --pid --fork sh -c "
		'$ACTOR' create hold >'$BATS_TEST_TMPDIR/out' &
		until grep -qs ready '$BATS_TEST_TMPDIR/out'; do sleep 0.01; done
		'$SHMTOOL' list --json --output-all
		kill \$!"
	[ "$status" -eq 0 ]
	[ "$(jq -r .segments[0].state <<<"$output")" = idle ]
	[ "$(jq -r .segments[0].command <<<"$output")" = null ]
	[[ $(jq -r .segments[0].reason <<<"$output") == *"or a younger process with that PID" ]]
}

@test "a recycled PID is not taken for the creator for certain" {
	need_namespace --pid --fork --mount-proc
	[ "$(id -u)" -eq 0 ] && [ -w /proc/sys/kernel/ns_last_pid ] || skip "needs ns_last_pid"
	run unshare --pid --fork --mount-proc sh -c "
		'$ACTOR' create >'$BATS_TEST_TMPDIR/id'
		pid=\$('$SHMTOOL' list --json -o CPID | jq '.segments[0].cpid')
		sleep 2
		echo \$((pid - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		echo \$pid \$!
		'$SHMTOOL' list --json --output-all >'$BATS_TEST_TMPDIR/json'
		kill \$!"
	[ "$status" -eq 0 ]
	read -r first second <<<"$output"
	[ "$first" = "$second" ]
	json=$BATS_TEST_TMPDIR/json
	[ "$(jq -r .segments[0].command "$json")" = null ]
	[ "$(jq -r .segments[0].reason "$json")" = \
		"creator PID $first is running, or a younger process with that PID" ]
}

@test "a segment removed while attached is dest, without key, and says how many hold it" {
	start_actor key=0x1b207 create attach attach mark hold
	[ "$(field "$ID" state)" = dest ]
	[ "$(field "$ID" key)" = 0x00000000 ]
	[ "$(field "$ID" reason)" = "marked for destruction, 2 attaches remain" ]
	run shmtool list
	[[ $(tr -s ' ' <<<"${lines[1]}") == "0x00000000 $ID root rw------- 4K 0B 2 dest -" ]]
}

@test "owner, group and their creators are four different things" {
	need_users
	id=$("$ACTOR" user=60001 create owner=60002 group=60003)
	[ "$(field "$id" uid)" = 60002 ]
	[ "$(field "$id" gid)" = 60003 ]
	[ "$(field "$id" cuid)" = 60001 ]
	[ "$(field "$id" cgid)" = 60001 ]
	[ "$(field "$id" owner)" = 60002 ]
	[ "$(field "$id" group)" = 60003 ]
}

@test "one mprotect makes three attaches of one" {
	start_actor size=12288 create attach split hold
	[ "$(field "$ID" nattch)" = 3 ]
	[ "$(field "$ID" reason)" = "3 attaches" ]
}

@test "columns are chosen with -o, added with + and all shown with -O" {
	id=$("$ACTOR" key=0x77 size=1536 create)
	run shmtool list -o id,Key
	[ "$(tr -s ' ' <<<"${lines[0]}")" = " ID KEY" ] || [ "${lines[0]}" = "ID KEY" ]
	[[ ${lines[1]} =~ ^\ *$id\ 0x00000077$ ]]
	run shmtool list --output=+locked
	[[ ${lines[0]} == KEY*IDLE*LOCKED ]]
	run shmtool list -O
	[[ ${lines[0]} == KEY*ID*REASON*LOCKED*HOLDERS ]]
	run shmtool list -o SIZE -b
	[ "${lines[1]// /}" = 1536 ]
	run shmtool list -o SIZE
	[ "${lines[1]// /}" = 1.5K ]
}

@test "an unknown column is a usage error that quotes it" {
	run --separate-stderr shmtool list -o ID,NOPE
	is_usage_error
	[[ $stderr == *"--output 'ID,NOPE': expected names of columns"* ]]
}

@test "a user or group that there is not is a usage error that says so" {
	run --separate-stderr shmtool list --owner no-such-user
	is_usage_error
	[[ $stderr == *"--owner 'no-such-user': expected the name of a user that there is, or a number"* ]]
	run --separate-stderr shmtool list --group no-such-group
	is_usage_error
	[[ $stderr == *"--group 'no-such-group': expected the name of a group that there is, or a number"* ]]
	run --separate-stderr shmtool create --size 1 --owner root:no-such-group
	is_usage_error
	[[ $stderr == *"expected the name of a user that there is"*" such a group; "* ]]
}

# Run a command where user 60001 is named 60002, and the other way round; groups likewise.
with_numbers_as_names() {
	local file
	for file in passwd group; do
		cp /etc/$file "$PUBLIC/$file"
	done
	printf '%s\n' 60001:x:60002:60002::/:/bin/sh 60002:x:60001:60001::/:/bin/sh >>"$PUBLIC/passwd"
	printf '%s\n' 60001:x:60002: 60002:x:60001: >>"$PUBLIC/group"
	# shellcheck disable=SC2016 # sh expands it
	unshare --mount sh -c 'mount --bind "$PUBLIC/passwd" /etc/passwd &&
		mount --bind "$PUBLIC/group" /etc/group && exec "$@"' sh "$@"
}

@test "a number with a plus is a user or a group whatever users and groups are named" {
	need_users
	need_namespace --mount
	local one two
	one=$("$ACTOR" user=60001 create)
	two=$("$ACTOR" user=60002 create)
	for option in --owner --creator --group; do
		[ "$(with_numbers_as_names "$SHMTOOL" list -nr -o ID $option 60001)" = "$two" ]
		[ "$(with_numbers_as_names "$SHMTOOL" list -nr -o ID $option +60001)" = "$one" ]
		run --separate-stderr shmtool list $option ++60001
		is_usage_error
		run --separate-stderr shmtool list $option +root
		is_usage_error
	done
	printf '[protect x]\nowner = +60001\n' >"$PUBLIC/policy"
	run with_numbers_as_names "$SHMTOOL" gc --config "$PUBLIC/policy" --older-than 0 --check
	[[ $output == "would remove segment $two ("* ]]
	[[ $output != *"would remove segment $one ("* ]]
	run with_numbers_as_names "$SHMTOOL" rm --if-owner +60002 "$one"
	[ "$status" -eq 1 ]
	with_numbers_as_names "$SHMTOOL" rm --if-owner +60001 "$one"
	one=$(with_numbers_as_names "$SHMTOOL" create --size 1 --owner +60001:+60002)
	[ "$(shmtool list -nr -o UID,GID --owner +60001)" = "60001"$'\t'"60002" ]
}

@test "JSON has numbers as numbers, absent as null, and times twice" {
	id=$("$ACTOR" create attach detach)
	run shmtool stat --json "$id"
	[ "$(jq -r '.segments[0] | [.id, .size, .rss, .swap, .nattch, .idle, .uid, .cpid, .lpid,
		.atime_epoch, .ctime_epoch | type] | unique[]' <<<"$output")" = number ]
	[ "$(jq -r '.segments[0] | [.key, .perms, .mode, .state, .reason, .atime, .ctime | type]
		| unique[]' <<<"$output")" = string ]
	[ "$(jq -r '.segments[0].locked | type' <<<"$output")" = boolean ]
	[ "$(jq -r '.segments[0] | (.atime | fromdate) == .atime_epoch' <<<"$output")" = true ]
	id=$("$ACTOR" create)
	[ "$(field "$id" atime)" = null ]
	[ "$(field "$id" atime_epoch)" = null ]
	[ "$(field "$id" lpid)" = null ]
}

@test "whatever a process calls itself, JSON is valid and no control byte is shown" {
	start_actor name=$'"a\\\x1b[31m\n\xff' create hold
	shmtool list -O --json | jq -e '.segments[0].command == "\"a\\\u001b[31m\n\ufffd"'
	for output in "$(shmtool list -O)" "$(shmtool stat "$ID")" "$(shmtool list -O --raw)" \
		"$(shmtool list -O --csv)" "$(shmtool list -O --pairs)"; do
		[[ $output == *'a'*'\x1b[31m'* ]]
		[[ $output != *$'\x1b'* ]]
		[[ $output != *$'\xff'* ]]
	done
}

@test "a locked segment is shown as locked" {
	id=$("$ACTOR" create lock)
	[ "$(field "$id" locked)" = true ]
	[ "$(field "$id" mode)" = 0600 ]
}

@test "an ordinary user sees everything too" {
	need_users
	id=$("$ACTOR" mode=0 create)
	run as_user 60001 "$PUBLIC/shmtool" stat --json "$id"
	[ "$status" -eq 0 ]
	[ "$(jq -r .segments[0].state <<<"$output")" = orphan ]
}

@test "a full disk under stdout is an error, and makes no segment absent" {
	for i in $(seq 300); do "$ACTOR" create; done >"$BATS_TEST_TMPDIR/ids"
	run --separate-stderr bash -c "'$SHMTOOL' list -O --raw $(xargs <"$BATS_TEST_TMPDIR/ids") >/dev/full"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool list: write error: No space left on device" ]
	run --separate-stderr bash -c "'$SHMTOOL' list >/dev/full"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool list: write error: No space left on device" ]
	run bash -c "'$SHMTOOL' list --json >/dev/full"
	[ "$status" -eq 1 ]
}

@test "a closed pipe ends it quietly, by SIGPIPE" {
	"$ACTOR" create
	run --separate-stderr bash -c "set -o pipefail; { sleep 0.2; '$SHMTOOL' list; } | true"
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
}

@test "a closed stdout is an error" {
	"$ACTOR" create
	run --separate-stderr bash -c "'$SHMTOOL' list >&-"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool list: write error: "* ]]
}

# The table in this file stands in for the kernel's.
with_table() {
	local file=$1
	shift
	unshare --mount sh -c 'mount --bind "$1" /proc/sysvipc/shm && shift && exec "$@"' \
		sh "$file" "$@"
}

@test "a line that is not understood is an error that gives its number" {
	need_namespace --mount
	{
		cat /proc/sysvipc/shm
		echo garbage
	} >"$BATS_TEST_TMPDIR/table"
	# What is written is no document that somebody could take for the whole.
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list --json
	[ "$status" -eq 1 ]
	run ! jq . <<<"$output"
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == "shmtool list: /proc/sysvipc/shm: line 2 is truncated or garbage" ]]
	: >"$BATS_TEST_TMPDIR/table"
	run --separate-stderr with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" gc --yes
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool gc: /proc/sysvipc/shm: line 1 is truncated or garbage" ]]
}

# What everything says of the memory of segment $1, of $2 bytes, of which $3 are there.
says_memory() {
	[ "$(shmtool list --bytes --raw --noheadings -o SIZE,RSS "$1")" = "$2"$'\t'"$3" ]
	[ "$(field "$1" rss)" = "$3" ]
	[ "$(field "$1" page_size)" = "$HUGE" ]
	[ "$(shmtool list --total --bytes | tail -n 1)" = "1 segment, size $2, in memory $3, swapped 0" ]
	[ "$(shmtool limits --json | jq '.users[0].rss')" = "$3" ]
	[ "$(shmtool | grep "of which")" = "1 segment, $(($2 >> 20))M, of which $(($3 >> 20))M in memory" ]
	[ "$(shmtool stat "$1" | awk '$1 == "size"')" = "  size       $(($2 >> 20))M ($2 bytes), in memory $(($3 >> 20))M, swapped 0B, pages of $((HUGE >> 20))M" ]
}

@test "of huge pages what is in memory is what is there, and no more than the segment" {
	need_users
	need_huge_pages 8
	HUGE=$(awk '/^Hugepagesize:/ { print $2 * 1024 }' /proc/meminfo)
	# As a user who may have huge pages, all of it, and three pages of five.
	group=$(cat /proc/sys/vm/hugetlb_shm_group)
	echo 60001 >/proc/sys/vm/hugetlb_shm_group
	SYSCTLS="/proc/sys/vm/hugetlb_shm_group $group"$'\n'${SYSCTLS-}
	id=$(as_user 60001 "$PUBLIC/shmtool" create --size $((4 * HUGE)) --huge --populate)
	says_memory "$id" $((4 * HUGE)) $((4 * HUGE))
	shmtool rm "$id"
	id=$("$ACTOR" user=60001 huge size=$((5 * HUGE)) create attach poke=0 poke="$HUGE" \
		poke=$((3 * HUGE)))
	says_memory "$id" $((5 * HUGE)) $((3 * HUGE))
}

@test "the 14 columns of old kernels are read, and rss is unknown" {
	need_namespace --mount
	cat >"$BATS_TEST_TMPDIR/table" <<-'END'
		       key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime
		-559038737          7  1640 9223372036854775808     0     0      1     0     0     0     0          0          0 1795245581
	END
	run with_table "$BATS_TEST_TMPDIR/table" "$SHMTOOL" list --json -O
	[ "$status" -eq 0 ]
	[ "$(jq -r '.segments[0] | "\(.key) \(.mode) \(.state) \(.rss)"' <<<"$output")" = \
		"0xdeadbeef 0640 dest null" ]
	[[ $output == *'"size": 9223372036854775808,'* ]]
}

@test "without /proc/sysvipc the kernel is asked directly, and says the same" {
	need_namespace --mount
	id=$("$ACTOR" key=0xdeadbeef create)
	run unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc && '$SHMTOOL' list --json"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.segments[0] | "\(.key) \(.id) \(.state) \(.rss)"' <<<"$output")" = \
		"0xdeadbeef $id orphan null" ]
}

# "key string", "rss number null": what the man page says of the JSON.
documented_members() {
	mandoc -Tascii -O width=120 "$SHMTOOL_SRCDIR/man/shmtool-list.1" | sed 's/.\x08//g' |
		sed -nE '/^     member +type/,/^$/p' | sed 1d |
		awk 'NF { print $1, $2, ($NF != "string" && $NF !~ /^(number|boolean|array|octal|bytes|seconds|attaches|3339)$/) ? "null" : "" }' |
		sed 's/ *$//'
}

@test "the JSON is as the man page describes it: members, types and nulls" {
	need_namespace --mount
	start_actor create attach detach hold
	start_actor create attach hold
	"$ACTOR" create
	[ "$(documented_members | wc -l)" -ge 29 ]
	[ "$(documented_members | cut -d' ' -f1)" = \
		"$(shmtool list -O --json | jq -r '.segments[0] | keys_unsorted[]')" ]
	for json in "$(shmtool list -O --json)" \
		"$(unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc && '$SHMTOOL' list -O --json")"; do
		while read -r member type null; do
			types=$(jq -r ".segments[].$member | type" <<<"$json" | sort -u | xargs)
			[ "$types" = "$type" ] || { [ "$null" ] && [[ $types == null || $types == "null $type" ]]; } || {
				echo "$member: $types, documented: $type $null"
				return 1
			}
		done <<<"$(documented_members)"
	done
}

# Five segments of which each condition takes some.
make_five() {
	need_users
	one=$("$ACTOR" user=60001 key=0x10 size=1000 create)
	two=$("$ACTOR" user=60001 key=0x20 size=2000 mode=640 create owner=60002 group=60003)
	three=$("$ACTOR" user=60002 size=30000 create)
	start_actor user=60003 size=4000 create attach hold
	four=$ID
	start_actor user=60003 size=500000 create hold
	five=$ID
}

# The ids that list shows with these options, in its order.
ids() {
	shmtool list --raw --noheadings -o ID "$@" | xargs
}

@test "each selection option takes what it says" {
	make_five
	[ "$(ids --owner 60001)" = "$one" ]
	[ "$(ids --creator 60001 -x ID)" = "$one $two" ]
	[ "$(ids --group 60003 -x ID)" = "$two $four $five" ]
	[ "$(ids --state attached)" = "$four" ]
	[ "$(ids --state attached,idle -x ID)" = "$four $five" ]
	[ "$(ids --state attached --state idle -x ID)" = "$four $five" ]
	[ "$(ids --key 0x10)" = "$one" ]
	[ "$(ids --key 0x11-0x20)" = "$two" ]
	[ "$(ids --key 0x10 --key 0x20 -x ID)" = "$one $two" ]
	[ "$(ids --private -x ID)" = "$three $four $five" ]
	[ "$(ids --keyed -x ID)" = "$one $two" ]
	[ "$(ids --min-size 4000 --max-size 30000 -x ID)" = "$three $four" ]
	[ "$(ids --max-size 0)" = "" ]
	[ "$(ids --mode 640)" = "$two" ]
	[ "$(ids --older-than 0 -x ID)" = "$one $two $three $five" ]
	[ "$(ids --newer-than 1h -x ID)" = "$one $two $three $four $five" ]
	[ "$(ids --older-than 1h)" = "" ]
	[ "$(ids --pid "${ACTORS[1]}")" = "$five" ]
	[ "$(ids --owner 60001 --private)" = "" ]
}

@test "operands choose too, and one that is not there is an error" {
	make_five
	[ "$(ids "$three" 0x20 -x ID)" = "$two $three" ]
	[ "$(ids "$three" 0x20 --owner 60002 --private)" = "$three" ]
	run --separate-stderr shmtool list "$three" 999999
	[ "$status" -eq 1 ]
	[ ${#lines[@]} -eq 2 ]
	[ "$stderr" = "shmtool list: segment 999999: no such segment" ]
	# It is there, only not shown.
	run --separate-stderr shmtool list "$three" --keyed
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "rows are sorted by value, either way, by several columns" {
	make_five
	[ "$(ids --sort SIZE)" = "$one $two $four $three $five" ]
	[ "$(ids --sort=-SIZE)" = "$five $three $four $two $one" ]
	[ "$(ids -x -SIZE)" = "$five $three $four $two $one" ]
	[ "$(ids -x -HOLDERS,ID | cut -d' ' -f1)" = "$four" ]
	[ "$(ids -x UID,-SIZE)" = "$one $three $two $five $four" ]
	[ "$(ids -x STATE,ID)" = "$four $five $(printf '%s\n' "$one" "$two" "$three" | sort -n | xargs)" ]
}

@test "--count and --total sum up" {
	make_five
	[ "$(shmtool list --count)" = 5 ]
	[ "$(shmtool list --count --owner 60001)" = 1 ]
	[ "$(shmtool list --count --owner 0)" = 0 ]
	run shmtool list --total --bytes --private
	[ "${lines[-1]}" = "3 segments, size 534000, in memory 0, swapped 0" ]
	run shmtool list --total --json --keyed
	[ "$(jq -c .total <<<"$output")" = '{"segments":2,"size":3000,"rss":0,"swap":0}' ]
	# What is not known of one is not known of all.
	if unshare --mount true 2>/dev/null; then
		run unshare --mount sh -c "mount -t tmpfs none /proc/sysvipc &&
			'$SHMTOOL' list --total --json --keyed"
		[ "$(jq -c .total <<<"$output")" = '{"segments":2,"size":3000,"rss":null,"swap":null}' ]
	fi
	[ "$(shmtool list --total --owner 0)" = "0 segments, size 0B, in memory 0B, swapped 0B" ]
}

@test "every machine format carries the same values" {
	make_five
	# HOLDERS is more in JSON than a text, and IDLE may pass to the next second.
	columns=$(shmtool list --help | sed -n '/^Columns:/,$p' | awk 'NR > 1 {print $1}' |
		grep -vxE 'HOLDERS|IDLE' | paste -sd,)
	shmtool list -o "$columns" --json | jq -r '.segments[] | [.[] | if . == null then "-" else tostring end]
		| @tsv' >"$BATS_TEST_TMPDIR/json"
	shmtool list -o "$columns" --json-lines | jq -r '[.[] | if . == null then "-" else tostring end] | @tsv' \
		>"$BATS_TEST_TMPDIR/lines"
	shmtool list -o "$columns" --raw -n >"$BATS_TEST_TMPDIR/raw"
	shmtool list -o "$columns" --csv -n | sed 's/,/\t/g' >"$BATS_TEST_TMPDIR/csv"
	shmtool list -o "$columns" --pairs | sed -E 's/(^|" )[A-Z_]+="/\t/g; s/^\t//; s/"$//' \
		>"$BATS_TEST_TMPDIR/pairs"
	[ -s "$BATS_TEST_TMPDIR/raw" ]
	for format in json lines csv pairs; do
		cmp "$BATS_TEST_TMPDIR/raw" "$BATS_TEST_TMPDIR/$format"
	done
	# As many cells in each line as in the heading.
	[ "$(shmtool list -O --raw | awk -F'\t' '{print NF}' | sort -u | wc -l)" -eq 1 ]
}

@test "formats exclude each other, and what makes no sense together is refused" {
	for options in "--json --raw" "--csv --pairs" "--json --json-lines" "--raw --total" \
		"--csv --total" "--count --json" "--count --total" "--private --keyed" "--private --key 5" \
		"--min-size 2 --max-size 1" "--newer-than 0 --older-than 0" "--state gone" "--state idle," "--key 0" \
		"--key 0x2-0x1" "--min-size x" "--pid 0" "--pid -1" "--sort NOPE" "--sort" \
		"--color sometimes" "--mode 1777" "--owner nobody-of-this-name" \
		"--group nothing-of-this-name" "--newer-than 1y" "12x" "0x0"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool list $options
		is_usage_error
	done
}

@test "the table loses its headings, and a wide one is cut to the terminal" {
	start_actor name=a-rather-long-n create hold
	run shmtool list --noheadings -o ID
	[ "${output// /}" = "$ID" ]
	need_terminal
	run on_terminal 80 "$SHMTOOL" list --color never -o +REASON
	[[ $output == *"creator PID"* ]]
	[ "$(awk 'length($0) > 80' <<<"$output")" = "" ]
	run on_terminal 80 "$SHMTOOL" list --color never -o +REASON --notruncate
	[[ $output == *"(a-rather-long-n) is running"* ]]
}

@test "the state has a colour on a terminal, unless the environment forbids it" {
	"$ACTOR" create
	start_actor create hold
	red=$'\e[31morphan'
	[[ $(shmtool list) != *$'\e['* ]]
	[[ $(shmtool list --color always) == *"$red"* ]]
	[[ $(shmtool list --color always --raw) != *$'\e['* ]]
	need_terminal
	[[ $(TERM=xterm on_terminal 80 "$SHMTOOL" list) == *"$red"* ]]
	# Yellow cannot be read on a light background.
	[[ $(TERM=xterm on_terminal 80 "$SHMTOOL" list) == *" idle "* ]]
	for forbidden in "$(TERM=xterm NO_COLOR=1 on_terminal 80 "$SHMTOOL" list)" \
		"$(TERM=dumb on_terminal 80 "$SHMTOOL" list)" \
		"$(TERM='' on_terminal 80 "$SHMTOOL" list)" \
		"$(on_terminal 80 env -u TERM "$SHMTOOL" list)" \
		"$(TERM=xterm on_terminal 80 "$SHMTOOL" list --color never)"; do
		[[ $forbidden == *orphan* ]]
		[[ $forbidden != *$'\e['* ]]
	done
}

@test "where the PIDs of /proc mean nothing here, holders have none" {
	need_namespace --pid --fork
	id=$(shmtool create --size 4096)
	start_actor use="$id" name=app attach hold
	run unshare --pid --fork "$SHMTOOL" list --noheadings -o id,holders
	[[ $output =~ ^\ *$id\ \?\(app\)$ ]]
	run unshare --pid --fork "$SHMTOOL" list --noheadings --holders -o id
	[[ ${lines[1]} == *"?"*"app "* ]]
	run unshare --pid --fork "$SHMTOOL" list --noheadings --raw -o id,holders
	[ "$output" = "$id"$'\t?' ]
	run unshare --pid --fork "$SHMTOOL" list --json -o holders
	[ "$(jq -c '.segments[0].holders[] | .pid, .command' <<<"$output")" = $'null\n"app"' ]
	run unshare --pid --fork "$SHMTOOL" stat "$id"
	[[ $output == *"last user  not visible from here (another PID namespace)"* ]]
	[[ $output == *"PID unknown (app) of $(id -un): 1 mapping, read and write"* ]]
	run unshare --pid --fork "$SHMTOOL" rm "$id"
	[ "$output" = "segment $id: marked, 1 attach remains: PID unknown (app)" ]
}

@test "a table names as many holders as there is room for" {
	id=$(shmtool create --size 4096)
	for i in $(seq 20); do
		start_actor use="$id" name="name-of-15-bytes" attach hold
	done
	run shmtool list --noheadings --notruncate -o holders
	[[ $output =~ ^([0-9]+\(name-of-15-byte\),)+\.\.\.$ ]]
}

@test "--holders shows below each segment who has it attached" {
	start_actor size=16384 create attach split hold
	id=$ID holder=$PID
	start_actor name=second use="$id" attach hold
	"$ACTOR" create >/dev/null
	run shmtool list --holders --notruncate
	[ "$status" -eq 0 ]
	[ ${#lines[@]} -eq 5 ]
	[[ $(tr -s ' ' <<<"${lines[0]}") == "KEY ID OWNER PERMS SIZE RSS NATTCH STATE IDLE HOLDER RUNS"* ]]
	grep -qE "$holder +root +rw +3 +actor +[0-9]+s" <<<"$output"
	grep -qE "$PID +root +rw +1 +second +[0-9]+s" <<<"$output"
	[ "$(shmtool list --json -o HOLDERS | jq -c "[.segments[] | select(.holders != []) |
		.unseen, (.holders[] | .pid, .command, .mappings, .writable)]")" = \
		"[0,$holder,\"actor\",3,true,$PID,\"second\",1,true]" ]
	[ "$(shmtool list --raw -n --holders -o ID | grep "^$id")" = \
		"$id"$'\t'"$holder $PID" ]
	[ "$(shmtool list --json-lines --holders | wc -l)" -eq 2 ]
}

@test "a holder whose first thread has ended is found" {
	start_actor create attach thread hold
	for i in $(seq 500); do
		[ "$(ps -o stat= -p "$PID" | cut -c1)" != Z ] || break
		sleep 0.01
	done
	[ "$(shmtool list --raw -n -o HOLDERS)" = "$PID" ]
	[[ $(shmtool stat "$ID") == *"attaches   1: 1 process, 1 mapping"* ]]
}

@test "--pid takes what a process created, used last or holds" {
	start_actor create attach hold
	id=$ID
	start_actor use="$id" attach hold
	second=$PID
	start_actor use="$id" attach hold
	"$ACTOR" create >/dev/null
	for pid in "${ACTORS[0]}" "$second" "$PID"; do
		[ "$(ids --pid "$pid")" = "$id" ]
		[ "$(shmtool list --count --pid "$pid")" = 1 ]
	done
	[ "$(ids --pid 1)" = "" ]
}

@test "without privileges, others' attaches are counted as not visible" {
	need_users
	start_actor create attach attach hold
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" list --holders
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ ${lines[2]} =~ ^[^0-9]*\?\ +2\ +unseen\ *$ ]]
	[ "${lines[3]}" = "not all holders are visible: run as root to see them" ]
	[ "$(as_user 60001 "$PUBLIC/shmtool" list --raw -n -o HOLDERS)" = "?" ]
	run as_user 60001 "$PUBLIC/shmtool" list -n -o HOLDERS
	[ "${lines[0]}" = "?" ]
	[ "${lines[1]}" = "not all holders are visible: run as root to see them" ]
	[ ${#lines[@]} -eq 2 ]
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" list --pid 1
	[ "$status" -eq 0 ]
	[[ $stderr == "shmtool list: what process 1 holds may not be visible: run as root" ]]
}

@test "who cannot be seen is counted, however narrow the terminal is" {
	need_users
	need_terminal
	start_actor create attach attach hold
	# The least that the table takes: all that can be cut is cut.
	run on_terminal 60 setpriv --reuid 60001 --regid 60001 --clear-groups \
		"$PUBLIC/shmtool" list --holders --color never
	[[ ${lines[2]} =~ ^[^0-9]*\?\ +2\ +unseen\ *$ ]]
}

# In another IPC namespace: a segment with the id that ours has, and its holder.
@test "a container's segment with the same id is not ours, seen from outside too" {
	[ "$(id -u)" -eq 0 ] || skip "needs two namespaces and a view of both"
	run unshare --ipc bash -c '
		"$ACTOR" create attach hold >"$1/inner" &
		until grep -qs ready "$1/inner"; do sleep 0.01; done
		unshare --ipc bash -c "\"\$ACTOR\" create attach hold >$1/other &
			until grep -qs ready $1/other; do sleep 0.01; done
			echo other: \$(\"\$SHMTOOL\" list --raw -n -o ID,NATTCH,HOLDERS)
			touch $1/go; sleep 1; kill %1" &
		until [ -e "$1/go" ]; do sleep 0.01; done
		echo ours: $("$SHMTOOL" list --raw -n -o ID,NATTCH,HOLDERS)
		echo $!: kill; wait $!; kill %1' bash "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || [ "$status" -eq 143 ]
	[[ $(grep ^other <<<"$output") =~ ^"other: 0 1 "([0-9]+)$ ]]
	other=${BASH_REMATCH[1]}
	[[ $(grep ^ours <<<"$output") =~ ^"ours: 0 1 "([0-9]+)$ ]]
	[ "${BASH_REMATCH[1]}" != "$other" ]
}

# What a user sees of one that nobody has and one that somebody has, where he sees no process.
hide_processes() {
	local mount=$1 idle held
	need_users
	need_namespace --mount --pid --fork
	start_actor user=60001 create hold
	idle=$ID
	start_actor user=60001 create attach hold
	held=$ID
	run --separate-stderr unshare --mount sh -c "$mount || exit 77
		exec setpriv --reuid 60002 --regid 60002 --clear-groups \
			'$PUBLIC/shmtool' list --raw -n -o ID,STATE,HOLDERS -x ID"
	[ "$status" -ne 77 ] || skip "this system does not allow: $mount"
	[ "$status" -eq 0 ]
	[ "$output" = "$idle"$'\tidle\t-\n'"$held"$'\tattached\t?' ]
}

@test "with /proc hidden nobody is said to be gone" {
	hide_processes "mount -t proc -o hidepid=2 proc /proc"
}

@test "with /proc missing nobody is said to be gone" {
	need_no_sanitizer "/proc/self, which is not another user's"
	hide_processes "mount -t tmpfs none /proc"
}

@test "a user name of 32 characters is whole in every machine format, and cut on a terminal" {
	need_users
	need_namespace --mount
	name=abcdefghijklmnopqrstuvwxyz_12345
	echo "$name:x:60001:60001::/:/bin/sh" | cat /etc/passwd - >"$BATS_TEST_TMPDIR/passwd"
	"$ACTOR" user=60001 create
	for format in --json --json-lines --raw --csv --pairs --notruncate; do
		run unshare --mount sh -c "mount --bind '$BATS_TEST_TMPDIR/passwd' /etc/passwd &&
			'$SHMTOOL' list -o OWNER $format"
		[ "$status" -eq 0 ]
		[[ $output == *"$name"* ]]
	done
	need_terminal
	run unshare --mount sh -c "mount --bind '$BATS_TEST_TMPDIR/passwd' /etc/passwd &&
		script -qec 'stty cols 40; $SHMTOOL list -o OWNER,SIZE,STATE,ID --color never' /dev/null </dev/null"
	[[ $output == *"abcdefghij"* ]]
	[[ $output != *"$name"* ]]
}

@test "segments that come and go meanwhile make no row twice, and none that never was" {
	churn() {
		while :; do
			for i in 1 2 3 4 5 6 7 8; do
				"$ACTOR" size=77777 create attach mark detach >/dev/null
				"$ACTOR" size=77777 create >/dev/null
			done
			ipcrm --all=shm
		done
	}
	churn 3>&- &
	churner=$!
	ACTORS+=("$churner")
	for i in $(seq 40); do
		# shellcheck disable=SC2046 # with it or without
		shmtool list --raw -n -o ID,SIZE $([ $((i % 2)) -eq 0 ] || echo --holders)
		echo end
	done >"$BATS_TEST_TMPDIR/rows"
	kill "$churner"
	[ "$(grep -c end "$BATS_TEST_TMPDIR/rows")" -eq 40 ]
	[ "$(awk '/end/ { split("", seen); next } seen[$1]++ || $2 != 77777' "$BATS_TEST_TMPDIR/rows")" = "" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -gt 40 ]
}
