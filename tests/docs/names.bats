# SPDX-License-Identifier: GPL-2.0-or-later
# Help, man pages and completion say the same, without an exception.
load ../cli/common

setup() {
	ACTORS=()
	need_program mandoc
}

verbs() {
	shmtool help --words | cut -f1
}

# A page as text of so many columns: render FILE WIDTH
render() {
	mandoc -Tascii -O "width=$2" "$SHMTOOL_SRCDIR/man/$1" | sed 's/.\x08//g'
}

# The page of a verb; help is in that of the whole.
page() {
	local file=shmtool-$1.1
	[ "$1" != help ] || file=shmtool.1
	render "$file" 90
}

@test "every verb has a man page, and every page a verb" {
	for verb in $(verbs); do
		[ -n "$(page "$verb")" ]
	done
	for file in "$SHMTOOL_SRCDIR"/man/shmtool-*.1; do
		verb=${file##*/shmtool-}
		verbs | grep -qx "${verb%.1}"
	done
}

@test "shmtool(1) lists every verb with what help says of it, and its alias" {
	[ "$(render shmtool.1 200 | sed -n '/^   Verbs/,/^$/p' | sed '1d;$d' |
		sed -E 's/^ +([a-z-]+)(, [a-z]+)? +/\1\t/; s/\.$//; s/\t(.)/\t\l\1/')" = \
		"$(shmtool help --words)" ]
	page help | grep -qE '^     list, ls( |$)'
	page help | grep -qE '^     rm, remove( |$)'
}

@test "the synopsis of each page is its usage line" {
	for verb in $(verbs); do
		[ "$verb" != help ] || continue
		synopsis=$(page "$verb" | sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' | xargs)
		usage=$(shmtool "$verb" --help | sed -n '1s/^Usage: //p')
		[ "$synopsis" = "$usage" ] || {
			echo "$synopsis"
			echo "$usage"
			return 1
		}
	done
}

# "-y, --yes", "--owner USER" or "--sem ID|KEY[:N]": the options with their letters and arguments.
options_of_help() {
	shmtool "$1" --help | sed -nE 's/^ {2,6}((-., )?--[a-z-]+( [][A-Z|:]+|\[=[A-Z]+\])?)( .*)?$/\1/p' | sort
}

options_of_page() {
	page "$1" | sed -nE 's/^     ((-., )?--[a-z-]+( [][A-Z|:]+|\[=[A-Z]+\])?)( .*)?$/\1/p' | sort
}

@test "each page has the options of its verb, with the same letters and arguments" {
	for verb in $(verbs); do
		[ "$verb" != help ] || continue
		[ -n "$(options_of_help "$verb")" ]
		[ "$(options_of_page "$verb")" = "$(options_of_help "$verb")" ] || {
			diff <(options_of_page "$verb") <(options_of_help "$verb")
			return 1
		}
	done
	page help | grep -qE '^     -w, --words( |$)'
	page help | grep -qE '^     -V, --version( |$)'
	page help | grep -qE '^     --show-privileges \[VERB\]'
}

complete() {
	shmtool --complete -- "$@"
}

@test "the shells complete the verbs and options of help" {
	[ "$(complete "" | grep -v '^-')" = "$(shmtool help --words)" ]
	for verb in $(verbs); do
		[ "$verb" != help ] || continue
		offered=$(complete "$verb" -- | cut -f1 | sort)
		[ "$offered" = "$(options_of_help "$verb" | grep -oE -- '--[a-z-]+' | sort)" ] || {
			echo "$verb: $offered"
			return 1
		}
	done
}

columns_of_help() {
	shmtool list --help | sed -n '/^Columns:/,$p' | sed -E '1d; s/^ +//; s/ +/\t/'
}

@test "the shells complete the columns of help, and shmtool-list(1) explains them" {
	columns=$(columns_of_help)
	[ -n "$columns" ]
	for option in "list --output" "list --sort" "create --print"; do
		# shellcheck disable=SC2086 # two words
		[ "$(complete $option "")" = "$columns" ]
	done
	[ "$(page list | sed -nE '/^   Columns/,/^   JSON/s/^     ([A-Z]+)( .*)?$/\1/p')" = \
		"$(cut -f1 <<<"$columns")" ]
}

@test "shmtool-list(1) has the members of the JSON documents" {
	"$ACTOR" create >/dev/null
	[ "$(shmtool list -O --json | jq -r '.segments[0] | keys_unsorted[]')" = \
		"$(page list | awk '/^ +member +type/ { on = 1; next } !NF { on = 0 } on { print $1 }')" ]
}

@test "shmtool-gc(1) has the members of the JSON document" {
	"$ACTOR" create >/dev/null
	document=$(shmtool gc --json)
	json=$(page gc | sed -n '/^   JSON/,/^FILES/p')
	for member in $(jq -r '(.segments[0], .total) | keys_unsorted[]' <<<"$document"); do
		grep -qw -- "$member" <<<"$json" || {
			echo "$member"
			return 1
		}
	done
}

@test "the shells complete the states that shmtool(1) explains, and no others are shown" {
	states=$(page help | sed -nE '/^   States/,/^PRIVILEGES/s/^     ([a-z]+)  +.*/\1/p')
	[ "$(wc -l <<<"$states")" -eq 4 ]
	for verb in list rm gc; do
		[ "$(complete "$verb" --state "" | cut -f1)" = "$states" ]
	done
	columns_of_help | grep -qx "STATE.$(xargs <<<"$states" | sed 's/ /, /g; s/, \([a-z]*\)$/ or \1/')"
	start_actor create attach hold
	start_actor create attach mark hold
	start_actor create hold
	"$ACTOR" create >/dev/null
	[ "$(shmtool | sed '1d; /^$/,$d' | awk '{ print $1 }')" = "$states" ]
}

# That data/gc.conf has every key with its default, tests/unit/test-config.c sees to.
@test "shmtool-gc.conf(5) explains every key, with the same default" {
	conf=$SHMTOOL_SRCDIR/data/gc.conf
	page=$(render shmtool-gc.conf.5 999 | sed '/^FILES/q')
	keys=$(sed -nE 's/^#?([a-z-]+) = .*/\1/p' "$conf" | sort -u)
	[ -n "$keys" ]
	[ "$(sed -nE 's/^     ([a-z-]+) = .*/\1/p' <<<"$page" | sort)" = "$keys" ]
	while read -r key value; do
		grep -A1 -E "^     $key = " <<<"$page" | grep -q " Default: $value\.\$" || {
			echo "$key: the default is $value"
			return 1
		}
	done < <(sed -nE '/^\[protect/q; s/^#([a-z-]+) = (.*)/\1 \2/p' "$conf")
}

@test "the pages are clean to mandoc and to groff" {
	need_program man
	run mandoc -Tlint -W warning "$SHMTOOL_SRCDIR"/man/*.[1578]
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for file in "$SHMTOOL_SRCDIR"/man/*.[1578]; do
		warnings=$(MANWIDTH=80 man --warnings --local-file -E UTF-8 -Tutf8 -Z "$file" \
			2>&1 >/dev/null)
		[ -z "$warnings" ] || {
			echo "$warnings"
			return 1
		}
	done
}

@test "each page has its sections, in the usual order" {
	order=$'NAME\nSYNOPSIS\nDESCRIPTION\nPRIVILEGES\nFILES\nEXIT STATUS\nEXAMPLES\nSEE ALSO\nBUGS'
	for file in "$SHMTOOL_SRCDIR"/man/*.[1578]; do
		sections=$(sed -n 's/^\.Sh //p' "$file")
		[ "$(grep -xF "$sections" <<<"$order")" = "$sections" ]
		case $file in
		*.1) needed=$'NAME\nSYNOPSIS\nDESCRIPTION\nEXIT STATUS\nEXAMPLES\nSEE ALSO' ;;
		*.[58]) needed=$'NAME\nSYNOPSIS\nDESCRIPTION\nFILES\nSEE ALSO' ;;
		*.7) needed=$'NAME\nDESCRIPTION\nSEE ALSO' ;;
		esac
		[ "$(grep -xF "$needed" <<<"$sections")" = "$needed" ] || {
			echo "${file##*/}: $sections"
			return 1
		}
	done
}

# Command lines in the middle of a text, too: "rm --unused" or "shmtool list --state orphan".
@test "what is written anywhere of a verb's options is so" {
	verbs=$(verbs | paste -sd'|')
	seen=0
	while read -r verb options; do
		for option in $options; do
			[[ $option == --* ]] || continue
			option=${option%%=*}
			shmtool "$verb" --help | grep -qE -- " $option([][ =]|\$)" || {
				echo "$verb has no $option"
				return 1
			}
			seen=$((seen + 1))
		done
	done < <(
		cd "$SHMTOOL_SRCDIR"
		{
			for file in man/*.[1578]; do
				render "${file#man/}" 900
			done
			sed 's/`//g' README NEWS HACKING contrib/README
			cat contrib/*/* data/gc.conf
		} | grep -oE "\b($verbs)( --[a-z-]+([= ][^- ][^ ]*)?)+"
	)
	[ $seen -gt 100 ]
}

@test "README and NEWS name the version and the commands that there are" {
	for word in build demo check; do
		grep -qF "./bootstrap $word" "$SHMTOOL_SRCDIR/README"
	done
	grep -q "$(shmtool --version | cut -d' ' -f2)" "$SHMTOOL_SRCDIR/NEWS"
	for verb in $(verbs); do
		grep -qw "$verb" "$SHMTOOL_SRCDIR/README"
	done
}

# For each word of README and HACKING that matches, something is true: each PATTERN COMMAND...
each() {
	local word seen=0
	while read -r word; do
		"${@:2}" "$word" || {
			echo "there is no $word"
			return 1
		}
		seen=$((seen + 1))
	done < <(cat "$SHMTOOL_SRCDIR/README" "$SHMTOOL_SRCDIR/HACKING" | grep -oE "$1" | sort -u)
	[ $seen -gt 0 ]
}

is_suite() {
	[ -n "$(find "$SHMTOOL_SRCDIR/tests" -name "$1")" ]
}

is_unit_test() {
	[ -f "$SHMTOOL_SRCDIR/tests/unit/$1.c" ]
}

is_path() {
	# A tarball has no debian/.
	[[ $1 == debian/* && ! -d $SHMTOOL_SRCDIR/debian ]] ||
		[ -n "$(compgen -G "$SHMTOOL_SRCDIR/$1*")" ]
}

is_target() {
	local word=${1##* }
	cat "$SHMTOOL_SRCDIR/Makefile.am" "$SHMTOOL_SRCDIR"/tests/*/local.mk |
		grep -qE "^([a-z-]+ )*$word( [a-z-]+)*:" || [[ $word == @(check|distcheck) ]]
}

@test "the tests, files and targets that README and HACKING name are there" {
	each '\b[a-z-]+\.bats\b' is_suite
	each '\btest-[a-z0-9-]+' is_unit_test
	each '\b(src|man|data|contrib|completions|debian|tests)/[a-z0-9./_-]*[a-z0-9]' is_path
	each '(`|\(|, )make (-j2 )?[a-z][a-z-]*' is_target
}
