# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever fails: `make check` tries a part of the points, `make faults` all of them.
fault_programs = tests/fault/fault tests/fault/nomem.so
tests_fault_fault_SOURCES = tests/fault/fault.c \
	tests/fault/calls.c tests/fault/calls.h \
	tests/fault/trace.c tests/fault/trace.h \
	tests/fault/world.c tests/fault/world.h
tests_fault_nomem_so_SOURCES = tests/fault/nomem.c
tests_fault_nomem_so_CFLAGS = $(AM_CFLAGS) -fPIC
tests_fault_nomem_so_LDFLAGS = -shared
tests_fault_nomem_so_LDADD = -ldl
EXTRA_PROGRAMS += $(fault_programs)
EXTRA_DIST += tests/fault/faults
.PHONY: faults
if CAN_CHECK
check_PROGRAMS += $(fault_programs)
TESTS += tests/fault/faults
faults:
	STEP=1 $(MAKE) check TESTS=tests/fault/faults
else
faults: check
endif
