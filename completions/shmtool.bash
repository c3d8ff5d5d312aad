# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for shmtool: its own tables say what there is.

_shmtool() {
	local program=${COMP_WORDS[0]} verb=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]}
	local words=

	if ((COMP_CWORD == 1)); then
		words=$("$program" help --words 2>/dev/null | cut -f1)
		words+=$'\n--help\n--version\n--show-privileges'
	elif [[ $word == -* ]]; then
		words=$("$program" help --words "$verb" 2>/dev/null | cut -f1)
	elif [[ $verb == help || $verb == --show-privileges ]]; then
		words=$("$program" help --words 2>/dev/null | cut -f1)
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _shmtool shmtool
