# SPDX-License-Identifier: GPL-2.0-or-later
# How the program is built. What compilers and checkers say of it: tests/analyze.

setup() {
	cd "$SHMTOOL_SRCDIR" || return 1
}

@test "an option whose type does not fit its field is a warning" {
	cat >"$BATS_TEST_TMPDIR/wrong.c" <<-'END'
		#include <stdbool.h>
		#include "option.h"
		#include "value.h"
		struct settings { int size; };
		const struct option_row row = {'s', "size", VALUE_SIZE(struct settings, size), ""};
	END
	run "${CC%% *}" -Isrc -Wall -Werror -c -o /dev/null "$BATS_TEST_TMPDIR/wrong.c"
	[ "$status" -ne 0 ]
	[[ $output == *"distinct pointer types"* ]]
}

@test "the program is hardened: PIE, full RELRO, no executable stack" {
	run readelf -hldW "$SHMTOOL"
	[[ $output == *"Type:"*"DYN"* ]]
	[[ $output == *"GNU_RELRO"* ]]
	[[ $output == *"BIND_NOW"* || $output == *"FLAGS_1"*"NOW"* ]]
	[[ ! $output =~ GNU_STACK[^$'\n']*RWE ]]
}

@test "the scripts say what they take" {
	run ./bootstrap
	[ "$status" -eq 2 ]
	[[ $output == "Usage: ./bootstrap build|demo|check|sanitize|analyze|programs|packages"* ]]
	run ./bootstrap frob
	[ "$status" -eq 2 ]
	run ./bootstrap --help
	[ "$status" -eq 0 ]
}

@test "the table of bootstrap has a package, or -, for each need and each family" {
	run awk "/^'/ { exit } inside && NF != 6; /^needs='/ { inside = 1 }" bootstrap
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(grep -cE '^ +(build|demo|check) +[a-z]+:' bootstrap)" -ge 20 ]
}

@test "the packages and NEWS are of this version" {
	version=$("$SHMTOOL" --version | sed 's/.* //')
	[ "$(sed -n 's/^Version: *//p' contrib/rpm/shmtool.spec)" = "$version" ]
	[ "$(head -n 1 NEWS)" = "shmtool $version" ]
	[ -e debian ] || skip "there is no debian/ in a tarball"
	[[ $(head -n 1 debian/changelog) == "shmtool ($version-"* ]]
}
