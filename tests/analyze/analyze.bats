# SPDX-License-Identifier: GPL-2.0-or-later
# The sources without a warning from any compiler, analyser or formatter that is here. All
# that there is in the tree is looked at, also what was added since this was written.

setup() {
	cd "$SHMTOOL_SRCDIR" || return 1
	GENERATED=${SHMTOOL%/*}/src # gc-conf.h
}

# The files of the tree, and none of what is built: find's conditions.
sources() {
	find . '(' -name .git -o -name autom4te.cache -o -name 'build-*' -o -name 'shmtool-*.*' \
		-o -path ./programs -o -name gc-conf.h -o -path '*/corpus' -o -path '*/found' ')' \
		-prune -o -type f '(' "$@" ')' -print | LC_ALL=C sort
}

# Those in the shell's language: by their first line, or by their names.
scripts() {
	{
		sources ! -name 'config*' | xargs awk \
			'FNR == 1 && /^#! ?\/bin\/(ba)?sh/ { print FILENAME } { nextfile }'
		sources -name '*.sh' -o -path './completions/*.bash'
	} | LC_ALL=C sort -u
}

# As the Makefile compiles them.
flags() {
	printf '%s ' -std=gnu11 -Isrc "-I$GENERATED" -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
		-D_TIME_BITS=64 '-DPACKAGE_STRING="x"' '-DVENDOR_POLICY="x"' '-DSITE_POLICY="x"' \
		'-DCOVERAGE_LOST="x"' -DFUZZ_TARGET=fuzz_maps
	pkg-config --cflags smartcols libcap-ng inih cmocka
}

# Each source alone, with a command that has flags() after it: as many at once as there are
# processors. (clang-tidy 14 takes each va_list for unset in what comes after the first.)
each_source() {
	local -a all
	read -ra all < <(flags)
	sources -name '*.c' | xargs -P "$(nproc)" -I '{}' "$@" "${all[@]}"
}

need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

is_silent() {
	run "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# Every warning that the project asks for, and more, is an error.
compile_all() {
	each_source "$@" -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion \
		-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
		-Wcast-qual -Wpointer-arith -Wformat=2 -Wvla -Wundef -Wdouble-promotion \
		-Wnull-dereference -Werror -c -o /dev/null '{}'
}

@test "all sources and scripts are found" {
	run sources -name '*.c'
	[ "$(grep -c '^\./src/' <<<"$output")" -eq "$(echo src/*.c src/lib/*.c | wc -w)" ]
	[ "$(grep -c '^\./tests/' <<<"$output")" -eq "$(echo tests/*.c tests/*/*.c | wc -w)" ]
	run scripts
	[ "${#lines[@]}" -lt 40 ] # and no others
	for script in bootstrap .ci/run tests/private tests/race/kill contrib/slurm/epilog \
		tests/analyze/asan completions/shmtool.bash tests/bench/common.sh; do
		grep -qxF "./$script" <<<"$output"
	done
}

@test "gcc has no warning, however much it optimizes" {
	need gcc
	for level in -O0 -O2 -O3; do
		is_silent compile_all gcc "$level"
	done
}

@test "clang has no warning, however much it optimizes" {
	need clang
	for level in -O0 -O2; do
		is_silent compile_all clang "$level"
	done
}

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

@test "shellcheck has nothing to say of the scripts" {
	need shellcheck
	local -a files
	mapfile -t files < <(scripts)
	is_silent shellcheck -x "${files[@]}"
}

# What bats gives a test, and what it uses of it, shellcheck cannot know: SC2154, SC2034,
# SC2153. Each test is a process of its own, and sets the same variables anew: SC2030, SC2031.
# Ids and lists of words are split on purpose, SC2086; and programs for other shells, in single
# quotes, are not for this one: SC2016.
@test "shellcheck has nothing to say of the tests" {
	need shellcheck
	local -a files
	mapfile -t files < <(sources -name '*.bats' -o -path './tests/*.bash')
	is_silent shellcheck -x -s bats -e SC2154,SC2034,SC2153,SC2030,SC2031,SC2086,SC2016 "${files[@]}"
}

@test "shfmt would leave every script as it is: .editorconfig" {
	need shfmt
	local -a files
	mapfile -t files < <(scripts && sources -name '*.bats')
	is_silent shfmt -d "${files[@]}"
}

@test "clang-format would leave every source as it is: .clang-format" {
	need clang-format
	local -a files
	mapfile -t files < <(sources -name '*.[ch]')
	is_silent clang-format --dry-run -Werror "${files[@]}"
}
