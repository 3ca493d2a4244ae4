# SPDX-License-Identifier: MIT
# How the tests run; included by the Makefile.

PROVE ?= prove --failures --timer -j$(shell nproc)
TEST_ENV = FORTNIGHT=$(abspath $B/bin/fortnight) FORTNIGHT_BOX=$(abspath $(BOX)) \
	HOSTILE=$(abspath $B/hostile) SOAK=$(abspath $B/soak) SOURCE=$(CURDIR)

# The attacks, each a small static program.
ATTACKS := $(patsubst tests/hostile/%.c,$B/hostile/%,$(sort $(wildcard tests/hostile/attack_*.c)))
$B/hostile/%: tests/hostile/%.c $(wildcard tests/hostile/*.h) $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) -D_GNU_SOURCE -std=gnu17 -Wall -Wextra -O1 -g -static -pthread $< -o $@

# What runs them: the tables of attempts, and the engine.
SUITE_OBJ := $(patsubst %.c,$B/%.o,$(sort $(wildcard tests/hostile/suite_*.c tests/hostile/table_*.c)))
$B/hostile/suite: $(SUITE_OBJ) $B/libfortnight.a
	@mkdir -p $(@D)
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@
-include $(SUITE_OBJ:.o=.d)

# Long runs.  Inside is static, like an attack; outside, the suite's look at the host.
SOAK_T := $(sort $(wildcard tests/soak/*.t))
SOAK_INSIDE := $B/soak/inside_load $B/soak/inside_calls
$B/soak/inside_load: tests/soak/inside_load.c
$B/soak/inside_calls: tests/soak/inside_calls.c tests/soak/calls_args.c tests/soak/calls_tables.c
$(SOAK_INSIDE): $(wildcard tests/soak/*.h tests/hostile/attack*.h) $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$@)$(CC) -D_GNU_SOURCE -std=gnu17 -Wall -Wextra -O1 -g -static -pthread $(filter %.c,$^) -o $@
SOAK := $(patsubst %,$B/soak/%,calls killed runs)
SOAK_OBJ := $B/tests/soak/pods.o $B/tests/soak/gauges.o \
	$(filter %/suite_host.o %/suite_kernel.o %/suite_lines.o %/suite_tap.o,$(SUITE_OBJ))
$(SOAK): $B/soak/%: $B/tests/soak/%.o $(SOAK_OBJ) $B/libfortnight.a
	@mkdir -p $(@D)
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@
-include $(SOAK:$B/soak/%=$B/tests/soak/%.d) $(SOAK_OBJ:.o=.d)

# Last, runs that start the other way (docs/decisions/0006).
check: $(UNIT) $(REPLAY) $(BIN) $(ATTACKS) $B/hostile/suite $(SOAK) $(SOAK_INSIDE)
	$(TEST_ENV) $(PROVE) -e '' $(UNIT) $(REPLAY) $(E2E) $(HOSTILE_T) $(SOAK_T)
	FORTNIGHT_START=fork $(TEST_ENV) $(PROVE) -e '' $(filter $B/tests/unit/test_sandbox_%,$(UNIT))
.PHONY: check

# Many runs in a row; random system calls inside.  SEED repeats what was printed.
RUNS ?= 10000
soak: $(BIN) $(SOAK) $(SOAK_INSIDE)
	SOAK_RUNS=$(RUNS) $(TEST_ENV) prove -v -e '' tests/soak/runs_root.t tests/soak/runs_user.t
fuzz-syscalls: $(BIN) $(SOAK) $(SOAK_INSIDE)
	SOAK_SECONDS=$(or $(SECONDS),600) SOAK_SEED=$(SEED) $(TEST_ENV) prove -v -j2 -e '' \
		tests/soak/calls_root.t tests/soak/calls_user.t
.PHONY: soak fuzz-syscalls

check-unit: $(UNIT) $(REPLAY) $(if $(filter sandbox,$(MODULES)),$(BOX))
	$(TEST_ENV) $(PROVE) -e '' $(UNIT) $(REPLAY)
.PHONY: check-unit

hostile: $(BIN) $(ATTACKS) $B/hostile/suite
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
		--exclude 'harness/sandbox/(box_|policy_compile|policy_page)' \
		--html-details build/cov/coverage.html --print-summary --fail-under-line $(COVERAGE_FLOOR)
.PHONY: coverage

# A fuzz target is linked twice: to libFuzzer, and to a plain main that runs it
# over its seeds, which is a test like any other.
FUZZ_SECONDS ?= 60
FUZZ ?= $(FUZZERS)
FUZZ_COMMON := $B/tests/fuzz/common.o $B/libfortnight.a
$(FUZZERS:%=$B/tests/fuzz/fuzz_%): %: %.o $(FUZZ_COMMON)
	$(call Q,LINK,$@)$(CC) -fsanitize=fuzzer $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@

$(REPLAY): $B/tests/fuzz/replay_%: $B/tests/fuzz/replay.o $B/tests/fuzz/fuzz_%.o $(FUZZ_COMMON)
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@

ifeq ($(BUILD),fuzz)
$(FUZZERS:%=fuzz-%): fuzz-%: $B/tests/fuzz/fuzz_%
	@mkdir -p $B/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=20 -rss_limit_mb=2048 \
		-artifact_prefix=$B/corpus/$*- $(addprefix -dict=,$(wildcard tests/fuzz/$*.dict)) \
		-print_final_stats=1 $B/corpus/$* tests/fuzz/seeds/$*
else
$(FUZZERS:%=fuzz-%):
	scripts/deps build fuzz
	$(MAKE) $@ BUILD=fuzz CC=clang CXX=clang++
endif
fuzz: $(FUZZ:%=fuzz-%)
.PHONY: fuzz $(FUZZERS:%=fuzz-%)

bench-score:
	scripts/deps build bench
	$(MAKE) all
	tests/bench/score $B/bin/fortnight
.PHONY: bench-score

# What starts things, and what it starts: static, so that an empty root can hold it.
BENCH := $B/bench/sandbox
$(BENCH)/spawn: $B/tests/bench/sandbox/spawn.o $B/libfortnight.a
	@mkdir -p $(@D)
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@
$(BENCH)/app/%: tests/bench/sandbox/%.c $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) -std=gnu17 -Wall -Wextra -O2 -static $(if $(filter bare,$*),-nostdlib) $< -o $@
-include $B/tests/bench/sandbox/spawn.d

bench-sandbox:
	scripts/deps build bench
	$(MAKE) all $(BENCH)/spawn $(patsubst %,$(BENCH)/app/%,true bare spin)
	tests/bench/sandbox/run $B
.PHONY: bench-sandbox

test-fresh:
	scripts/deps fresh
	tests/fresh/run
.PHONY: test-fresh

# The sandbox where there are control groups v2 alone, in emulated machines.
# KERNEL is a package of Debian's, e.g. linux-image-6.12-cloud-amd64.
KERNEL ?= linux-image-cloud-amd64
test-vm:
	scripts/deps build vm
	$(MAKE) all $(patsubst tests/unit/%.c,$B/tests/unit/%,$(wildcard tests/unit/test_sandbox_*.c))
	tests/vm/run $B $(KERNEL)
.PHONY: test-vm

# The attacks once more, with a proof for the machine where other sandboxes are
# attacked, and the runner in there.
PEERS_ATTACKS := $(ATTACKS:$B/hostile/%=$B/peers/attacks/%)
$B/peers/attacks/%: tests/hostile/%.c $(wildcard tests/hostile/*.h tests/hostile-peers/*.h) $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) -D_GNU_SOURCE -std=gnu17 -Wall -Wextra -O1 -g -static -pthread -include tests/hostile-peers/in_machine.h $< -o $@

PEERS_OBJ := $(patsubst %.c,$B/%.o,$(wildcard tests/hostile-peers/peers_*.c)) \
	$(filter %/suite_judge.o %/suite_host.o %/suite_kernel.o %/suite_lines.o %/suite_tables.o,$(SUITE_OBJ)) \
	$(filter $B/tests/hostile/table_%,$(SUITE_OBJ))
$B/peers/peers: $(PEERS_OBJ) $B/libfortnight.a
	@mkdir -p $(@D)
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@
-include $(PEERS_OBJ:.o=.d)

# PEERS="bwrap runc" are those alone; JOBS=2 are two machines at once.
hostile-peers:
	scripts/deps build peers
	$(MAKE) all $(PEERS_ATTACKS) $B/peers/peers
	tests/hostile-peers/run $B
.PHONY: hostile-peers
