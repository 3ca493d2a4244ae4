#!/bin/sh
# SPDX-License-Identifier: MIT
# fortnight score, from a tree to its results.
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib/tap.sh
. ../lib/tap.sh
# shellcheck source=../data/score/pack.sh
. ../data/score/pack.sh

PACK=$TMP/tiny
make_pack "$PACK"

# score_of BEFORE [OPTION...]: score a tree that does BEFORE first
score_of() {
	rm -rf "$TMP/tree" "$TMP/results"
	BEFORE=$1 make_tree "$TMP/tree"
	shift
	run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results" "$@"
}

# ---- a tree that is right -----------------------------------------------------

score_of ''
is "$status $err" '0 ' 'a tree that is right is scored without a word on standard error'
is "$(json_value "$TMP/results/score.json" points)" 100.000000 'it has every point'
is "$(json_value "$TMP/results/reward.json" reward)" 1.0 'and the whole reward'
is "$(printf '%s\n' "$out" | grep -c '^total 100.00 of 100 ')" 1 'the table says so'
is "$(printf '%s\n' "$out" | LC_ALL=C grep -c '[[:cntrl:]]')" 0 'a pipe gets no control bytes'
is "$(printf '%s\n' "$out" | grep -c ' $')" 0 'and no trailing blanks'
is "$(cd "$TMP/results" && echo *)" \
	'ctrf.json junit.xml measured.json results.tap reward.json score.json' 'every result is there'
is "$(xmllint --noout "$TMP/results/junit.xml" 2>&1)" '' 'junit.xml is well-formed'
is "$(sed 1d "$TMP/results/results.tap" >"$TMP/tap"; prove -e cat "$TMP/tap" 2>&1 | tail -1)" \
	'Result: PASS' 'results.tap is TAP'
is "$(head -2 "$TMP/results/results.tap" | tr '\n' ' ')" 'TAP version 14 1..11 ' 'with a plan of all cases'

cp "$TMP/results/score.json" "$TMP/first.json"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results" --lanes 1 -q
is "$status $out" '0 ' 'quiet is quiet'
is "$(cmp "$TMP/first.json" "$TMP/results/score.json" && echo same)" same \
	'score.json is the same on one lane'
(cd "$TMP/tree" && tar -czf "$TMP/tree.tar.gz" .)
run "$FORTNIGHT" score "$PACK" "$TMP/tree.tar.gz" -o "$TMP/results" --json
is "$(printf '%s\n' "$out" | cmp - "$TMP/first.json" && echo same)" same \
	'and from an archive, printed by --json'
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results" --visible
is "$status $(json_value "$TMP/results/score.json" suite)" '0 visible' 'the visible cases alone can be scored'

# ---- cases that go wrong --------------------------------------------------------

score_of 'if (n == 2) n = 9;'
is "$(verdict words-2)" 'failed: stdout' 'a wrong answer fails'
is "$(json_value "$TMP/results/score.json" areas 0 points)" 50.000000 'and costs its share'
is "$(json_value "$TMP/results/score.json" areas 2 points)" 8.888888 'of the robust area too'
is "$(printf '%s\n' "$out" | grep -A3 '^words-2' | tr '\n' '|')" \
	'words-2  failed: stdout|    from line 1 (- expected, + got):|    - yes 2|    + yes 9|' 'the diff is shown'

score_of 'if (n == 2) return 4; if (n == 3) abort(); if (n == 4) for (;;) ; if (n == 5) pause();
	if (n == 6) for (;;) puts("more");'
is "$(verdict words-1)" passed 'one case does not touch another'
is "$(verdict words-2)" 'failed: exit 4, want 0' 'a wrong status fails'
is "$(verdict words-3)" 'crashed: signal 6 (ABRT)' 'a signal is a crash'
is "$(verdict words-4)" 'timeout: time limit' 'an endless loop is a timeout'
is "$(verdict words-5)" 'timeout: time limit' 'so is a sleep without end'
is "$(verdict words-6)" 'output: output limit' 'endless output is cut'
is "$(grep -c '<error ' "$TMP/results/junit.xml") $(grep -c '<failure ' "$TMP/results/junit.xml")" '4 1' \
	'junit.xml tells errors from failures'
cp "$TMP/results/score.json" "$TMP/first.json"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results" --lanes 6 -q
is "$(cmp "$TMP/first.json" "$TMP/results/score.json" && echo same)" same 'all of it comes out the same again'

score_of 'if (n == 2) for (;;) { char *p = malloc(1 << 20); memset(p, 1, 1 << 20); }
	if (argc > 1 && argv[1][0] == (char)99) return puts("done"), 0;'
is "$(verdict words-2)" 'memory: memory limit' 'memory has a limit of its own'
is "$(verdict files-1)" 'failed: file out.txt' 'a file that is missing fails'
score_of 'mkfifo("pipe", 0600); symlink("/etc", "away");'
is "$(verdict files-1)" 'failed: file out.txt' 'a FIFO in the working directory loses the files and no more'
is "$(verdict files-2)" passed 'and not the case that wants none'
score_of 'if (n == 0 && argc < 2) raise(SIGSEGV);'
is "$(verdict robust-1)" 'crashed: signal 11 (SEGV)' 'hostile input must not crash it'

# ---- builds that go wrong --------------------------------------------------------

score_of '#error broken'
is "$status $(json_value "$TMP/results/score.json" verdict)" '0 not_built' 'a tree that does not build is scored: nothing'
is "$(json_value "$TMP/results/score.json" build reason)" 'the build ended with status 1' 'and the reason is kept'
is "$(json_value "$TMP/results/reward.json" reward)" 0.0 'with no reward'
is "$(printf '%s\n' "$out" | grep -c 'error: #error broken')" 1 'the end of the log is shown'

BEFORE='' make_tree "$TMP/tree"
printf '#!/bin/sh\nmkdir -p out; cc -o out/run run.c\n' >"$TMP/tree/build.sh"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results"
is "$(verdict words-1)" 'refused: cannot be started: ENOENT' 'a program that needs a loader is refused'
printf '#!/bin/sh\nexit 0\n' >"$TMP/tree/build.sh"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results"
is "$(json_value "$TMP/results/score.json" build status)" no_output 'a build that leaves nothing is seen'
printf '#!/bin/sh\nmkdir -p out; cc -static -o out/run run.c; echo itchyny/gojq >out/notes\n' >"$TMP/tree/build.sh"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results"
is "$(json_value "$TMP/results/score.json" verdict)" refused 'a known program is refused'
printf '#!/bin/sh\nmkdir -p out; cp /bin/true out/run; cat /proc/net/route >out/net; ls / >out/root\n' >"$TMP/tree/build.sh"
run "$FORTNIGHT" score "$PACK" "$TMP/tree" -o "$TMP/results"
is "$status" 0 'a build that looks around is scored'

# ---- drivers, checkers, speed ------------------------------------------------------

SERVER_SOURCE=$(cd ../data/score && pwd)
TALK=$TMP/talky
make_server_pack "$TALK"

# served FLAG...: score a server that is wrong in these ways
served() {
	rm -rf "$TMP/server" "$TMP/results"
	make_server "$TMP/server" "$@"
	run "$FORTNIGHT" score "$TALK" "$TMP/server" -o "$TMP/results"
}

# seal NANOSECONDS: give speed-1 this reference time
seal() {
	echo '{"speed": {"loop_ns": 25000000, "cases": {"speed-1": '"$1"'}}}' >"$TALK/calibration.json"
}

served
is "$status $(printf '%s\n' "$err" | grep -c 'run .fortnight task check')" '3 1' 'speed needs references'
seal 1000000000
served
is "$(verdict talk-1) $(verdict talk-2) $(verdict talk-3)" 'passed passed passed' \
	'a driver, its phases and a torn file pass'
is "$(verdict judged-1)" passed 'a checker accepts'
is "$(verdict judged-2)" 'failed: checker' 'and rejects'
is "$(printf '%s\n' "$out" | grep -c 'not an even number')" 1 'and says why'
is "$(json_value "$TMP/results/measured.json" speed)" 10.0 'quick work has all the speed points'
is "$(json_value "$TMP/results/score.json" areas 2 points)" None 'which are not in score.json'
cp "$TMP/results/score.json" "$TMP/first.json"
seal 1000000
run "$FORTNIGHT" score "$TALK" "$TMP/server" -o "$TMP/results" -q
is "$(json_value "$TMP/results/measured.json" speed)" 0.0 'slow work has none'
seal 1000000000
run "$FORTNIGHT" score "$TALK" "$TMP/server" -o "$TMP/results" -q --lanes 1
is "$(cmp "$TMP/first.json" "$TMP/results/score.json" && echo same)" same 'drivers come out the same again'
served -DWRONG
is "$(verdict talk-1)" 'failed: not ok 2 of 2' 'a wrong reply fails'
served -DFORGET
is "$(verdict talk-3)" 'failed: phase 2: not ok 1 of 1' 'a later phase is named'
served -DCRASH
is "$(verdict talk-1)" 'crashed: server: signal 6 (ABRT)' 'a server that dies has crashed'
served -DEXIT
is "$(verdict talk-1)" 'failed: not ok 1 of 2' 'one that leaves has not answered'
is "$(printf '%s\n' "$out" | grep -c 'the server ended by itself, with status 7')" 3 'and the table says so'
served -DHANG
is "$(verdict talk-1)" 'timeout: time limit' 'a server that turns is a timeout'
served -DSLEEP
is "$(verdict talk-1)" 'timeout: time limit' 'and one that sleeps'
cp "$TALK/drivers/echo/run.c" "$TMP/driver.c"
sed -i 's/^#include <stdio.h>/#include <signal.h>\n&/; s/^\tchar lines.*/&\n\tvoid *old = signal(SIGTERM, SIG_IGN);/
	s/^\treturn failed;/\treturn old == SIG_ERR ? 2 : failed;/' "$TALK/drivers/echo/run.c"
for leave in 'exit(7)' 'close(3), close(4), usleep(300000), exit(7)'; do
	rm -rf "$TMP/server" "$TMP/results"
	make_server "$TMP/server" -DCRASH
	sed -i "s/abort();/$leave;/" "$TMP/server/run.c"
	run "$FORTNIGHT" score "$TALK" "$TMP/server" -o "$TMP/results"
	is "$(verdict talk-1)" 'failed: not ok 2 of 2' "what the driver saw stands, whenever the server leaves: $leave"
done
cp "$TMP/driver.c" "$TALK/drivers/echo/run.c"
cp "$TALK/checkers/even/run.c" "$TMP/checker.c"
# judge LOOP: score with a checker that does this over an answer that is no number
judge() {
	sed "s/^\tjudge(argv.*/\t$1/" "$TMP/checker.c" >"$TALK/checkers/even/run.c"
	served
}
judge 'for (;;) puts("more");'
is "$status $(verdict judged-1) $(verdict judged-2)" '0 passed failed: checker: output limit' \
	'an answer that makes a checker print without end is lost'
judge 'for (;;) memset(calloc(1, 1 << 20), 1, 1 << 20);'
is "$status $(verdict judged-2)" '0 failed: checker: memory limit' 'so is one that eats its memory'
judge '__builtin_trap();'
is "$status" 75 'a checker that crashes is the fault of the pack'
cp "$TMP/checker.c" "$TALK/checkers/even/run.c"
sed -i 's/^\tprintf("1..%d/\tprintf("2..%d/' "$TALK/drivers/echo/run.c"
served
is "$status $(find "$TMP/results" -name score.json -o -name reward.json | wc -l)" '75 0' 'a driver that talks nonsense is no zero'
is "$(printf '%s\n' "$err" | grep -c 'tried 3 times')" 1 'it is tried again before that'
echo '#error broken' >>"$TALK/drivers/echo/run.c"
served
is "$status $(printf '%s\n' "$err" | grep -c 'drivers/echo: the build ended')" '3 1' 'a driver that does not build is a broken pack'

# ---- hosts that go wrong ------------------------------------------------------------

run "$FORTNIGHT" score "$PACK" "$TMP/nothing-here" -o "$TMP/results"
is "$status" 3 'a tree that is not there is an error'
run "$FORTNIGHT" score "$PACK"
is "$status" 2 'a tree must be named'

BEFORE='sleep(1);' make_tree "$TMP/slow"
pids=''
for signal in INT QUIT TERM HUP; do
	"$FORTNIGHT" score "$PACK" "$TMP/slow" -o "$TMP/stopped" --lanes 1 >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	pids="$pids -o -name pod-$pid-*"
	sleep 2
	kill -"$signal" "$pid"
	status=0
	wait "$pid" || status=$?
	is "$status" 130 "SIG$signal stops it"
	is "$(find "$TMP/stopped" 2>/dev/null)" '' 'without results, nor a directory for them'
	rm -rf "$TMP/stopped"
done
set -f # the patterns are for find
# shellcheck disable=SC2086 # words
is "$(find /sys/fs/cgroup -maxdepth 5 -false $pids)" '' 'and leaves no control group behind'
set +f

BEFORE='' make_tree "$TMP/good"
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir -p "$TMP/full"
	# shellcheck disable=SC2016 # the inner shell expands it
	run unshare -m sh -c '
		mount -t tmpfs -o size=16k none "$1" || exit 99
		echo old >"$1/score.json"
		head -c 8192 /dev/zero >"$1/ballast"
		"$FORTNIGHT" score "$2" "$3" -o "$1" -q
		echo "status $?"; cat "$1/score.json" | head -c 3' sh "$TMP/full" "$PACK" "$TMP/good"
	is "$(printf '%s\n' "$err" | grep -c 'No space left on device')" 1 'a full disk is named'
	is "$(printf '%s\n' "$out" | tr '\n' ' ')" 'status 4 old ' 'and the old files are untouched'
else
	skip 'needs root' 'a full disk is named'
	skip 'needs root' 'and the old files are untouched'
fi

done_testing
