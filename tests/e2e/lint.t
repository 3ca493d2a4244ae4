#!/bin/sh
# SPDX-License-Identifier: MIT
# The linter's own checks catch what they are there for, and nothing else.
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

lines() { yes "${2-	x();}" | head -n "$1"; }
licence='SPDX-License-Identifier: MIT'

tree=$TMP/tree
mkdir -p "$tree/tests/lint" "$tree/harness/one" "$tree/docs"
cp "$SOURCE"/tests/lint/limits "$SOURCE"/tests/lint/layers "$SOURCE"/tests/lint/docs "$tree/tests/lint/"
git -C "$tree" init -q
cd "$tree" || exit 1

# function LANGUAGE LINES: a file's text
c_function() {
	echo "/* $licence */"
	printf 'int f(void)\n{\n'
	lines "$1"
	echo '}'
}
python_function() {
	printf '#!/usr/bin/env python3\n# %s\n\n\ndef f(\n    a,\n):\n' "$licence"
	lines "$1" '    x()'
	printf '\n\nf()\n'
}
shell_function() {
	printf '#!/bin/sh\n# %s\nf() {\n' "$licence"
	lines "$1"
	echo '}'
}

run tests/lint/limits
is "$status" 0 'a tree with nothing wrong passes'

c_function 60 >a.c
python_function 58 >a.py
shell_function 60 >a.sh
run tests/lint/limits
is "$out" '' 'functions of sixty lines pass, in C, Python and shell'

c_function 61 >a.c
python_function 59 >b
shell_function 61 >a.sh
run tests/lint/limits
is "$status" 1 'functions of sixty-one lines fail'
is "$out" 'a.c:3: function of 61 lines: int f(void)
a.sh:3: function of 61 lines: f() {
b:5: function of 61 lines: def f(' 'each is named with its line'
rm a.c a.py a.sh b

{ echo "# $licence"; lines 600 ''; } >long.md
run tests/lint/limits
is "$out" 'long.md:601: more than 600 lines' 'a file of 601 lines fails'
rm long.md

echo 'nothing' >free.txt
run tests/lint/limits
is "$out" 'free.txt:1: no SPDX-License-Identifier in the first five lines' 'a file without a licence fails'
rm free.txt

mkdir hidden
lines 700 '{}' >hidden/area.jsonl
run tests/lint/limits
is "$out" '' 'a suite is data, of any length and without a licence'

echo 'one: base' >layers.conf
printf '#include "fortnight/buf.h"\n#include "fortnight/one.h"\n#include "fortnight/two.h"\n' >harness/one/a.c
run tests/lint/layers layers.conf
is "$out" 'harness/one/a.c:3: one may not use two' 'a module is refused what its line does not allow'
printf '#include "fortnight/buf.h"\n#include "../two/b.h"\n' >harness/one/a.c
run tests/lint/layers layers.conf
is "$status" 1 'a module may not reach into the folder of another'

# shellcheck disable=SC2016 # backticks of Markdown
printf '[there](../README.md) [gone](gone.md) `tests/lint/docs` `tests/lint/gone` `tests/NAME`\n' >docs/page.md
echo '# x' >README.md
run tests/lint/docs
is "$out" 'docs/page.md:1: gone.md is not there
docs/page.md:1: tests/lint/gone is not there' 'a document that names what is not there fails'

run "$SOURCE/scripts/deps" --list lint
is "$(echo "$out" | grep -cx shellcheck)" 1 'deps lists a group'
run "$SOURCE/scripts/deps" nothing
is "$err" "scripts/deps: no group 'nothing' (build, toolchains, lint, fuzz, cov, bench, fresh, vm, peers)" 'deps names the groups that there are'

done_testing
