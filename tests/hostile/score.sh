# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: MIT
# What hostile submissions are scored with: the pack is $PACK, the tree $TMP/tree.

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
	python3 - "$TMP/results/$file" "$@" 2>&1 <<-'END'
		import json, sys
		json_value = json.load(open(sys.argv[1]))
		for key in sys.argv[2:]:
		    json_value = json_value[int(key) if key.isdigit() else key]
		print(json_value)
	END
}

# verdict CASE: its verdict and reason
verdict() {
	python3 - "$TMP/results/score.json" "$1" 2>&1 <<-'END'
		import json, sys
		for case in json.load(open(sys.argv[1]))["cases"]:
		    if case["id"] == sys.argv[2]:
		        print(case["verdict"] + (": " + case["reason"] if "reason" in case else ""))
	END
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
