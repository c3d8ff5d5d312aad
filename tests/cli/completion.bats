# SPDX-License-Identifier: GPL-2.0-or-later
# What may stand next on the command line: by the program, and by the shells that ask it.
load common

offers() {
	shmtool --complete -- "$@"
}

words() {
	offers "$@" | cut -f1
}

# One that has a key, and one that has none.
make_two() {
	keyed=$("$ACTOR" size=8192 key=0x5eed create)
	private=$("$ACTOR" size=4096 create)
}

@test "verbs and what stands in their place are offered with their meaning" {
	[ "$(words '' | sort)" = "$(shmtool help --words | cut -f1 | sort)" ]
	[ "$(words - | sort)" = $'--help\n--show-privileges\n--version' ]
	[ "$(offers stat)" = "$(shmtool help --words | grep ^stat)" ]
	[ "$(words help g)" = gc ]
	[ "$(words --show-privileges att)" = attach-write ]
	[ -z "$(offers nonsense -)" ]
	[ -z "$(offers nonsense '')" ]
}

@test "the options of a verb are those of its table, also by its other name" {
	for verb in $(words ''); do
		[ "$(offers "$verb" - | sort)" = "$(shmtool help --words "$verb" | sort)" ]
	done
	[ "$(words ls --ow)" = --owner ]
	[ "$(words gc --ow)" = --owner ]
}

@test "columns are offered after -o and --sort, one after the other" {
	[ "$(words list -o '' | sort)" = "$(shmtool list --help | sed '1,/^Columns:/d' | awk '{ print $1 }' | sort)" ]
	[ "$(words list --output ID,SI)" = ID,SIZE ]
	[ "$(words list --output=+REA)" = --output=+REASON ]
	[ "$(words list --sort KEY,-SI)" = KEY,-SIZE ]
	[ "$(words create --print OWN)" = OWNER ]
}

@test "states, times to colour and users are offered where they belong" {
	[ "$(words list --state '')" = $'attached\ndest\nidle\norphan' ]
	[ "$(words gc --state=attached,o)" = --state=attached,orphan ]
	[ "$(words list --color '')" = $'auto\nalways\nnever' ]
	[ "$(words list --owner roo)" = root ]
	[ "$(words set --group roo)" = root ]
	[ "$(words create --owner=roo)" = --owner=root ]
	[ "$(words list --pid $$)" = $$ ]
	[ "$(offers cat --output '')" = $'\tfiles' ]
	[ "$(offers key '')" = $'\tfiles' ]
	[ "$(offers create --from=x)" = $'\tfiles' ]
}

@test "ids and keys of the segments that there are are offered, with size, owner and state" {
	make_two
	for verb in rm stat cat set list attach-write; do
		[ "$(words "$verb" '' | sort)" = "$(printf '%s\n' "$keyed" 0x00005eed "$private" | sort)" ]
	done
	[ "$(offers rm 0x)" = "0x00005eed"$'\t'"id $keyed 8K root orphan" ]
	[ "$(offers rm "$private" | grep "^$private"$'\t')" = "$private"$'\t'"private 4K root orphan" ]
	[ "$(words rm --id '' | sort)" = "$(printf '%s\n' "$keyed" "$private" | sort)" ]
	[ "$(words rm --key '')" = 0x00005eed ]
	[ "$(words rm --verbose "$keyed" 0x)" = 0x00005eed ]
	[ -z "$(offers gc '')" ]
	[ -z "$(offers limits '')" ]
}

@test "an argument that may be left out is not taken for what follows" {
	make_two
	[ "$(words rm --wait 0x)" = 0x00005eed ]
}

@test "what cannot be read offers nothing, and says nothing" {
	need_namespace --mount
	run --separate-stderr without_proc "$SHMTOOL" --complete -- rm ''
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

# What bash makes of the words given, the first of which is the program.
in_bash() {
	bash -c '
		. "$1" && shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_shmtool
		printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$SHMTOOL_SRCDIR/completions/shmtool.bash" "$SHMTOOL" "$@"
}

@test "bash completes verbs, options, lists and segments" {
	make_two
	[ "$(in_bash '' | sort)" = "$(words '' | sort)" ]
	[ "$(in_bash st)" = stat ]
	[ "$(in_bash help g)" = gc ]
	for verb in $(words ''); do
		[ "$(in_bash "$verb" - | sort)" = "$(words "$verb" - | sort)" ]
	done
	[ "$(in_bash rm '' | sort)" = "$(words rm '' | sort)" ]
	# As bash splits them; it puts what it gets after the "=".
	[ "$(in_bash list --output = ID,SI)" = ID,SIZE ]
	[ "$(in_bash list --state =)" = $'attached\ndest\nidle\norphan' ]
	[ "$(in_bash list --state = o)" = orphan ]
	[ -z "$(in_bash nonsense -)" ]
	cd "$BATS_TEST_TMPDIR"
	touch out.bin
	[ "$(in_bash cat --output ou)" = out.bin ]
	[ "$(in_bash cat --output = ou)" = out.bin ]
}

# What such a shell shows when these keys are typed: typed KEYS SHELL...
typed() {
	local keys=$1
	shift
	(
		sleep 1
		printf '%b' "$keys"
		sleep 2
		printf '\003'
		sleep 0.2
		printf '\003exit\n'
	) | timeout 20 script -qec "stty cols 120; $*" /dev/null | tr -d '\r'
}

@test "in a real bash, <TAB> shows the ids that there are" {
	need_terminal
	make_two
	cat >"$BATS_TEST_TMPDIR/rc" <<-END
		PATH=${SHMTOOL%/*}:\$PATH
		. '$SHMTOOL_SRCDIR/completions/shmtool.bash'
		bind 'set enable-bracketed-paste off'
		PS1='> '
	END
	run typed 'shmtool rm \t\t' "bash --noprofile --rcfile '$BATS_TEST_TMPDIR/rc' -i"
	echo "$output"
	grep -qE "^0x00005eed +$keyed +$private *$|$keyed.*$private|$private.*$keyed" <<<"$output"
	grep -q 0x00005eed <<<"$output"
	run typed 'shmtool list --stat\tor\t\n' "bash --noprofile --rcfile '$BATS_TEST_TMPDIR/rc' -i"
	[[ $output == *"shmtool list --state orphan"* ]]
}

@test "in a real zsh, <TAB> shows the ids that there are with what they are" {
	need_program zsh
	need_terminal
	make_two
	mkdir "$BATS_TEST_TMPDIR/home"
	cat >"$BATS_TEST_TMPDIR/home/.zshrc" <<-END
		path=(${SHMTOOL%/*} \$path)
		fpath=('$SHMTOOL_SRCDIR/completions' \$fpath)
		autoload -U compinit
		compinit -u -D
		PS1='> '
	END
	export ZDOTDIR=$BATS_TEST_TMPDIR/home TERM=dumb
	run typed 'shmtool rm \t' "zsh -d -i"
	echo "$output"
	grep -qE "^$private +-- private 4K root orphan" <<<"$output"
	grep -qE "^0x00005eed +-- id $keyed 8K root orphan" <<<"$output"
	run typed 'shmtool list --sta\torp\t\n' "zsh -d -i"
	[[ $output == *"STATE"* || $output == *"orphan"* ]]
}

in_fish() {
	# shellcheck disable=SC2016
	PATH=${SHMTOOL%/*}:$PATH HOME=$BATS_TEST_TMPDIR fish --no-config -c '
		source $argv[1]; complete -C $argv[2]' "$SHMTOOL_SRCDIR/completions/shmtool.fish" "$1"
}

@test "a real fish completes verbs, options, lists and segments, with what they are" {
	need_program fish
	make_two
	[ "$(in_fish 'shmtool ' | sort)" = "$(offers '' | sort)" ]
	[ "$(in_fish 'shmtool gc --ow')" = "$(offers gc --ow)" ]
	[ "$(in_fish 'shmtool rm ' | sort)" = "$(offers rm '' | sort)" ]
	[ "$(in_fish 'shmtool list --state ' | cut -f1 | sort)" = $'attached\ndest\nidle\norphan' ]
	[ "$(in_fish 'shmtool list --output=ID,SI' | cut -f1)" = --output=ID,SIZE ]
	cd "$BATS_TEST_TMPDIR"
	touch out.bin
	[[ $(in_fish 'shmtool cat --output ou') == out.bin* ]]
	[[ $(in_fish 'shmtool cat --output=ou') == --output=out.bin* ]]
}
