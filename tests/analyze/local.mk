# SPDX-License-Identifier: GPL-2.0-or-later
# What tests alone do not see: `make analyze` looks at the sources, and check-asan runs all
# tests in a build of its own.
EXTRA_DIST += tests/analyze/analyze.bats tests/analyze/common.bash tests/analyze/lint.bats \
	tests/analyze/asan tests/analyze/valgrind.bats \
	.clang-tidy tests/.clang-tidy
if CAN_CHECK
lint_tests = tests/analyze/lint.bats
TESTS += $(lint_tests)
endif
.PHONY: analyze check-asan check-valgrind clean-asan
analyze:
	$(MAKE) check TESTS='tests/analyze/lint.bats tests/analyze/analyze.bats'
# From a copy: a source tree that is configured itself can be configured for no other.
check-asan:
	+@$(MKDIR_P) build-asan && \
		$(MAKE) $(AM_MAKEFLAGS) -s distdir distdir=build-asan/source && \
		ln -s '$(abs_srcdir)/programs' build-asan/source/programs
	+@CC='$(CC)' MAKE='$(MAKE)' '$(srcdir)/tests/analyze/asan' build-asan
check-valgrind:
	$(MAKE) check TESTS=tests/analyze/valgrind.bats
clean-asan:
	rm -rf build-asan
clean-local: clean-asan
