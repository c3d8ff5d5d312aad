# SPDX-License-Identifier: GPL-2.0-or-later
# What ./bootstrap demo shows.
load common

# The demo as it must be: one orphan found, explained and removed, the others left.
is_the_story() {
	[ "$status" -eq 0 ]
	[ "$(grep -c '^\$ shmtool list$' <<<"$output")" -eq 2 ]
	[ "$(grep -cE ' 4M +4M +0 orphan ' <<<"$output")" -eq 1 ]
	[[ $output == *"  state      orphan: creator and last user PID "*" has exited"* ]]
	[ "$(grep -c '^would remove segment ' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^removed segment ' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^keep segment ' <<<"$output")" -eq 3 ]
	[[ $output == *"1 segment removed (4M), 3 kept"* ]]
	[[ $output != *"$BATS_TEST_TMPDIR"* ]]
}

@test "the demo finds, explains and removes one orphan, and leaves the rest" {
	run "$SHMTOOL_SRCDIR/tests/demo"
	is_the_story
	[ -z "$(shmtool list)" ]
}

@test "it works without root" {
	need_users
	cp "$ACTOR" "$SHMTOOL_SRCDIR/tests/demo" "$PUBLIC"
	as_user 60001 unshare --user --ipc true || skip "users may not make namespaces here"
	mkdir -m 777 "$PUBLIC/tmp"
	run as_user 60001 env TMPDIR="$PUBLIC/tmp" SHMTOOL="$PUBLIC/shmtool" \
		ACTOR="$PUBLIC/actor" "$PUBLIC/demo"
	is_the_story
}

@test "it says so where the system allows no namespace" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/unshare"
	chmod +x "$BATS_TEST_TMPDIR/bin/unshare"
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$SHMTOOL_SRCDIR/tests/demo"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == "demo: this system allows neither root nor users a private IPC namespace"* ]]
}
