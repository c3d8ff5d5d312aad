# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of shmtool-recipes(7) and shmtool-gc.service(8).
load pages

RECIPES=$SHMTOOL_SRCDIR/man/shmtool-recipes.7
SERVICE=$SHMTOOL_SRCDIR/man/shmtool-gc.service.8

sections() {
	sed -nE 's/^\.Ss (\\&)?//p' "$1" # \& before a word that is a macro, too
}

@test "each section of the recipes has a test here" {
	[ "$(sections "$RECIPES" | wc -l)" -eq 11 ]
	while read -r section; do
		grep -qF "play_section \"\$RECIPES\" \"$section\"" "$BATS_TEST_FILENAME" || {
			echo "$section"
			return 1
		}
	done < <(sections "$RECIPES")
}

@test "what is not printed, or not there, is noticed" {
	make_machine
	play "shmtool list --count" $'4\n'
	run ! play "shmtool list --count" $'3\n'
	run ! play "shmtool list --count" ""
	run ! play "shmtool nonsense" $'4\n'
	run ! play "shmtool stat 5242901 | head -n 1" $'segment 5242902, private\n'
	name_what_is_there "systemctl start shmtool-gc.service"
	name_what_is_there "install /usr/share/doc/shmtool/examples/cron.d/shmtool"
	for line in "systemctl start shmtool-gc.socket" \
		"install /usr/share/doc/shmtool/examples/cron.d/nothing" \
		"install /usr/share/doc/shmtool/examples/systemd/shmtool-gc.timer" \
		"shmtool gc --nonsense" "sysctl kernel.nonsense=1" "systemctl daemon-reload"; do
		run ! name_what_is_there "$line"
	done
}

@test "a number of here is not taken for one of the pages" {
	MEANINGS=
	means 812 900
	means 900 812
	means_path /srv "/tmp/900"
	[ "$(here <<<"PID 812, 900, /srv/812")" = "PID 900, 812, /tmp/900/900" ]
}

@test "a leak is found" {
	make_machine
	play_section "$RECIPES" "Find what leaks"
	[ $PLAYED -eq 4 ]
}

@test "holders are found" {
	make_machine
	play_section "$RECIPES" "See who holds a segment"
	[ $PLAYED -eq 2 ]
}

@test "a full table is explained, and made empty" {
	[ "$(cat /proc/sys/kernel/shmmni)" -eq 4096 ] || skip "kernel.shmmni is not 4096 here"
	[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "pages are not of 4096 bytes here"
	need_sysctl shmall
	make_machine
	ipcrm --all=shm
	kill_actor "$render" # its segment goes with it
	local bob alice
	bob=$(here <<<bob) alice=$(here <<<alice)
	# shellcheck disable=SC2046 # words
	"$ACTOR" user="$bob" noreserve size=262144 $(printf 'create %.0s' $(seq 4090)) >/dev/null
	start_actor user="$alice" size=8388608 create create create create create create hold
	with_sysctl shmall 524288 play_section "$RECIPES" "No space left on device"
	[ $PLAYED -eq 7 ]
	[ $NAMED -eq 2 ]
}

@test "a segment in state dest goes with who holds it" {
	make_machine
	# kill(1) does not wait for the end.
	kill() {
		builtin kill "$@"
		wait "$1" 2>/dev/null || true
	}
	play_section "$RECIPES" "A segment in state dest stays"
	[ $PLAYED -eq 4 ]
}

@test "what a batch job leaves behind goes" {
	make_machine
	play_section "$RECIPES" "Clean up after a batch job"
	[ $PLAYED -eq 2 ]
	[ $NAMED -eq 1 ]
}

@test "what survived a crash is shown, and goes by name" {
	make_machine
	play_section "$RECIPES" "See what survived the crash"
	[ $PLAYED -eq 3 ]
}

@test "a rule keeps the segments of a program" {
	make_machine
	examples "$RECIPES" "Let the segments of a program stay" | sed '/^\./,$d' |
		here >>"$PUBLIC/gc.conf"
	play_section "$RECIPES" "Let the segments of a program stay"
	[ $PLAYED -eq 2 ]
	# What is said of rm.
	play "shmtool rm 5242901" $'segment 5242901: removed\n'
}

@test "the log is where the recipes have it, and says the same as in the page of the service" {
	play_section "$RECIPES" "See what was removed"
	[ $NAMED -eq 1 ]
	recipe=$(examples "$RECIPES" "See what was removed")
	[ "$recipe" = "$(examples "$SERVICE" "See what was removed")" ]
}

# An actor in another IPC namespace, to which a command takes it: start_contained COMMAND ...
start_contained() {
	printf '#!/bin/sh\nexec %s --ipc "%s" "$@"\n' "$1" "$ACTOR" >"$BATS_TEST_TMPDIR/contained"
	chmod +x "$BATS_TEST_TMPDIR/contained"
	ACTOR=$BATS_TEST_TMPDIR/contained start_actor "${@:2}"
}

@test "segments in a container are shown and judged from outside" {
	need_users
	need_namespace --ipc
	make_machine
	local alice there
	alice=$(here <<<alice)
	start_contained unshare user="$alice" name=render size=8388608 create attach touch hold
	there=$PID
	start_contained "nsenter --target $there" user="$alice" name=worker size=4194304 \
		create attach touch hold
	kill_actor "$PID"
	means 1431 "$there"
	means 1440 "$PID"
	# nsenter(1) runs programs, and no function of a shell.
	mkdir "$BATS_TEST_TMPDIR/bin"
	# shellcheck disable=SC2016 # bash expands it
	printf '#!/bin/bash\nshmtool "$@"\n' >"$BATS_TEST_TMPDIR/bin/shmtool"
	chmod +x "$BATS_TEST_TMPDIR/bin/shmtool"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH play_section "$RECIPES" "Look into a container"
	[ $PLAYED -eq 2 ]
}

# The table of a section, as "OLD|NEW".
table() {
	sed -nE 's/^\.It Ic (ipc|lsipc)(.*) Ta Ic (.*)/\1\2|\3/p' "$RECIPES"
}

# What is there after a command, on a machine that was new before it: states and sizes.
states_after() {
	make_machine >&2
	local command
	command=$(here <<<"$1")
	eval "$command" >&2 || {
		echo "$command" >&2
		return 1
	}
	"$SHMTOOL" list --noheadings --raw --output STATE,SIZE | sort
	kill -9 "${ACTORS[@]}" 2>/dev/null || true
	wait "${ACTORS[@]}" 2>/dev/null || true
	ipcrm --all=shm
}

@test "each line of the table does the same in both columns" {
	play_section "$RECIPES" "From ipcs, ipcrm, ipcmk and lsipc"
	[ $PLAYED -eq 0 ]
	need_users
	for old in "ipcs -m" "ipcs -m -p" "ipcs -m -t" "ipcs -m -u" "ipcs -m -l" \
		"ipcs -m -i 5242900" "lsipc -m" "ipcmk -M 4096" "ipcrm -m 5242901" \
		"ipcrm -M 0x0001b207" "ipcrm --all=shm"; do
		[ "$(table | grep -cF "$old|shmtool ")" -eq 1 ]
	done
	[ "$(table | wc -l)" -eq "$(grep -c ' Ta Ic ' "$RECIPES")" ]
	untouched=$(states_after true)
	[ "$(wc -l <<<"$untouched")" -eq 4 ]
	while IFS='|' read -r old new; do
		there=$(states_after "$old")
		[ "$(states_after "$new")" = "$there" ]
		case $old in
		ipcrm* | ipcmk*) [ "$there" != "$untouched" ] ;;
		*) [ "$there" = "$untouched" ] ;;
		esac
	done < <(table)
}

@test "cron's watch says what it finds, and that it has found something" {
	make_machine
	play_section "$RECIPES" "Watch a node with cron"
	[ $PLAYED -eq 2 ]
	[ $NAMED -eq 1 ]
	line=$(examples "$RECIPES" "Watch a node with cron" |
		sed -nE 's/^[0-9*]([^ ]* ){5}root //p')
	[[ $line == "shmtool gc "* ]]
	run eval "$line"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	huge=$("$ACTOR" user="$(here <<<bob)" noreserve size=1073741824 create)
	run eval "$line"
	[ "$status" -eq 3 ]
	[ ${#lines[@]} -eq 1 ]
	[[ $output == "would remove segment $huge ("* ]]
}

@test "the commands of shmtool-gc.service(8) name what is there" {
	named=0
	while read -r section; do
		# None is run: all are root's. What follows one is what the journal says.
		run ! grep -q '^\$ ' < <(examples "$SERVICE" "$section")
		while IFS= read -r line; do
			name_what_is_there "$line"
			named=$((named + 1))
		done < <(examples "$SERVICE" "$section" |
			sed -nE 's/^# ((systemctl|journalctl|shmtool|install) .*)/\1/p')
	done < <(sections "$SERVICE")
	[ $named -eq 8 ]
}

# What shmtool says in the journal, as a section shows it.
journal() {
	examples "$SERVICE" "$1" |
		sed -nE 's/^[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} node1 shmtool\[[0-9]+\]: //p'
}

@test "the journal has what the service prints" {
	make_machine
	[ "$(journal "See what it found" | wc -l)" -eq 2 ]
	command=$(sed -n 's|^ExecStart=@bindir@/||p' \
		"$SHMTOOL_SRCDIR/contrib/systemd/shmtool-gc.service.in")
	play "$command" "$(journal "See what it found")"$'\n'
}

@test "the journal has what was removed" {
	make_machine
	need_log
	[ "$(journal "See what was removed" | wc -l)" -eq 1 ]
	sed -i '/^log/d' "$PUBLIC/gc.conf"
	with_log "$BATS_TEST_TMPDIR/log" "$SHMTOOL" gc --config "$PUBLIC/gc.conf" \
		--yes --quiet
	# Who has logged in to run the test may be in it.
	sed -Ei 's/^<29>.{15} shmtool\[[0-9]+\]: //; s/ login=[^ ]*//' "$BATS_TEST_TMPDIR/log"
	play "cat '$BATS_TEST_TMPDIR/log'" "$(journal "See what was removed")"$'\n'
}

# The lines of a drop-in that a section shows.
drop_in() {
	examples "$SERVICE" "$1" | sed '/^\.$/d'
}

@test "the drop-in that removes is that of the service, and removes" {
	commented=$(sed -nE '/^#	/ { s/^#	//; s|@bindir@/||; p; }' \
		"$SHMTOOL_SRCDIR/contrib/systemd/shmtool-gc.service.in")
	[ -n "$commented" ]
	[ "$(drop_in "Let it remove")" = "$commented" ]
	make_machine
	command=$(drop_in "Let it remove" | sed -n 's|^ExecStart=\(..*\)|\1|p')
	run eval "$command"
	[ "$status" -eq 0 ]
	[[ $output == "removed segment "* ]]
	is_gone "$(here <<<5242901)"
}

@test "the drop-ins are right to systemd" {
	need_program systemd-analyze
	units=$BATS_TEST_TMPDIR/units
	mkdir "$units"
	{
		sed "s|@bindir@/shmtool|$PUBLIC/shmtool|" \
			"$SHMTOOL_SRCDIR/contrib/systemd/shmtool-gc.service.in"
		# A name without a path is right if systemd finds it: sed is where shmtool will be.
		drop_in "Let it remove" | sed 's|=shmtool |=sed |'
	} >"$units/shmtool-gc.service"
	{
		cat "$SHMTOOL_SRCDIR/contrib/systemd/shmtool-gc.timer"
		drop_in "Change the schedule"
	} >"$units/shmtool-gc.timer"
	run systemd-analyze verify --man=no --recursive-errors=no "$units/shmtool-gc.timer"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *shmtool-gc* ]]
	calendar=$(drop_in "Change the schedule" | sed -n 's/^OnCalendar=\(..*\)/\1/p')
	run systemd-analyze calendar "$calendar"
	[ "$status" -eq 0 ]
	[[ $output == *"*-*-* *:00/15:00"* ]]
}
