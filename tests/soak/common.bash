# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What both suites of soaks share.
load ../cli/common

# That a soak fails in this line of the result, and what else it says.
soak_fails_in() {
	run env SHMTOOL="$BATS_TEST_TMPDIR/shmtool" "${SHMTOOL%/*}/tests/soak/soak" \
		seconds="${2-3}" patience=2
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *$'\n'"not ok $1 "* ]]
}

# The tool with this before it, in shell; "$@" is what it is told, $tool the real one.
broken_by() {
	printf '#!/usr/bin/env bash\ntool=%q verb=$1\n%s\nexec "$tool" "$@"\n' \
		"$PUBLIC/shmtool" "$1" >"$BATS_TEST_TMPDIR/shmtool"
}
