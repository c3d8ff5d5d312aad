# SPDX-License-Identifier: GPL-2.0-or-later
# The sources without a warning, from every compiler and checker that is here.

setup() {
	cd "$SHMTOOL_SRCDIR"
}

# Every warning that the project asks for, and more, is an error.
compile_all() {
	local flags
	flags="-std=gnu11 -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
		-O2 -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
		-Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual
		-Wpointer-arith -Wformat=2 -Wvla -Wundef -Wdouble-promotion -Wnull-dereference
		-Werror $(pkg-config --cflags smartcols libcap-ng inih) -I${SHMTOOL%/*}/src"
	for file in src/*.c src/lib/*.c tests/*.c tests/bench/*.c tests/race/*.c \
		tests/soak/*.c; do
		# shellcheck disable=SC2086 # a list of flags
		"$1" $flags -DPACKAGE_STRING='"x"' -DVENDOR_POLICY='"x"' -DSITE_POLICY='"x"' \
			-c -o /dev/null "$file" || return 1
	done
}

@test "gcc has no warning" {
	command -v gcc >/dev/null || skip "gcc is not installed"
	run compile_all gcc
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "clang has no warning" {
	command -v clang >/dev/null || skip "clang is not installed"
	run compile_all clang
	[ "$status" -eq 0 ]
	[ -z "$output" ]
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

@test "shellcheck has nothing to say of the scripts" {
	run shellcheck bootstrap .ci/run tests/private tests/demo tests/summary \
		tests/bench/content tests/bench/common.sh tests/bench/gc tests/bench/list \
		completions/shmtool.bash \
		contrib/slurm/epilog tests/coverage/coverage tests/race/kill tests/race/race
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the scripts say what they take" {
	run ./bootstrap
	[ "$status" -eq 2 ]
	[[ $output == "Usage: ./bootstrap build|demo|check|programs"* ]]
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
