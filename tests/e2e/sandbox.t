#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153,SC2317,SC2016 # FORTNIGHT is from outside; functions run through run; shells inside expand
#
# fortnight sandbox run: every option, every verdict, its reports, bad input, and
# nothing left, also by ctrl-C; as this user, and as an ordinary one by root.
set -u
here=$(cd "${0%/*}" && pwd)
# shellcheck source=../lib/tap.sh
. "$here/../lib/tap.sh"

cd "$TMP" || exit 1
chmod 755 "$TMP"
umask 022

# box ARGUMENT...: with the host's /usr; sbox SCRIPT: a shell in it
box() { "$FORTNIGHT" sandbox run --root toolchain "$@" </dev/null; }
sbox() { box -- sh -c "$1"; }
# limited OPTION... SCRIPT
limited() {
	last=''
	for last; do :; done
	count=$#
	n=0
	for word; do
		shift
		n=$((n + 1))
		[ "$n" = "$count" ] || set -- "$@" "$word"
	done
	box "$@" --meta meta --json json -- sh -c "$last"
}
# key NAME: its value in the meta file; evidence PYTHON: words about the object j
key() { sed -n "s/^$1://p" meta; }
evidence() { python3 -c "import json; j = json.load(open('json')); print($1)"; }

# ---- a program that ends by itself ------------------------------------------------

run box -- sh -c 'echo out; echo err >&2; exit 7'
is "$status|$out|$err" '7|out|err' 'output and exit status are passed on'
box --stdout bytes -- printf '\033[2J\0\377\n' >/dev/null
is "$(od -An -tx1 bytes | tr -d ' \n')" 1b5b324a00ff0a 'byte for byte'
box -- printf '\033[2J\0\377\n' >direct
cmp bytes direct
is $? 0 'on standard output as in a file'
run box --safe -- printf 'a\033[2J\377\n'
is "$out" 'a\x1b[2J\xff' '--safe shows what is no text'
run sbox 'kill -TERM $$'
is "$status|$err" '143|' 'a signal is 128 and its number'
run box -- sh -c 'echo "$0 $*"' a 'b  c' --cpu
is "$out" 'a b  c --cpu' 'arguments of the program are its own'
run box sh -c 'echo first'
is "$out" first 'the first word that is no option is the program'
run sbox 'pwd; id -u; echo $PATH:$HOME:$LANG:$TMPDIR; ls /; ls /app /root 2>/dev/null'
is "$(echo "$out" | head -n 3 | tr '\n' ' ')" '/work 1000 /usr/bin:/bin:/tmp:C.UTF-8:/tmp ' 'it is nobody, in /work'
run box -- env
is "$(echo "$out" | cut -d= -f1 | sort | tr '\n' ' ')" 'HOME LANG PATH TMPDIR ' 'with four variables'

# ---- input ---------------------------------------------------------------------------

fed() { "$FORTNIGHT" sandbox run --root toolchain -- cat; }
is "$(printf 'a\nb' | fed)" "$(printf 'a\nb')" 'standard input is read'
seq 300000 >numbers
fed <numbers >whole
cmp whole numbers
is $? 0 'whole'
is "$(fed </dev/null)" '' 'or is empty'
is "$(fed <&-)" '' 'or closed'
run box --stdin numbers -- wc -l
is "$out" 300000 '--stdin is a file'
run script -qec "'$FORTNIGHT' sandbox run --root toolchain -- wc -c" /dev/null
is "$(echo "$out" | tr -d '\r')" 0 'a terminal is not waited for'
is "$(echo text | "$FORTNIGHT" sandbox run --root toolchain -- true; echo $?)" 0 'who does not read does no harm'
truncate -s 70000000 large
run sh -c '"$0" sandbox run --root toolchain -- cat <large' "$FORTNIGHT"
is "$status $(echo "$err" | grep -c 'standard input is larger than 67108864 bytes: put it in a file of --work')" '3 1' \
	'more than 64 MiB is refused, with the cure'
rm large

# ---- what is inside --------------------------------------------------------------------

mkdir -p tree/bin tree/data
printf '#!/bin/sh\necho "ran $0"\n' >tree/bin/tool
chmod 755 tree/bin/tool
echo content >tree/data/file
ln -s file tree/data/link
tar -czf tree.tgz -C tree .
for source in tree tree.tgz; do
	run box --app $source -- sh -c 'cat /app/data/link; /app/bin/tool; echo x >/app/new; ls /work'
	is "$out" "$(printf 'content\nran /app/bin/tool')" "--app $source is in /app, read-only"
	run box --work $source -- sh -c 'cat data/link; bin/tool; echo x >data/file && cat data/file'
	is "$out" "$(printf 'content\nran bin/tool\nx')" "--work $source is copied into /work"
done
is "$(cat tree/data/file)" content 'and is as it was'
run box --app tree --env PATH=/usr/bin:/app/bin -- tool
is "$out" 'ran /app/bin/tool' 'a name is looked up in the PATH inside, also in /app'
run box --work tree -- bin/tool
is "$out" 'ran /work/bin/tool' 'a relative path is below /work'
run box --env A=1 --env 'B=2 3=4' --env PATH=/bin --env A=5 -- env
is "$(echo "$out" | sort | tr '\n' ' ')" 'A=5 B=2 3=4 HOME=/tmp LANG=C.UTF-8 PATH=/bin TMPDIR=/tmp ' '--env sets, the last one counts'
OUTSIDE='from here' run box -E OUTSIDE -- sh -c 'echo $OUTSIDE'
is "$out" 'from here' 'a name alone is what it is outside'
run box --hide /usr/bin/git --hide /usr/share -- sh -c 'cat /usr/bin/git; ls /usr/share | wc -l; head -c 4 /bin/sh >/dev/null && echo rest'
is "$out" "$(printf '0\nrest')" '--hide covers files and directories'
box --hide '' -- true 2>/dev/null
is $? 2 'which are absolute'
run "$FORTNIGHT" sandbox run -- /usr/bin/true
is "$status $err" '127 fortnight: /usr/bin/true: not started: No such file or directory' 'the bare root has nothing of the host'
mkdir bare
cp "$FORTNIGHT_BOX" bare/static
run "$FORTNIGHT" sandbox run --app bare -- /app/static --probe
is "$status $(echo "$out" | grep -c '^seccomp 2')" '0 1' 'but runs what is brought along'
mkdir -p root/usr/bin root/lib64
cp bare/static root/usr/bin/static
run "$FORTNIGHT" sandbox run --root root -- static --probe
is "$status $(echo "$out" | grep -c '^seccomp 2')" '0 1' '--root shows a directory'

# ---- collecting ------------------------------------------------------------------------

run box --work tree --collect got -- sh -c 'echo new >data/new; rm bin/tool; mkdir empty; ln -s /etc/passwd out
	printf "#!/bin/sh\n" >run; chmod 711 run; dd if=/dev/zero of=zeros bs=1M count=9 2>/dev/null; exit 5'
is "$status" 5 'collecting leaves the exit status alone'
is "$(cd got && find . | sort | tr '\n' ' ')" \
	'. ./bin ./data ./data/file ./data/link ./data/new ./empty ./out ./run ./zeros ' '--collect has what is in /work'
is "$(cat got/data/new) $(stat -c %a got/run) $(stat -c %a got/data/new) $(stat -c %s got/zeros)" 'new 755 644 9437184' \
	'with its content, and of modes only: executable'
is "$(readlink got/out)" /etc/passwd 'a link stays a link'
run box --collect got -- true
is "$status $(echo "$err" | grep -c 'got is there already: --collect wants a directory that it can make')" '3 1' 'it must be new'
run box --collect gone/got -- true
is "$status" 4 'in a place that is there'
run box --collect fifo --meta meta -- sh -c 'mkfifo pipe; exit 6'
is "$status $(echo "$err" | grep -c 'collect /work: . holds a FIFO') $(key exitcode)" '3 1 6' 'a FIFO is refused; the verdict stands'
run box --collect loop -- ln -s loop loop
is "$status $(echo "$err" | grep -c 'a link that leads in a circle')" '3 1' 'so is a loop of links'
run box --collect many --disk 400M --memory 1G -- sh -c 'seq 50001 | xargs touch'
is "$status $(echo "$err" | grep -c 'more than 50000 files')" '3 1' 'and a crowd of files'
is "$(find . -name 'fifo*' -o -name 'loop*' -o -name 'many*' -o -name '*.new.*')" '' 'nothing is left of those'
run box --wall 0.5 --collect late -- sh -c 'echo kept >file; sleep 60'
is "$status $(cat late/file)" '124 kept' 'what ran out of time is collected too'

# ---- limits ------------------------------------------------------------------------------

run limited --cpu 0.2 'while :; do :; done'
is "$status $(key status) $(key killed) $(key message) $(evidence "j['outcome']")" '152 TO 1 Time limit exceeded cpu-limit' 'CPU time'
is "$err" 'fortnight: /usr/bin/sh: CPU time limit of 0.2 s' 'a line says so'
is "$(evidence "0.2e9 <= j['cpu_ns'] < 2e9 and j['limits']['cpu_ns'] == 200000000")" True 'with the evidence'
run limited --cpu 0.3 'sh -c "while :; do :; done" & setsid sh -c "while :; do :; done" & wait'
is "$status" 152 'of all processes together'
run limited --wall 0.3 -q 'sleep 60'
is "$status $(key status) $(key killed) $(key message) $(evidence "j['outcome']")|$err" \
	'124 TO 1 Time limit exceeded (wall clock) wall-limit|' 'the clock; -q is quiet'
is "$(evidence "0.3e9 <= j['wall_ns'] and j['cpu_ns'] < 0.3e9")" True 'with the evidence'
run limited --memory 32M 'tail -n 1 /dev/zero; echo survived'
is "$status $(key status) $(key cg-oom-killed) $(key killed) $(evidence "j['outcome'], j['oom_kills'] > 0")" \
	'137 SG 1 1 memory-limit True' 'memory, also of a child'
is "$(key exitcode)$(key exitsig)" '' 'which is neither an exit nor a signal'
run limited --output 1000 'head -c 1001 /dev/zero; sleep 60'
is "$status $(key status) $(key killed) $(evidence "j['outcome'], j['stdout']['capped'], j['stderr']['capped']")" \
	'153 SG 1 output-limit True False' 'output'
run limited --output 1000 'head -c 1000 /dev/zero; head -c 1000 /dev/zero >&2'
is "$status $(evidence "j['stdout'], j['stderr']")" \
	"0 {'bytes': 1000, 'capped': False} {'bytes': 1000, 'capped': False}" 'each of the two, to the byte'
run limited --processes 4 'for i in 1 2 3 4 5 6; do sleep 1 & done 2>/dev/null; wait'
is "$(evidence "j['forks_refused'] > 0, j['limits']['processes']")" 'True 4' 'processes: refused, and counted'
run limited --file-size 1000 'head -c 2000 /dev/zero >file'
is "$(echo "$err" | grep -ci 'file size\|file too large\|write error')" 1 'the size of a file'
run limited --disk 1M --file-size 10M 'head -c 2000000 /dev/zero >file'
is "$status $(echo "$err" | grep -c 'No space left on device')" '1 1' 'the disk'
run limited --open-files 10 'ulimit -n; exec 9</dev/null'
is "$status $out" '0 10' 'open files'

# ---- reports ---------------------------------------------------------------------------------

run limited 'dd if=/dev/zero of=/dev/null bs=8M count=1 2>/dev/null; exit 3'
is "$(cut -d: -f1 meta | tr '\n' ' ')" 'time time-wall max-rss cg-mem exitcode status message ' 'the keys of a meta file'
is "$(key exitcode) $(key status) $(key message)" '3 RE Exited with error status 3' 'an exit status'
is "$(grep -cE '^(time|time-wall):[0-9]+\.[0-9]{3}$' meta) $(($(key max-rss) >= 8192)) $(($(key cg-mem) >= 8192))" '2 1 1' \
	'times with three decimals, and what a child had in memory'
is "$(evidence "j['outcome'], j['exit_status'], 'signal' in j, 'errno' in j")" 'exited 3 False False' 'the same in JSON'
run limited 'kill -SEGV $$'
is "$status $(key exitsig) $(key status) $(key message) $(key killed) $(evidence "j['outcome'], j['signal']")" \
	'139 11 SG Caught fatal signal 11  signalled 11' 'a signal'
run limited true
is "$status $(key exitcode) $(key status)$(key message)$(key killed)" '0 0 ' 'success has no status'
is "$(evidence "sorted(j)")" \
	"['cpu_ns', 'dying_ns', 'exit_status', 'forks_refused', 'format', 'layers', 'limits', 'max_rss_bytes', 'memory_peak_bytes', 'oom_kills', 'outcome', 'stderr', 'stdout', 'wall_ns']" \
	'the keys of the JSON'
is "$(evidence "j['limits']")" \
	"{'cpu_ns': 10000000000, 'disk_bytes': 268435456, 'file_bytes': 268435456, 'memory_bytes': 536870912, 'open_files': 256, 'output_bytes': 16777216, 'processes': 64, 'wall_ns': 60000000000}" \
	'the limits that the manual page has'
is "$(evidence "j['layers']['policy'], j['layers']['root'], len(j['layers']['namespaces']), j['layers']['control_groups'] in (1, 2), j['layers']['landlock_abi'] >= 0")" \
	'grade toolchain 7 True True' 'and the layers'
run box --meta meta --json json -- /work/missing
is "$status $(key status) $(key message) $(evidence "j['outcome'], j['errno']")" \
	'127 RE Not started: No such file or directory not-started 2' 'what is not there was not started'
run box --app tree -- /app/data/file
is "$status $err" '126 fortnight: /app/data/file: not started: Permission denied' 'nor what is no program'
run box --json - -- echo hidden
is "$status $(echo "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["outcome"])')" '0 exited' \
	'a report on standard output has it for itself'
run box --meta - --stdout shown -- echo shown
is "$(echo "$out" | grep -c '^exitcode:0') $(cat shown)" '1 shown' 'the output can go to a file'
run box --stderr errors -- sh -c 'echo e >&2; echo o'
is "$out $err $(cat errors)" 'o  e' 'each of them'
echo old >old
ln -s old link
run box --meta link -- true
is "$(readlink link) $(grep -c exitcode old)" 'old 1' 'a link to a report stays one'
run box --meta /dev/null --json /dev/null -- true
is "$status $(stat -c %F /dev/null)" '0 character special file' '/dev/null stays what it is'
rm -f meta
run sh -c '"$0" sandbox run --root toolchain --meta meta -- seq 100000 </dev/null | head -n 1' "$FORTNIGHT"
is "$out|$err $(key exitcode)" '1| 0' 'a reader that has seen enough is no failure'
rm -f meta
run sh -c '"$0" sandbox run --root toolchain --meta meta -- echo text </dev/null >/dev/full' "$FORTNIGHT"
is "$status $(echo "$err" | grep -c 'standard output: write: No space left on device') $(key exitcode)" '4 1 0' \
	'output that cannot be written is; the report is there'
mkfifo reader
cat reader >heard &
run box --meta reader -- true
wait $!
is "$(grep -c exitcode heard)" 1 'a FIFO is written to'

FORTNIGHT_START=fork run limited 'exit 4'
is "$status $(evidence "j['layers']['start']")" '4 fork' 'by fork it is the same'

# ---- policies ------------------------------------------------------------------------------------

for policy in grade session debug; do
	run limited --policy $policy true
	is "$status $(evidence "j['layers']['policy']")" "0 $policy" "the $policy policy"
done

# ---- mistakes ---------------------------------------------------------------------------------------

# told STATUS MESSAGE NAME ARGUMENT...: refused so, and nothing ran
told() {
	want=$1 message=$2 name=$3
	shift 3
	run box "$@"
	is "$status $(printf '%s\n' "$err" | grep -c -F -e "$message") $out" "$want 1 " "$name"
}
told 2 '0 arguments given, want: [--] PROGRAM [ARGUMENT...]' 'a program is wanted' --cpu 1
told 2 'there is no option --memroy=64M: did you mean --memory?' 'a near miss' --memroy=64M -- true
told 2 "--cpu is '1s', want 0.001 to 604800 seconds" 'seconds are a number' --cpu 1s -- true
told 2 "--wall is '0', want 0.001 to 604800 seconds" 'and more than none' -w 0 -- true
told 2 "--memory is '64X', want 1M to 1T bytes (K, M, G: times 1024)" 'a size has a known unit' --memory 64X -- true
told 2 "--memory is '65536', want 1M to 1T" 'and bounds' --memory 65536 -- true
told 2 "--processes is '0', want 1 to 32768" 'processes, too' --processes 0 -- true
told 2 "--open-files is '3', want 4 to" 'open files, too' --open-files 3 -- true
told 2 "--policy is 'sesion', want grade, session or debug: did you mean session?" 'policies have names' --policy sesion -- true
told 2 "--root is 'toolchian', want bare, toolchain or a directory that is there: did you mean toolchain?" 'roots as well' \
	--root toolchian -- true
told 2 "--hide is 'usr', want an absolute path" 'what is hidden is absolute' --hide usr -- true
told 2 "--env is '=x', want NAME=VALUE or NAME" 'a variable has a name' --env =x -- true
told 2 '--env NOT_SET_HERE: it is not set here; give it a value, as NOT_SET_HERE=VALUE' 'and a value' --env NOT_SET_HERE -- true
told 2 'only one of --stdout, --stderr, --meta and --json can be standard output (-)' 'standard output is for one' \
	--meta - --json - -- true
told 3 "there is no program 'no-such' in the PATH inside, '/usr/bin:/bin', with --root toolchain: name it with its path" \
	'a name that is nowhere' -- no-such
told 3 '--app: nowhere: no such directory or archive' '/app is of something' --app nowhere -- true
told 3 "--work: numbers: archive: Unrecognized archive format" 'which is a directory or an archive' --work numbers -- true
told 3 "tree takes up to" 'that fits' --work tree --disk 4K -- true
told 4 '--stdin nowhere: No such file or directory' 'input is of something' --stdin nowhere -- true
told 4 "write 'nowhere/meta': " 'a report has a place' --meta nowhere/meta -- true
told 4 "write 'tree': Is a directory" 'which is no directory' --json tree -- true
told 3 "'fresh/' names nothing: leave the slash at its end out" 'nor ends as one' --meta fresh/ -- true
told 5 '--memory is 1099511627776, and this host has' 'more memory than there is' --memory 1T -- true
told 5 '(ulimit -Hn)' 'more open files than are allowed' --open-files 2000000000 -- true
FORTNIGHT_START=both told 3 'FORTNIGHT_START' 'the switch has two positions' -- true
run "$FORTNIGHT" sandbox
is "$status $(echo "$err" | grep -c "'sandbox' wants one of: run")" '2 1' 'half a command is completed'
run "$FORTNIGHT" sandbox run --help
is "$status $(echo "$out" | grep -c 'usage: fortnight sandbox run')" '0 1' 'help is an answer'

FORTNIGHT_BOX=/bin/false run box --meta meta --json json -- true
is "$status $(key status) $(evidence "j['outcome'], sorted(j)")" "75 XX failed ['format', 'message', 'outcome']" \
	'a failure of ours says so, in each report'

# ---- ctrl-C, and nothing left -----------------------------------------------------------------------------

mine=bx$$
cp "$FORTNIGHT_BOX" $mine
# A box of this test's own name: others run beside it.
running() { ps -eo stat=,comm= | awk -v box="$mine" '!/^Z/ && $2 == box' | wc -l; }
left() {
	for _ in $(seq 50); do
		[ "$(running)" = 0 ] && break
		sleep 0.1
	done
	groups=$(find /sys/fs/cgroup -maxdepth 5 -path "*fortnight*" -name "pod-$1-*" 2>/dev/null)
	echo "$(running)$groups$(find . -name '*.new.*')"
}
# interrupt SIGNAL STDIN ARGUMENT...
interrupt() {
	signal=$1 input=$2
	shift 2
	rm -f started
	FORTNIGHT_BOX=$TMP/$mine env --default-signal=INT setsid "$FORTNIGHT" sandbox run --root toolchain --meta cut "$@" <"$input" >out 2>err &
	pid=$!
	for _ in $(seq 100); do
		[ "$(running)" -gt 2 ] && break
		[ "$input" = /dev/null ] || break
		sleep 0.05
	done
	sleep 0.5
	env kill -s "$signal" -- "-$pid" 2>/dev/null
	status=0
	wait "$pid" || status=$?
}
for signal in INT TERM HUP; do
	interrupt $signal /dev/null --collect cut-tree -- sh -c 'setsid sleep 300 & sleep 300'
	is "$status $(cat err)" '130 fortnight: interrupted' "SIG$signal ends it"
	is "$(left "$pid")$(ls -d cut cut-tree 2>/dev/null)" 0 'with no process, control group or result left'
done
mkfifo never
sleep 300 >never &
writer=$!
interrupt INT never -- cat
kill "$writer"
is "$status $(left "$pid")" '130 0' 'also while it reads its input'
run sbox 'setsid sleep 300 & setsid sleep 300 & echo done'
is "$status $out" '0 done' 'what is in the background does not hold it up'

# ---- an ordinary user -----------------------------------------------------------------------------------------

if [ "$(id -u)" -ne 0 ]; then
	skip 'takes root, to make somebody else of it' 'as an ordinary user'
	done_testing
fi
user=61791
as_user() {
	# In a build that counts coverage, that user's counts go where they may.
	GCOV_PREFIX=$TMP/theirs/counts "$here/../lib/become" "$user" "$@" </dev/null
}
mkdir theirs
cp "$FORTNIGHT" "$FORTNIGHT_BOX" theirs/
chown -R "$user" theirs
fortnight=$TMP/theirs/${FORTNIGHT##*/}
unset FORTNIGHT_BOX
"$fortnight" doctor --undelegate "$user" 2>/dev/null
run as_user "$fortnight" sandbox run --root toolchain -- true
is "$status $(echo "$err" | grep -c -e "--delegate $user")" '5 1' 'without a control group it is refused, with the cure'
"$fortnight" doctor --delegate "$user"
cp -R "$SOURCE/tests/toolchain" theirs/toolchain # the user may not see $SOURCE
cd theirs || exit 1
run as_user "$fortnight" sandbox run --root toolchain --work "$TMP/tree" --collect got --meta meta --json json -- \
	sh -c 'id -u; echo x >data/new; cat data/link; exit 9'
is "$status $(echo "$out" | tr '\n' ' ')$(key exitcode) $(cat got/data/new) $(stat -c %u got/data/new)" \
	"9 1000 content 9 x $user" 'an ordinary user runs, collects, and owns what comes out'
is "$(evidence "j['layers']['own_ids'], j['outcome']")" 'False exited' 'with one id'
run as_user "$fortnight" sandbox run --root toolchain --cpu 0.2 --meta meta -- sh -c 'while :; do :; done'
is "$status $(key status)" '152 TO' 'under limits on CPU time'
run as_user "$fortnight" sandbox run --root toolchain --memory 32M --meta meta -- tail -n 1 /dev/zero
is "$status $(key cg-oom-killed)" '137 1' 'on memory'
run as_user "$fortnight" sandbox run --root toolchain --wall 0.3 --meta meta -- sh -c 'setsid sleep 300 & sleep 300'
is "$status $(key message)" '124 Time limit exceeded (wall clock)' 'and on the clock'
run as_user "$fortnight" sandbox run --root toolchain --policy session --work toolchain -- sh ./gcc
is "$status $(echo "$out" | tail -n 1)" '0 ok' 'and compiles'
run "$fortnight" doctor --undelegate "$user"
is "$status" 0 'root takes it back, and nothing is left in it'

done_testing
