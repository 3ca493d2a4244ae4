#!/bin/sh
# SPDX-License-Identifier: MIT
# fortnight task check, on a pack that is sound and on ones that are not.
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib/tap.sh
. ../lib/tap.sh
# shellcheck source=../data/score/pack.sh
. ../data/score/pack.sh

SOUND=$TMP/sound
make_sound_pack "$SOUND"
FORTNIGHT_ORACLES=$TMP/oracles
export FORTNIGHT_ORACLES

# broken NAME: a copy of the sound pack, sealed as it is
broken() {
	rm -rf "$TMP/bad"
	mkdir "$TMP/bad"
	cp -r "$SOUND" "$TMP/bad/sound"
}

# submission PATH SCORE-RANGE [LINE...]: one more in the broken pack
submission() {
	path=$1 range=$2
	shift 2
	printf '\n[[submission]]\npath = "%s"\nscore = [%s]\n' "$path" "$range" >>"$TMP/bad/sound/submissions/submissions.toml"
	[ "$#" -eq 0 ] || printf '%s\n' "$@" >>"$TMP/bad/sound/submissions/submissions.toml"
}

check() {
	run "$FORTNIGHT" task check "$TMP/bad/sound" --quick
}

# said PATTERN: how many lines of the screen match
said() {
	printf '%s\n' "$out" | grep -c -- "$1"
}

run "$FORTNIGHT" task check "$SOUND" --repeats 3 --loaded 1
is "$status $err" '0 ' 'a sound pack passes'
is "$(printf '%s\n' "$out" | tail -1)" 'RESULT pass' 'and the screen says so'
is "$(said '^reference reference  100.00 x3 (1 loaded)  flaky 0')" 1 'with the reference at 100 in every repeat'
is "$(said '^spec      2/2 statements covered')" 1 'and every statement covered'
is "$(grep -c '"a8-10": [0-9]' "$SOUND/calibration.json")" 1 'its speed is sealed'
sed -n '/"speed"/,/loop_ns/p' "$SOUND/calibration.json" >"$TMP/speed"
digest=$(printf '%s\n' "$out" | sed -n 's/.* digest \([0-9a-f]*\) .*/\1/p')

run "$FORTNIGHT" task check "$SOUND" --quick
is "$(said "digest $digest ")" 1 'checking again keeps the digest'
is "$(sed -n '/"speed"/,/loop_ns/p' "$SOUND/calibration.json" | cmp - "$TMP/speed" && echo same)" same \
	'and the references'
is "$(said 'not a proof')" 1 'a quick check says that it proves nothing'

broken
BEFORE='' make_tree "$TMP/bad/sound/submissions/cheat/all"
submission cheat/all '0, 100'
check
is "$status $(said 'G10 cheat/all scores 88.00, at most 1.00')" '1 1' 'a cheat that pays is a breach'

broken
BEFORE='unsigned char r; getentropy(&r, 1); if (r & 1) n++;' make_tree "$TMP/bad/sound/submissions/wrong_answer/dice"
submission wrong_answer/dice '0, 100'
run "$FORTNIGHT" task check "$TMP/bad/sound" --repeats 1
is "$status $(said 'G6 wrong_answer/dice: score.json differs')" '1 1' 'one that comes out differently is a breach'

broken
sed -i 's/^score = \[20.0, 35.0\]/score = [40.0, 50.0]/' "$TMP/bad/sound/submissions/submissions.toml"
check
is "$status $(said 'G4 partial/fifth scores 29.60, declared are 40.00 to 50.00')" '1 1' 'so is a range that is missed'

broken
sed -i 's/say 101"/say 102"/' "$TMP/bad/sound/hidden/a1.jsonl"
check
is "$status $(said 'G1 the reference scores 99.')" '1 1' 'so is a reference below 100'
is "$(said 'G8 1 cases have the input of another')" 1 'and an input that is there twice'

broken
sed -i 's/^role = "reference"/role = "second"/' "$TMP/bad/sound/submissions/submissions.toml"
check
is "$status $(printf '%s\n' "$err" | grep -c 'no submission has the role')" '3 1' 'a pack needs a reference'

broken
submission accepted/oracle '88, 88' 'root = "oracle"' 'entry = ["/usr/bin/say"]'
mkdir -p "$TMP/bad/sound/submissions/accepted/oracle"
check
is "$status $(printf '%s\n' "$err" | grep -c 'run .make oracles')" '3 1' 'an oracle that is missing is asked for'
BEFORE='' make_tree "$TMP/say"
mkdir -p "$TMP/oracles/sound/usr/bin" "$TMP/oracles/sound/usr/lib"
cc -static -o "$TMP/oracles/sound/usr/bin/say" "$TMP/say/run.c"
for dir in bin lib lib64 sbin; do
	ln -s "usr/$dir" "$TMP/oracles/sound/$dir"
done
check
is "$status $(said 'oracle 88.00')" '0 1' 'an oracle runs in its own root'

done_testing
