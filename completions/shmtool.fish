# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for shmtool: the program says what may stand next.

function __shmtool_offers
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l offers ($program --complete -- $words "$word" 2>/dev/null)
    if test "$offers" = \tfiles
        set -l kept (string match -r '^--[^=]*=' -- "$word")
        __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$word") | string replace -r '^' -- "$kept"
    else
        string join -- \n $offers
    end
end
complete -c shmtool -f -k -a '(__shmtool_offers)'
