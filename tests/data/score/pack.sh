# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Small packs and submissions for the tests of scoring.

make_manifest() {
	cat >"$1/task.toml" <<-END
		schema_version = "1.1"
		[task]
		name = "fortnight/$(basename "$1")"
		description = "A pack for tests"
		[agent]
		timeout_sec = 600.0
		[interview]
		format = 1
		title = "A pack for tests"
		class = "practice"
		[interview.build]
		timeout_sec = 30
		memory_mb = 512
		processes = 64
		disk_mb = 64
		output_mb = 16
		[interview.run]
		root = "bare"
		entry = "run"
		cpu_ms = 1000
		wall_ms = 4000
		memory_mb = 64
		processes = 16
		output_kb = 64
		disk_mb = 4
		open_files = 64
		[interview.refuse]
		markers = ["itchyny/gojq"]
		[[interview.area]]
		name = "words"
		title = "Words"
		kind = "io"
		weight = 60
		compare = "exact"
		[[interview.area]]
		name = "files"
		title = "Files"
		kind = "io"
		weight = 30
		compare = "trim"
		[[interview.area]]
		name = "robust"
		title = "Hostile input"
		kind = "robust"
		weight = 10
	END
}

# make_pack DIRECTORY: two io areas, one robust; what a program must do is
# what its standard input says.
make_pack() {
	mkdir -p "$1/hidden" "$1/visible" "$1/submissions"
	make_manifest "$1"
	printf '# The contract\n\n- **1.1** Say yes.\n- **1.2** Copy files.\n' >"$1/contract.md"
	printf 'Say yes.\n' >"$1/instruction.md"
	printf 'Anything goes.\n' >"$1/policy.md"
	printf 'No time at all.\n' >"$1/effort.md"
	for i in 1 2 3 4 5 6; do
		printf '{"id": "words-%d", "level": 1, "spec": ["1.1"], "stdin": "say %d", "want": {"stdout": "yes %d\\n"}}\n' $i $i $i
	done >"$1/hidden/words.jsonl"
	printf '%s\n' \
		'{"id": "files-1", "level": 2, "spec": ["1.2"], "argv": ["copy"], "files": {"in.txt": "abc"}, "want": {"stdout": "done", "files": {"out.txt": "abc"}}}' \
		'{"id": "files-2", "level": 3, "spec": ["1.2"], "argv": ["env"], "env": {"COLOUR": "red"}, "want": {"stdout": "red"}}' \
		'{"id": "files-3", "level": 3, "spec": ["1.2"], "argv": ["exit"], "want": {"stdout": "bye", "exit": 3}}' \
		>"$1/hidden/files.jsonl"
	printf '%s\n' \
		'{"id": "robust-1", "level": 3, "spec": ["1.1"], "stdin": "rubbish", "want": {"exit": "any"}}' \
		'{"id": "robust-2", "level": 3, "spec": ["1.1"], "stdin": "", "argv": ["rubbish"], "want": {"exit": "any"}}' \
		>"$1/hidden/robust.jsonl"
	printf '{"id": "words-v1", "level": 1, "spec": ["1.1"], "stdin": "say 77", "want": {"stdout": "yes 77\\n"}}\n' \
		>"$1/visible/words.jsonl"
	printf '%s\n' '{"id": "files-v1", "level": 2, "spec": ["1.2"], "argv": ["env"], "env": {"COLOUR": "blue"}, "want": {"stdout": "blue"}}' \
		>"$1/visible/files.jsonl"
	printf '%s\n' '{"id": "robust-v1", "level": 3, "spec": ["1.1"], "stdin": "\u0001", "want": {"exit": "any"}}' \
		>"$1/visible/robust.jsonl"
}

# make_tree DIRECTORY: a submission that gets everything right; BEFORE is what
# it does first, as C in which n is the case's number (0 in other areas).
make_tree() {
	mkdir -p "$1"
	cat >"$1/run.c" <<-END
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/stat.h>
		#include <unistd.h>
		static void copy(void)
		{
			FILE *in = fopen("in.txt", "r"), *out = fopen("out.txt", "w");
			int c;
			while ((c = getc(in)) != EOF)
				putc(c, out);
			fclose(out);
			puts("done");
		}
		int main(int argc, char **argv)
		{
			char line[100] = "";
			int n = 0;
			if (argc < 2 && fgets(line, sizeof(line), stdin))
				sscanf(line, "say %d", &n);
			(void)n;
			${BEFORE:-}
			if (argc < 2 && n)
				printf("yes %d\n", n);
			else if (argc > 1 && strcmp(argv[1], "copy") == 0)
				copy();
			else if (argc > 1 && strcmp(argv[1], "env") == 0)
				puts(getenv("COLOUR"));
			else if (argc > 1 && strcmp(argv[1], "exit") == 0)
				return puts("bye"), 3;
			return 0;
		}
	END
	cat >"$1/build.sh" <<-'END'
		#!/bin/sh
		set -e
		mkdir -p out
		cc -O1 -static -o out/run run.c
	END
	chmod +x "$1/build.sh"
}

# make_server_pack DIRECTORY: an area with a driver, one with a checker, and one of speed.
make_server_pack() {
	make_pack "$1"
	sed -i '/^\[\[interview.area\]\]/,$d' "$1/task.toml"
	cat >>"$1/task.toml" <<-END
		[interview.serve]
		args = ["--port", "6400"]
		[[interview.area]]
		name = "talk"
		title = "Talk"
		kind = "driver"
		driver = "echo"
		weight = 60
		[[interview.area]]
		name = "judged"
		title = "Judged"
		kind = "io"
		compare = "checker"
		checker = "even"
		weight = 30
		[[interview.area]]
		name = "speed"
		title = "Speed"
		kind = "speed"
		weight = 10
		cpu_ms = 3000
	END
	rm "$1"/hidden/* "$1"/visible/*
	printf '%s\n' \
		'{"id": "talk-1", "level": 1, "spec": ["1.1"], "phases": [{"script": "a\nb\n", "plan": 2}]}' \
		'{"id": "talk-2", "level": 2, "spec": ["1.1"], "phases": [{"script": "c\n", "plan": 1}, {"script": "seen c\nd\n", "plan": 2, "end": "term"}]}' \
		'{"id": "talk-3", "level": 3, "spec": ["1.2"], "phases": [{"script": "longer\n", "plan": 1, "tear": 4}, {"script": "seen lon\n", "plan": 1}]}' \
		>"$1/hidden/talk.jsonl"
	printf '%s\n' \
		'{"id": "judged-1", "level": 1, "spec": ["1.1"], "argv": ["number"], "want": {"stdout": "even\n"}}' \
		'{"id": "judged-2", "level": 1, "spec": ["1.1"], "argv": ["other"], "want": {"stdout": "even\n"}}' \
		>"$1/hidden/judged.jsonl"
	printf '%s\n' '{"id": "speed-1", "level": 3, "spec": ["1.2"], "argv": ["work"], "want": {"stdout": "worked\n"}}' \
		>"$1/hidden/speed.jsonl"
	for area in talk judged speed; do
		sed -n '1{s/"id": "'$area'-1"/"id": "'$area'-v1"/;p}' "$1/hidden/$area.jsonl" >"$1/visible/$area.jsonl"
	done
	mkdir -p "$1/drivers/echo" "$1/checkers/even"
	cp "$SERVER_SOURCE/driver.c" "$1/drivers/echo/run.c"
	cp "$SERVER_SOURCE/checker.c" "$1/checkers/even/run.c"
	printf '#!/bin/sh\nset -e\nmkdir -p out\ncc -O1 -static -o out/run run.c\n' >"$1/drivers/echo/build.sh"
	cp "$1/drivers/echo/build.sh" "$1/checkers/even/build.sh"
	chmod +x "$1/drivers/echo/build.sh" "$1/checkers/even/build.sh"
}

# make_server DIRECTORY [FLAG...]: a server for it; each FLAG is a way to be wrong
make_server() {
	mkdir -p "$1"
	cp "$SERVER_SOURCE/server.c" "$1/run.c"
	server=$1
	shift
	printf '#!/bin/sh\nset -e\nmkdir -p out\ncc -O1 -static %s -o out/run run.c\n' "$*" >"$server/build.sh"
	chmod +x "$server/build.sh"
}

# make_sound_pack DIRECTORY: one that passes every gate, with its submissions.
make_sound_pack() {
	make_pack "$1"
	rm "$1"/hidden/* "$1"/visible/*
	sed -i '/^\[\[interview.area\]\]/,$d' "$1/task.toml"
	awk -v pack="$1" '
		function spec_case(id, level, n) {
			return sprintf("{\"id\": \"%s\", \"level\": %d, \"spec\": [\"1.1\", \"1.2\"], ", id, level) \
				(n ? sprintf("\"stdin\": \"say %d\", \"want\": {\"stdout\": \"yes %d\\n\"}}", n, n) : "")
		}
		function work_case(id, level, n) {
			return spec_case(id, level, 0) \
				sprintf("\"argv\": [\"work\", \"%d\"], \"want\": {\"stdout\": \"worked %d\\n\"}}", n, n)
		}
		BEGIN {
			for (a = 1; a <= 8; a++) {
				speed = a == 8
				printf "[[interview.area]]\nname = \"a%d\"\ntitle = \"Area %d\"\n", a, a >>(pack "/task.toml")
				printf "kind = \"%s\"\nweight = %d\n", speed ? "speed" : "io", a <= 4 ? 13 : 12 >>(pack "/task.toml")
				for (i = 1; i <= (speed ? 10 : 20); i++) {
					level = i <= (speed ? 4 : 8) ? 1 : i <= (speed ? 8 : 15) ? 2 : 3
					id = sprintf("a%d-%d", a, i)
					print speed ? work_case(id, level, i) : spec_case(id, level, a * 100 + i) >(pack "/hidden/a" a ".jsonl")
				}
				id = sprintf("a%d-v1", a)
				print speed ? work_case(id, 1, 99) : spec_case(id, 1, a * 100 + (a == 1 ? 50 : 51)) >(pack "/visible/a" a ".jsonl")
			}
		}'
	WORK='if (argc > 2 && strcmp(argv[1], "work") == 0) {
		volatile unsigned long x = 1;
		for (long i = 0; i < 8000000; i++) x = x * 31 + i;
		return printf("worked %s\n", argv[2]), 0; }'
	BEFORE=$WORK make_tree "$1/submissions/accepted/reference"
	BEFORE=$WORK make_tree "$1/submissions/accepted/second"
	BEFORE="$WORK if (n % 5) n++;" make_tree "$1/submissions/partial/fifth"
	BEFORE='n = 7;' make_tree "$1/submissions/cheat/constant"
	mkdir -p "$1/submissions/noop/empty"
	printf 'Nothing.\n' >"$1/submissions/noop/empty/README"
	cat >"$1/submissions/submissions.toml" <<-'END'
		[[submission]]
		path = "accepted/reference"
		role = "reference"
		score = [100.0, 100.0]
		[[submission]]
		path = "accepted/second"
		role = "second"
		score = [95.0, 100.0]
		[[submission]]
		path = "partial/fifth"
		score = [20.0, 35.0]
		[[submission]]
		path = "cheat/constant"
		score = [0.0, 1.0]
		add = [{ from = "pack:visible", to = "visible" }]
		[[submission]]
		path = "noop/empty"
		score = [0.0, 0.0]
	END
}

# verdict CASE: its verdict and reason in $TMP/results/score.json
verdict() {
	python3 - "$TMP/results/score.json" "$1" 2>&1 <<-'END'
		import json, sys
		for case in json.load(open(sys.argv[1]))["cases"]:
		    if case["id"] == sys.argv[2]:
		        print(case["verdict"] + (": " + case["reason"] if "reason" in case else ""))
	END
}

# json_value FILE KEY...: what stands there in a JSON file
json_value() {
	python3 - "$@" 2>&1 <<-'END'
		import json, sys
		json_value = json.load(open(sys.argv[1]))
		for key in sys.argv[2:]:
		    json_value = json_value[int(key) if key.isdigit() else key]
		print(json_value)
	END
}
