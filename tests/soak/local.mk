# SPDX-License-Identifier: GPL-2.0-or-later
# A soak of all verbs, by many users at once: `make soak`, for SECONDS, with the choices of
# SEED. `make soak-selftest` shows that it finds what is broken. tests/soak/soak.h says more.
soak_programs = tests/soak/late.so tests/soak/soak
EXTRA_PROGRAMS += $(soak_programs)
EXTRA_DIST += tests/soak/common.bash tests/soak/selftest.bats tests/soak/soak.bats
tests_soak_soak_SOURCES = \
	tests/soak/build.c tests/soak/build.h tests/soak/child.c tests/soak/judge.c \
	tests/soak/look.c tests/soak/outcome.c tests/soak/probe.c tests/soak/quiet.c \
	tests/soak/run.c tests/soak/soak.c tests/soak/soak.h tests/soak/summary.c \
	tests/soak/sweep.c tests/soak/table.c tests/soak/tool.c tests/soak/tools.h \
	tests/soak/user.c tests/soak/work.c tests/soak/worker.c
tests_soak_late_so_SOURCES = tests/soak/late.c
tests_soak_late_so_CFLAGS = $(AM_CFLAGS) -fPIC
tests_soak_late_so_LDFLAGS = -shared
tests_soak_late_so_LDADD = -ldl
SEED =
.PHONY: soak soak-selftest
soak: shmtool$(EXEEXT) $(soak_programs)
	@$(in_private) '$(abs_builddir)/tests/soak/soak' seconds=$(SECONDS) seed=$(SEED)
soak-selftest:
	$(MAKE) check TESTS=tests/soak/selftest.bats
if CAN_CHECK
check_PROGRAMS += $(soak_programs)
TESTS += tests/soak/soak.bats
endif
