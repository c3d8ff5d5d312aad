# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The sources and scripts of the tree, and how to look at each.

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
