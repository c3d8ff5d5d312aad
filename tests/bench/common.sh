# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Runs, medians and bars, for the scripts beside this file. A bar is a ratio between two
# commands that took turns on the same machine: it means the same on any other.
: "${SHMTOOL:?the program}" "${MEASURE:?tests/bench/measure}"
: "${POPULATE:?tests/bench/populate}" "${RUNS:=7}"

LC_ALL=C.UTF-8
export LC_ALL
missed=0
results=$(mktemp -d)
clean_up() {
	rm -rf "$results"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# The file with the results of what has this name; with .absent: why it has none.
file_of() {
	echo "$results/$(printf '%s' "$1" | tr / _)"
}

# run NAME COMMAND...: run it once, and note under this name what that cost.
run() {
	file=$(file_of "$1")
	shift
	status=0
	if ! command -v "$1" >/dev/null; then
		echo "$1 is not installed" >"$file.absent"
		return
	fi
	"$MEASURE" "$@" >>"$file" 2>"$results/stderr" || status=$?
	# The others may fail for a process that ends meanwhile: what they do is the same.
	[ "$1" = "$SHMTOOL" ] || return 0
	case $status in
	0) ;;
	2)
		echo "the option is not there yet" >"$file.absent"
		rm "$file"
		;;
	*) die "$* failed: $(cat "$results/stderr")" ;;
	esac
}

# instructions NAME COMMAND...: the same, for the number of instructions in user mode.
instructions() {
	file=$(file_of "$1")
	shift
	if ! command -v "$1" >/dev/null; then
		echo "$1 is not installed" >"$file.absent"
	elif command -v valgrind >/dev/null; then
		valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
			awk '/Collected *:/ { print 0, $NF, 0 }' >"$file"
	elif command -v perf >/dev/null; then
		perf stat -x ' ' -e instructions:u "$@" 2>&1 >/dev/null |
			awk '/instructions/ && $1 > 0 { print 0, $1, 0 }' >"$file"
	else
		echo "neither valgrind nor perf is installed" >"$file.absent"
	fi
	[ -s "$file" ] || [ -e "$file.absent" ] ||
		echo "nothing counts instructions here" >"$file.absent"
}

# median NAME FIELD, which is 1 for wall time, 2 for processor time, 3 for memory
median() {
	awk -v field="$2" '{ print $field }' "$(file_of "$1")" | sort -n |
		awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

is_measured() {
	for name; do
		[ -e "$(file_of "$name").absent" ] || continue
		cat "$(file_of "$name").absent"
		return 1
	done
}

# judge WHAT VALUE BAR [UNIT]: a line that says whether the value is within the bar.
judge() {
	verdict=met
	awk -v value="$2" -v bar="$3" 'BEGIN { exit !(value <= bar) }' || {
		verdict='NOT MET'
		# shellcheck disable=SC2034 # the status of the script
		missed=1
	}
	printf '%-55s %7.3f  bar %6s %-3s  %s\n' "$1" "$2" "$3" "${4-}" "$verdict"
}

# bar NAME OTHER BAR: processor time, for that is what other work on the machine disturbs
# least; all that is compared here has one thread and waits for nothing.
bar() {
	if why=$(is_measured "$1" "$2"); then
		judge "$1 / $2" "$(awk -v a="$(median "$1" 2)" -v b="$(median "$2" 2)" \
			'BEGIN { print a / b }')" "$3"
	else
		printf '%-55s %7s  bar %6s      not measured: %s\n' "$1 / $2" - "$3" "$why"
	fi
}

# memory_bar NAME MIB
memory_bar() {
	if why=$(is_measured "$1"); then
		judge "$1, peak memory" "$(awk -v kib="$(median "$1" 3)" \
			'BEGIN { print kib / 1024 }')" "$2" MiB
	else
		printf '%-55s %7s  bar %6s MiB  not measured: %s\n' "$1, peak memory" - "$2" \
			"$why"
	fi
}

# medians NAME...: what the bars were computed from.
medians() {
	printf '    %-40s %10s %10s %10s\n' "median of $RUNS" 'wall ms' 'cpu ms' 'peak KiB'
	for name; do
		[ -s "$(file_of "$name")" ] || continue
		printf '    %-40s %10s %10s %10s\n' "$name" \
			"$(median "$name" 1 | awk '{ printf "%.1f", $1 / 1000 }')" \
			"$(median "$name" 2 | awk '{ printf "%.1f", $1 / 1000 }')" \
			"$(median "$name" 3)"
	done
}
