# SPDX-License-Identifier: GPL-2.0-or-later
# Packages, from what `make dist` makes. The tests are left out, as `make check` has run them.
#
# debian/ is no part of the tarball: Debian, and who derives from it, has a debian/ of its own,
# which takes the place of any that a tarball has, and is changed without a new one.
# The spec is: rpmbuild -ta looks for it there.
EXTRA_DIST += contrib/rpm/shmtool.spec \
	tests/packages/build tests/packages/common.sh tests/packages/deb \
	tests/packages/packages.bats
nocheck = nocheck
# What is said to this make is not for those that build packages.
in_package = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL
.PHONY: deb rpm check-packages clean-packages
deb:
	@[ -d '$(srcdir)/debian' ] || { \
		echo 'make deb needs debian/, which only the repository has' >&2; false; }
	rm -rf build-deb
	$(MKDIR_P) build-deb
	$(MAKE) $(AM_MAKEFLAGS) dist-xz
	cp $(distdir).tar.xz build-deb/$(PACKAGE)_$(VERSION).orig.tar.xz
	tar -C build-deb -xJf $(distdir).tar.xz
	cp -R '$(srcdir)/debian' build-deb/$(distdir)
	cd build-deb/$(distdir) && \
		DEB_BUILD_OPTIONS='$(nocheck)' DEB_BUILD_PROFILES='$(nocheck)' \
		$(in_package) dpkg-buildpackage -us -uc
# Also with the rpm of a system whose own packages have other names.
rpm:
	$(MAKE) $(AM_MAKEFLAGS) dist-xz
	$(in_package) rpmbuild -bb --nodeps $(if $(nocheck),--nocheck) \
		--define '_topdir $(abs_builddir)/build-rpm' \
		--define '_sourcedir $(abs_builddir)' '$(srcdir)/contrib/rpm/shmtool.spec'
# None of the programs for other tests is needed here: the tarball makes its own.
check-packages:
	$(MAKE) check check_PROGRAMS= TESTS=tests/packages/packages.bats
clean-local: clean-packages
clean-packages:
	rm -rf build-deb build-rpm
