# SPDX-License-Identifier: MIT
# How the tests run; included by the Makefile.

PROVE ?= prove --failures --timer -j$(shell nproc)
TEST_ENV = FORTNIGHT=$(abspath $B/bin/fortnight) FORTNIGHT_BOX=$(abspath $(BOX)) \
	HOSTILE=$(abspath $B/hostile) SOURCE=$(CURDIR)

# The attacks, each a small static program.
ATTACKS := $(patsubst tests/hostile/%.c,$B/hostile/%,$(sort $(wildcard tests/hostile/attack_*.c)))
$B/hostile/%: tests/hostile/%.c $(wildcard tests/hostile/*.h) $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) -D_GNU_SOURCE -std=gnu17 -Wall -Wextra -O1 -g -static -pthread $< -o $@

check: $(UNIT) $(BIN) $(ATTACKS)
	$(TEST_ENV) $(PROVE) -e '' $(UNIT) $(E2E) $(HOSTILE_T)
.PHONY: check

check-unit: $(UNIT)
	$(TEST_ENV) $(PROVE) -e '' $(UNIT)
.PHONY: check-unit

hostile: $(BIN) $(ATTACKS) $(filter $B/tests/unit/test_hostile%,$(UNIT))
	$(TEST_ENV) prove -v -e '' $(HOSTILE_T)
.PHONY: hostile

task-check: all oracles
	for pack in tasks/*/; do $B/bin/fortnight task check $$pack || exit 1; done
.PHONY: task-check

# The least share of lines that the tests must reach.  The box is left out:
# coverage counters cannot be written from inside it; the hostile suite covers it.
COVERAGE_FLOOR := 85
coverage:
	scripts/deps build cov
	rm -rf build/cov
	$(MAKE) check BUILD=cov
	gcovr -r . --object-directory build/cov -f harness/ --exclude-unreachable-branches \
		--exclude 'harness/sandbox/(box_|policy_compile)' \
		--html-details build/cov/coverage.html --print-summary --fail-under-line $(COVERAGE_FLOOR)
.PHONY: coverage

FUZZ_SECONDS ?= 60
build/fuzz/tests/fuzz/fuzz_%: build/fuzz/tests/fuzz/fuzz_%.o build/fuzz/libfortnight.a
	$(call Q,LINK,$@)$(CC) -fsanitize=fuzzer $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@

ifeq ($(BUILD),fuzz)
$(FUZZ): fuzz-%: build/fuzz/tests/fuzz/fuzz_%
	@mkdir -p build/fuzz/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=20 build/fuzz/corpus/$* tests/fuzz/seeds/$*
else
$(FUZZ):
	scripts/deps build fuzz
	$(MAKE) $@ BUILD=fuzz CC=clang CXX=clang++
endif
.PHONY: $(FUZZ)

bench-score:
	scripts/deps build bench
	$(MAKE) all
	tests/bench/score $B/bin/fortnight
.PHONY: bench-score

test-fresh:
	scripts/deps fresh
	tests/fresh/run
.PHONY: test-fresh
