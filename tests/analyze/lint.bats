# SPDX-License-Identifier: GPL-2.0-or-later
# The sources without a warning from any compiler, and as the formatters would have them. All
# that there is in the tree is looked at, also what was added since this was written.
load common

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
	for level in -O0 -O2; do
		is_silent compile_all gcc "$level"
	done
}

@test "clang has no warning, however much it optimizes" {
	need clang
	for level in -O0 -O2; do
		is_silent compile_all clang "$level"
	done
}

@test "shellcheck has nothing to say of the scripts" {
	need shellcheck
	local -a files
	mapfile -t files < <(scripts)
	is_silent shellcheck -x "${files[@]}"
}

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
	# Each has its own idea of where a brace of a macro stands.
	[[ $(clang-format --version) == *"version 14."* ]] || skip "clang-format is not version 14"
	local -a files
	mapfile -t files < <(sources -name '*.[ch]')
	is_silent clang-format --dry-run -Werror "${files[@]}"
}

# By its implicit rules, where a file of the same name with .c or .sh is newer.
@test "no script has the name of what make would make of another file" {
	while read -r script; do
		[ ! -e "$script.c" ] && [ ! -e "$script.sh" ] || {
			echo "$script"
			return 1
		}
	done < <(scripts)
}
