# SPDX-License-Identifier: GPL-2.0-or-later
# Which lines and branches the tests reach: see tests/coverage/coverage. Those that judge
# the sources, and not what the program does, are left out; and the one that makes calls fail,
# also those by which counts are written.
EXTRA_DIST += tests/coverage/coverage tests/coverage/hook.c tests/coverage/table.awk \
	tests/coverage/unexplained.awk tests/coverage/uncovered
COVERAGE_TESTS = $(filter-out tests/cli/build.bats tests/cli/layers.bats tests/fault/faults \
	$(lint_tests),$(TESTS))
.PHONY: coverage clean-coverage
if CAN_CHECK
coverage:
	@MAKE='$(MAKE)' '$(srcdir)/tests/coverage/coverage' '$(abs_srcdir)' '$(COVERAGE_TESTS)'
else
coverage: check
endif
clean-local: clean-coverage
clean-coverage:
	rm -rf build-coverage
