# SPDX-License-Identifier: GPL-2.0-or-later
# PostgreSQL, as it comes and with shared_memory_type=sysv. As it refuses to run as root, the
# tests need users.
load common

# A system user that every system has: PostgreSQL wants its user to have a name.
POSTGRES=daemon
as_postgres=(--reuid "$POSTGRES" --regid "$POSTGRES" --clear-groups)

find_postgresql() {
	need_users
	need_namespace --mount
	find_program 'usr/lib/postgresql/*/bin/postgres'
	if ! setpriv "${as_postgres[@]}" test -x "${PROGRAM[-1]}"; then
		cp -r "$SHMTOOL_SRCDIR/programs" "$PUBLIC"
		PROGRAM=("${PROGRAM[@]//"$SHMTOOL_SRCDIR"/"$PUBLIC"}")
	fi
}

pg() {
	local program=$1
	shift
	timeout 60 setpriv "${as_postgres[@]}" "${PROGRAM[@]/%postgres/$program}" "$@"
}

# A database cluster that listens on a Unix socket alone, with the type of shared memory that
# is given, or sysv. Sets DATA.
make_cluster() {
	find_postgresql
	DATA=$PUBLIC/data.$BATS_TEST_NUMBER
	install -d -o "$POSTGRES" "$DATA" "$DATA.shm"
	cd "$DATA" || return 1
	pg initdb -D "$DATA" --auth trust --username me --no-sync --locale C >/dev/null
	cat >>postgresql.conf <<-END
		shared_memory_type = ${1:-sysv}
		listen_addresses = ''
		unix_socket_directories = '$DATA'
	END
}

# With a /dev/shm of its own, for it leaves files there. Sets PID, and ID to the segment.
start_postgres() {
	# shellcheck disable=SC2016 # sh expands it
	start unshare --mount sh -c 'mount --bind "$1" /dev/shm && shift && exec "$@"' sh \
		"$DATA.shm" setpriv --pdeathsig KILL "${as_postgres[@]}" "${PROGRAM[@]}" -D "$DATA"
	wait_until answers_query
	ID=$(ids)
}

answers_query() {
	[ "$(pg psql -h "$DATA" -U me -d postgres -Atc 'select 6 * 7' 2>&1)" = 42 ]
}

@test "a PostgreSQL that runs keeps its segment, and answers" {
	make_cluster
	start_postgres
	harsh_gc
	kept "$ID" "[0-9]+ attaches"
	answers_query
}

@test "the segment of a killed PostgreSQL has a key and stays; --keyed takes it" {
	make_cluster
	start_postgres
	kill_all "$PID"
	gc --system
	kept "$ID" "can find it by its key"
	gc --keyed
	kept "$ID" "of system user"
	harsh_gc
	removed "$ID"
	start_postgres
}

@test "--owner takes the segment of a killed PostgreSQL" {
	make_cluster
	start_postgres
	kill_all "$PID"
	gc --keyed --owner nobody
	exists "$ID"
	gc --keyed --owner "$POSTGRES"
	removed "$ID"
}

@test "the segment stays while one process of a killed PostgreSQL goes on" {
	make_cluster
	start_postgres
	writer=$(pgrep -P "$PID" -f 'background writer')
	ACTORS+=("$writer")
	kill -STOP "$writer"
	kill -9 "$PID"
	wait_until is_attached "$ID" 1
	harsh_gc
	kept "$ID" "1 attach"
}

@test "the header of a killed PostgreSQL stays, so that the next one cleans /dev/shm" {
	make_cluster mmap
	start_postgres
	[ "$(field "$ID" size)" -eq 56 ]
	[ "$(field "$ID" mode)" = 0600 ]
	before=$(ls "$DATA.shm")
	[[ $before == PostgreSQL.* ]]
	for _ in 1 2; do
		kill_all "$PID"
		harsh_gc --owner "$POSTGRES"
		kept "$ID" "protected: PostgreSQL"
		start_postgres
		# As many as before, but others.
		after=$(ls "$DATA.shm")
		[ "$(wc -l <<<"$after")" -eq "$(wc -l <<<"$before")" ]
		[ -z "$(comm -12 <(echo "$before") <(echo "$after"))" ]
		before=$after
	done
	kill -INT "$PID"
	wait_until has_ended "$PID"
	[ -z "$(ls "$DATA.shm")" ]
}
