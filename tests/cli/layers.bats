# SPDX-License-Identifier: GPL-2.0-or-later
# The house rules that a compiler does not enforce.

setup() {
	cd "$SHMTOOL_SRCDIR" || return 1
}

# Files that match, but for the one named; none is expected.
none_but() {
	local allowed=$1 pattern=$2
	shift 2
	run grep -lE "$pattern" "$@"
	[ "$output" = "$allowed" ] || {
		echo "expected '$allowed': $output"
		return 1
	}
}

@test "the rules see the files: there is something to check" {
	[ -f src/lib/sysv.c ]
	[ "$(echo src/cmd-*.c | wc -w)" -ge 5 ]
}

@test "src/lib includes nothing from above" {
	for header in src/*.h; do
		none_but "" "#include \"(\\.\\./)*${header##*/}\"" src/lib/*.[ch]
	done
	none_but "" '#include "\.\.|#include "lib/' src/lib/*.[ch]
}

@test "src/lib neither prints nor exits, nor reads options" {
	none_but "" '#include <(err|getopt)\.h>' src/lib/*.[ch]
	# The guardian and the worker are processes of their own, with their own ends.
	none_but $'src/lib/fence.c\nsrc/lib/worker.c' '(^|[^a-z_])_exit\(' src/lib/*.c
	none_but "" '(^|[^a-z_])(exit|abort|err|errx|warn|warnx|printf|puts|putchar|perror)\(' \
		src/lib/*.c
	none_but "" '[^a-z](stdout|stderr)[^a-z]' src/lib/*.c
}

@test "one verb's file knows nothing of another's" {
	none_but "" '#include "cmd-' src/*.[ch]
	none_but src/main.c 'extern const struct command ' src/*.[ch]
}

@test "the System V calls are made in one file, and those of semaphores in another" {
	none_but src/lib/sysv.c '#include <sys/(shm|ipc)\.h>' src/*.[ch] src/lib/*.[ch]
	none_but src/lib/semaphore.c '#include <sys/sem\.h>' src/*.[ch] src/lib/*.[ch]
}

@test "no macro is used that glibc alone has" {
	none_but "" 'TEMP_FAILURE_RETRY' src/*.[ch] src/lib/*.[ch] tests/*.[ch] tests/*/*.[ch]
}

@test "capabilities are handled in one file" {
	none_but src/privilege.c '#include <(sys/capability|linux/capability|cap-ng)\.h>' \
		src/*.[ch] src/lib/*.[ch]
}

@test "tables are drawn in one file" {
	none_but src/table.c '#include <libsmartcols\.h>' src/*.[ch] src/lib/*.[ch]
}

@test "files with sections are split in one file" {
	none_but src/sections.c '#include <ini\.h>' src/*.[ch] src/lib/*.[ch]
}

@test "there is no mutable variable at file scope" {
	# What is const lands in .rodata, or with addresses in it in .data.rel.ro. What a
	# sanitizer knows of it has names of its own.
	objects=$(find "${SHMTOOL%/*}/src" -name '*.o')
	[ -n "$objects" ]
	while read -r object; do
		run bash -c 'objdump -t "$1" | grep " O " |
			grep -vE " \.(rodata|data\.rel\.ro)| (__odr_asan|__unnamed_)"' bash "$object"
		[ -z "$output" ] || {
			echo "$object: $output"
			return 1
		}
	done <<<"$objects"
}

@test "every file says its licence in its first lines" {
	files=$(find src tests completions contrib data man bootstrap .ci/run configure.ac Makefile.am -type f \
		! -path '*/.*/*' ! -path 'tests/fuzz/corpus/*' ! -path 'tests/fuzz/found/*' ! -name '*.o' ! -name '*.a' ! -name '*.log' ! -name '*.trs')
	while read -r file; do
		grep -Iq . "$file" || continue # a program
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || {
			echo "$file"
			return 1
		}
	done <<<"$files"
}
