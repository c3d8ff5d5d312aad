# SPDX-License-Identifier: GPL-2.0-or-later
# The dispatcher: verbs, help, version.
load common

@test "--help and help show every verb on stdout" {
	for words in --help -h help "help --words"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $words
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		for verb in list stat gc rm set limits create cat attach-write key help; do
			grep -qE "^ *${verb}[[:space:]]" <<<"$output"
		done
	done
}

@test "help VERB is VERB --help" {
	for verb in list stat gc rm set limits create cat attach-write key help; do
		run --separate-stderr shmtool help $verb
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		[[ $output == "Usage: shmtool $verb "* ]]
		[ "$output" = "$(shmtool $verb --help)" ]
		[ "$output" = "$(shmtool $verb -h)" ]
	done
}

@test "no help is wider than a terminal of 80 columns" {
	for words in --help "list --help" "stat --help" "gc --help" "rm --help" "set --help" \
		"limits --help" "create --help" "cat --help" "attach-write --help" "key --help" \
		"help --help"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $words
		[ "$(wc -L <<<"$output")" -le 80 ]
	done
	# What goes on in another line does so below its beginning.
	[[ $(shmtool --help) == *$'or find the files of\n               a key\n'* ]]
	[[ $(shmtool rm --help) == *$'have gone, for\n                               so long at most\n'* ]]
}

@test "help --words VERB names the options that --help names" {
	for verb in list stat gc rm set limits create cat attach-write key help; do
		[ "$(shmtool help --words $verb | cut -f1 | sort)" = \
			"$(shmtool $verb --help | grep -oE -- '^ +(-., )?--[a-z-]+' |
				grep -oE -- '--[a-z-]+' | sort)" ]
	done
}

@test "--version gives name and version" {
	for option in --version -V; do
		run --separate-stderr shmtool $option
		[ "$status" -eq 0 ]
		[[ $output =~ ^shmtool\ [0-9]+\.[0-9] ]]
	done
}

@test "verbs are exact: no prefix, no other case" {
	for verb in lis listt LIST l r delete '' ' list'; do
		run --separate-stderr shmtool "$verb"
		is_usage_error
		[[ $stderr == "shmtool: unknown verb '$verb'"* ]]
	done
	run --separate-stderr shmtool help lis
	is_usage_error
	[[ $stderr == *"'lis'"* ]]
}

@test "options are exact too: an abbreviation could mean another one day" {
	"$ACTOR" key=5 create
	for words in "gc --y" "gc --sys" "rm --i 5" "rm --key 5 --hel" "list --js" "help --wor"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $words
		is_usage_error
		[[ $stderr == *"unknown option '--"* ]]
	done
	exists 0x5
}

@test "control bytes of the command line do not reach the terminal" {
	run --separate-stderr shmtool rm $'\e[31m7'
	is_usage_error
	[[ $stderr == *"'\\x1b[31m7'"* ]]
	run --separate-stderr shmtool $'\e[31m'
	is_usage_error
	[[ $stderr != *$'\e'* ]]
}

@test "who mistypes a verb or an option is told the nearest" {
	for words in "lst list" "lis list" "lsit list" "attachwrite attach-write" "creat create" \
		"--hlep --help" "--show-privilege --show-privileges"; do
		run --separate-stderr shmtool "${words% *}"
		is_usage_error
		[[ ${stderr_lines[0]} == "shmtool: unknown "*" '${words% *}': did you mean '${words#* }'?" ]]
	done
	for words in "list --ownr=5 --owner" "list --own --owner" "gc --dryrun --dry-run" \
		"rm --un-used --unused" "help --word --words" "list --hlep --help"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool ${words% *}
		is_usage_error
		[[ ${stderr_lines[0]} == "shmtool "*": unknown option '--"*"': did you mean '${words##* }'?" ]]
	done
	for words in frobnicate x "list --frobnicate" "gc --y" "list -Z"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool $words
		is_usage_error
		[[ $stderr != *"did you mean"* ]]
	done
}

@test "an unknown option before the verb is quoted" {
	for option in --typo -x --json; do
		run --separate-stderr shmtool $option list
		is_usage_error
		[[ $stderr == "shmtool: unknown option '$option'"* ]]
	done
}

@test "help and version on a full disk are errors" {
	for words in --help --version "help" "list --help"; do
		run --separate-stderr bash -c "'$SHMTOOL' $words >/dev/full"
		[ "$status" -eq 1 ]
		[[ $stderr == *"write error: No space left on device" ]]
	done
}

@test "with standard descriptors closed nothing is written where it does not belong" {
	"$ACTOR" create
	run bash -c "'$SHMTOOL' list <&- >&- 2>&-"
	[ "$status" -eq 1 ]
	run bash -c "'$SHMTOOL' list <&-"
	[ "$status" -eq 0 ]
}
