# SPDX-License-Identifier: GPL-2.0-or-later
# All tests once more, in a build of their own that sees what a test cannot.
EXTRA_DIST += tests/analyze/asan
.PHONY: check-asan clean-asan
# From a copy: a source tree that is configured itself can be configured for no other.
check-asan:
	+@$(MKDIR_P) build-asan && \
		$(MAKE) $(AM_MAKEFLAGS) -s distdir distdir=build-asan/source
	+@CC='$(CC)' MAKE='$(MAKE)' '$(srcdir)/tests/analyze/asan' build-asan
clean-asan:
	rm -rf build-asan
clean-local: clean-asan
