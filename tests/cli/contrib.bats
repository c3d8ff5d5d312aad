# SPDX-License-Identifier: GPL-2.0-or-later
# What runs gc unattended. No systemd, cron or Slurm is started: their parts are read by
# the tools that check them, or run as they would run them.
load common

SERVICE=${SHMTOOL%/*}/contrib/systemd/shmtool-gc.service
TIMER=$SHMTOOL_SRCDIR/contrib/systemd/shmtool-gc.timer
CRON=$SHMTOOL_SRCDIR/contrib/cron.d/shmtool
EPILOG=$SHMTOOL_SRCDIR/contrib/slurm/epilog

need_systemd_analyze() {
	need_program systemd-analyze
	systemd-analyze --help | grep -q -e --offline ||
		skip "systemd-analyze is older than version 250"
}

# Both units, in a directory, for a program that is there whatever the prefix.
copy_units() {
	units=$BATS_TEST_TMPDIR/units
	mkdir "$units"
	cp "$TIMER" "$units"
	sed "s|^ExecStart=[^ ]*|ExecStart=$PUBLIC/shmtool|" "$SERVICE" \
		>"$units/shmtool-gc.service"
}

verify_units() {
	systemd-analyze verify --man=no --recursive-errors=no "$units/shmtool-gc.service" \
		"$units/shmtool-gc.timer"
}

# What a setting has in the service: one value a line, as the file has them.
setting() {
	sed -n "s/^$1=//p" "$SERVICE"
}

# System calls, for the names and the groups given.
expand() {
	local word
	for word; do
		case $word in
		@*)
			# shellcheck disable=SC2046 # a list
			expand $(systemd-analyze syscall-filter "$word" |
				sed -n 's/^    \([^# ]\)/\1/p')
			;;
		*) echo "$word" ;;
		esac
	done
}

# The calls that the service allows: each filter adds to those before it, or takes away.
allowed_calls() {
	local filter allowed=
	while read -r filter; do
		# shellcheck disable=SC2086 # a list
		case $filter in
		"~"*) allowed=$(comm -23 <(sort -u <<<"$allowed") <(expand ${filter#\~} | sort -u)) ;;
		*) allowed+=$'\n'$(expand $filter) ;;
		esac
	done < <(setting SystemCallFilter)
	sort -u <<<"$allowed"
}

# Run with the privileges that the service has: as root with a bounding set.
as_service() {
	local set=-all name
	for name in $(setting CapabilityBoundingSet); do
		name=${name#CAP_}
		set+=,+${name,,}
	done
	setpriv --bounding-set="$set" --inh-caps=-all --no-new-privs "$@"
}

# One orphan that gc takes, and one segment of each kind that is in use. The user is one
# who has no other process, in whatever else is tested now.
make_work() {
	need_users
	user=$((20000 + $$ % 30000))
	start_actor user=$user create attach hold
	attached=$ID
	start_actor user=60002 create hold
	idle=$ID
	orphan=$("$ACTOR" user=$user create)
}

@test "the units are right to the last word, for systemd-analyze verify" {
	need_systemd_analyze
	copy_units
	run verify_units
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *shmtool-gc* ]]
	echo "NoSuchSetting=yes" >>"$units/shmtool-gc.timer"
	run verify_units
	[[ $output == *shmtool-gc.timer*NoSuchSetting* ]]
}

@test "the service is the program as it is installed, and only reports" {
	command=$(setting ExecStart)
	[[ $command == /*"/shmtool gc --dry-run" ]]
	run ! grep -F @bindir@ "$SERVICE"
}

@test "the exposure of the service, by systemd-analyze security, is at most 2.5" {
	need_systemd_analyze
	copy_units
	run systemd-analyze security --offline=true --no-pager "$units/shmtool-gc.service"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ "exposure level for shmtool-gc.service: "([0-9]+)"."([0-9]) ]]
	echo "${lines[-1]}"
	[ $((BASH_REMATCH[1] * 10 + BASH_REMATCH[2])) -le 25 ]
}

@test "the service has no setting that blinds gc or ends its guardian" {
	[ "$(setting KillMode)" = process ]
	[ "$(setting OOMPolicy)" = continue ]
	[ "$(setting SystemCallErrorNumber)" = EPERM ]
	for name in PrivateIPC PrivateUsers PrivatePIDs ProcSubset ProtectProc DynamicUser User \
		RemoveIPC RootDirectory InaccessiblePaths TemporaryFileSystem; do
		[ -z "$(setting $name)" ]
	done
}

@test "gc removes with the capabilities that the service leaves it" {
	make_work
	need_log
	run as_service "$LOGGED" /dev/null "$SHMTOOL" gc --yes --verbose --older-than 0
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"removed segment $orphan ("* ]]
	[[ $output == *"keep segment $attached ("*"): 1 attach"* ]]
	[[ $output == *"keep segment $idle ("*"): creator PID "*" is running"* ]]
	is_gone "$orphan"
}

@test "the service leaves gc the capabilities that it keeps, and no other" {
	kept=$(shmtool --show-privileges gc | awk '/^cap_/ { print toupper($1) }' | sort)
	[ "$(setting CapabilityBoundingSet | tr -s ' ' '\n' | sort)" = "$kept" ]
}

@test "the service allows every system call that gc makes" {
	make_work
	need_systemd_analyze
	need_log
	need_strace
	trace=$BATS_TEST_TMPDIR/trace
	with_log "$BATS_TEST_TMPDIR/log" strace -f -qq -o "$trace" \
		"$SHMTOOL" gc --yes --older-than 0
	is_gone "$orphan"
	grep -q "removed segment $orphan:" "$BATS_TEST_TMPDIR/log"
	made=$(sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$trace" | sort -u)
	for call in shmctl pidfd_open capset sendto; do
		grep -qx "$call" <<<"$made"
	done
	refused=$(comm -23 <(echo "$made") <(allowed_calls))
	echo "refused:" $refused
	[ -z "$refused" ]
}

# The command of the one line in the file for cron, and as cron would run it, with the
# directory that tells systemd and the directory of the program.
cron_command() {
	sed -nE 's/^[0-9*]([^ ]* ){5}root //p' "$CRON"
}

run_cron() {
	run --separate-stderr env -i "PATH=$2:/usr/bin:/bin" HOME=/root LOGNAME=root \
		sh -c "$(cron_command | sed "s|/run/systemd/system|$1|")"
}

# A program in place of another: fake NAME DIRECTORY, with the script on stdin.
fake() {
	mkdir -p "$2"
	{
		echo '#!/bin/sh'
		cat
	} >"$2/$1"
	chmod 755 "$2/$1"
}

@test "cron's line is one command, without what cron or shellcheck would mind" {
	[ "$(cron_command | wc -l)" -eq 1 ]
	[[ $(cron_command) != *%* ]]
	if command -v shellcheck >/dev/null; then
		run shellcheck --shell=sh - < <(cron_command)
		[ "$status" -eq 0 ]
	fi
	[ "$(tail -c 1 "$CRON" | od -An -tx1)" = " 0a" ]
}

@test "cron's line does nothing where systemd runs" {
	fake shmtool "$BATS_TEST_TMPDIR/bin" <<<"echo it runs"
	mkdir "$BATS_TEST_TMPDIR/systemd"
	run_cron "$BATS_TEST_TMPDIR/systemd" "$BATS_TEST_TMPDIR/bin"
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "cron's line says what it removes, and nothing if that is nothing" {
	make_work
	need_log
	# What cron's line takes has been idle for an hour: not here.
	fake shmtool "$BATS_TEST_TMPDIR/bin" <<-END
		exec "$LOGGED" /dev/null "$SHMTOOL" "\$@" --older-than 0
	END
	run_cron "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/bin"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ ${#lines[@]} -eq 1 ]
	[[ $output == "removed segment $orphan ("* ]]
	run_cron "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/bin"
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	exists "$attached"
	exists "$idle"
}

# The epilog, for job 7 on node n1 and the user given; squeue is what stdin says. Its PATH
# is of what it needs alone: this may be a node of Slurm.
run_epilog() {
	local bin=$BATS_TEST_TMPDIR/bin name
	log=$BATS_TEST_TMPDIR/log
	fake squeue "$bin"
	[ -e "$bin/shmtool" ] || ln -s "$SHMTOOL" "$bin/shmtool"
	for name in timeout logger pgrep; do
		[ -e "$bin/$name" ] || ln -s "$(command -v $name)" "$bin/$name"
	done
	sed "s|^PATH=.*|PATH=$bin|" "$EPILOG" >"$BATS_TEST_TMPDIR/epilog"
	rm -f "$log"
	run with_log "$log" env -i SLURM_JOB_ID=7 SLURM_JOB_UID="$1" SLURMD_NODENAME=n1 \
		"$(command -v sh)" "$BATS_TEST_TMPDIR/epilog"
	# Whatever happens.
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

make_job() {
	make_work
	need_log
	"$ACTOR" user=$user key=0x4e545030 create       # protected
	"$ACTOR" user=$user key=0x5a1c33 size=56 create # so is the header of a PostgreSQL
	"$ACTOR" user=60002 key=0x1b208 create
	keyed=$("$ACTOR" user=$user key=0x1b207 create)
	before=$(left)
}

left() {
	shmtool list --raw --noheadings -o ID | sort -n | xargs
}

@test "the epilog removes what its user has left, and nothing else" {
	make_job
	run_epilog $user <<-END
		echo "\$*" >"$BATS_TEST_TMPDIR/asked"
		echo "squeue: warning: 8" >&2
		echo 7:CG
	END
	[ "$(left)" = "$(printf '%s\n' $before | grep -vxE "$orphan|$keyed" | xargs)" ]
	[ "$(grep -c ': removed segment ' "$log")" -eq 2 ]
	run ! grep shmtool-epilog "$log"
	[[ $(cat "$BATS_TEST_TMPDIR/asked") == *"--user=$user --nodelist=n1" ]]
}

@test "the epilog keeps everything while its user has another job on the node" {
	make_job
	for state in R S CF PD XX; do
		run_epilog $user <<<"echo 7:CG; echo 8:$state"
		[ "$(left)" = "$before" ]
		[ ! -s "$log" ]
	done
}

@test "the epilog of the last of several jobs that end at once cleans up" {
	make_job
	run_epilog $user <<<"echo 7:CG; echo 8:CG"
	[ "$(left)" = "$before" ]
	kill_actor "${ACTORS[0]}"
	run_epilog $user <<<"echo 7:CG; echo 8:CG"
	is_gone "$orphan"
	is_gone "$keyed"
	is_gone "$attached"
	exists "$idle"
}

@test "the epilog keeps everything if squeue fails or is not there, and says so" {
	make_job
	for failure in 1 127; do
		run_epilog $user <<<"echo 7:CG; echo it failed >&2; exit $failure"
		[ "$(left)" = "$before" ]
		grep -q ": job 7: squeue ended with $failure, so the segments of user $user stay" \
			"$log"
	done
}

@test "the epilog keeps everything if processes cannot be counted" {
	make_job
	kill_actor "${ACTORS[0]}"
	before=$(left)
	fake pgrep "$BATS_TEST_TMPDIR/bin" <<<"exit 3"
	run_epilog $user <<<"echo 7:CG; echo 8:CG"
	[ "$(left)" = "$before" ]
}

@test "the epilog says so if gc fails" {
	need_log
	user=60001
	fake shmtool "$BATS_TEST_TMPDIR/bin" <<<"echo removed; echo it broke >&2; exit 1"
	run_epilog $user <<<"echo 7:CG"
	grep -q 'shmtool-epilog.*: job 7: shmtool gc ended with 1: it broke$' "$log"
	run ! grep removed "$log"
}

@test "the epilog gives its user as a number, whatever other users are named" {
	make_job
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!%s\necho "$*" >"%s"\n' "$(command -v sh)" "$BATS_TEST_TMPDIR/given" \
		>"$BATS_TEST_TMPDIR/bin/shmtool"
	chmod +x "$BATS_TEST_TMPDIR/bin/shmtool"
	run_epilog $user <<<"echo 7:CG"
	[[ $(cat "$BATS_TEST_TMPDIR/given") == "gc --owner +$user "* ]]
}

@test "the epilog does nothing for root, for daemons, and for no user" {
	make_job
	daemon=$("$ACTOR" user=101 create)
	before=$(left)
	for user in 0 101 00001000 '' root 60001x 99999999999999999999999; do
		run_epilog "$user" <<<"echo asked; exit 1"
		[ "$(left)" = "$before" ]
		[ ! -s "$log" ]
	done
}

@test "the epilog with nothing to do is silent, and takes less than a second" {
	need_log
	user=60001
	best=9999
	for _ in 1 2 3; do
		start=$(date +%s%N)
		run_epilog $user <<<"echo 7:CG"
		took=$((($(date +%s%N) - start) / 1000000))
		[ $took -ge $best ] || best=$took
		[ ! -s "$log" ]
	done
	echo "$best ms"
	[ $best -lt 1000 ]
}
