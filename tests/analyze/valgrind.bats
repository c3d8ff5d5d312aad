# SPDX-License-Identifier: GPL-2.0-or-later
# What no sanitizer sees: values that were never set. `make check-valgrind` runs this, for it
# takes long. What the program says and does there is the other tests' business: valgrind
# does not know all calls, so that pidfds, seccomp and Landlock are not to be had.
load ../cli/common

setup() {
	ACTORS=()
	need_program valgrind
	cd "$BATS_TEST_TMPDIR" || return 1
	start_actor size=65536 create attach touch hold
	held=$ID
	id=$("$ACTOR" size=65536 create)
	printf 'some text\0and more\n' >input
}

# What valgrind has to say of a program and its children, on stdout: nothing. A child ends
# with what its parent is to free, to which there may be no pointer but into the middle.
watch() {
	rm -f said.*
	valgrind --quiet --leak-check=full --show-leak-kinds=definite --vgdb=no --log-file='said.%p' "$@" >output 2>error ||
		result=$?
	# Of kernels, and namespaces, that it does not know it says so.
	grep -hE '^==[0-9]+== .' said.* |
		grep -vE 'unhandled ioctl|spurious value errors|ignores shmget|README_MISSING' || true
}

# The program ends with STATUS, and valgrind says nothing: clean STATUS WORDS...
clean() {
	local expected=$1 result=0
	shift
	watch "$SHMTOOL" "$@" >findings
	cat findings error
	[ "$result" -eq "$expected" ]
	[ ! -s findings ]
}

@test "a program that uses what was never set is found out" {
	cat >wrong.c <<-'END'
		#include <stdlib.h>

		int main(void)
		{
			volatile int *unset = malloc(sizeof(int));

			if (*unset)
				abort();
			return 0;
		}
	END
	$CC -o wrong wrong.c
	watch ./wrong >findings
	grep -q 'depends on uninitialised value' findings
	grep -q 'definitely lost' findings
}

# Left out: clone(2) with flags of its own, which ends valgrind.
@test "no unit test uses what was never set, or loses memory" {
	count=0
	for program in "${SHMTOOL%/*}"/tests/unit/test-*; do
		[ -x "$program" ] || continue
		case $program in *.* | *-attach-foreign) continue ;; esac
		CMOCKA_MESSAGE_OUTPUT=TAP watch unshare --ipc "$program" >findings
		if ! grep -q '^1\.\.' output || [ -s findings ]; then
			echo "$program:"
			cat findings
			failed=1
		fi
		count=$((count + 1))
	done
	[ -z "${failed-}" ]
	[ "$count" -gt 50 ]
}

@test "what lists and explains is clean" {
	clean 0
	clean 0 --complete -- rm ''
	clean 0 --complete -- list --output ID,S
	clean 0 list
	clean 0 list --holders --output-all --total --sort size
	clean 0 list --json --output-all
	clean 0 list --csv --min-size 1K --output +HOLDERS
	clean 0 list --raw --state orphan --noheadings --pid "$PID"
	clean 0 stat "$held" "$id"
	clean 0 stat --json --config /dev/null "$held"
	clean 1 stat 999999
	clean 0 limits
	clean 0 limits --json
	clean 0 key input
	clean 0 key --find "$(shmtool key input)" .
}

@test "what makes and changes is clean" {
	clean 0 create --size 4096 --json
	clean 0 create --size 1M --key 0x5eed0003 --mode 0640 --lock --populate --verbose
	clean 0 create --size 1M --key 0x5eed0003 --reuse
	clean 1 create --size 1M --key 0x5eed0003
	clean 0 create --from input --id-file id --verbose
	clean 0 create --from input --id-file id --verbose
	clean 0 set --mode 0640 --verbose "$id"
	clean 0 set --lock --dry-run "$id"
	clean 1 set --mode 0640 999999
}

@test "what reads and fills is clean" {
	clean 0 cat "$held"
	clean 0 cat --copy --hex "$held"
	clean 0 cat --strings --offset 100 "$id"
	clean 0 cat --output out --verbose "$id"
	clean 0 cat --flock lock "$held"
	clean 1 cat 999999
	clean 0 attach-write --from input --verify "$id"
	clean 0 attach-write --fill 7 --length 5000 --offset 1 "$id"
	clean 0 attach-write --zero "$held"
	clean 0 attach-write --verbose "$id" <input
	clean 0 attach-write --stream "$id" <input
	head -c 70000 /dev/zero >long
	clean 1 attach-write --from long "$id"
}

@test "what removes is clean" {
	printf '[gc]\nolder-than = 0\n[protect]\nkey = 0x5eed0000-0x5eed00ff\n' >gc.conf
	clean 0 gc --dry-run --verbose --older-than 0 --system
	clean 3 gc --check --json --older-than 0 --system
	clean 0 gc --show-config
	clean 0 rm --unused --verbose --no-log "$id"
	clean 1 rm --unused --no-log "$held"
	clean 0 rm --dry-run --state orphan --private
	"$ACTOR" size=4096 create
	clean 0 gc --yes --no-log --older-than 0 --system --verbose
	clean 1 rm --no-log --wait=1 "$held"
}

@test "what is refused is clean" {
	clean 2 frobnicate
	clean 2 lst
	clean 2 list --ownr=root
	clean 2 list --output nonsense
	clean 2 list --min-size 'much'
	clean 2 rm --size 1:
	clean 2 create --size 99999999999999999999
	clean 0 --version
	clean 0 help
	clean 0 help gc
	clean 0 --show-privileges
	printf '[gc]\nolder-than = soon\n' >gc.conf
	clean 1 gc --config "$PWD/gc.conf" --dry-run
}
