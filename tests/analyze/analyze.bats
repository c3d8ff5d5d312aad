# SPDX-License-Identifier: GPL-2.0-or-later
# The sources without a warning from any analyser: run by `make analyze`, for it takes long.
load common

# Left out are leaks, where gcc 12 takes all that is stored by way of another pointer for
# lost (LeakSanitizer and clang look for them); and in tests memory that is not to be had: one
# that crashes fails, too.
@test "gcc -fanalyzer has no warning" {
	need gcc
	analyse() {
		case $1 in
		./tests/*) set -- "$@" -Wno-analyzer-{possible-,}null-{dereference,argument} ;;
		esac
		gcc -O2 -fanalyzer -Wno-analyzer-malloc-leak -Werror -c -o /dev/null "$@"
	}
	export -f analyse
	# shellcheck disable=SC2016 # bash expands it
	is_silent each_source bash -c 'analyse "$@"' bash '{}'
}

@test "clang-tidy has nothing to say: .clang-tidy" {
	need clang-tidy
	tidy() {
		clang-tidy --quiet "$1" -- "${@:2}" 2> >(grep -v '^[0-9]* warnings\? generated' >&2)
	}
	export -f tidy
	# shellcheck disable=SC2016 # bash expands it
	is_silent each_source bash -c 'tidy "$@"' bash '{}'
}

# With the checkers that clang-tidy does not have on, and longer paths.
@test "scan-build finds no bug" {
	need scan-build
	compile() {
		# shellcheck disable=SC2016 # sh expands it
		each_source sh -c '$CC "$@"' sh -O1 -w -c -o /dev/null '{}'
	}
	export -f compile each_source sources flags
	export GENERATED
	run scan-build --status-bugs -o "$BATS_TEST_TMPDIR" --use-cc=gcc -maxloop 8 \
		-enable-checker nullability.NullableDereferenced \
		-enable-checker optin.portability.UnixAPI \
		-enable-checker security.FloatLoopCounter \
		-enable-checker alpha.unix.cstring.OutOfBounds \
		-enable-checker alpha.core.SizeofPtr \
		-enable-checker alpha.core.PointerArithm \
		bash -c compile
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"scan-build: No bugs found."* ]]
}

# Left out is that a variable could be declared in an inner block: here that is done at the
# beginning of a function, or where it gets its only value.
@test "cppcheck has nothing to say" {
	need cppcheck
	is_silent cppcheck --quiet -j "$(nproc)" --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability,style --suppress=variableScope \
		-Isrc -D_GNU_SOURCE -D__x86_64__ -D__LP64__ \
		-DSYS_landlock_create_ruleset=444 \
		--file-list=<(sources -name '*.c')
}

# What bats gives a test, and what it uses of it, shellcheck cannot know: SC2154, SC2034,
# SC2153. Each test is a process of its own, and sets the same variables anew: SC2030, SC2031.
# Ids and lists of words are split on purpose, SC2086; and programs for other shells, in single
# quotes, are not for this one: SC2016.
