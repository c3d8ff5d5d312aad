# SPDX-License-Identifier: GPL-2.0-or-later
# Compare the file that explains lines with the list of those that were not reached (FILE,
# LINE and FUNCTION). Each must be in both, as often. Run where the sources are.
function complain(text) {
	printf "coverage: %s\n", text >"/dev/stderr"
	status = 1
}
# The text of a line without what indents it.
function quote(file, number, text) {
	if (!(file in length_of)) {
		while ((getline text <file) > 0)
			source[file, ++length_of[file]] = text
		close(file)
	}
	text = source[file, number]
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

{ explains = FILENAME == ARGV[1] }
explains && /^(#|$)/ { reason = 0; next }
explains && /^[^\t]/ { reason = 1; next }
explains {
	if (!reason)
		complain(FILENAME ": no reason is given for:" $0)
	entry[substr($0, 2)]++
	next
}
{
	split($0, field, "\t")
	key = field[1] ": " field[3] ": " quote(field[1], field[2])
	if (++reached_not[key] > entry[key])
		complain("not reached, and not explained in tests/coverage/uncovered: " key)
}
END {
	for (key in entry)
		if (reached_not[key] < entry[key])
			complain("reached, or gone, and explained in tests/coverage/uncovered still: " key)
	exit status
}
