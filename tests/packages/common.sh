# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A new Debian, by debootstrap, that is gone with who has made it. For scripts that begin with
# enter "$@", and are run a second time by that, with $dir and $work.

# Run this script again, in a mount namespace, with a directory for its Debian.
enter() {
	if [ "${1-}" = inside ]; then
		work=$2
		root=$work/debian
		return
	fi
	[ "$(id -u)" = 0 ] || {
		echo "$0: debootstrap needs root" >&2
		exit 1
	}
	work=$(mktemp -d)
	trap 'rm -rf --one-file-system "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	# What is mounted in there goes with the namespace, before anything is removed.
	unshare --mount --propagation private "$0" inside "$work" "$@"
	exit
}

say() {
	printf '\n# %s\n' "$*"
}

# What the command says, only if it fails.
quietly() {
	"$@" >"$work/log" 2>&1 || {
		cat "$work/log"
		exit 1
	}
}

# new_debian RELEASE [MIRROR]
new_debian() {
	quietly debootstrap --variant=minbase "$1" "$root" ${2:+"$2"}
	mount -t proc proc "$root/proc"
}

in_chroot() {
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

# All that is there, but what apt and dpkg keep of what they have done.
list() {
	(cd "$root" && find . -xdev ! -path './var/cache/*' ! -path './var/lib/apt/*' \
		! -path './var/lib/dpkg/*' ! -path './var/log/*' | LC_ALL=C sort)
}
