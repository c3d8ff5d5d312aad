# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for shmtool: the program says what may stand next.

_shmtool() {
	local words=() glue='' kept='' word i

	# bash takes "--output=ID" apart, and wants back what comes after the "=".
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $glue ]]; then
			words[-1]+=$word
			glue=
		elif [[ $word == = && ${#words[@]} -gt 0 && ${words[-1]} == --* ]]; then
			words[-1]+=$word
			glue=1
		else
			words+=("$word")
		fi
	done
	word=${words[-1]}
	[[ $word != --*=* ]] || kept=${word%%=*}=

	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		COMPREPLY+=("${word#"$kept"}")
	done < <("${COMP_WORDS[0]}" --complete -- "${words[@]}" 2>/dev/null)
	# Where files belong the program offers none of its own.
	[[ ${COMPREPLY[0]-} == files ]] || return 0
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "${words[-1]#"$kept"}")
}
complete -F _shmtool shmtool
