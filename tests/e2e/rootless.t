#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153,SC2317 # FORTNIGHT is from outside; as_user runs through run
#
# An ordinary user: refused without a control group, scores with one, and gets
# the same decided result as root.
set -u
here=$(cd "${0%/*}" && pwd)
# shellcheck source=../lib/tap.sh
. "$here/../lib/tap.sh"

if [ "$(id -u)" -ne 0 ]; then
	skip 'takes root, to make somebody else of it' 'scoring as an ordinary user'
	done_testing
fi

user=61789
as_user() {
	# In a build that counts coverage, that user's counts go where they may.
	GCOV_PREFIX=$TMP/theirs/counts "$here/../lib/become" "$user" "$@"
}

# Where that user can read: a checkout may be below a private directory.
chmod 755 "$TMP"
cp "$FORTNIGHT" "$FORTNIGHT_BOX" "$TMP/"
cp -r "$SOURCE/tests/bench/sums" "$TMP/"
mkdir "$TMP/tree"
printf '#!/bin/sh\nmkdir out && gcc -O1 -static -o out/run main.c\n' >"$TMP/tree/build.sh"
chmod 755 "$TMP/tree/build.sh"
cat >"$TMP/tree/main.c" <<'END'
#include <stdio.h>
int main(void)
{
	long n, a, sum = 0, max = -1000, run = 0, best = -1000;

	scanf("%ld", &n);
	while (n-- > 0 && scanf("%ld", &a) == 1) {
		sum += a;
		max = a > max ? a : max;
		run = run + a > a ? run + a : a;
		best = run > best && n != 5 ? run : best;
	}
	printf("%ld %ld %ld\n", sum, max, best);
}
END
unset FORTNIGHT_BOX
fortnight=$TMP/${FORTNIGHT##*/}
mkdir "$TMP/theirs"
chown "$user" "$TMP/theirs"

"$fortnight" doctor --undelegate "$user" 2>/dev/null
run as_user "$fortnight" score -q -o "$TMP/theirs" "$TMP/sums" "$TMP/tree"
is "$status $(echo "$err" | grep -c -e "--delegate $user")" '5 1' 'without a control group it is refused, with the cure'

run "$fortnight" doctor --delegate "$user"
is "$status" 0 'root gives one'
run as_user "$fortnight" doctor
is "$status" 0 'every layer is on'
is "$(echo "$out" | tail -1)" 'Scoring is safe on this host.' 'and doctor says so'

run as_user "$fortnight" score -q -o "$TMP/theirs" "$TMP/sums" "$TMP/tree"
is "$status $err" '0 ' 'a tree is scored'

# shellcheck disable=SC2016 # the inner shell expands it
limited() {
	as_user sh -c 'ulimit "$1" "$2" && shift 2 && exec "$@"' sh "$@"
}
run limited -f 4096 "$fortnight" score -q -o "$TMP/theirs" "$TMP/sums" "$TMP/tree"
is "$status $(echo "$err" | grep -c 'RLIMIT_FSIZE is .*ulimit -Hf unlimited')" '5 1' 'a hard limit on files is refused, with the cure'
run limited -s 2048 "$fortnight" doctor
is "$status $(echo "$out" | grep -c 'MISSING .*RLIMIT_STACK is 2097152')" '1 1' 'doctor names a small stack'
is "$(echo "$out" | grep -c 'cure: .*ulimit -Hs unlimited')" 1 'and its cure'
run limited -Ss 64 "$fortnight" doctor
is "$status $(echo "$out" | tail -n 1)" '0 Scoring is safe on this host.' 'a small stack is made larger where the hard limit permits'
run limited -Ss 64 "$fortnight" score -q -o "$TMP/theirs" "$TMP/sums" "$TMP/tree"
is "$status $err" '0 ' 'also to score'
run limited -s 64 "$fortnight" score -q -o "$TMP/theirs" "$TMP/sums" "$TMP/tree"
is "$status $(echo "$err" | grep -c 'RLIMIT_STACK is 65536')" '5 1' 'and else it is refused'

run "$fortnight" score -q -o "$TMP/ours" "$TMP/sums" "$TMP/tree"
is "$(cat "$TMP/theirs/score.json")" "$(cat "$TMP/ours/score.json")" 'score.json is the same as by root'
is "$(grep -c '"verdict": "passed"' "$TMP/ours/score.json" | grep -cx '[1-9][0-9]')" 1 'and not empty'

run "$fortnight" doctor --undelegate "$user"
is "$status" 0 'root takes it back, and nothing is left in it'

done_testing
