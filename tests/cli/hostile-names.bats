# SPDX-License-Identifier: GPL-2.0-or-later
# Names that other users choose: of their processes, and of users and groups. What people
# read shows none that misleads, and what programs read is exact. The characters that
# mislead are those of tests/unit/test-utf8.c.
load common

# PR_SET_NAME takes any 15 bytes.
# shellcheck disable=SC1003 # a backslash at the end is one
COMMANDS=(
	$'\e[31mred' $'\e]0;title\a' $'a\nb\tc\rd\b' $'\x7f\x01' $'\x9b31m' $'\xc2\x9b31m'
	$'\xff\xfe\xc0\xaf' $'\xe2\x82' $'\xed\xa0\x80'
	$'x\u202egpj.exe' $'\u202a\u202b\u202c\u202d' $'\u2066\u2067\u2068\u2069'
	$'\u200ea\u200f\u061c' $'r\u200bo\u2060o\ufefft' $'r\u200co\u200do\u00ad' $'\u2028x\u2029y'
	$'\U000e0041\U000e0042'
	'"'"'"'`$(x)\' 'a,b;c"d' 'a","b' '\x41\n' '%s%n%d%' '</b>{"a":1}'
	'a) R 1 1' ') S 0 (' '1),1(init' '' ' ' '-' 'é€'
)

# Files of which lines may be read on a terminal in this locale: with no control and nothing
# that misleads, and no bytes that are not of a character.
is_clean() {
	local file
	for file; do
		[ -s "$file" ]
		run ! env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]' "$file"
		run ! env LC_ALL=C.UTF-8 grep -qaP '[\x{80}-\x{9f}\x{ad}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{e0000}-\x{e0fff}]' "$file"
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null
	done
}

is_ascii() {
	local file
	for file; do
		[ -s "$file" ]
		run ! env LC_ALL=C grep -qaP '[^\x20-\x7e\n\t]' "$file"
	done
}

# The same bytes as format_put_safe() shows them, for comparison.
name_of() {
	printf '%s' "$1" | head -c 15
}

# One who holds a segment, and one who made one and runs, both with this name.
start_both() {
	start_actor "name=$1" create attach hold
	held=$ID holder=$PID
	start_actor "name=$1" create hold
	idle=$ID creator=$PID
}

end_both() {
	kill_actor "$holder"
	kill_actor "$creator"
	ACTORS=()
	# Of the same names as the next ones', which are not to be taken for ready by these.
	rm -f "$BATS_TEST_TMPDIR"/actor.*
	ipcrm --all=shm
}

# Into files in the directory: each output that is for people.
show_all() {
	local dir=$1
	rm -rf "$dir"
	mkdir "$dir"
	shmtool list -O >"$dir/list"
	shmtool list -O --notruncate >"$dir/notruncate"
	shmtool list --holders >"$dir/holders"
	shmtool stat "$held" "$idle" >"$dir/stat"
	shmtool gc --verbose --older-than 0 >"$dir/gc"
	shmtool rm --verbose --dry-run "$held" "$idle" >"$dir/rm-dry" 2>&1
	shmtool rm --wait=0 "$held" >"$dir/rm-wait" 2>&1 || true
}

@test "no name of a process misleads who reads what is for people" {
	for name in "${COMMANDS[@]}"; do
		for locale in C.UTF-8 C; do
			export LC_ALL=$locale
			start_both "$name"
			show_all "$BATS_TEST_TMPDIR/out"
			if [ "$locale" = C ]; then
				is_ascii "$BATS_TEST_TMPDIR/out"/*
			else
				is_clean "$BATS_TEST_TMPDIR/out"/*
			fi
			# As many lines as with any other name.
			[ "$(wc -l <"$BATS_TEST_TMPDIR/out/list")" -eq 3 ]
			[ "$(wc -l <"$BATS_TEST_TMPDIR/out/holders")" -eq 4 ]
			[ "$(wc -l <"$BATS_TEST_TMPDIR/out/gc")" -eq 3 ]
			[ "$(wc -l <"$BATS_TEST_TMPDIR/out/stat")" -eq 28 ]
			end_both
		done
	done
}

@test "what is shown instead are the bytes, everywhere alike" {
	start_both $'x\u202e\u061cy\e'
	show_all "$BATS_TEST_TMPDIR/out"
	for file in list notruncate holders stat gc rm-wait; do
		grep -qF 'x\xe2\x80\xae\xd8\x9cy\x1b' "$BATS_TEST_TMPDIR/out/$file"
	done
	end_both
	# In a table what only looks so is told apart.
	start_both '\x1b'
	shmtool list -o COMMAND | grep -qxF '\x5cx1b'
}

@test "in JSON every name of a process is exact, but for bytes that are no UTF-8" {
	for name in "${COMMANDS[@]}"; do
		start_both "$name"
		name_of "$name" >"$BATS_TEST_TMPDIR/name"
		# Each of those bytes is one U+FFFD; no name has both.
		iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/name" >/dev/null 2>&1 ||
			LC_ALL=C sed -i 's/[\x80-\xff]/\xef\xbf\xbd/g' "$BATS_TEST_TMPDIR/name"
		expected=$(jq -Rs . "$BATS_TEST_TMPDIR/name")
		for output in "$(shmtool list -O --json)" "$(shmtool stat --json "$held" "$idle")" \
			"$(shmtool list -O --json-lines | jq -s '{segments: .}')"; do
			[ "$(jq '.segments[] | select(.id == '"$held"').holders[0].command' <<<"$output")" = \
				"$expected" ]
			# No command at all is null there.
			[ "$(jq '.segments[] | select(.id == '"$idle"') | .command // ""' <<<"$output")" = \
				"$expected" ]
			jq -e '.segments[] | select(.id == '"$idle"').reason | startswith("creator PID '"$creator"' ") and endswith(" is running")' <<<"$output"
		done
		shmtool gc --json --verbose | jq -e '.segments | length == 2'
		shmtool list -O --json >"$BATS_TEST_TMPDIR/json"
		is_clean "$BATS_TEST_TMPDIR/json"
		end_both
	done
}

@test "in lines of cells every name of a process is exact, and no line or cell too much" {
	columns=$(shmtool list -O --raw | tr '\t' '\n' | wc -l)
	for name in "${COMMANDS[@]}"; do
		start_both "$name"
		shmtool list -O --raw >"$BATS_TEST_TMPDIR/raw"
		shmtool list -O --csv >"$BATS_TEST_TMPDIR/csv"
		shmtool list -O --pairs >"$BATS_TEST_TMPDIR/pairs"
		is_clean "$BATS_TEST_TMPDIR/raw" "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/pairs"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/raw")" -eq 3 ]
		[ "$(awk -F '\t' '{ print NF }' "$BATS_TEST_TMPDIR/raw" | sort -u)" = "$columns" ]
		[ "$(sed -E 's/"([^"]|"")*"//g' "$BATS_TEST_TMPDIR/csv" | awk -F, '{ print NF }' | sort -u)" = "$columns" ]
		[ "$(wc -l <"$BATS_TEST_TMPDIR/pairs")" -eq 2 ]
		cell=$(shmtool list --raw -n -o ID,COMMAND "$idle" | cut -f2)
		if [ -n "$name" ]; then
			[ "$(printf '%b' "$cell" | od -c)" = "$(name_of "$name" | od -c)" ]
		else
			[ "$cell" = - ]
		fi
		# A shell that reads them as assignments runs nothing, and gets the same cell.
		(
			# shellcheck disable=SC2123 # so that it could run nothing
			PATH=
			eval "$(shmtool list --pairs -o ID,COMMAND "$idle")"
			printf '%b' "$COMMAND"
		) >"$BATS_TEST_TMPDIR/value" 2>"$BATS_TEST_TMPDIR/errors"
		[ ! -s "$BATS_TEST_TMPDIR/errors" ]
		[ -z "$name" ] || [ "$(od -c <"$BATS_TEST_TMPDIR/value")" = "$(name_of "$name" | od -c)" ]
		end_both
	done
}

@test "a name that looks like the rest of a line of /proc is no proof of death" {
	for name in 'a) Z 1 1' ') X (' '0) Z 0 0 0 0 0'; do
		start_actor "name=$name" create hold
		[ "$(field "$ID" state)" = idle ]
		shmtool gc --yes --older-than 0 --no-log
		exists "$ID"
	done
}

@test "the record of a removal is one line, whatever the last user is called" {
	need_log
	need_users
	for name in "${COMMANDS[@]}"; do
		id=$("$ACTOR" user=60001 create)
		start_actor user=60001 "name=$name" use="$id" attach detach hold
		with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" gc --yes --older-than 0 --ignore-last-user
		is_gone "$id"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 1 ]
		grep -qE "with=shmtool gc: .* is running" "$BATS_TEST_TMPDIR/log"
		is_clean "$BATS_TEST_TMPDIR/log"
	done
}

# With other users and groups than the system's: lines of passwd(5), then of group(5).
with_users() {
	local users=$1 groups=$2
	shift 2
	printf '%s\n' "$users" | cat - /etc/passwd >"$BATS_TEST_TMPDIR/passwd"
	printf '%s\n' "$groups" | cat - /etc/group >"$BATS_TEST_TMPDIR/group"
	unshare --mount sh -c 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group &&
		shift 2 && exec "$@"' sh "$BATS_TEST_TMPDIR/passwd" "$BATS_TEST_TMPDIR/group" "$@"
}

@test "no name of a user or group misleads who reads what is for people, and JSON is exact" {
	need_users
	need_namespace --mount
	need_log
	"$ACTOR" user=60001 create
	start_actor user=60001 create attach hold
	# shellcheck disable=SC1003 # a backslash at the end is one
	for name in $'\e[31mred' $'a\tb\rc' $'\xff\xfe' $'x\u202egpj' $'\u2066r\u061c' $'r\u200boot' \
		'a,"b' '$(x)`y`\' 'a) R' 'root(0)'; do
		printf '%s\n' \
			"$(with_users "$name:x:60001:60001::/:/bin/sh" "$name:x:60001:" sh -c "
				'$SHMTOOL' list -O --holders; '$SHMTOOL' stat $ID; '$SHMTOOL' limits
				'$SHMTOOL' gc --verbose --older-than 0; '$SHMTOOL' rm -v --dry-run $ID
				'$SHMTOOL' set --dry-run --owner 0 --group 0 $ID
				'$LOGGED' '$BATS_TEST_TMPDIR/log' '$SHMTOOL' rm \$('$ACTOR' user=60001 create)" 2>&1)" >"$BATS_TEST_TMPDIR/out"
		is_clean "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/log"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 1 ]
		with_users "$name:x:60001:60001::/:/bin/sh" "$name:x:60001:" \
			"$SHMTOOL" list -O --json "$ID" >"$BATS_TEST_TMPDIR/json"
		[ "$(jq '.segments[0].owner' "$BATS_TEST_TMPDIR/json")" = "$(printf '%s' "$name" | jq -Rs .)" ]
		[ "$(jq '.segments[0].group' "$BATS_TEST_TMPDIR/json")" = "$(printf '%s' "$name" | jq -Rs .)" ]
	done
}

# As chown(1) has it. What decides is never shown as a name alone: the number is with it.
@test "a user whose name is another's number is told from him by the number beside it" {
	need_users
	need_namespace --mount
	id=$("$ACTOR" user=60001 create)
	other=$("$ACTOR" user=60002 create)
	users='60002:x:60001:60001::/:/bin/sh'
	run with_users "$users" '60002:x:60001:' "$SHMTOOL" stat "$id"
	[[ $output == *"owner      60002 (60001), group 60002 (60001)"* ]]
	run with_users "$users" '60002:x:60001:' "$SHMTOOL" list --raw -n -o OWNER,UID -x UID
	[ "$output" = $'60002\t60001\n60002\t60002' ]
	with_users "$users" '60002:x:60001:' "$SHMTOOL" gc --yes --owner 60002 --older-than 0 --no-log
	is_gone "$id"
	exists "$other"
}

@test "a user name of any length is whole" {
	need_users
	need_namespace --mount
	id=$("$ACTOR" user=60001 create)
	for length in 256 65536; do
		name=$(printf '%*s' "$length" '' | tr ' ' n)
		users="$name:x:60001:60001::/:/bin/sh"
		for words in "list -o OWNER --json" "list -o OWNER --raw" "list -o OWNER --notruncate" \
			"stat $id" "gc --verbose --older-than 0" "rm --dry-run --verbose $id" limits; do
			# shellcheck disable=SC2086
			run with_users "$users" "$name:x:60001:" "$SHMTOOL" $words
			[ "$status" -eq 0 ]
			[[ $output == *"$name"* ]]
		done
	done
}
