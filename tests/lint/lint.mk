# SPDX-License-Identifier: MIT
# The rules of the house, checked by programs; included by the Makefile.

LINT := lint-format lint-layers lint-limits lint-headers lint-tidy lint-cppcheck lint-shell lint-man lint-docs lint-policy
lint:
	scripts/deps build lint
	@$(MAKE) --no-print-directory lint-all
lint-all: $(LINT)
.PHONY: lint lint-all $(LINT)

# Code outside harness/: our tests, and the programs of the packs' authors.
OTHER_C := $(wildcard tests/*/*.[ch] tasks/*/drivers/*/*.[ch] tasks/*/checkers/*/*.[ch])

lint-format:
	clang-format --dry-run -Werror $(sort $(SRC) $(HDR) $(OTHER_C))

lint-layers:
	tests/lint/layers tests/lint/layers.conf

lint-limits:
	tests/lint/limits

lint-headers: $(HDR:%=$B/%.ok)
$B/%.h.ok: %.h
	@mkdir -p $(@D)
	$(call Q,HEADER,$<)printf '#include "fortnight/base.h"\n#include "%s"\n' '$(abspath $<)' | \
		$(CC) $(ALL_CPPFLAGS) -Itests/lib -std=gnu17 $(WARN) -Wno-unused-function -Wno-unused-variable -Werror -fsyntax-only -x c - && touch $@

# One file a run: clang-tidy 14 sees false va_list errors in the second.
# A file that passed is not read again until it or a header changes.
lint-tidy: $B/compile_commands.json
	@$(MAKE) --no-print-directory -j$(shell nproc) $(SRC:%=$B/tidy/%.ok)
$B/tidy/%.ok: % $(HDR) .clang-tidy
	@mkdir -p $(@D)
	$(call Q,TIDY,$<)clang-tidy --quiet -p $B $< 2>$@.err || { cat $@.err; exit 1; }; touch $@

lint-cppcheck: $B/compile_commands.json
	cppcheck --quiet --project=$< --std=c11 --enable=warning,portability,performance \
		--inline-suppr --suppress=missingIncludeSystem --suppress=memleak --suppress=resourceLeak --error-exitcode=1 --cppcheck-build-dir=$(shell mkdir -p $B/cppcheck; echo $B/cppcheck)

# Whatever begins with "#!/bin/sh" or bash, wherever it is.
lint-shell:
	git ls-files -co --exclude-standard -z | \
		xargs -0 awk 'FNR == 1 && /^#!\/bin\/(ba)?sh/ { print FILENAME } { nextfile }' | \
		xargs -d '\n' shellcheck -x -P SCRIPTDIR tests/lib/tap.sh

lint-man:
	for page in $(wildcard docs/man/*.[1-8]); do mandoc -T lint -W warning $$page || exit 1; done

lint-docs:
	tests/lint/docs

lint-policy: $B/gen/policy-compile
	tests/lint/policy $<

lint-analyzer:
	$(MAKE) all BUILD=debug CC=gcc CFLAGS='-g -fanalyzer' WERROR=1 B=build/analyzer
.PHONY: lint-analyzer

# The quotes of -DNAME='"text"', for a shell command inside a JSON string.
JSON_CPPFLAGS = $(subst ",\\\",$(subst ',,$(ALL_CPPFLAGS)))

# Written anew each time, touched only when it would differ.
$B/compile_commands.json: FORCE
	@mkdir -p $(@D)
	@{ printf '['; sep=; for f in $(SRC); do \
		printf '%s\n{"directory": "%s", "file": "%s", "command": "%s"}' "$$sep" \
			'$(CURDIR)' "$$f" 'clang $(JSON_CPPFLAGS) -std=gnu17 -c '"$$f"; \
		sep=,; done; printf '\n]\n'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
