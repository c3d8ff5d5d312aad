# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the examples of the pages as they are there, and compares what they print with what is
# there: word for word, but for ids, PIDs, users, dates and durations.
load ../cli/common

# An hour passes at once here, and the host's log hears nothing.
shmtool() {
	local verb=${1-}
	[ $# -eq 0 ] || shift
	case $verb in
	"") "$SHMTOOL" ;;
	gc | stat) "$SHMTOOL" "$verb" --config "$PUBLIC/gc.conf" "$@" ;;
	rm) "$SHMTOOL" rm --no-log "$@" ;;
	*) "$SHMTOOL" "$verb" "$@" ;;
	esac
}
export -f shmtool

# What the pages call one thing is another here.
means() {
	MEANINGS+="s|\b$1\b|$HERE$2|g;"
}

# The same of a path.
means_path() {
	MEANINGS+="s|$1|$HERE$2|g;"
}

# A text of the pages as it is here. What stands in it for something is marked until the end:
# a PID of here can be a number that means something in the pages.
HERE=@here@_
here() {
	sed "${MEANINGS}s|$HERE||g"
}

# The four programs of the pages. The users are such as have no name and no process.
make_machine() {
	need_users
	printf '%s\n' '[gc]' 'older-than = 0' 'keyed-older-than = 0' 'log = no' >"$PUBLIC/gc.conf"
	chmod 644 "$PUBLIC/gc.conf"
	local alice=$((20000 + $$ % 15000))
	local bob=$((alice + 15000)) worker cache worker_id cache_id
	start_actor user=$alice name=render size=8388608 create attach touch hold
	render=$PID render_id=$ID
	start_actor user=$alice name=worker size=4194304 create attach touch hold
	worker=$PID worker_id=$ID
	start_actor user=$alice name=cache key=0x0001b207 size=1048576 create attach \
		"put=cache v1" hold
	cache=$PID cache_id=$ID
	start_actor user=$bob name=queue size=65536 create hold
	kill_actor "$worker"
	kill_actor "$cache"
	MEANINGS=
	means 812 "$render"
	means 5242900 "$render_id"
	means 823 "$worker"
	means 5242901 "$worker_id"
	means 847 "$cache"
	means 5242902 "$cache_id"
	means 900 "$PID"
	means 5242903 "$ID"
	# The kernel counts on, as long as nothing has been removed.
	means 5242904 $((ID + 1))
	means 5242905 $((ID + 2))
	means alice "$alice"
	means 1001 "$alice"
	means bob "$bob"
	means 1002 "$bob"
}

# The text of a page as a reader has it, for what the pages use.
unescape() {
	sed 's/\\e/\\/g; s/\\(ga/`/g; s/\\&//g'
}

# The example blocks of a section, each ended by a line with a dot: examples PAGE SECTION
examples() {
	awk -v section="$2" '
		/^\.S[sh] / { sub(/\\&/, ""); here = substr($0, 5) == section }
		here && /^\.Ed/ { block = 0; print "." }
		here && block { print }
		here && /^\.Bd -literal/ { block = 1 }' "$1" | unescape
}

# What must be the same: columns, words, sizes and counts. (Later ipcmk(1) can spell.)
shape() {
	sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/DATE/g
		s/\b([0-9]+[dhms])+\b/DURATION/g; s/[[:blank:]]+/ /g; s/^ //; s/ $//
		s/^(ipcmk: create share) /\1d /'
}

# As if what was run before had ended so.
ended() {
	return "$1"
}

# Run a command line on a terminal, and type y where it asks.
run_asked() {
	local out=$BATS_TEST_TMPDIR/asked i
	: >"$out"
	{
		for i in $(seq 500); do
			! grep -qF '? [y/N]' "$out" || break
			sleep 0.01
		done
		echo y
	} | SHELL=$BASH script -qec "$1" /dev/null | tee "$out" | tr -d '\r'
}

# Run one example and compare: play COMMAND OUTPUT
play() {
	local command status=0
	command=$(here <<<"$1")
	case $2 in
	*'? [y/N] y'*) LC_ALL=C run_asked "$command" ;;
	*) LC_ALL=C eval "ended ${ENDED-0}; $command" </dev/null ;;
	esac >"$BATS_TEST_TMPDIR/printed" 2>&1 || status=$?
	ENDED=$status
	diff <(printf '%s' "$2" | here | shape) \
		<(shape <"$BATS_TEST_TMPDIR/printed") || {
		echo "$command"
		return 1
	}
}

# Whether a file of contrib is there, and comes with the packages.
is_packaged() {
	[ -f "$SHMTOOL_SRCDIR/$1" ] || return 1
	grep -q "^cp .* ${1%/*} .*examples\$" "$SHMTOOL_SRCDIR/contrib/rpm/shmtool.spec" || return 1
	# A tarball has no debian/.
	[ ! -d "$SHMTOOL_SRCDIR/debian" ] ||
		grep -qx "${1%/*}" "$SHMTOOL_SRCDIR/debian/shmtool.examples"
}

# Commands that only root can type on a machine of his own are not run. What they name is
# there: the files of contrib, which packages have as examples, the units, the sysctls, and
# the options of a verb.
name_what_is_there() {
	local word before verb="" known=0
	for word in $1; do
		[[ ${before-} != shmtool || $word == -* ]] || verb=$word
		before=$word
		case $word in
		/usr/share/doc/shmtool/examples/*) is_packaged "contrib/${word#*/examples/}" ;;
		shmtool-gc.service) [ -f "$SHMTOOL_SRCDIR/contrib/systemd/$word.in" ] ;;
		shmtool-gc.*) [ -f "$SHMTOOL_SRCDIR/contrib/systemd/$word" ] ;;
		kernel.*=[0-9]*) [ -f "/proc/sys/kernel/$(expr "$word" : 'kernel\.\(.*\)=')" ] ;;
		--*)
			[ -n "$verb" ] || continue
			"$SHMTOOL" "$verb" --help | grep -qE -- " $word( |\$)"
			;;
		shmtool) grep -qE "identifier $word( |\$)" <<<"$1" || continue ;;
		*) continue ;;
		esac || {
			echo "$1: there is no $word"
			return 1
		}
		known=$((known + 1))
	done
	[ $known -gt 0 ] || {
		echo "$1: it names nothing of shmtool's"
		return 1
	}
}

# All examples that are read. Sets PLAYED, how many were run, and NAMED, how many were not.
# A command goes on in the next line after a pipe.
play_lines() {
	local line command="" output="" prompt=""
	PLAYED=0 NAMED=0 ENDED=0
	while IFS= read -r line; do
		case $line in
		'$ '* | '# '* | .)
			case $prompt in
			'$') play "$command" "$output" && PLAYED=$((PLAYED + 1)) ;;
			'#') name_what_is_there "$command" && NAMED=$((NAMED + 1)) ;;
			esac || return 1
			prompt=${line%% *} command=${line#* } output=
			;;
		*)
			if [ -z "$output" ] && [[ $command == *'|' ]]; then
				command+=$'\n'$line
			else
				output+=$line$'\n'
			fi
			;;
		esac
	done
	echo "$PLAYED were run, $NAMED were not"
}

# Those of a section of a page: play_section PAGE SECTION
play_section() {
	play_lines < <(examples "$1" "$2")
}
