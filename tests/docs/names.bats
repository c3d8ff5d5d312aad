# SPDX-License-Identifier: GPL-2.0-or-later
# Help, man pages and completion say the same, without an exception.
load ../cli/common

verbs() {
	shmtool help --words | cut -f1
}

# The rendered man page of a verb; help is in that of the whole.
page() {
	local verb=$1 file=$SHMTOOL_SRCDIR/man/shmtool-$1.1
	[ "$verb" != help ] || file=$SHMTOOL_SRCDIR/man/shmtool.1
	mandoc -Tascii -O width=90 "$file" | sed 's/.\x08//g'
}

@test "every verb has a man page, and every page a verb" {
	for verb in $(verbs); do
		page "$verb" >/dev/null
	done
	for file in "$SHMTOOL_SRCDIR"/man/shmtool-*.1; do
		verb=${file##*/shmtool-}
		verbs | grep -qx "${verb%.1}"
	done
}

@test "shmtool(1) lists every verb with its alias" {
	for verb in $(verbs); do
		page help | grep -qE "^     $verb(,| |\$)"
	done
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
	shmtool "$1" --help | sed -nE 's/^ +((-., )?--[a-z-]+( [][A-Z|:]+|\[=[A-Z]+\])?) .*/\1/p' | sort
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

@test "shmtool-list(1) explains every column" {
	columns=$(shmtool list --help | sed -n '/^Columns:/,$p' | awk 'NR > 1 {print $1}')
	[ "$(page list | sed -nE '/^   Columns/,/^   JSON/s/^     ([A-Z]+)( .*)?$/\1/p')" = "$columns" ]
}

# That data/gc.conf has every key with its default, tests/unit/test-config.c sees to.
@test "shmtool-gc.conf(5) explains every key, with the same default" {
	conf=$SHMTOOL_SRCDIR/data/gc.conf
	page=$(mandoc -Tascii -O width=999 "$SHMTOOL_SRCDIR/man/shmtool-gc.conf.5" |
		sed 's/.\x08//g; /^FILES/q')
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

@test "the pages are clean to mandoc" {
	run mandoc -Tlint -W warning "$SHMTOOL_SRCDIR"/man/*.[1578]
	[ "$status" -eq 0 ]
	[ -z "$output" ]
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
