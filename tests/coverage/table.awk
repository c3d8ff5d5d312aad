# SPDX-License-Identifier: GPL-2.0-or-later
# From the CSV of gcovr: lines and branches of each file, and of each directory at the end.
# Exits 1 if less than minimum % of the lines of src/lib are reached.
function percent(covered, total) {
	# Not rounded up: 100 is all.
	return total ? sprintf("%5.1f", int(covered * 1000 / total) / 10) : "    -"
}
function row(name, line, lines, branch, branches) {
	printf "%-24s %5d of %5d %s %%  %5d of %5d %s %%\n", name, \
		line, lines, percent(line, lines), branch, branches, percent(branch, branches)
}
BEGIN {
	FS = ","
	printf "%-24s %22s  %22s\n", "", "lines", "branches"
}
FNR > 1 {
	row($1, $3, $2, $6, $5)
	directory = $1
	sub(/\/[^\/]*$/, "", directory)
	lines[directory] += $2
	line[directory] += $3
	branches[directory] += $5
	branch[directory] += $6
}
END {
	print ""
	split("src/lib src", names, " ")
	for (i = 1; i <= 2; i++) {
		name = names[i]
		row(name, line[name], lines[name], branch[name], branches[name])
	}
	exit !lines["src/lib"] || line["src/lib"] * 100 < minimum * lines["src/lib"]
}
