# SPDX-License-Identifier: GPL-2.0-or-later
# Files and paths that others have made, or change at that moment, and contents that others
# have written. tests/unit/test-replace.c, test-config.c, test-filelock.c and test-input.c
# have what can be had only on demand.
load common

# In a directory of our own, with a file that must not change.
here() {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || return 1
	echo precious >../victim
	chmod 600 ../victim
	VICTIM=$(stat -c '%i %a %u %Y' ../victim)
}

victim_is_whole() {
	[ "$(cat "$BATS_TEST_TMPDIR/victim")" = precious ]
	[ "$(stat -c '%i %a %u %Y' "$BATS_TEST_TMPDIR/victim")" = "$VICTIM" ]
}

# Let two paths change places for ever.
swap() {
	rm -f "$BATS_TEST_TMPDIR/swapping"
	"$HOSTILE" swap "$1" "$2" >"$BATS_TEST_TMPDIR/swapping" 3>&- &
	ACTORS+=($!)
	until grep -qs ready "$BATS_TEST_TMPDIR/swapping"; do sleep 0.01; done
}

# -- contents

@test "no escape sequence in a segment reaches a terminal that was not asked for it" {
	need_terminal
	id=$("$ACTOR" create)
	printf 'reddish\e[31m\e]0;title\a \xe2\x80\xae\xc2\x9b31m printable\n' | shmtool attach-write "$id"
	for options in '' --hex --strings; do
		on_terminal 80 "$SHMTOOL" cat $options "$id" >"$BATS_TEST_TMPDIR/out"
		grep -q reddish "$BATS_TEST_TMPDIR/out"
		run ! env LC_ALL=C grep -qaP '[^\x20-\x7e\n]' "$BATS_TEST_TMPDIR/out"
	done
	[ "$(shmtool cat --raw "$id" | head -c 9 | od -An -c | tr -d ' ')" = 'reddish033[' ]
}

@test "what is said of a segment never has its content" {
	id=$("$ACTOR" key=0x44 create)
	printf '{"id":1}\tBEGIN\n' | shmtool attach-write "$id"
	for words in "list -O" "list --json -O" "stat $id" "stat --json $id" "gc --verbose" "rm -v --dry-run $id"; do
		# shellcheck disable=SC2086
		run shmtool $words
		[ "$status" -eq 0 ]
		[[ $output != *BEGIN* ]]
	done
}

@test "a segment in which somebody makes and fills holes meanwhile is read in its whole length" {
	id=$("$ACTOR" size=4194304 create)
	"$HOSTILE" wear "$id" 4194304 >"$BATS_TEST_TMPDIR/wearing" 3>&- &
	ACTORS+=($!)
	until grep -q ready "$BATS_TEST_TMPDIR/wearing"; do sleep 0.01; done
	for i in $(seq 20); do
		for options in --raw --copy; do
			timeout 30 "$SHMTOOL" cat $options "$id" >"$BATS_TEST_TMPDIR/out"
			[ "$(stat -c %s "$BATS_TEST_TMPDIR/out")" -eq 4194304 ]
			[ "$(tr -d 'w\0' <"$BATS_TEST_TMPDIR/out" | wc -c)" -eq 0 ]
		done
		timeout 30 "$SHMTOOL" cat --output "$BATS_TEST_TMPDIR/sparse" "$id"
		[ "$(stat -c %s "$BATS_TEST_TMPDIR/sparse")" -eq 4194304 ]
		timeout 30 "$SHMTOOL" cat --hex "$id" | tail -n 1 | grep -qx 00400000
	done
}

# -- files that are read

@test "a policy that is a FIFO, a device, a directory, a socket or binary is refused at once" {
	need_users
	id=$("$ACTOR" user=60001 create)
	here
	mkfifo fifo
	mkdir directory
	cp "$SHMTOOL" binary
	chmod 600 binary
	ln -s loop loop
	ln -s /proc/self/fd/0 stdin
	truncate -s 1T zeros
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1)' || rm -f socket
	for file in fifo directory /dev/zero /dev/tty binary loop zeros /proc/self/mem socket; do
		[ "$file" = socket ] && [ ! -e socket ] && continue
		run --separate-stderr timeout 20 "$SHMTOOL" gc --yes --older-than 0 --config "$file"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool gc: "*"$file:"* ]]
		[ "$(wc -c <<<"$stderr")" -lt 300 ]
	done
	mkfifo pipe
	(exec 9<>pipe && timeout 20 "$SHMTOOL" gc --yes --older-than 0 --config stdin <&9) && status=0 || status=$?
	[ "$status" -eq 1 ]
	exists "$id"
}

@test "a policy of one endless line, or of very many, ends in an error or is read" {
	need_users
	id=$("$ACTOR" user=60001 create)
	here
	head -c 50M /dev/zero | tr '\0' x >line
	run --separate-stderr timeout 20 "$SHMTOOL" gc --yes --older-than 0 --config line
	[ "$status" -eq 1 ]
	[[ $stderr == "shmtool gc: line:1: "* ]]
	[ "$(wc -c <<<"$stderr")" -lt 300 ]
	exists "$id"
	yes '; a comment' | head -n 1000000 >comments
	run timeout 60 "$SHMTOOL" gc --dry-run --older-than 0 --config comments
	[ "$status" -eq 0 ]
}

@test "root goes by no policy that another has linked to, owns, or could replace" {
	[ "$(id -u)" -eq 0 ] || skip "only root refuses it"
	need_users
	id=$("$ACTOR" user=60001 create)
	here
	chmod 711 "$BATS_TEST_TMPDIR"
	printf '[gc]\n' >good
	mkdir -m 755 his
	chown 60001 his
	cp good his/conf
	ln -s ../good his/link
	ln -s good mine
	chown -h 60001 mine
	mkdir -m 1777 sticky
	cp good sticky/conf
	chown 60001 sticky/conf
	mkdir -m 777 open
	cp good open/conf
	for file in his/conf his/link mine sticky/conf open/conf; do
		run --separate-stderr shmtool gc --yes --older-than 0 --config "$file"
		[ "$status" -eq 1 ]
		[[ $stderr == *"not trusted"* ]]
	done
	exists "$id"
	run shmtool gc --dry-run --config good
	[ "$status" -eq 0 ]
}

@test "root trusts no path that another could lead elsewhere, for a policy and for an id" {
	need_users
	id=$("$ACTOR" user=60001 create)
	here
	chmod 755 "$BATS_TEST_TMPDIR" .
	mkdir -p his/site his/run good
	printf '[gc]\n' | tee his/site/gc.conf >good/gc.conf
	ln -s his/site to-his
	ln -s good to-good
	run shmtool gc --dry-run --config to-his/gc.conf
	[ "$status" -eq 0 ]
	chown 60001 his
	# What the owner of the directory can do, though it owns nothing in it.
	as_user 60001 sh -c 'mv his/site his/old && mkdir his/site && mv his/site his/new && mv his/old his/site'
	for file in his/site/gc.conf to-his/gc.conf "$PWD/his/site/gc.conf" his/../good/gc.conf; do
		run --separate-stderr shmtool gc --yes --older-than 0 --config "$file"
		[ "$status" -eq 1 ]
		[[ $stderr == *"his: not trusted, as UID 60001 owns it: "* ]]
	done
	for file in his/run/id "$PWD/his/run/id"; do
		run --separate-stderr shmtool create --size 4096 --id-file "$file"
		[ "$status" -eq 1 ]
		[[ $stderr == *"his: not trusted, as UID 60001 owns it: "* ]]
		[ ! -e "$file" ]
	done
	# From inside, too.
	cd his/site
	run --separate-stderr shmtool gc --yes --older-than 0 --config gc.conf
	[ "$status" -eq 1 ]
	[[ $stderr == *"$BATS_TEST_TMPDIR/here/his: not trusted"* ]]
	cd ../..
	exists "$id"
	chown -h 60001 to-good
	run --separate-stderr shmtool gc --yes --older-than 0 --config to-good/gc.conf
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: to-good: not trusted, as this link is not root's" ]
	chown -h root to-good
	run shmtool gc --dry-run --config to-good/gc.conf
	[ "$status" -eq 0 ]
	run shmtool create --size 4096 --id-file to-good/id
	[ "$status" -eq 0 ]
	# Only root is careful.
	run as_user 60001 "$PUBLIC/shmtool" gc --dry-run --config his/site/gc.conf
	[ "$status" -eq 0 ]
}

# As that of an export of NFS may be.
@test "nobody is not root, also where / is nobody's" {
	need_users
	need_namespace --mount
	# shellcheck disable=SC2016 # the inner shell expands it
	at_root_of() {
		unshare --mount sh -c '
			mount -t tmpfs -o mode=755,uid="$2" none "$1" && cd "$1" || exit 77
			for directory in usr lib lib64 bin etc proc dev; do
				[ ! -e "/$directory" ] || { mkdir "$directory" && mount --rbind "/$directory" "$directory"; } || exit 77
			done
			cp "$3" shmtool && printf "[gc]\n" >conf && chown "$2" conf
			exec chroot . /shmtool gc --dry-run --config /conf' sh "$BATS_TEST_TMPDIR" "$@"
	}
	run --separate-stderr at_root_of 0 "$SHMTOOL"
	[ "$status" -ne 77 ] || skip "this system does not allow such a root"
	[ "$status" -eq 0 ]
	run --separate-stderr at_root_of "$(cat /proc/sys/kernel/overflowuid)" "$SHMTOOL"
	[ "$status" -eq 1 ]
	[[ $stderr == *": not trusted, as UID 65534 owns it: "* ]]
}

@test "in a user namespace that has no number for root, its own root runs gc as before" {
	need_users
	as_user 60001 unshare --user --map-root-user true || skip "this system allows no user namespace"
	run --separate-stderr as_user 60001 unshare --user --map-root-user --ipc "$PUBLIC/shmtool" gc --dry-run
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

@test "entries of the directory of policies with other names or kinds are left out or refused" {
	need_namespace --mount
	need_users
	[ -d "${SHMTOOL_SYSCONFDIR:?}" ] && [ "$SHMTOOL_SYSCONFDIR" != /etc ] ||
		skip "there is no directory for the site's files to put others over"
	id=$("$ACTOR" user=60001 create)
	site=$BATS_TEST_TMPDIR/site/shmtool
	mkdir -p "$site/gc.conf.d"
	chmod -R go-w "$BATS_TEST_TMPDIR/site"
	at_site() {
		# shellcheck disable=SC2016
		unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
			"$BATS_TEST_TMPDIR/site" "$SHMTOOL_SYSCONFDIR" "$@"
	}
	# Not read: hidden, or not ending so.
	for name in .hidden.conf .conf 'a.conf~' a.CONF 'a.conf ' $'a.conf\n'; do
		echo nonsense >"$site/gc.conf.d/$name"
	done
	run at_site "$SHMTOOL" gc --dry-run
	[ "$status" -eq 0 ]
	# Read, and said without what would mislead.
	for name in $'\e[31m.conf' $'x\u202efnoc.conf' $'a\nb.conf' $'\xff.conf' '%s%n.conf'; do
		echo nonsense >"$site/gc.conf.d/$name"
		run --separate-stderr at_site "$SHMTOOL" gc --yes --older-than 0
		[ "$status" -eq 1 ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *".conf:1: "* ]]
		run ! env LC_ALL=C grep -qP '[^\x20-\x7e]' <<<"$stderr"
		rm "$site/gc.conf.d/$name"
	done
	for make in mkfifo mkdir 'ln -s nowhere' 'ln -s x.conf' 'ln -s /dev/zero'; do
		$make "$site/gc.conf.d/x.conf"
		run --separate-stderr timeout 20 unshare --mount sh -c "mount --bind '$BATS_TEST_TMPDIR/site' '$SHMTOOL_SYSCONFDIR' &&
			'$SHMTOOL' gc --yes --older-than 0"
		[ "$status" -eq 1 ]
		[[ $stderr == *"x.conf: "* ]]
		rm -rf "$site/gc.conf.d/x.conf"
	done
	exists "$id"
}

@test "--from a FIFO waits for who writes, makes nothing, and can be ended" {
	here
	mkfifo fifo
	"$SHMTOOL" create --from fifo 3>&- &
	pid=$!
	sleep 0.3
	kill "$pid"
	wait "$pid" && status=0 || status=$?
	[ "$status" -eq 143 ]
	[ "$(shmtool list --count)" -eq 0 ]
	# As much as is asked for and no more, whatever comes.
	for file in /dev/zero /dev/full; do
		run --separate-stderr timeout 20 "$SHMTOOL" create --size 64K --from "$file"
		[ "$status" -eq 1 ]
	done
	[ "$(shmtool list --count)" -eq 0 ]
	run --separate-stderr shmtool create --from .
	[ "$status" -eq 1 ]
	run --separate-stderr shmtool create --from $'\e[31m'
	[ "$status" -eq 1 ]
	[[ $stderr == 'shmtool create: \x1b[31m: No such file'* ]]
}

@test "--flock follows no link, makes no device wait, and changes no file of others" {
	id=$("$ACTOR" create)
	here
	ln -s ../victim link
	ln -s nowhere dangling
	mkfifo fifo
	for file in link dangling; do
		run --separate-stderr timeout 20 "$SHMTOOL" cat --flock "$file" "$id"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: $file: symbolic links are not followed"* ]]
	done
	[ ! -e nowhere ]
	for file in fifo /dev/null . ../victim; do
		timeout 20 "$SHMTOOL" cat --flock "$file" "$id" >/dev/null
	done
	victim_is_whole
	need_users
	# One of somebody else's who never gives it back.
	mkdir -m 1777 sticky
	chmod 755 "$BATS_TEST_TMPDIR" .
	as_user 60001 sh -c '>sticky/lock && exec 9<sticky/lock && flock 9 && exec sleep 60' 3>&- &
	ACTORS+=($!)
	until [ -e sticky/lock ] && ! flock --nonblock sticky/lock true; do sleep 0.01; done
	run --separate-stderr timeout 20 "$SHMTOOL" cat --flock sticky/lock --timeout 0 "$id"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool cat: sticky/lock: locked by somebody else" ]
	[ "$(stat -c '%u %s' sticky/lock)" = "60001 0" ]
}

# -- files that are written

@test "an output never goes through its path to a link, FIFO, device, directory or hard link" {
	id=$("$ACTOR" create)
	here
	ln -s ../victim link
	ln -s nowhere dangling
	mkdir directory
	ln -s directory to-directory
	mkfifo fifo
	for file in link dangling directory to-directory fifo /dev/null directory/ directory/. .; do
		run --separate-stderr timeout 20 "$SHMTOOL" cat --output "$file" "$id"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: $file: "* ]]
	done
	[ ! -e nowhere ]
	ln ../victim hard
	shmtool cat --output hard "$id"
	[ "$(stat -c %s hard)" -eq 4096 ]
	[ "$(cat ../victim)" = precious ]
	# A link on the way is followed, as by every other program: only its last part is not.
	shmtool cat --output to-directory/out "$id"
	[ "$(ls -A directory)" = out ]
	[ "$(ls -A)" = $'dangling\ndirectory\nfifo\nhard\nlink\nto-directory' ]
}

@test "an output whose path is swapped for a link all the time never goes through it" {
	id=$("$ACTOR" create)
	here
	for way in with without; do
		rm -f out link
		echo old >out
		ln -s ../victim link
		swap out link
		for i in $(seq 150); do
			if [ "$way" = with ]; then
				shmtool cat --output out "$id" 2>/dev/null || true
			else
				# With a name of its own until the end.
				unshare --mount sh -c "mount -t tmpfs none /proc && exec '$SHMTOOL' cat --output out $id" 2>/dev/null || true
			fi
		done
		kill_actor "${ACTORS[-1]}"
		victim_is_whole
		[ "$(find . -mindepth 1 -printf '%f\n' | sort)" = $'link\nout' ]
	done
}

@test "the file of an id whose path is swapped for a link all the time never goes through it" {
	here
	chmod 755 .
	shmtool create --size 4096 --id-file id >/dev/null
	ln -s ../victim link
	swap id link
	for i in $(seq 100); do
		timeout 20 "$SHMTOOL" create --size 4096 --id-file id >/dev/null 2>&1 || [ $? -ne 124 ]
		[ $((i % 10)) -ne 0 ] || ipcrm --all=shm
	done
	kill_actor "${ACTORS[-1]}"
	victim_is_whole
	[ "$(find . -mindepth 1 -printf '%f\n' | sort)" = $'id\nlink' ]
}

@test "a default ACL of the directory opens no output to anybody" {
	need_users
	id=$("$ACTOR" mode=640 create)
	here
	chmod 755 "$BATS_TEST_TMPDIR" .
	"$HOSTILE" acl . 60001 2>/dev/null || skip "this file system has no ACLs"
	umask 027
	shmtool cat --output out "$id"
	[ "$(stat -c %a out)" = 640 ]
	run as_user 60001 cat out
	[ "$status" -ne 0 ]
	# As it would be: else this shows nothing.
	touch other
	as_user 60001 cat other
	chmod 711 .
	shmtool create --size 4096 --id-file id
	chmod 640 id
	ipcrm --all=shm
	shmtool create --size 4096 --id-file id
	run as_user 60001 cat id
	[ "$status" -ne 0 ]
}

@test "umask makes an output closed to more, and never open" {
	id=$("$ACTOR" mode=666 create)
	here
	for line in "000 666" "022 644" "077 600" "777 0"; do
		(umask "${line% *}" && shmtool cat --output "${line% *}" "$id")
		[ "$(stat -c %a "${line% *}")" = "${line#* }" ]
	done
}

# Whatever fs.protected_regular and the others say, which are no namespace's own.
@test "in a sticky directory nobody replaces another's file, nor goes through his link" {
	need_users
	id=$("$ACTOR" mode=666 create)
	here
	chmod 755 "$BATS_TEST_TMPDIR" .
	mkdir -m 1777 sticky
	as_user 60001 sh -c 'echo his >sticky/out && ln -s ../../victim sticky/link && mkfifo sticky/fifo'
	for file in out link fifo; do
		run --separate-stderr timeout 20 setpriv --reuid 60002 --regid 60002 --clear-groups \
			"$PUBLIC/shmtool" cat --output "sticky/$file" "$id"
		[ "$status" -eq 1 ]
		[[ $stderr == "shmtool cat: sticky/$file: "* ]]
		# Root may replace a file there, for the directory is root's.
		[ "$file" != out ] || continue
		run --separate-stderr timeout 20 "$SHMTOOL" cat --output "sticky/$file" "$id"
		[ "$status" -eq 1 ]
	done
	[ "$(cat sticky/out)" = his ]
	[ "$(stat -c %u sticky/out)" -eq 60001 ]
	victim_is_whole
	[ "$(find sticky -mindepth 1 -printf '%f\n' | sort)" = $'fifo\nlink\nout' ]
}

@test "a limit of file sizes is an error, and no signal that leaves something" {
	need_namespace --mount
	id=$("$ACTOR" size=65536 create attach touch)
	here
	for option in --raw --hex --strings; do
		for way in '' without_proc; do
			# Soft, so that what counts for `make coverage` can still be written.
			run --separate-stderr $way env --chdir="$PWD" prlimit --fsize=60: "$SHMTOOL" cat "$option" --output out "$id"
			[ "$status" -eq 1 ]
			[ "$stderr" = "shmtool cat: out: File too large" ]
			[ -z "$(ls -A)" ]
		done
	done
	# What removes goes on to the end, whatever becomes of what it says.
	need_users
	for i in 1 2 3; do "$ACTOR" user=60001 create >/dev/null; done
	# shellcheck disable=SC2016
	run --separate-stderr prlimit --fsize=60: sh -c '"$0" gc --yes --no-log --older-than 0 >said' "$SHMTOOL"
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool gc: write error: File too large" ]
	[ "$(shmtool list --count --owner 60001)" -eq 0 ]
	# shellcheck disable=SC2016
	run --separate-stderr prlimit --fsize=0: sh -c '"$0" create --size 4096 >said' "$SHMTOOL"
	[ "$status" -eq 1 ]
	run ! grep -qx 4096 <<<"$(shmtool list --raw -n -o SIZE)"
}

@test "a directory that is read-only, full, immutable or gone gets no output, and keeps none" {
	need_namespace --mount
	id=$("$ACTOR" size=65536 create attach touch)
	here
	# shellcheck disable=SC2016
	for way in 'mount -t tmpfs -o ro none .' 'mount -t tmpfs -o size=32k none .' \
		'mount -t tmpfs -o nr_inodes=1 none .'; do
		run --separate-stderr unshare --mount sh -c "$way && cd \"\$PWD\" || exit 77
			'$SHMTOOL' cat --output out $id; echo \$? \$(ls -A)"
		[ "$status" -ne 77 ] || skip "this system does not allow: $way"
		[ "$output" = 1 ]
		[[ $stderr == "shmtool cat: out: "* ]]
	done
	mkdir gone && cd gone && rmdir ../gone
	run --separate-stderr shmtool cat --output out "$id"
	[ "$status" -eq 1 ]
	cd ..
	mkdir still
	need_program chattr
	chattr +i still 2>/dev/null || skip "this file system has no immutable directories"
	run --separate-stderr shmtool cat --output still/out "$id"
	chattr -i still
	[ "$status" -eq 1 ]
	[ "$stderr" = "shmtool cat: still/out: Operation not permitted" ]
	# One that can but grow: the old file cannot be replaced.
	echo old >still/out
	chattr +a still
	run --separate-stderr shmtool cat --output still/out "$id"
	chattr -a still
	[ "$status" -eq 1 ]
	[ "$(cat still/out)" = old ]
	ls -A still
}

@test "a signal leaves no temporary file, also where it has a name" {
	need_namespace --mount
	id=$("$ACTOR" size=1073741824 create attach touch)
	here
	for signal in INT TERM HUP; do
		# Without /proc no file without a name could be given one.
		unshare --mount env --default-signal sh -c "mount -t tmpfs none /proc && exec '$SHMTOOL' cat --hex --output out $id" 3>&- &
		pid=$!
		until [ -n "$(ls -A)" ]; do sleep 0.01; done
		[[ $(ls -A) == .shmtool.* ]]
		kill -"$signal" "$pid"
		wait "$pid" && status=0 || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ -z "$(ls -A)" ]
	done
	# Nobody has to wait for a lock because of it.
	exec 8>"$BATS_TEST_TMPDIR/lock"
	flock 8
	unshare --mount env --default-signal sh -c "mount -t tmpfs none /proc && exec '$SHMTOOL' cat --flock '$BATS_TEST_TMPDIR/lock' --output out $id" 3>&- 8>&- &
	pid=$!
	sleep 0.5
	kill -INT "$pid"
	wait "$pid" && status=0 || status=$?
	[ "$status" -eq 130 ]
	[ -z "$(ls -A)" ]
}
