# SPDX-License-Identifier: GPL-2.0-or-later
# What README says of other programs, tried with those that are here.
load ../cli/common

# A user with a long name, for the rest of the command: long_named COMMAND...
long_named() {
	# shellcheck disable=SC2016
	unshare --mount sh -c '
		cp /etc/passwd "$PUBLIC/passwd" && echo averylongusername:x:60001:60001::/:/bin/sh >>"$PUBLIC/passwd" &&
		mount --bind "$PUBLIC/passwd" /etc/passwd && exec "$@"' sh "$@"
}

# What is typed everywhere.
pipeline() {
	# shellcheck disable=SC2016
	sh -c 'ipcs -m | awk '\''$6 == 0 { print "-m" $2 }'\'' | xargs ipcrm'
}

@test "ipcs cuts the name of an owner, and list and lsipc do not" {
	need_users
	need_namespace --mount
	"$ACTOR" user=60001 create
	run long_named ipcs -m
	[[ $output == *" averylongu "* && $output != *averylongus* ]]
	run long_named lsipc -m
	[[ $output == *" averylongusername "* ]]
	run long_named "$SHMTOOL" list
	[[ $output == *" averylongusername "* ]]
}

@test "ipcs shows the creator that has ended as it shows one that runs, and list does not" {
	start_actor size=4096 create hold
	before=$(ipcs -m && ipcs -m -p)
	[ "$(shmtool list --raw -n -o STATE)" = idle ]
	kill_actor "$PID"
	[ "$(ipcs -m && ipcs -m -p)" = "$before" ]
	[ "$(shmtool list --raw -n -o STATE)" = orphan ]
}

@test "the pipeline destroys what is just being set up, and gc does not" {
	start_actor size=4096 create hold
	run shmtool gc --yes --no-log --older-than 0 --keyed --system
	[ "$status" -eq 0 ]
	exists "$ID"
	pipeline
	is_gone "$ID"
}

@test "the pipeline destroys what a program finds by its key at its next start, and gc does not" {
	need_users
	id=$("$ACTOR" user=60001 size=4096 key=5 create attach touch)
	run shmtool gc --yes --no-log --older-than 0
	[ "$status" -eq 0 ]
	exists "$id"
	pipeline
	is_gone "$id"
}

@test "ipcrm marks what somebody has, and says nothing; rm says who has it" {
	start_actor size=4096 create attach hold
	run ipcrm --shmem-id "$ID"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(field "$ID" state)" = dest ]
	start_actor size=4096 create attach hold
	run shmtool rm --no-log "$ID"
	[[ $output == "segment $ID: marked, 1 attach remains: PID $PID "* ]]
}

@test "neither ipcs nor lsipc says who has a segment attached, and list --holders does" {
	id=$("$ACTOR" size=4096 create)
	start_actor "use=$id" attach hold
	first=$PID
	start_actor "use=$id" attach hold # the last user, which ipcs names
	[[ $(ipcs -m -p) != *" $first "* ]]
	[[ $(lsipc -m -o ID,CPID,LPID,COMMAND) != *" $first "* ]]
	run shmtool list --raw -n -o ID,HOLDERS
	[[ $output == *"$first"* && $output == *"$PID"* ]]
}

@test "lsof says who has a segment attached, too, but of none that nobody has" {
	need_program lsof
	"$ACTOR" size=4096 key=0x6c736f66 create >/dev/null
	start_actor size=4096 create attach hold
	run lsof -nPw
	grep -qE "^actor +$PID .* $ID /SYSV00000000" <<<"$output"
	# By a key that no other has: lsof sees all IPC namespaces, in which ids are the same.
	[[ $output != *SYSV6c736f66* ]]
	[[ $(lsof -nPw -F p -p "$PID") == "p$PID"* ]]
}

@test "ipcmk makes a key at random, and create the one that is asked for, for whom it is" {
	need_users
	for i in 1 2; do
		ipcmk --shmem 4096 >/dev/null
	done
	[ "$(shmtool list --raw -n -o KEY,MODE,SIZE | sort -u | grep -c $'\t0644\t4096$')" -eq 2 ]
	id=$(printf content | shmtool create --from - --key 0x77 --owner 60001)
	[ "$(shmtool list --raw -n -o KEY,UID "$id")" = $'0x00000077\t60001' ]
	[ "$(shmtool cat --length 7 "$id")" = content ]
	for option in --key=7 --owner=60001; do
		run ipcmk --shmem 4096 "$option"
		[ "$status" -ne 0 ]
	done
}
