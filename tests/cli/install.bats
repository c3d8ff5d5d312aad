# SPDX-License-Identifier: GPL-2.0-or-later
# What `make install` puts where, below a DESTDIR, and that `make uninstall` takes it away.
load common

# As in the Makefile of the program under test, but with directories that are known here,
# whatever it was configured with. Not with the flags of the make that runs the tests.
make_known() {
	local share=/usr/share
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "${SHMTOOL%/*}" \
		DESTDIR="$BATS_TEST_TMPDIR/root" \
		bindir=/usr/bin datadir=$share mandir=$share/man \
		bashcompletiondir=$share/bash-completion/completions \
		fishcompletiondir=$share/fish/vendor_completions.d \
		zshcompletiondir=$share/zsh/site-functions \
		systemdsystemunitdir=/usr/lib/systemd/system "$@"
}

need_makefile() {
	[ -e "${SHMTOOL%/*}/Makefile" ] || skip "the program is not where it was built"
}

# Everything in the DESTDIR that is no directory.
installed() {
	(cd "$BATS_TEST_TMPDIR/root" && find . ! -type d | LC_ALL=C sort)
}

expected() {
	local page
	LC_ALL=C sort <<-END
		./usr/bin/shmtool
		./usr/lib/systemd/system/shmtool-gc.service
		./usr/lib/systemd/system/shmtool-gc.timer
		./usr/share/bash-completion/completions/shmtool
		./usr/share/fish/vendor_completions.d/shmtool.fish
		./usr/share/shmtool/gc.conf
		./usr/share/zsh/site-functions/_shmtool
		$(for page in "$SHMTOOL_SRCDIR"/man/*.[1-8]; do
			echo "./usr/share/man/man${page##*.}/${page##*/}"
		done)
		./usr/share/man/man8/shmtool-gc.timer.8
	END
}

@test "make install installs what belongs to it, and make uninstall leaves no file" {
	need_makefile
	make_known install
	diff <(expected) <(installed)
	[ -x "$BATS_TEST_TMPDIR/root/usr/bin/shmtool" ]
	make_known uninstall
	[ -z "$(installed)" ]
}

@test "the pages that the units name are installed" {
	need_makefile
	make_known install
	cd "$BATS_TEST_TMPDIR/root/usr"
	named=$(grep -ho 'man:[^ ]*' lib/systemd/system/shmtool-gc.*)
	[ "$(wc -l <<<"$named")" -ge 4 ]
	while IFS=:'()' read -r _ page section; do
		[ -e "share/man/man$section/$page.$section" ]
	done <<<"$named"
}

@test "nothing is installed for a program whose directory is none" {
	need_makefile
	local none=(bashcompletiondir= fishcompletiondir= zshcompletiondir= systemdsystemunitdir=)
	make_known install "${none[@]}"
	diff <(expected | grep -vE 'bash-completion|fish|zsh|systemd') <(installed)
	[ ! -e "$BATS_TEST_TMPDIR/root/usr/lib" ]
	make_known uninstall "${none[@]}"
	[ -z "$(installed)" ]
}
