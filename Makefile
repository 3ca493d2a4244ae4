# SPDX-License-Identifier: MIT
#
#   make demo               install what is missing, build, score two submissions
#   make test               install what is missing, build, run every test
#   make                    build/release/bin/fortnight
#   make check              unit, end-to-end and hostile tests, under prove
#   make check BUILD=asan   the same with AddressSanitizer and UBSan
#   make lint               format, layers, limits, headers, tidy, cppcheck, shellcheck
#   make coverage           build/cov/coverage.html, and the floor
#   make fuzz               run every fuzz target (FUZZ_SECONDS=60, FUZZ="archive case")
#   make soak               10 000 runs in a row leave nothing (RUNS=500)
#   make fuzz-syscalls      random system calls inside, for ten minutes (SECONDS=60)
#   make hostile            the table of attacks and how each one ended
#   make oracles            unpack the packs' oracles into build/oracles
#   make toolchains         install the compilers that the toolchain tests use
#   make task-check         prove both packs with their oracles
#   make bench-score        scoring against parallel + bubblewrap + shell
#   make bench-sandbox      the price of a run against posix_spawn, bubblewrap, firejail
#   make test-fresh         demo and test in a bare Debian
#   make test-vm            the sandbox with control groups v2, in emulated machines
#   make hostile-peers      the attacks under other sandboxes, in emulated machines
#   make install DESTDIR=stage PREFIX=/usr
#
# BUILD is release, debug, asan, tsan, cov or fuzz; each has its own folder.
# MODULES="base tree" builds and checks these modules alone.
# CC, CFLAGS and LDFLAGS are yours: they are added after the project's own.

BUILD  ?= release
B      := build/$(BUILD)
CFLAGS ?= -g

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/fortnight
DATADIR    ?= $(PREFIX)/share/fortnight
MANDIR     ?= $(PREFIX)/share/man
INSTALL    ?= install

# A program, its main file, and the only libraries it may link.  The box is
# made of its own files and libc: reaching for JSON there does not link.
PROGRAMS := fortnight

MAIN_fortnight := harness/cli/main.c
PKGS_fortnight := jansson libarchive libsodium libxml-2.0 smartcols

PKGS := $(sort $(foreach p,$(PROGRAMS),$(PKGS_$p)))

# What is there at all may be what `make deps` is about to install.
SETUP := help deps toolchains demo test test-fresh test-vm hostile-peers lint coverage bench-score bench-sandbox clean oracles
NEEDS_PKGS := $(filter-out $(SETUP),$(or $(MAKECMDGOALS),all))
pkg = $(if $(NEEDS_PKGS),$(shell pkg-config $(1)))

# ---- flags ------------------------------------------------------------------

# try(flag): the flag, if this compiler knows it.
try = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Walloca -Wformat=2 -Wdate-time \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wdouble-promotion \
	-Wconversion -Wno-sign-conversion -Wswitch-enum -Wnull-dereference \
	-Wimplicit-fallthrough -Werror=implicit-function-declaration \
	-Werror=incompatible-pointer-types -Werror=int-conversion \
	-Werror=return-type -Werror=format-security \
	-Werror=deprecated-declarations
WARN += $(foreach f,-Wlogical-op -Wduplicated-cond -Wduplicated-branches \
	-Wjump-misses-init -Wtrampolines -Wcomma -Wunreachable-code,$(call try,$f))
ifdef WERROR
WARN += -Werror
endif
CXXWARN := -Wall -Wextra -Wshadow

HARDEN := -fno-common -fno-delete-null-pointer-checks -fno-strict-aliasing \
	-fstack-protector-strong $(foreach f,-fstack-clash-protection \
	-fcf-protection=full -ftrivial-auto-var-init=zero \
	-fstrict-flex-arrays=3,$(call try,$f))
CXXHARDEN := -fstack-protector-strong

MODE_release := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE
LINK_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
MODE_debug   := -Og
MODE_asan    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow \
		-fno-sanitize-recover=undefined,float-cast-overflow
LINK_asan    := -fsanitize=address,undefined
MODE_tsan    := -O1 -fsanitize=thread
LINK_tsan    := -fsanitize=thread
MODE_cov     := -O0 --coverage
LINK_cov     := --coverage
MODE_fuzz    := -O1 -fno-omit-frame-pointer \
		-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow \
		-fno-sanitize-recover=undefined,float-cast-overflow
LINK_fuzz    := -fsanitize=address,undefined -fsanitize-link-c++-runtime

ifndef MODE_$(BUILD)
$(error BUILD=$(BUILD) is not one of release, debug, asan, tsan, cov, fuzz)
endif

LIBEXEC_DEFINE := -DFORTNIGHT_LIBEXECDIR='"$(LIBEXECDIR)"' -DFORTNIGHT_DATADIR='"$(DATADIR)"'
ALL_CPPFLAGS := -D_GNU_SOURCE -Iinclude $(call pkg,--cflags $(PKGS)) $(LIBEXEC_DEFINE) $(CPPFLAGS)
ALL_CFLAGS   := -std=gnu17 -pthread $(WARN) $(HARDEN) $(MODE_$(BUILD)) $(CFLAGS)
ALL_CXXFLAGS := -std=c++17 $(CXXWARN) $(CXXHARDEN) $(MODE_$(BUILD)) $(CXXFLAGS)
ALL_LDFLAGS  := -pthread $(LINK_$(BUILD)) $(LDFLAGS)
ALL_LDLIBS   := $(call pkg,--libs $(PKGS)) -lstdc++ -lm $(LDLIBS)

# The box runs where no sanitizer or coverage run-time does, so it is always
# built as it is shipped; static, so that an empty root can hold it.
BOX_CFLAGS  = -std=gnu17 $(WARN) $(HARDEN) -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 $(CFLAGS)
BOX_LDFLAGS = -static -Wl,-z,relro,-z,now,-z,noexecstack

# ---- what there is ----------------------------------------------------------

MODULES  ?= $(sort $(notdir $(wildcard harness/*)))
SRC      := $(sort $(foreach m,$(MODULES),$(wildcard harness/$m/*.c)))
CXXSRC   := $(sort $(foreach m,$(MODULES),$(wildcard harness/$m/*.cc)))
HDR      := $(sort $(wildcard include/fortnight/*.h harness/*/*.h tests/lib/*.h))
BOX_SRC  := $(sort $(wildcard harness/sandbox/box_*.c))
POLICY_SRC := $(sort $(wildcard harness/sandbox/policy*.c))
POLICY_TOOL := harness/sandbox/policy_compile.c
MAINS    := $(foreach p,$(PROGRAMS),$(MAIN_$p)) $(filter-out %/box_wire.c,$(BOX_SRC)) $(POLICY_TOOL)
LIB_OBJ  := $(patsubst %.c,$B/%.o,$(filter-out $(MAINS),$(SRC))) $(CXXSRC:%.cc=$B/%.o) \
	$(if $(filter sandbox,$(MODULES)),$B/gen/policy_blob.o)
BOX      := $B/bin/fortnight-box
BIN      := $(PROGRAMS:%=$B/bin/%) $(BOX)
UNIT     := $(patsubst %.c,$B/%,$(sort $(foreach m,$(MODULES),$(wildcard tests/unit/test_$m.c tests/unit/test_$m_*.c))))
FUZZERS  := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
REPLAY   := $(if $(filter-out $(MODULES),$(notdir $(wildcard harness/*))),,$(FUZZERS:%=$B/tests/fuzz/replay_%))
E2E      := $(sort $(wildcard tests/e2e/*.t))
HOSTILE_T := $(sort $(wildcard tests/hostile/*.t))

all: $(BIN)
.PHONY: all

# Rebuild when the flags change: the stamp's text is the command line.
FLAGS := $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_CXXFLAGS) $(ALL_LDFLAGS) $(ALL_LDLIBS)
$B/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || printf '%s\n' '$(FLAGS)' >$@
.PHONY: FORCE
FORCE:

V ?= 0
ifeq ($V,0)
Q = @printf '  %-7s %s\n' $(1) $(2);
endif

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$B/%.o: %.cc $B/flags
	@mkdir -p $(@D)
	$(call Q,CXX,$<)$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c $< -o $@

$B/tests/%.o: ALL_CPPFLAGS += -Itests/lib

$B/libfortnight.a: $(LIB_OBJ)
	$(call Q,AR,$@)rm -f $@ && $(AR) rcs $@ $^

define program_rule
$B/bin/$(1): $B/$(MAIN_$(1):.c=.o) $B/libfortnight.a
	@mkdir -p $$(@D)
	$$(call Q,LINK,$$@)$$(CC) $$(ALL_LDFLAGS) $$^ $(call pkg,--libs $(PKGS_$(1))) -lstdc++ -lm $$(LDLIBS) -o $$@
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$p)))

$B/box/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) -D_GNU_SOURCE -Iinclude $(BOX_CFLAGS) -MMD -MP -c $< -o $@

$(BOX): $(BOX_SRC:%.c=$B/box/%.o)
	@mkdir -p $(@D)
	$(call Q,LINK,$@)$(CC) $(BOX_LDFLAGS) $^ -o $@

# The seccomp filters are compiled here, once, from the one policy table.
$B/gen/policy-compile: $(POLICY_SRC) harness/sandbox/policy.h include/fortnight/sandbox.h $B/flags
	@mkdir -p $(@D)
	$(call Q,CC,$@)$(CC) -D_GNU_SOURCE -Iinclude -std=gnu17 $(WARN) -O1 -g $(filter %.c,$^) -o $@

$B/gen/policy_blob.c: $B/gen/policy-compile
	$(call Q,FILTER,$@)$< >$@

$B/gen/policy_blob.o: $B/gen/policy_blob.c $B/flags
	$(call Q,CC,$<)$(CC) $(ALL_CPPFLAGS) -Iharness/sandbox $(ALL_CFLAGS) -c $< -o $@

# The compiler does not tell what .incbin reads.
$B/harness/task/template.o: $(shell find harness/task/template -type f)

$(UNIT): %: %.o $B/libfortnight.a
	$(call Q,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ $(ALL_LDLIBS) -o $@

-include $(SRC:%.c=$B/%.d) $(CXXSRC:%.cc=$B/%.d) $(UNIT:%=%.d) $(BOX_SRC:%.c=$B/box/%.d) \
	$(patsubst tests/fuzz/%.c,$B/tests/fuzz/%.d,$(wildcard tests/fuzz/*.c))
.SECONDARY:
.DELETE_ON_ERROR:

include tests/tests.mk
include tests/lint/lint.mk

# ---- set-up -----------------------------------------------------------------

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile
.PHONY: help

deps:
	scripts/deps
.PHONY: deps

# Not part of deps: the tests of those that are absent are skipped.
toolchains:
	scripts/deps build toolchains
.PHONY: toolchains

oracles:
	scripts/oracles
.PHONY: oracles

demo: deps
	$(MAKE) all
	scripts/demo $B/bin/fortnight
.PHONY: demo

test: deps oracles
	$(MAKE) check
.PHONY: test

# ---- install ----------------------------------------------------------------

install: $(BIN)
	$(INSTALL) -D -m 755 $B/bin/fortnight $(DESTDIR)$(BINDIR)/fortnight
	$(INSTALL) -D -m 755 $(BOX) $(DESTDIR)$(LIBEXECDIR)/fortnight-box
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/tasks
	cp -R --no-preserve=ownership tasks/. $(DESTDIR)$(DATADIR)/tasks/
	for page in $(wildcard docs/man/*.[1-8]); do \
		section=$${page##*.}; \
		$(INSTALL) -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$$section/$${page##*/}; done
.PHONY: install

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/fortnight
	for page in $(notdir $(wildcard docs/man/*.[1-8])); do \
		rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page; done
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR)
.PHONY: uninstall

clean:
	rm -rf build compile_commands.json
.PHONY: clean
