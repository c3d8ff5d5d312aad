# SPDX-License-Identifier: GPL-2.0-or-later
# What anybody can feed the parsers with: `make check` replays the corpora, and `make fuzz`
# looks for more, for SECONDS each, by clang's libFuzzer.
fuzz_sources = tests/fuzz/fuzz.c tests/fuzz/fuzz.h \
	tests/fuzz/fuzz-config.c tests/fuzz/fuzz-escape.c tests/fuzz/fuzz-maps.c \
	tests/fuzz/fuzz-number.c tests/fuzz/fuzz-procfs.c tests/fuzz/fuzz-record.c \
	tests/fuzz/fuzz-selection.c tests/fuzz/fuzz-stat.c
# All of the program but main().
fuzz_program = $(filter-out src/main.$(OBJEXT),$(shmtool_OBJECTS)) src/lib/libsegment.a
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c $(fuzz_sources)
tests_fuzz_replay_LDADD = $(fuzz_program) $(SMARTCOLS_LIBS) $(CAPNG_LIBS) $(INIH_LIBS)
tests_fuzz_replay_DEPENDENCIES = $(fuzz_program)
EXTRA_PROGRAMS += tests/fuzz/replay
EXTRA_DIST += tests/fuzz/run tests/fuzz/fuzz-main.c tests/fuzz/words tests/fuzz/corpus
if CAN_CHECK
check_PROGRAMS += tests/fuzz/replay
TESTS += tests/fuzz/replay
endif
.PHONY: fuzz
fuzz: src/gc-conf.h
	SECONDS_EACH='$(SECONDS)' SOURCE='$(srcdir)' '$(srcdir)/tests/fuzz/run' $(TARGETS)
clean-local: clean-fuzz
clean-fuzz:
	rm -rf tests/fuzz/objects tests/fuzz/found
