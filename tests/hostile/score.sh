# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: MIT
# What hostile submissions are scored with: the pack is $PACK, the tree $TMP/tree.
# One answer is $SECRET, which nobody can guess.

PACK=$TMP/tiny
SECRET=hostile-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
make_pack "$PACK"
printf '{"id": "words-7", "level": 1, "spec": ["1.1"], "stdin": "say 7", "want": {"stdout": "%s\\n"}}\n' \
	"$SECRET" >>"$PACK/hidden/words.jsonl"

# score [OPTION...]: score $TMP/tree
score() {
	rm -rf "$TMP/results"
	run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results" "$@"
}

# score_of BEFORE [OPTION...]: score a tree that does BEFORE first
score_of() {
	rm -rf "$TMP/tree"
	BEFORE=$1 make_tree "$TMP/tree"
	shift
	score "$@"
}

# value KEY...: what stands there in score.json
value() {
	value_in score.json "$@"
}

# value_in FILE KEY...: in another one of the results
value_in() {
	file=$1
	shift
	json_value "$TMP/results/$file" "$@"
}

# nothing NAME: it was scored, and has no point
nothing() {
	is "$status $(value points) $(grep -o '"reward": *[0-9.]*' "$TMP/results/reward.json" | tr -d ' ')" \
		'0 0.000000 "reward":0.0' "$1"
}

# build_script: the standard input is build.sh
build_script() {
	cat >"$TMP/tree/build.sh"
	chmod 755 "$TMP/tree/build.sh"
}
