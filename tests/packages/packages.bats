# SPDX-License-Identifier: GPL-2.0-or-later
# What is given to others: the tarball, and the packages that are made of it. `make check-packages`
# runs this, and no `make check`: it takes a mirror of Debian, and some minutes.
bats_require_minimum_version 1.5.0

setup() {
	cd "${SHMTOOL%/*}" || return 1
	export LC_ALL=C.UTF-8
	# Where all users get at it, as the soak has several.
	EMPTY=$(mktemp -d /tmp/shmtool-packages.XXXXXX)
	chmod 1777 "$EMPTY"
}

teardown() {
	rm -rf --one-file-system "$EMPTY"
}

need() {
	local name
	for name; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "only root can"
}

# A package that an earlier test has made.
need_package() {
	compgen -G 'build-deb/shmtool_*.changes' >/dev/null || skip "there is no package"
}

# With nothing that the make which runs this, or bats, has in its environment. In a test, the
# first bats in PATH is one that only bats can run.
cleanly() {
	env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" LC_ALL="$LC_ALL" TMPDIR="$EMPTY" "$@"
}

# What it says is of interest if it fails: what has failed, and how it ended.
quietly() {
	cleanly "$@" >"$BATS_TEST_TMPDIR/log" 2>&1 || {
		grep -E '^(FAIL|ERROR|not ok)|[Ee]rror:' "$BATS_TEST_TMPDIR/log" || true
		tail -n 40 "$BATS_TEST_TMPDIR/log"
		return 1
	}
}

@test "the tarball builds out of tree, all its tests pass, and nothing is left of it" {
	tree=$(git status --porcelain 2>/dev/null || true)
	quietly make -j"$(nproc)" distcheck
	grep -q '^# TOTAL: [1-9]' "$BATS_TEST_TMPDIR/log"
	grep -E '^# (TOTAL|SKIP)|^SKIP' "$BATS_TEST_TMPDIR/log"
	run ! compgen -G 'shmtool-*/'
	[ "$(git status --porcelain 2>/dev/null || true)" = "$tree" ]
	[ -z "$(ls -A "$EMPTY")" ]
}

@test "make deb makes Debian's package" {
	need dpkg-buildpackage dh
	[ -e "$SHMTOOL_SRCDIR/debian" ] || skip "there is no debian/ in a tarball"
	quietly make deb
	need_package
}

@test "lintian has nothing to say of it, and Debian can install it, use it and purge it" {
	need lintian debootstrap
	need_root
	need_package
	quietly "$SHMTOOL_SRCDIR/tests/packages/deb"
}

@test "Debian 12 builds the package, and the tarball, with what Build-Depends names" {
	need debootstrap
	need_root
	need_package
	quietly "$SHMTOOL_SRCDIR/tests/packages/build" bookworm
}

@test "Debian 13 builds the package, and the tarball, with what Build-Depends names" {
	need debootstrap
	need_root
	need_package
	quietly "$SHMTOOL_SRCDIR/tests/packages/build" trixie
}

@test "make rpm makes an RPM, with every file that is installed" {
	need rpmbuild
	quietly make rpm
	rpm --query --list --package build-rpm/RPMS/*/shmtool-[0-9]*.rpm
}
