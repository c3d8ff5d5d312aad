# SPDX-License-Identifier: GPL-2.0-or-later
# shmtool alone: how much there is, in which states, and what to look at next.
load common

# One of each state: ATTACHED, DEST, IDLE, ORPHAN.
make_all() {
	start_actor size=1048576 create attach touch hold
	ATTACHED=$ID
	start_actor size=8192 create attach mark hold
	DEST=$ID
	start_actor size=4096 create hold
	IDLE=$ID
	ORPHAN=$("$ACTOR" size=10000 create)
}

@test "without segments it says so, and where to go on" {
	run --separate-stderr shmtool
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${lines[0]}" = "no segments" ]
	[[ ${lines[1]} =~ ^0\ of\ at\ most\ [0-9]+\ segments\ \(SHMMNI\):\ 0%$ ]]
	[[ ${lines[-1]} =~ ^next:\ shmtool\ help\ +[a-z] ]]
}

@test "each state that there is has a row with number, size and memory" {
	make_all
	run --separate-stderr shmtool
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ ${lines[0]} =~ ^STATE\ +SEGMENTS\ +SIZE\ +RSS\ MEANING$ ]]
	[[ ${lines[1]} =~ ^attached\ +1\ +1M\ +1M\ in\ use$ ]]
	[[ ${lines[2]} =~ ^dest\ +1\ +8K\ +0B\ in\ use,\ and\ goes\ with\ the\ last\ attach$ ]]
	[[ ${lines[3]} =~ ^idle\ +1\ +4K\ +0B\ [a-z] ]]
	[[ ${lines[4]} =~ ^orphan\ +1\ +9\.8K\ +0B\ [a-z] ]]
	[ "${lines[5]}" = "4 segments, 1M, of which 1M in memory" ]
	# The same as the list has.
	for state in attached dest idle orphan; do
		[ "$(shmtool list --count --state "$state")" -eq 1 ]
	done
	[ -n "$ATTACHED$DEST$IDLE$ORPHAN" ]
}

@test "a state that no segment is in has no row, and no suggestion" {
	start_actor create attach hold
	run shmtool
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^(dest|idle|orphan)' <<<"$output")" -eq 0 ]
	[[ $output != *"gc --dry-run"* && $output != *"--state dest"* ]]
	[[ $output == *"1 segment, "* ]]
}

@test "every command that it suggests can be run, and changes nothing" {
	make_all
	run shmtool
	mapfile -t words < <(sed -nE 's/^(next:|     ) shmtool ([a-z-]+( --?[a-z-]+| [a-z]+)*)  .*/\2/p' <<<"$output")
	[ "${#words[@]}" -eq 4 ]
	for command in "${words[@]}"; do
		# shellcheck disable=SC2086
		run shmtool $command
		[ "$status" -eq 0 ]
	done
	[ "$(shmtool list --count)" -eq 4 ]
}

@test "a limit that is nearly used up is shown, with who has most" {
	need_sysctl shmmni
	for _ in 1 2 3 4; do "$ACTOR" create >/dev/null; done
	run with_sysctl shmmni 5 "$SHMTOOL"
	[ "$status" -eq 0 ]
	[[ $output == *"4 of at most 5 segments (SHMMNI): 80%"* ]]
	[[ $output == *"shmtool limits "* ]]
	run with_sysctl shmmni 6 "$SHMTOOL"
	[[ $output == *"4 of at most 6 segments (SHMMNI): 66%"* ]]
	[[ $output != *"shmtool limits "* ]]
	run with_sysctl shmall 100 "$SHMTOOL"
	[[ $output == *"4 of at most 100 pages (SHMALL): 4%"* ]]
}

@test "no line is wider than a terminal of 80 columns, nor written in colour" {
	need_terminal
	make_all
	on_terminal 80 "'$SHMTOOL'" >"$BATS_TEST_TMPDIR/narrow"
	on_terminal 200 "'$SHMTOOL'" >"$BATS_TEST_TMPDIR/wide"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/narrow")" -le 80 ]
	[ "$(cat "$BATS_TEST_TMPDIR/narrow")" = "$(cat "$BATS_TEST_TMPDIR/wide")" ]
	run ! grep -q $'\e' "$BATS_TEST_TMPDIR/narrow"
}

@test "what cannot be read or written is an error" {
	need_namespace --mount
	run --separate-stderr with_proc 'mkdir sysvipc && mkdir sysvipc/shm' "$SHMTOOL"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == "shmtool: /proc/sysvipc/shm: "* ]]
	run --separate-stderr bash -c '"$0" >/dev/full' "$SHMTOOL"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool: write error: No space left on device" ]
}

# It looks for no holders, and so does without what proves them.
@test "it has no more privileges than list has" {
	need_strace
	# shellcheck disable=SC2016
	for verb in '' list; do
		strace -f -e trace=capset,seccomp -o "$BATS_TEST_TMPDIR/trace$verb" "$SHMTOOL" $verb >/dev/null
		sed -E 's/^[0-9]+ //; s/pid=[0-9]+|0x[0-9a-f]+/N/g' "$BATS_TEST_TMPDIR/trace$verb" |
			grep -v exited >"$BATS_TEST_TMPDIR/calls$verb"
	done
	grep -q seccomp "$BATS_TEST_TMPDIR/calls"
	diff <(grep seccomp "$BATS_TEST_TMPDIR/calls") <(grep seccomp "$BATS_TEST_TMPDIR/callslist")
	[ "$(id -u)" -ne 0 ] || ! grep capset "$BATS_TEST_TMPDIR/calls" | tail -n 1 |
		grep -o 'CAP_[A-Z_]*' | grep -vx CAP_SYS_PTRACE
}
