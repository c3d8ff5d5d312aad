# SPDX-License-Identifier: GPL-2.0-or-later
# The policy files, as gc and stat go by them; tests/unit/test-config.c has every wrong one.
load common

conf() {
	cat >"$BATS_TEST_TMPDIR/gc.conf"
}

gc() {
	shmtool gc --config "$BATS_TEST_TMPDIR/gc.conf" "$@"
}

@test "what a policy file says holds, and an option says it over again" {
	need_users
	a=$("$ACTOR" user=60001 key=0x55 create)
	b=$("$ACTOR" user=101 create)
	c=$("$ACTOR" user=60001 create)
	conf <<-'END'
		[gc]
		older-than = 0
		keyed-older-than = 1w
		keyed = yes
		system = yes
		max = 1
	END
	run --separate-stderr gc --yes
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: nothing is removed: 2 segments are more than the policy's max, 1" ]
	run gc --dry-run --verbose
	[[ $output == *"keep segment $a ("*"an orphan, but not idle for long enough: 7d (see --keyed-older-than)"* ]]
	run --separate-stderr gc --yes --max 2
	[ "$status" -eq 0 ]
	is_gone "$b"
	is_gone "$c"
	exists "$a"
	run --separate-stderr gc --yes --older-than 0
	is_gone "$a"
}

@test "what a rule protects stays, and its name is the reason" {
	need_users
	small=$("$ACTOR" user=60001 size=4096 create)
	large=$("$ACTOR" user=60001 size=8192 create)
	conf <<-'END'
		[protect the store of the till]
		owner = 60001
		min-size = 5000
	END
	run gc --yes --older-than 0 --verbose
	[ "$status" -eq 0 ]
	[[ $output == *"keep segment $large ("*"): protected: the store of the till"* ]]
	is_gone "$small"
	exists "$large"
}

@test "a rule for a command keeps what an X server has used last" {
	need_users
	id=$("$ACTOR" user=60001 create)
	start_actor use="$id" name=Xorg attach detach hold
	conf <<-'END'
		[protect of the display]
		command = Xorg
	END
	run gc --yes --older-than 0 --ignore-last-user --verbose
	[[ $output == *"keep segment $id ("*"): protected: of the display"* ]]
	exists "$id"
}

@test "a file that is wrong is named with its line, and nothing is removed" {
	need_users
	id=$("$ACTOR" user=60001 create)
	conf <<-'END'
		[gc]
		older-than = 0
		oldr-than = 0
	END
	run --separate-stderr gc --yes
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool gc: $BATS_TEST_TMPDIR/gc.conf:3: unknown key 'oldr-than'" ]
	for wrong in "older-than = soon" "keyed = maybe" "[protect x]" "key = 5" "[gc" "max = -1"; do
		printf '[gc]\n%s\n' "$wrong" | conf
		run --separate-stderr gc --yes --older-than 0
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool gc: $BATS_TEST_TMPDIR/gc.conf:2: "* ]]
		exists "$id"
	done
	run --separate-stderr shmtool gc --yes --older-than 0 --config "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool gc: $BATS_TEST_TMPDIR/none: No such file or directory"* ]]
	run --separate-stderr shmtool gc --yes --older-than 0 --config ''
	is_usage_error
	exists "$id"
}

@test "/dev/null is no policy but the built-in one, and other devices are refused" {
	run --separate-stderr shmtool gc --config /dev/null --show-config
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	grep -q "^\[protect gpsd\]" <<<"$output"
	[[ $output == *"; /dev/null: read"* ]]
	[ "$(grep -c "; /dev/null" <<<"$output")" -eq 1 ]
	run --separate-stderr shmtool gc --config /dev/zero --show-config
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: /dev/zero: not a regular file" ]
}

@test "root refuses a file that others can write, and says what to do" {
	[ "$(id -u)" -eq 0 ] || skip "only root refuses it"
	need_users
	id=$("$ACTOR" user=60001 create)
	conf <<<"[gc]"
	chmod 666 "$BATS_TEST_TMPDIR/gc.conf"
	run --separate-stderr gc --yes --older-than 0
	[ "$status" -eq 1 ]
	[[ $stderr == *"gc.conf"*"chmod"* ]]
	exists "$id"
}

@test "a file that cannot be read is an error, and nothing is removed" {
	need_users
	id=$("$ACTOR" user=60002 create)
	conf <<<"[gc]"
	chmod 600 "$BATS_TEST_TMPDIR/gc.conf"
	chmod 755 "$BATS_TEST_TMPDIR"
	cp "$BATS_TEST_TMPDIR/gc.conf" "$PUBLIC/gc.conf"
	chmod 600 "$PUBLIC/gc.conf"
	run --separate-stderr as_user 60002 "$PUBLIC/shmtool" gc --yes --older-than 0 --config "$PUBLIC/gc.conf"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: $PUBLIC/gc.conf: Permission denied" ]
	exists "$id"
}

@test "stat --config says what gc --config would do, and refuses the same files" {
	need_users
	id=$("$ACTOR" user=60001 create)
	ours=$("$ACTOR" user=60001 mode=644 create)
	file=$PUBLIC/gc.conf
	printf '[gc]\nolder-than = 0\n[protect ours]\nmode = 0644\n' >"$file"
	chmod 644 "$file"
	run --separate-stderr shmtool stat --config "$file" "$id" "$ours"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"would remove it"*"would keep it: protected: ours"* ]]
	run shmtool stat --json --config="$file" "$id" "$ours"
	[ "$(jq -c '[.segments[].gc.removes]' <<<"$output")" = "[true,false]" ]
	run --separate-stderr shmtool stat --config /dev/null "$ours"
	[ "$status" -eq 0 ]
	[[ $output == *"would keep it: an orphan, but not idle for long enough: "*" (see --older-than)"* ]]

	for wrong in "$PUBLIC/none" /dev/zero "$PUBLIC"; do
		run --separate-stderr shmtool gc --config "$wrong"
		[ "$status" -eq 1 ]
		refused=${stderr/shmtool gc/shmtool stat}
		run --separate-stderr shmtool stat --json "$id" --config "$wrong"
		[ "$status" -eq 1 ]
		[ "$stderr" = "$refused" ]
		[ "$(jq -r '.segments[0] | .gc, .id' <<<"$output" | xargs)" = "null $id" ]
	done
	run --separate-stderr shmtool stat "$id" --config ''
	is_usage_error

	chown 60002 "$file"
	run --separate-stderr shmtool stat --config "$file" "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool stat: $file: not trusted, as UID 60002 owns it: chown root $file" ]
	chmod 600 "$file"
	run --separate-stderr as_user 60001 "$PUBLIC/shmtool" stat --config "$file" "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool stat: $file: Permission denied" ]
}

@test "--show-config shows the policy and where each line is from, as a file that says the same" {
	conf <<-'END'
		[gc]

		keyed = yes
		[protect ours]
		key = 0x10-0x1f
		key = 0x30
	END
	run --separate-stderr gc --show-config
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	grep -qE "^keyed = yes +; $BATS_TEST_TMPDIR/gc.conf:3$" <<<"$output"
	grep -qE "^older-than = 1h +; (default|[^ ]*gc.conf:[0-9]+)$" <<<"$output"
	grep -qE "^\[protect gpsd\] +; (built-in|[^ ]*gc.conf):[0-9]+$" <<<"$output"
	grep -qE "^key = 0x30 +; $BATS_TEST_TMPDIR/gc.conf:6$" <<<"$output"
	# Without where it is from, for that is another file now.
	# shellcheck disable=SC2001 # of each line
	before=$(sed 's/ *;.*//' <<<"$output")
	conf <<<"$output"
	for option in --yes --json --check; do
		run --separate-stderr gc --show-config $option
		is_usage_error
	done
	[ "$(gc --show-config | sed 's/ *;.*//; s/ (2)\]$/]/' | sort -u)" = "$(sort -u <<<"$before")" ]
}

# In a mount namespace where the files of the site are those of the test.
at_site() {
	unshare --mount bash -c '
		mount --bind "$1" "$2"
		shift 2
		exec "$@"' bash "$BATS_TEST_TMPDIR/site" "$SITE" "$@"
}

@test "gc and stat go by the files of the site, in their order" {
	need_namespace --mount
	need_users
	SITE=${SHMTOOL_SYSCONFDIR:?given by make check}
	[ -d "$SITE" ] || skip "there is no directory $SITE to put other files over"
	[ "$SITE" != /etc ] || skip "other files cannot be put over all of /etc"
	mkdir -p "$BATS_TEST_TMPDIR/site/shmtool/gc.conf.d"
	cd "$BATS_TEST_TMPDIR/site/shmtool"
	printf '[gc]\nolder-than = 2h\nmax = 7\n' >gc.conf
	printf '[gc]\nolder-than = 3h\n' >gc.conf.d/10-site.conf
	printf '[gc]\nolder-than = 0\n[protect ours]\nmode = 0644\n' >gc.conf.d/20-site.conf
	printf 'nonsense\n' >gc.conf.d/20-site.conf~
	printf 'nonsense\n' >gc.conf.d/.hidden.conf
	chmod -R go-w "$BATS_TEST_TMPDIR/site"
	cd "$SHMTOOL_SRCDIR"
	run at_site "$SHMTOOL" gc --show-config
	grep -qE "^older-than = 0 +; $SITE/shmtool/gc.conf.d/20-site.conf:2$" <<<"$output"
	grep -qE "^max = 7 +; $SITE/shmtool/gc.conf:3$" <<<"$output"
	grep -qx "; $SITE/shmtool/gc.conf.d/10-site.conf: read" <<<"$output"
	grep -qx "; $SITE/shmtool/gc.conf.d/20-site.conf~: ignored, as its name does not end in .conf" \
		<<<"$output"
	[[ $output != *.hidden* ]]
	id=$("$ACTOR" user=60001 create)
	ours=$("$ACTOR" user=60001 mode=644 create)
	run at_site "$SHMTOOL" stat "$id" "$ours"
	[ "$status" -eq 0 ]
	[[ $output == *"would remove it"*"would keep it: protected: ours"* ]]
	run at_site "$SHMTOOL" gc --yes
	is_gone "$id"
	exists "$ours"

	echo nonsense >"$BATS_TEST_TMPDIR/site/shmtool/gc.conf"
	run --separate-stderr at_site "$SHMTOOL" stat "$ours"
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool stat: $SITE/shmtool/gc.conf:1: "* ]]
	[[ $output =~ gc\ +does\ nothing\ before\ its\ policy\ files\ are\ right ]]
	run --separate-stderr at_site "$SHMTOOL" stat --json "$ours"
	[ "$status" -eq 1 ]
	[ "$(jq -r '.segments[0].gc' <<<"$output")" = null ]
}
