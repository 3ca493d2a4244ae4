#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # scripts of the test are expanded where they run
#
# fortnight task new, generate, list and show.  For tasks/jsonq it takes minutes to
# see that its generator gives what is in the tree, so that is done by hand:
# make oracles; fortnight task generate tasks/jsonq; git diff --stat
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

cd "$TMP" || exit 1
umask 022

# says TEXT: how many lines of standard error have it
says() { printf '%s\n' "$err" | grep -c -F -e "$1"; }

# mode PATH: its permissions
mode() { stat -c %a "$1"; }

# hidden_left DIRECTORY: what begins with a dot in there
hidden_left() { find "$1" -mindepth 1 -maxdepth 1 -name '.*'; }

# ---- new ------------------------------------------------------------------------

run "$FORTNIGHT" task new words
is "$status $err" '0 ' 'a new pack is made'
is "$(grep -c '^name = "example/words"$' words/task.toml)" 1 'under its name'
is "$(grep -rl '@NAME@' words)" '' 'with no gap left to fill'
run "$FORTNIGHT" task show words
is "$status $(echo "$out" | sed -n 2p | cut -d, -f1,2)" '0 24 cases, 7 statements' 'it is valid at once'
run "$FORTNIGHT" score words words/submissions/accepted/reference -o results
is "$status $(echo "$out" | grep -c '^total 100.00 of 100 ')" '0 1' 'its reference scores everything'
run "$FORTNIGHT" score words words/submissions/wrong_answer/case -o results
is "$(sed -n 's/.*"points": "\([0-9]*\)\..*/\1/p' results/score.json | tail -1)" 31 'its wrong answer does not'
for file in instruction.md policy.md effort.md workspace/README.md environment/Dockerfile submissions/submissions.toml; do
	[ -s "words/$file" ] || echo "$file"
done >missing
is "$(cat missing)" '' 'it has the files that people and Harbor read'
is "$(find words -type f -perm /111 | sort | tr '\n' ' ')" \
	'words/gen/generate words/solution/solve.sh words/submissions/accepted/reference/build.sh words/submissions/wrong_answer/case/build.sh words/tests/test.sh ' \
	'its programs are executable, and nothing else'

run "$FORTNIGHT" task new words
is "$status $(says 'words exists already')" '2 1' 'an existing directory is refused'
for name in '' . .. -x .hidden a/b '../a' 'a b' "$(printf 'a\nb')" "$(printf '%081d' 0)" ä; do
	run "$FORTNIGHT" task new -- "$name"
	echo "$status $(says 'is no name for a pack: want')"
done >names
is "$(sort names | uniq -c | tr -s ' ')" ' 11 2 1' 'a name that Harbor would not take is refused'
run "$FORTNIGHT" task new A.b_c-9 -d .
is "$status $(test -d A.b_c-9 && echo made)" '0 made' 'one that it would is not'
run "$FORTNIGHT" task new other -d nowhere
is "$status $(says "open directory 'nowhere': No such file")" '4 1' 'the place must be there'
run "$FORTNIGHT" task new
is "$status $(says '0 arguments given, want: NAME')" '2 1' 'a name is needed'
mkdir bin
cp "$FORTNIGHT" bin/fortnight
run env -C / "$TMP/bin/fortnight" task new alone -d "$TMP"
is "$status $(test -f alone/task.toml && echo made)" '0 made' 'an installed program needs no file for it'

# ---- generate ---------------------------------------------------------------------

cp -r words first
run "$FORTNIGHT" task generate words
is "$status $err" '0 ' 'a suite is made'
is "$(diff -r words first && echo same)" same 'the public seed gives what is there, byte for byte'
is "$(echo "$out" | head -1 | tr -s ' ')" ' count io 10 hidden 2 visible' 'its areas are counted'
run "$FORTNIGHT" task generate words --seed 7
is "$status $(cmp -s words/hidden/count.jsonl first/hidden/count.jsonl || echo new)" '0 new' 'another seed gives another'
cp -r words second
run "$FORTNIGHT" task generate words --seed=7
is "$status $(diff -r words second && echo same)" '0 same' 'and the same one the same again'
is "$(hidden_left words)" '' 'nothing else is left'

run "$FORTNIGHT" task generate words --seed-file secret -o mine
is "$status $(mode secret)" '0 600' 'a secret seed is made when there is none'
is "$(grep -c '^[0-9]\{39\}$' secret)" 1 'of 39 digits'
is "$(mode mine) $(mode mine/hidden)" '700 700' 'its suite is private'
is "$(diff -r words second && echo same)" same 'the pack itself is as it was'
run "$FORTNIGHT" score mine mine/submissions/accepted/reference -o results
is "$status $(echo "$out" | grep -c '^total 100.00 of 100 ')" '0 1' 'the copy is a pack'
cp -r mine third
run "$FORTNIGHT" task generate words --seed-file secret -o mine/
is "$status $(diff -r mine third && echo same)" '0 same' 'the copy can be made again'
is "$(hidden_left . | grep -v '/\.err$')" '' 'and leaves nothing else'
mkdir precious
touch precious/work
run "$FORTNIGHT" task generate words -o precious
is "$status $(says 'precious exists and is not a pack')" '2 1' 'what is no pack is not replaced'
mkdir empty
chmod 750 empty
run "$FORTNIGHT" task generate words -o empty
is "$status $(diff -r empty first/ >/dev/null; test -f empty/hidden/top.jsonl && echo made)" '0 made' 'an empty directory is'
mkdir words/copies
ln -s words/copies copies
for place in words/copy words/hidden/copy words/copies/ copies/copy; do
	run "$FORTNIGHT" task generate words -o "$place"
	echo "$status $(says "$place is in the pack words, of which it would be a copy: name a place outside the pack")"
done >places
is "$(uniq -c places | tr -s ' ')" ' 4 2 1' 'a copy of the pack in the pack is refused'
rmdir words/copies
is "$(diff -r words second && echo same)" same 'and makes nothing'
mkdir outer
cp words/task.toml outer
cp -r words outer/inner
run "$FORTNIGHT" task generate outer/inner -o outer
is "$status $(says 'the pack outer/inner is in outer, which would be replaced') $(diff -r outer/inner words && echo same)" \
	'2 1 same' 'and so is one in the place of what the pack is in'
run "$FORTNIGHT" task generate words -o nowhere/x
is "$status $(says "open directory 'nowhere': No such file")" '4 1' 'a place that is not there is named'

# seed MODE TEXT: what is said to a file like this
seed() {
	rm -f bad
	printf '%s' "$2" >bad
	chmod "$1" bad
	run "$FORTNIGHT" task generate words --seed-file bad
}
seed 644 12345678901234567890123
is "$status $(says 'mode 0644: others may read or change it; chmod 600')" '3 1' 'a seed for all to read is refused'
seed 600 42
is "$status $(says 'a number of 2 digits, want 20 to 39')" '3 1' 'so is one that can be found by trying'
seed 600 'open sesame'
is "$status $(says 'want one line, a decimal number')" '3 1' 'and one that is no number'
seed 600 ''
is "$status $(says 'want one line, a decimal number')" '3 1' 'and an empty file'
run "$FORTNIGHT" task generate words --seed-file .
is "$status $(says 'seed file: . is not a regular file')" '3 1' 'and a directory'
run "$FORTNIGHT" task generate words --seed 1 --seed-file secret
is "$status $(says 'exclude each other')" '2 1' 'there is one seed'
run "$FORTNIGHT" task generate words --seed x
is "$status $(says "--seed is 'x', want 0 to")" '2 1' 'which is a number'

# ---- what a generator is given --------------------------------------------------------

# generator: the pack's generator becomes what comes on standard input
generator() {
	{
		printf '#!/bin/sh\n'
		cat
	} >words/gen/generate
	chmod +x words/gen/generate
}
# what a generator of the test must do to succeed
good='for dir in hidden visible; do cp -r '"$TMP"'/first/$dir "$out/$dir"; done'
find_out='while [ "$1" != --out ]; do shift; done; out=$2'

generator <<END
tr '\\0' ' ' </proc/\$\$/cmdline >$TMP/saw.argv
tr '\\0' '\\n' </proc/\$\$/environ | sort >$TMP/saw.env
(cd /proc/self/fd && echo *) >$TMP/saw.fds
cat >$TMP/saw.stdin
$find_out
$good
END
run env SECRET=1 "$FORTNIGHT" task generate words --seed 12 5>missing
is "$status $(cut -d' ' -f3-5 saw.argv)" '0 --seed 12 --out' 'a public seed is an argument'
is "$(cut -d= -f1 saw.env | tr '\n' ' ')" 'HOME LANG PATH PYTHONDONTWRITEBYTECODE PYTHONHASHSEED TMPDIR ' \
	'the environment is made for it'
is "$(tr ' ' '\n' <saw.fds | awk '$1 > 2 && $1 < 10' | tr '\n' ' ')" '3 ' 'it has no descriptor of ours'
is "$(cat saw.stdin)" '' 'and nothing on standard input'
run "$FORTNIGHT" task generate words --seed-file secret
is "$status $(cut -d' ' -f3-5 saw.argv)" '0 --seed-file /dev/stdin --out' 'a secret seed is not an argument'
is "$(cmp saw.stdin secret && echo same)" same 'it comes on standard input'
is "$(grep -c "$(cat secret)" saw.argv saw.env | tr '\n' ' ')" 'saw.argv:0 saw.env:0 ' 'and in no other way'

# ---- generators that fail ---------------------------------------------------------------

rm -rf words/hidden words/visible
cp -r first/hidden first/visible words/

# as_it_was: whether the suite is, and nothing beside it
as_it_was() {
	diff -r words/hidden first/hidden && diff -r words/visible first/visible && [ -z "$(hidden_left words)" ] &&
		echo as-it-was
}
# fails LINES...: run a generator of these lines
fails() {
	printf '%s\n' "$@" | generator
	run "$FORTNIGHT" task generate words
}
fails "$find_out" 'mkdir $out/hidden; seq 200 >&2; echo "no oracle today" >&2; exit 7'
is "$status $(says 'words/gen/generate ended with status 7; its last lines:') $(as_it_was)" '3 1 as-it-was' \
	'a generator that fails changes nothing'
is "$(printf '%s\n' "$err" | tail -1)" 'no oracle today' 'its last words are shown'
is "$(printf '%s\n' "$err" | sed -n 2p | grep -c '^[0-9]*$')" 1 'in whole lines'
fails 'printf "\033[2Jhello\007\n"; exit 1'
is "$(says '\x1b[2Jhello\x07')" 1 'and are safe for a terminal'
fails 'kill -SEGV $$'
is "$status $(says 'was killed by signal 11') $(as_it_was)" '3 1 as-it-was' 'a signal is named'
fails "$find_out" "$good" 'rm "$out/hidden/top.jsonl"'
is "$status $(says 'its suite is not valid, and nothing is changed: area top: hidden/top.jsonl is not there') $(as_it_was)" \
	'3 1 as-it-was' 'a suite with a gap is not taken'
fails "$find_out" "$good" 'sed -i 2s/level/lever/ "$out/hidden/top.jsonl"'
is "$status $(says "is changed: hidden/top.jsonl:2: unknown key 'lever': did you mean 'level'?") $(as_it_was)" \
	'3 1 as-it-was' 'nor one with a mistake'
fails "$find_out" 'cp -r '"$TMP"'/first/hidden "$out/hidden"'
is "$status $(as_it_was)" '3 as-it-was' 'nor one without visible cases'
fails 'exit 0'
is "$status $(says 'nothing is changed: area count: visible/count.jsonl is not there') $(as_it_was)" '3 1 as-it-was' \
	'nor one of nothing'
fails "$find_out" "$good" 'rm "$out/hidden/top.jsonl"; truncate -s 1T "$out/hidden/top.jsonl"'
is "$status $(says 'nothing is changed: area top: hidden/top.jsonl: larger than') $(as_it_was)" '3 1 as-it-was' \
	'nor one without end'
for command in 'ln -s /etc' mkfifo; do
	fails "$find_out" "$good" "$command \"\$out/visible/odd\""
	is "$status $(says 'nothing is changed: visible/odd is no file that can be read, and no directory') $(as_it_was)" \
		'3 1 as-it-was' "nor one with what is no file: $command"
done
fails "$find_out" 'rm -rf "$out"'
is "$status $(as_it_was)" '3 as-it-was' 'nor one that is gone'
fails 'mkdir -p "$TMPDIR/a/b"; chmod 0 "$TMPDIR/a"; exit 1'
is "$status $(as_it_was)" '3 as-it-was' 'a directory that forbids it is removed'
fails 'sleep 5 & kill -9 "$PPID"; sleep 5'
is "$status $(says 'words/gen/generate: the process that guards it was killed') $(as_it_was)" '75 1 as-it-was' \
	'a guard that is killed is named'
mkdir empty2
run "$FORTNIGHT" task generate words -o empty2
is "$status $(ls -A empty2)" '75 ' 'an empty directory stays'
chmod -x words/gen/generate
run "$FORTNIGHT" task generate words
is "$status $(says 'words/gen/generate is not executable: chmod +x it')" '3 1' 'a generator must be executable'
printf '#!/no/such/shell\n' >words/gen/generate
chmod +x words/gen/generate
run "$FORTNIGHT" task generate words
is "$status $(says 'the interpreter that its first line names is not there')" '3 1' 'its interpreter must be there'
rm words/gen/generate
run "$FORTNIGHT" task generate words
is "$status $(says 'words/gen/generate is not there: this pack has no generator') $(as_it_was)" '3 1 as-it-was' \
	'and so must it'
run "$FORTNIGHT" task generate nowhere
is "$status $(says "there is no pack 'nowhere'")" '3 1' 'and so must the pack'

cp -r words wants
cp first/gen/generate wants/gen/
printf '[interview.oracle]\npackages = ["jq", "libjq1"]\n' >>wants/task.toml
run "$FORTNIGHT" task generate wants
is "$status $(says "pack wants needs its oracle (Debian packages jq libjq1), and build/oracles/wants is not there: run 'make oracles'")" \
	'3 1' 'an oracle that is missing is asked for'
run "$FORTNIGHT" task generate wants --oracle nowhere
is "$status $(says "there is no oracle's directory nowhere")" '3 1' 'also where it is said to be'
mkdir -p oracles/wants
run env FORTNIGHT_ORACLES=oracles "$FORTNIGHT" task generate wants
is "$status $(diff -r wants/hidden first/hidden && echo same)" '0 same' 'and taken where it is'
rm -rf wants/hidden wants/visible
run "$FORTNIGHT" task generate wants --oracle oracles/wants
is "$status $(diff -r wants/visible first/visible && echo same)" '0 same' 'a pack without any suite gets its first'

# ---- stopped, and full ---------------------------------------------------------------------

# gone FILE...: whether the processes whose numbers are in the files are, within seconds
gone() {
	for _ in $(seq 50); do
		alive=
		for file; do
			kill -0 "$(cat "$file")" 2>/dev/null && alive="$alive$file "
		done
		[ "$alive" ] || break
		sleep 0.1
	done
	echo "gone: ${alive:-all}"
}
# started: the generator, and all that it starts, until it has written "leader"
started() {
	rm -f leader
	"$FORTNIGHT" task generate words >out 2>err &
	pid=$!
	for _ in $(seq 100); do
		[ -s leader ] && break
		sleep 0.1
	done
}
generator <<END
$find_out
mkdir "\$out/hidden"
sleep 987 &
echo \$! >$TMP/child
echo \$\$ >$TMP/leader
wait
END
started
kill -INT "$pid"
status=0
wait "$pid" || status=$?
is "$status $(cat err)" '130 fortnight: stopped; nothing is changed' 'ctrl-C stops it'
is "$(as_it_was)" as-it-was 'the suite is as it was'
is "$(gone child) $(kill -0 "$(cat leader)" 2>/dev/null && echo alive)" 'gone: all ' \
	'no process of it is left'

printf '%s\n' "$find_out" "$good" 'setsid sleep 986 & echo $! >'"$TMP/child" | generator
run "$FORTNIGHT" task generate words
is "$status $(gone child)" '0 gone: all' 'nor of one that ended and left some behind'

generator <<END
$find_out
mkdir "\$out/hidden"
sleep 985 &
echo \$! >$TMP/child
sh -c 'setsid sh -c "echo \\\$\\\$ >$TMP/daemon; exec sleep 984" &'
while [ ! -s $TMP/daemon ]; do sleep 0.1; done
echo \$PPID >$TMP/guard
echo \$\$ >$TMP/leader
wait
END
started
kill -KILL "$pid"
wait "$pid" 2>/dev/null
is "$(gone child daemon leader guard)" 'gone: all' 'kill -9 leaves no process of it'
is "$(diff -r words/hidden first/hidden && hidden_left words)" words/.suite.stage 'and the suite as it was'
started
is "$(hidden_left words)" words/.suite.stage 'what it leaves is taken over'
run timeout 20 "$FORTNIGHT" task generate words
is "$status $(says '.suite.stage is there, beside the place of the suite, and in use: wait for the other run')" '2 1' \
	'but not what is in use'
kill -TERM "$pid"
wait "$pid"
is "$(gone child daemon leader guard) $(as_it_was)" 'gone: all as-it-was' 'by one that is stopped as always'

# What a crash between the two exchanges leaves: hidden/ new, visible/ old.
mkdir words/.suite.stage
mv words/hidden words/.suite.stage/
cp -r second/hidden words/hidden
cp -r second/visible words/.suite.stage/
ln -s "$(stat -c %i words/hidden) $(stat -c %i words/.suite.stage/visible)" words/.suite.stage/.putting
fails 'exit 1'
is "$status $(as_it_was)" '3 as-it-was' 'half a suite is put back by the next run'
rm -rf words/hidden
mkdir words/.suite.stage
cp -r second/hidden words/hidden
cp -r second/visible words/.suite.stage/
ln -s "$(stat -c %i words/hidden) $(stat -c %i words/.suite.stage/visible)" words/.suite.stage/.putting
fails 'exit 1'
is "$(test -e words/hidden || echo none)$(hidden_left words)" none 'also when there was none before'
cp -r first/hidden words/
cp first/gen/generate words/gen/generate

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir small
	run unshare -m sh -c 'mount -t tmpfs -o size=48k none small && "$FORTNIGHT" task generate words -o small/words
		echo "status $?"; ls -A small'
	is "$out $(says 'No space left on device')" 'status 4 1' 'a full disk is named, and nothing left on it'
	run unshare -m sh -c 'mount -t tmpfs -o size=24k none small && "$FORTNIGHT" task new big -d small
		echo "status $?"; ls -A small'
	is "$out $(says 'No space left on device')" 'status 4 1' 'by new as well'
	run unshare -m sh -c 'mount -t tmpfs -o ro none small && "$FORTNIGHT" task new big -d small; echo "status $?"'
	is "$out $(says 'new pack in small: create directory')$(says 'Read-only file system')" 'status 4 11' \
		'a place that cannot be written is named'
	run unshare -m sh -c 'mount --bind words words && mount -o remount,bind,ro words && "$FORTNIGHT" task generate words
		echo "status $?"'
	is "$out $(says '-o DIR')" 'status 4 1' 'and with a pack that cannot, the way out'
	# A mount point cannot be renamed (rename(2), EBUSY).
	busy='mount --bind words/visible words/visible && "$FORTNIGHT" task generate words --seed 7; echo "status $?"'
	run unshare -m sh -c "$busy"
	is "$out $(says 'put visible/ into place') $(as_it_was)" 'status 4 1 as-it-was' 'when visible/ cannot be replaced, hidden/ is not'
	rm -r words/hidden
	run unshare -m sh -c "$busy"
	is "$out $(find words -maxdepth 1 -name '*hidden*' -o -name '.*' -prune)" 'status 4 ' 'nor made when there was none'
	cp -r first/hidden words/
else
	for name in 'a full disk is named' 'by new as well' 'a place that cannot be written is named' 'and with a pack that cannot' \
		'when visible/ cannot be replaced, hidden/ is not' 'nor made when there was none'; do
		skip 'takes root, to mount' "$name"
	done
fi

# ---- list and show ----------------------------------------------------------------------------

mkdir tasks
cp -r first tasks/words
mkdir tasks/broken tasks/nothing
echo '[interview' >tasks/broken/task.toml
run "$FORTNIGHT" task list
is "$status $(echo "$out" | grep -c '^words  *Count the words of a text (3 areas, 10 minutes)$')" '0 1' 'packs are listed'
is "$(echo "$out" | grep -c '^broken  *tasks/broken/task.toml:1: ')" 1 'a broken one with its error'
is "$(echo "$out" | grep -c '^nothing')" 0 'a directory that is no pack is not'
run "$FORTNIGHT" task show words
is "$status $(echo "$out" | sed -n 3p | tr -s ' ')" '0  count io 50 points 10 cases Counting' 'a pack is found by its name'
run "$FORTNIGHT" task show words top
is "$status $(echo "$out" | grep -c '^top-')" '0 10' 'an area is shown with its cases'
run "$FORTNIGHT" task show words top top-10
is "$status $(echo "$out" | tr '\n' '|' | cut -c1-43)" '0 top-10  level 1  spec 2.4|argument: top|std' 'and a case whole'
run "$FORTNIGHT" task show words tip
is "$status $(says "pack words has no area 'tip'")" '2 1' 'an area that is not there is refused'
run "$FORTNIGHT" task show words top count-01
is "$status $(says "pack words has no case 'count-01'")" '2 1' 'and so is a case'

done_testing
