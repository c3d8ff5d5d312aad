# SPDX-License-Identifier: GPL-2.0-or-later
# shmtool key: what ftok(3) makes of files, and which files make a key.
load common

# What ftok(3) makes of a file, by another's word: expected_key PATH PROJ-AS-A-NUMBER
expected_key() {
	local device inode
	read -r device inode < <(stat -L -c '%d %i' "$1")
	printf '0x%08x\n' $((($2 & 255) << 24 | (device & 255) << 16 | (inode & 65535)))
}

make_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir -p "$TREE/a/b" "$TREE/c"
	touch "$TREE/a/b/file" "$TREE/c/other"
	KEY=$(shmtool key "$TREE/a/b/file" R)
}

@test "it prints the key of a file, and of a directory" {
	for path in /etc/passwd /etc / /dev/null; do
		run --separate-stderr shmtool key "$path" 82
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		[ "$output" = "$(expected_key "$path" 82)" ]
	done
}

@test "it is the key that ftok(3) makes in another program" {
	need_program perl
	perl -MIPC::SysV=ftok -e 1 2>/dev/null || skip "perl has no IPC::SysV"
	for proj in 1 82 255; do
		[ "$(shmtool key /etc/passwd $proj)" = "$(perl -MIPC::SysV=ftok -e \
			'printf "0x%08x\n", ftok($ARGV[0], 0 + $ARGV[1]) & 0xffffffff' /etc/passwd $proj)" ]
	done
}

@test "PROJ is 1 by default, and may be a number or a character" {
	[ "$(shmtool key /etc/passwd)" = "$(expected_key /etc/passwd 1)" ]
	[ "$(shmtool key /etc/passwd 1)" = "$(expected_key /etc/passwd 1)" ]
	for proj in R 82 0x52; do
		[ "$(shmtool key /etc/passwd $proj)" = "$(expected_key /etc/passwd 82)" ]
	done
	[ "$(shmtool key /etc/passwd 255)" = "$(expected_key /etc/passwd 255)" ]
}

@test "a link has the key of what it names" {
	make_tree
	ln -s "$TREE/a/b/file" "$TREE/link"
	[ "$(shmtool key "$TREE/link" R)" = "$KEY" ]
}

@test "a file made anew has another key, and one that is renamed has not" {
	make_tree
	touch "$TREE/new"
	mv "$TREE/a/b/file" "$TREE/a/moved"
	[ "$(shmtool key "$TREE/a/moved" R)" = "$KEY" ]
	mv "$TREE/new" "$TREE/a/moved"
	[ "$(shmtool key "$TREE/a/moved" R)" != "$KEY" ]
}

@test "a file that is not there is an error, whose name is printed safely" {
	run --separate-stderr shmtool key $'/nothing\e[31m'
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = 'shmtool key: /nothing\x1b[31m: No such file or directory' ]
}

@test "a wrong command line is a usage error, before anything is walked" {
	make_tree
	for arguments in "" "/etc 0" "/etc 0x0" "/etc 256" "/etc -1" "/etc 007" "/etc RR" \
		"/etc 1 2" "/etc --null" "/etc -x" "-0 /etc" "--find 0 $TREE" "--find" \
		"--find $KEY" "--find 0x100000001 $TREE" "--find R $TREE" "--find -1 $TREE" \
		"--find $KEY $TREE --typo"; do
		# shellcheck disable=SC2086
		run --separate-stderr shmtool key $arguments
		is_usage_error
	done
	run --separate-stderr shmtool key ''
	is_usage_error
	run --separate-stderr shmtool key /etc ''
	is_usage_error
	run --separate-stderr shmtool key --find "$KEY" "$TREE" ''
	is_usage_error
	run --separate-stderr shmtool key /etc 0
	[[ $stderr == *"ftok(3) leaves 0 undefined"* ]]
}

@test "--find says which files make a key, and with which PROJ" {
	make_tree
	run --separate-stderr shmtool key --find "$KEY" "$TREE"
	[ "$status" -eq 0 ]
	[ "$output" = "PROJ 82 (R): $TREE/a/b/file" ]
	[ -z "$stderr" ]
	run shmtool key --find "$(shmtool key "$TREE/a/b/file" 1)" "$TREE/"
	[ "$output" = "PROJ 1: $TREE/a/b/file" ]
	run shmtool key --find $((KEY)) "$TREE/c" "$TREE/a"
	[ "$output" = "PROJ 82 (R): $TREE/a/b/file" ]
}

@test "--find finds directories, also the one that it begins with" {
	make_tree
	run shmtool key --find "$(shmtool key "$TREE" R)" "$TREE"
	[ "$output" = "PROJ 82 (R): $TREE" ]
	run shmtool key --find "$(shmtool key "$TREE/a/b" R)" "$TREE"
	[ "$output" = "PROJ 82 (R): $TREE/a/b" ]
}

@test "--find finds links by what they name, each name of a file, and ends" {
	make_tree
	ln -s a/b/file "$TREE/link"
	ln "$TREE/a/b/file" "$TREE/c/hard"
	ln -s .. "$TREE/a/up"
	ln -s nothing "$TREE/dangling"
	ln -s loop "$TREE/loop"
	run --separate-stderr shmtool key --find "$KEY" "$TREE"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(sort <<<"$output")" = "$(printf "PROJ 82 (R): $TREE/%s\n" a/b/file c/hard link)" ]
	run shmtool key --find "$KEY" "$TREE/a/up/c"
	[ "$output" = "PROJ 82 (R): $TREE/a/up/c/hard" ]
}

@test "--find takes a key whose PROJ is 0, which programs have all the same" {
	make_tree
	run shmtool key --find "$(expected_key "$TREE/a/b/file" 0)" "$TREE"
	[ "$status" -eq 0 ]
	[ "$output" = "PROJ 0: $TREE/a/b/file" ]
}

@test "--find finds what asking every file finds" {
	local directory=/usr/share path
	path=$(find "$directory" -xdev -type f | tail -n 1)
	[ -n "$path" ]
	key=$(shmtool key "$path" R)
	diff <(find "$directory" -exec stat -L -c '%d %i %n' {} + 2>/dev/null |
		awk -v i="$(stat -L -c %i "$path")" -v d="$(stat -L -c %d "$path")" \
			'$1 % 256 == d % 256 && $2 % 65536 == i % 65536 { sub(/^[^ ]* [^ ]* /, ""); print }' |
		sort) <(shmtool key --null --find "$key" "$directory" | tr '\0' '\n' | sort)
}

@test "names are printed safely, or as they are for xargs -0" {
	make_tree
	name=$'new\nline\e[31m'
	mv "$TREE/a/b/file" "$TREE/a/$name"
	[ "$(shmtool key --find "$KEY" "$TREE")" = "PROJ 82 (R): $TREE/a/new\\x0aline\\x1b[31m" ]
	[ "$(shmtool key --find "$KEY" -0 "$TREE" | xargs -0 -r stat -c %n)" = "$TREE/a/$name" ]
	[ "$(shmtool key --find "$KEY" --null "$TREE" | tr -dc '\0' | wc -c)" -eq 1 ]
}

@test "nothing found is an error with a message" {
	make_tree
	rm "$TREE/a/b/file"
	run --separate-stderr shmtool key --find "$KEY" "$TREE"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "shmtool key: key $KEY: no file found that makes it" ]
}

@test "what is no directory is reported, and the others are searched" {
	make_tree
	run --separate-stderr shmtool key --find "$KEY" /nothing "$TREE/c/other" "$TREE"
	[ "$status" -eq 1 ]
	[ "$output" = "PROJ 82 (R): $TREE/a/b/file" ]
	[ "${stderr_lines[0]}" = "shmtool key: /nothing: No such file or directory" ]
	[ "${stderr_lines[1]}" = "shmtool key: $TREE/c/other: Not a directory" ]
	[ "${stderr_lines[2]}" = "shmtool key: 2 could not be searched" ]
}

@test "directories that cannot be read are reported and counted" {
	need_users
	TREE=$PUBLIC/closed
	mkdir -p "$TREE/no" "$TREE/yes"
	touch "$TREE/yes/file"
	chmod 700 "$TREE/no"
	run --separate-stderr as_user 1000 "$PUBLIC/shmtool" key --find \
		"$(shmtool key "$TREE/yes/file" R)" "$TREE"
	[ "$status" -eq 1 ]
	[ "$output" = "PROJ 82 (R): $TREE/yes/file" ]
	[ "${stderr_lines[0]}" = "shmtool key: $TREE/no: Permission denied" ]
	[ "${stderr_lines[1]}" = "shmtool key: 1 could not be searched" ]
}

@test "root searches directories that their owner has closed, by one capability" {
	need_users
	TREE=$PUBLIC/private
	mkdir -p "$TREE/no"
	touch "$TREE/no/file"
	chown -R 1000:1000 "$TREE"
	chmod 000 "$TREE/no"
	run --separate-stderr shmtool key --find "$(shmtool key "$TREE/no/file" R)" "$TREE"
	[ "$status" -eq 0 ]
	[ "$output" = "PROJ 82 (R): $TREE/no/file" ]
	run setpriv --bounding-set -dac_read_search,-dac_override \
		"$PUBLIC/shmtool" key "$TREE/no/file"
	[ "$status" -eq 1 ]
	[[ $output == *"no/file: Permission denied" ]]
}

@test "files that are mounted on others are found, and with -x no other file system" {
	need_namespace --mount
	make_tree
	# shellcheck disable=SC2016 # the inner shell expands it
	run unshare --mount bash -c 'set -e
		mount --bind "$2/a/b/file" "$2/c/other"
		"$1" key --find "$3" "$2/c"
		mount -t tmpfs none "$2/a/b"
		touch "$2/a/b/there"
		key=$("$1" key "$2/a/b/there" R)
		"$1" key --find "$key" "$2"
		"$1" key --find "$key" -x "$2" || echo "no: $?"
		"$1" key --find "$("$1" key "$2/a/b" R)" -x "$2"' bash "$SHMTOOL" "$TREE" "$KEY"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "PROJ 82 (R): $TREE/c/other" ]
	[ "${lines[1]}" = "PROJ 82 (R): $TREE/a/b/there" ]
	[[ ${lines[2]} == *"no file found that makes it" ]]
	[ "${lines[3]}" = "no: 1" ]
	[ "${lines[4]}" = "PROJ 82 (R): $TREE/a/b" ]
}

@test "/proc is not searched below a directory, and is where it is named" {
	need_namespace --mount
	make_tree
	unshare --mount mount -t proc none "$TREE/c" 2>/dev/null ||
		skip "this system allows no mount of /proc"
	# shellcheck disable=SC2016 # the inner shell expands it
	run unshare --mount bash -c 'mount -t proc none "$2/c" && "$1" key --find "$3" "$2"' \
		bash "$SHMTOOL" "$TREE" "$KEY"
	[ "$status" -eq 0 ]
	[[ $output == *"$TREE/c: not searched, unless it is named: an automount or proc"* ]]
	[[ $output == *"PROJ 82 (R): $TREE/a/b/file"* ]]
	run shmtool key --find "$(shmtool key /proc/sys/kernel R)" -x /proc/sys
	[ "${lines[0]}" = "PROJ 82 (R): /proc/sys/kernel" ]
}

@test "most files are not asked for their number" {
	need_strace
	mkdir "$BATS_TEST_TMPDIR/many"
	case $(stat -f -c %T "$BATS_TEST_TMPDIR/many") in
	ext2/ext3 | xfs | btrfs | f2fs | tmpfs | overlayfs) ;;
	*) skip "each must be asked on this file system" ;;
	esac
	(cd "$BATS_TEST_TMPDIR/many" && seq 1000 | xargs touch)
	strace -o "$BATS_TEST_TMPDIR/trace" "$SHMTOOL" key --find \
		"$(shmtool key "$BATS_TEST_TMPDIR/many/7" R)" "$BATS_TEST_TMPDIR/many"
	asked=$(grep -cE '^(newfstatat|fstatat64|statx)\([0-9]+, "[0-9]+"' "$BATS_TEST_TMPDIR/trace")
	[ "$asked" -ge 1 ]
	[ "$asked" -lt 100 ]
}

@test "a tree deeper than the limit of open files is searched, or it is said" {
	make_tree
	(cd "$TREE" && for i in $(seq 40); do mkdir d && cd d || exit 1; done && touch deep &&
		shmtool key deep R >"$BATS_TEST_TMPDIR/key")
	key=$(cat "$BATS_TEST_TMPDIR/key")
	run bash -c "ulimit -Sn 20; '$SHMTOOL' key --find $key '$TREE'"
	[ "$status" -eq 0 ]
	[[ $output == "PROJ 82 (R): $TREE/d/d/"*"/deep" ]]
	run bash -c "ulimit -n 20; '$SHMTOOL' key --find $key '$TREE'"
	[ "$status" -eq 1 ]
	[[ $output == *": Too many open files"* ]]
}

@test "a tree of another's without end is searched as deep as ftok(3) reaches, and soon" {
	need_users
	need_program perl
	TREE=$PUBLIC/deep
	mkdir "$TREE"
	chown 60001 "$TREE"
	(cd "$TREE" && as_user 60001 perl -e 'for (1 .. 20000) { mkdir("d") && chdir("d") or die }')
	touch "$TREE/file"
	run --separate-stderr timeout 20 "$SHMTOOL" key --find "$(shmtool key "$TREE/file" R)" "$TREE"
	rm -rf "$TREE"
	[ "$status" -eq 0 ]
	[ "$output" = "PROJ 82 (R): $TREE/file" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "shmtool key: $TREE/d/d/"*"/d: not searched: paths below it are too long for ftok(3)" ]]
}

@test "progress is shown on a terminal alone, and erased" {
	need_terminal
	make_tree
	run on_terminal 80 "'$SHMTOOL' key --find $KEY '$TREE'"
	[[ $output == *"PROJ 82 (R): $TREE/a/b/file"* ]]
	run script -qec "'$SHMTOOL' key --find $KEY '$TREE' >/dev/null" /dev/null </dev/null
	[[ $output =~ files\ searched,\ [01]\ found$'\r'\ +$'\r'$ ]]
	run --separate-stderr shmtool key --find "$KEY" "$TREE"
	[ -z "$stderr" ]
}

@test "what cannot be printed is an error, and ends the search" {
	make_tree
	run bash -c "'$SHMTOOL' key --find $KEY '$TREE' >/dev/full"
	[ "$status" -eq 1 ]
	[[ $output == *"write error: No space left on device" ]]
	run bash -c "set -o pipefail; { sleep 0.1; '$SHMTOOL' key --find $KEY '$TREE' /; } | true"
	[ "$status" -eq 141 ] # SIGPIPE
	[ -z "$output" ]
	run bash -c "'$SHMTOOL' key '$TREE' >/dev/full"
	[ "$status" -eq 1 ]
}

@test "the key shows the segment that a program has made with it" {
	make_tree
	id=$(shmtool create --size 1 --key "$KEY")
	[ "$(field "$(shmtool key "$TREE/a/b/file" R)" id)" = "$id" ]
}
