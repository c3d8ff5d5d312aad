# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of each page of a verb, of shmtool(1), shmtool-gc.conf(5) and README.
load pages

man() {
	printf '%s/man/%s' "$SHMTOOL_SRCDIR" "$1"
}

# All examples of a page: play_page PAGE COUNT, where so many are run.
play_page() {
	play_section "$(man "$1")" EXAMPLES
	[ $PLAYED -eq "$2" ]
}

# What else a section shows: files, and lines of them.
text() {
	examples "$(man "$1")" EXAMPLES | awk '
		function end() { if (text != "" && text !~ /^[$#] /) printf "%s", text; text = "" }
		/^\.$/ { end(); next }
		{ text = text $0 "\n" }'
}

@test "each page with examples has a test" {
	for page in "$SHMTOOL_SRCDIR"/man/*.[1578]; do
		! grep -q '^\.Bd -literal' "$page" || grep -qF "${page##*/}" \
			"$BATS_TEST_DIRNAME"/{examples,recipes}.bats || {
			echo "$page"
			return 1
		}
	done
}

@test "the examples of shmtool(1)" {
	make_machine
	play_page shmtool.1 8
}

@test "the examples of shmtool-list(1)" {
	make_machine
	play_page shmtool-list.1 8
}

@test "the examples of shmtool-stat(1)" {
	make_machine
	play_page shmtool-stat.1 3
}

@test "the examples of shmtool-gc(1)" {
	need_terminal
	make_machine
	play_page shmtool-gc.1 6
	[ "$(text shmtool-gc.1)" = "0 * * * * root shmtool gc --yes --quiet" ]
	run shmtool gc --yes --quiet
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the examples of shmtool-rm(1)" {
	make_machine
	play_page shmtool-rm.1 6
}

@test "the examples of shmtool-set(1)" {
	make_machine
	play_page shmtool-set.1 4
}

@test "the examples of shmtool-limits(1)" {
	[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "pages are not of 4096 bytes here"
	make_machine
	play_page shmtool-limits.1 3
	[ $NAMED -eq 1 ]
}

@test "the examples of shmtool-create(1)" {
	make_machine
	cd "$BATS_TEST_TMPDIR"
	printf 'first table' >table.bin
	touch db
	means_path /srv/db "$PWD/db"
	means_path /run/workers "$PWD/workers"
	play_page shmtool-create.1 8
	[ $NAMED -eq 1 ]
}

@test "the examples of shmtool-cat(1)" {
	make_machine
	means_path /var/tmp "$BATS_TEST_TMPDIR"
	play_page shmtool-cat.1 6
	[ "$(stat --format %s "$BATS_TEST_TMPDIR/cache.dump")" -eq 1048576 ]
}

@test "the examples of shmtool-attach-write(1)" {
	make_machine
	cd "$BATS_TEST_TMPDIR"
	seq 1000000 | head -c 1000000 >image
	means_path /run/app "$PWD/app"
	play_page shmtool-attach-write.1 8
}

@test "the examples of shmtool-key(1)" {
	make_machine
	srv=$BATS_TEST_TMPDIR/srv
	mkdir -p "$srv/orders"
	touch "$srv/orders/app.conf"
	bob=$(here <<<bob)
	chown "$bob" "$srv/orders/app.conf"
	key=$(shmtool key "$srv/orders/app.conf" R)
	"$ACTOR" user="$bob" size=65536 key="$key" create >/dev/null
	means_path /srv "$srv"
	means 0x5201b207 "$key"
	play_page shmtool-key.1 5
}

@test "the examples of shmtool-gc.conf(5)" {
	make_machine
	means_path /etc/shmtool "$PUBLIC"
	text shmtool-gc.conf.5 | sed 's/oracle/60001/' >"$PUBLIC/gc.conf"
	[ "$(grep -c '^\[' "$PUBLIC/gc.conf")" -eq 3 ]
	play_page shmtool-gc.conf.5 2
}

@test "the session of README" {
	need_terminal
	make_machine
	play_lines < <(awk '
		/^[^ ]/ { here = $0 == "A session" || here && !/^The verbs/; blank = 0 }
		/^$/ { blank++ }
		here && /^    / { for (; blank; blank--) print ""; print substr($0, 5) }
		END { print "." }' "$SHMTOOL_SRCDIR/README")
	[ $PLAYED -eq 4 ]
	# What it says of the last one.
	sed -i 's/^older-than.*//; s/^keyed-.*//' "$PUBLIC/gc.conf"
	cache=$(here <<<5242902)
	[ "$(shmtool gc --keyed --json | jq -r ".segments[] | select(.id == $cache) | .rule")" = young ]
	[ "$(shmtool gc --keyed --keyed-older-than 0 --json |
		jq -r ".segments[] | select(.id == $cache) | .action")" = remove ]
}
