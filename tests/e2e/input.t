#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # scripts of the test are expanded where they run
#
# Bad input: each with a message that names the thing, the place and the cure,
# and the exit status that the manual page has.  What goes wrong while a
# submission runs is in score.t.
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

cd "$TMP" || exit 1
umask 022
"$FORTNIGHT" task new words >/dev/null || exit 1
good=words/submissions/accepted/reference

# refused STATUS MESSAGE NAME: the last run ended so, and said this on one line
refused() {
	is "$status $(printf '%s\n' "$err" | grep -c -F -e "$2")" "$1 1" "$3"
}

# ---- the command line ------------------------------------------------------------

# told STATUS MESSAGE NAME ARGUMENT...
told() {
	want=$1 message=$2 name=$3
	shift 3
	run "$FORTNIGHT" "$@"
	refused "$want" "$message" "$name"
}
told 2 'usage: fortnight COMMAND' 'no command is a question'
told 0 '' 'help is an answer' --help
told 2 "there is no command 'scroe': did you mean 'score'?" 'a near miss is suggested' scroe
told 2 "there is no command 'task lsit': did you mean 'task list'?" 'in two words as well' task lsit
told 2 "'task' wants one of: list, show, check, generate, new" 'half a command is completed' task
told 2 '1 argument given, want: PACK TREE|ARCHIVE' 'arguments are counted' score words
told 2 'there is no option --lane: did you mean --lanes?' 'an option is suggested' score words "$good" --lane 2
told 2 "--lanes is '0', want 1 to 256" 'a number has bounds' score words "$good" --lanes 0
told 2 "--lanes is '2x', want 1 to 256" 'and is one' score words "$good" --lanes 2x
told 2 '--json takes no value' 'a flag has no value' score words "$good" --json=no
told 2 '--output wants a value' 'an option that wants a value says so' score words "$good" -o

# ---- packs --------------------------------------------------------------------------

told 3 "there is no pack 'wrods', as a directory or in tasks/: see fortnight task list" 'there must be a pack' \
	score wrods "$good"
told 3 "there is no pack '$good/run.c'" 'a file is no pack' task show "$good/run.c"
mkdir empty
told 3 'empty/task.toml is not there' 'a pack has a manifest' task show empty

# broken SCRIPT MESSAGE NAME: a pack that SCRIPT has been at is refused
broken() {
	rm -rf bad
	cp -r words bad
	(cd bad && eval "$1") || exit 1
	run "$FORTNIGHT" score bad "$good" -o results
	refused "${want:-3}" "$2" "$3"
}
# line PATTERN: its number in the manifest
line() { grep -n -m1 -e "$1" words/task.toml | cut -d: -f1; }
want=3
last=$(($(wc -l <words/task.toml) + 1))
broken 'echo "x = [" >>task.toml' "bad/task.toml:$last: " 'malformed TOML is refused with its line'
broken 'printf "a\0b" >>task.toml' "bad/task.toml:$last: " 'so are bytes that are no text'
broken 'sed -i s/^cpu_ms/cpu_sm/ task.toml' \
	"bad/task.toml:$(line '^cpu_ms'): unknown key 'cpu_sm': did you mean 'cpu_ms'?" 'an unknown key has its near miss'
broken 'echo "[interview.bulid]" >>task.toml' "unknown key 'bulid': did you mean 'build'?" 'a table too'
broken 'sed -i "s/^weight = 50/weight = 51/" task.toml' 'the weights add up to 101, want 100' 'weights add up to 100'
broken 'sed -i "s/^weight = 50/weight = 50.5/" task.toml' "bad/task.toml:$(line '^weight = 50'): 'weight' " \
	'and are whole numbers'
broken 'sed -i "s/^memory_mb = 64/memory_mb = 0/" task.toml' "bad/task.toml:$(line '^memory_mb = 64'): 'memory_mb' " \
	'a limit of nothing is none'
broken 'sed -i "s/^memory_mb = 64/memory_mb = \"64\"/" task.toml' "'memory_mb' must be a" 'nor is a text'
broken 'sed -i "s/^kind = \"io\"/kind = \"oi\"/" task.toml' "kind 'oi' is not io, driver, robust or speed" 'a kind is known'
broken 'sed -i "s/^root = .*/root = \"debian\"/" task.toml' "root 'debian' is not known: want 'bare'" 'so is a root'
broken 'rm contract.md' 'bad/contract.md is not there' 'a pack has a contract'
broken 'rm hidden/top.jsonl' 'area top: bad/hidden/top.jsonl is not there' 'every area has its cases'
broken ': >hidden/top.jsonl' 'bad/hidden/top.jsonl:1: no cases' 'one at least'
broken 'rm hidden/top.jsonl && mkfifo hidden/top.jsonl' 'hidden/top.jsonl is not a regular file' 'a FIFO is no file of cases'
broken 'ln -sf /etc/passwd hidden/top.jsonl' 'bad/hidden/top.jsonl is a link' 'nor is a link'

at=bad/hidden/top.jsonl:2:
broken 'sed -i "2s/}}/}/" hidden/top.jsonl' "$at '}' expected near end of file" 'malformed JSON is refused with its line'
broken 'sed -i "2s/want/wnat/" hidden/top.jsonl' "$at unknown key 'wnat': did you mean 'want'?" 'a key of a case is known'
broken 'sed -i "2s/\"level\":1/\"level\":7/" hidden/top.jsonl' "$at level is 7, want 1 to 3" 'a level has bounds'
broken 'sed -i "2s/top-02/pot-02/" hidden/top.jsonl' "$at id 'pot-02' must be 'top-...'" 'a case is named after its area'
broken 'sed -i "2s/top-02/top-01/" hidden/top.jsonl' "$at line 1 of top.jsonl has the id 'top-01' already" 'and not twice'
broken 'sed -i "2s/\"2.2\"/\"9.9\"/" hidden/top.jsonl' "$at contract.md has no statement 9.9" 'what it tests is in the contract'
broken 'sed -i "2s/\"stdin\":/\"id\":/" hidden/top.jsonl' "$at duplicate object key" 'a key comes once'
broken 'sed -i "2s/\"want\":.*/\"want\":{}}/" hidden/top.jsonl' "$at want has neither stdout nor files" 'a case wants something'
broken 'sed -i "2s/\"want\":.*/\"want\":{\"stdout\":\"\"}}/" hidden/top.jsonl' "$at no output and exit 0 is void" \
	'which nothing does not give'
# with KEY PYTHON: give the second case this value
# shellcheck disable=SC2317 # called by eval
with() {
	python3 - "$1" "$2" <<-'END'
		import json, sys
		lines = open("hidden/top.jsonl").read().splitlines()
		case = json.loads(lines[1])
		case[sys.argv[1]] = eval(sys.argv[2])
		lines[1] = json.dumps(case)
		open("hidden/top.jsonl", "w").write("\n".join(lines) + "\n")
	END
}
broken 'with argv "[120000 * chr(120)]"' "$at arguments and environment are 1 strings of 120001 bytes" \
	'an argument has its bound'
broken 'with files "{str(n): str() for n in range(60000)}"' "$at files take 0 bytes in 60001 files and directories" \
	'so have files'
broken 'head -c 1100000 /dev/zero | tr "\0" x >>hidden/top.jsonl' 'a line of more than 1048576 bytes' 'a line has its bound'
is "$(test -e results && echo there)" '' 'nothing was scored'

want=5
broken 'sed -i "s/^memory_mb = 64/memory_mb = 90000000/" task.toml' \
	'pack bad: memory_mb of [interview.run] is 90000000, and this host has ' 'memory that is not there is refused'
broken 'sed -i "s/^memory_mb = 512/memory_mb = 90000000/" task.toml' 'memory_mb of [interview.build] is' 'for the build too'
broken 'sed -i "s/^processes = 16/processes = 90000000/" task.toml' 'or raise kernel.pid_max' 'so are processes'
broken 'sed -i "s/^open_files = 64/open_files = 90000000/" task.toml' '(ulimit -Hn)' 'and open files'

# ---- trees -------------------------------------------------------------------------------

# tree SCRIPT MESSAGE NAME: a tree that SCRIPT made is refused
tree() {
	rm -rf tree
	mkdir tree
	(cd tree && eval "$1") || exit 1
	run "$FORTNIGHT" score words tree -o results
	refused 3 "$2" "$3"
}
told 3 'nowhere: no such directory or archive' 'there must be a tree' score words nowhere
tree 'mkdir a && mkfifo a/p' "tree: 'a/p' is a FIFO; only files, directories and links" 'a FIFO is refused'
tree 'python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"s\")"' "tree: 's' is a socket" 'a socket too'
tree 'ln -s b a; ln -s a b' "tree: 'a' is a link that leads in a circle" 'a loop of links is refused'
tree 'mkdir d; ln -s x d/y; ln -s y d/x' "tree: 'd/x' is a link that leads in a circle" 'also below'
tree 'truncate -s 4T huge' "tree: 'huge' has 4398046511104 bytes; all files together may have 268435456" \
	'4 TiB of nothing are too much'
tree 'mkdir -p "$(printf "d/%.0s" $(seq 65))"' 'more than 64 folders deep' 'depth is bounded'
tree 'seq 50001 | xargs touch' 'tree: more than 50000 files, links and directories' 'and so is number'
tree ': >"$(printf "bell\a")"; mkfifo "$(printf "esc\033[2J")"' "'esc\\x1b[2J' is a FIFO" 'a name is safe to show'
if [ "$(id -u)" = 0 ] && mknod null c 1 3 2>/dev/null; then
	rm null
	tree 'mknod d c 1 3' "tree: 'd' is a device" 'a device is refused'
else
	skip 'takes root, to make one' 'a device is refused'
fi
rm -rf tree
cp -r "$good" tree
ln -s /etc/passwd tree/outside
ln -s ../../../.. tree/up
run "$FORTNIGHT" score words tree -o results
is "$status $(echo "$out" | grep -c '^total 100.00')" '0 1' 'a link out of the tree is a link to nothing'

# ---- archives ---------------------------------------------------------------------------------

python3 - <<'END'
import io
import tarfile
import zipfile

ARCHIVES = {
    'dots': [('../evil', tarfile.REGTYPE, b'x')],
    'middle': [('a/../../evil', tarfile.REGTYPE, b'x')],
    'absolute': [('/tmp/evil', tarfile.REGTYPE, b'x')],
    'through': [('way', tarfile.SYMTYPE, '..'), ('way/evil', tarfile.REGTYPE, b'x')],
    'hard': [('name', tarfile.LNKTYPE, '../../etc/passwd')],
    'fifo': [('pipe', tarfile.FIFOTYPE, '')],
    'device': [('null', tarfile.CHRTYPE, '')],
    'many': [('f%d' % n, tarfile.REGTYPE, b'') for n in range(50001)],
}
for name, entries in ARCHIVES.items():
    with tarfile.open(name + '.tar', 'w') as tar:
        for path, kind, content in entries:
            info = tarfile.TarInfo(path)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.linkname = content
                tar.addfile(info)
with zipfile.ZipFile('dots.zip', 'w') as archive:
    archive.writestr('../evil', 'x')
END
tar -czf good.tgz -C "$good" .
head -c 500 good.tgz >short.tgz
head -c 2000 "$FORTNIGHT" >junk.tar
python3 -c '
import gzip, tarfile, io
class Zeros(io.RawIOBase):
    def read(self, n): return bytes(n)
with tarfile.open("bomb.tgz", "w:gz", compresslevel=1) as tar:
    info = tarfile.TarInfo("zeros")
    info.size = 300 << 20
    tar.addfile(info, Zeros())'

# archive FILE MESSAGE NAME
archive() { told 3 "$1: $2" "$3" score words "$1" -o results; }
climb="a path is relative, without empty, '.' or '..' parts"
archive dots.tar "'../evil': $climb" 'an archive does not climb out'
archive dots.zip "'../evil': $climb" 'nor does a zip'
archive middle.tar "'a/../../evil': $climb" 'nor in the middle of a path'
archive absolute.tar "'/tmp/evil': an absolute name in an archive" 'nor from the top'
archive through.tar "'way/evil' lies below 'way', which is not a directory" 'nor through a link'
archive hard.tar "'../../etc/passwd': $climb" 'nor by a hard link'
archive fifo.tar "'pipe' is a device, FIFO or socket" 'nor brings a FIFO'
archive device.tar "'null' is a device, FIFO or socket" 'nor a device'
archive many.tar 'more than 50000 files, links and directories' 'nor too many files'
archive bomb.tgz "'zeros' makes the files larger than 268435456 bytes together" 'nor too large a one'
archive short.tgz 'archive: truncated gzip input' 'a torn archive is refused'
archive junk.tar 'archive: Unrecognized archive format' 'and what is none'
truncate -s 20480 blank.tar
archive blank.tar 'archive: holds nothing' 'and zeros, which tar calls an empty archive'
is "$(find .. /tmp -maxdepth 1 -name evil 2>/dev/null)" '' 'nothing came out'

# ---- results that cannot be written -------------------------------------------------------------

told 4 "create directory 'nowhere/results': No such file or directory" 'results need a place' \
	score words "$good" -o nowhere/results
told 4 "open directory 'good.tgz': Not a directory" 'which is a directory' score words "$good" -o good.tgz
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir small
	run unshare -m sh -c 'mount -t tmpfs -o ro none small && "$FORTNIGHT" score words '"$good"' -o small; echo "status $?"'
	is "$out $(printf '%s\n' "$err" | grep -c 'write results in small: Read-only file system')" 'status 4 1' \
		'that can be written'
	run unshare -m sh -c 'mount -t tmpfs -o size=16k none small && "$FORTNIGHT" score words '"$good"' -o small/new
		echo "status $?"; ls -A small'
	is "$out $(printf '%s\n' "$err" | grep -c 'small/new: .*No space left on device')" 'status 4 1' \
		'a full disk is named, and nothing half written is left'
	run unshare -m sh -c 'mount -t tmpfs -o size=4k none small && : >small/full && echo x >small/full
		TMPDIR=$PWD/small "$FORTNIGHT" score words '"$good"' -o results -q; echo "status $?"'
	is "$out" 'status 0' 'a full TMPDIR does not matter'
else
	for name in 'that can be written' 'a full disk is named' 'a full TMPDIR does not matter'; do
		skip 'takes root, to mount' "$name"
	done
fi

# ---- ctrl-C ---------------------------------------------------------------------------------------

# A box of this test's own name: others run beside it.
box=bx$$
cp "$FORTNIGHT_BOX" "$box"
cp /proc/self/mounts mounts
rm -rf tree
cp -r "$good" tree
# The reference, but for a sleep in the build and one in each case.
sed -i 's/^mkdir.*/&\n: >started; sleep 3/' tree/build.sh
sed -i 's/^int main.*/#include <unistd.h>\n&/; s/^\tchar \*text;/&\n\n\tsleep(9);/' tree/run.c

# running: how many processes of this box there are, but for dead ones
running() { ps -eo stat=,comm= | awk -v box="$box" '!/^Z/ && $2 == box' | wc -l; }

# interrupt SECONDS SIGNAL...: what scoring leaves when its process group, as
# a terminal's, gets these signals so long after its first box is there
interrupt() {
	rm -rf stopped
	FORTNIGHT_BOX=$TMP/$box env --default-signal=INT setsid "$FORTNIGHT" score words tree -o stopped >out 2>err &
	pid=$!
	for _ in $(seq 100); do
		[ "$(running)" = 0 ] || break
		sleep 0.05
	done
	sleep "$1"
	shift
	for signal in "$@"; do
		env kill -s "$signal" -- "-$pid" 2>/dev/null
	done
	status=0
	wait "$pid" || status=$?
}
# left: processes but for dead ones, mounts, results, control groups
left() {
	for _ in $(seq 50); do
		[ "$(running)" = 0 ] && break
		sleep 0.1
	done
	groups=$(find /sys/fs/cgroup -maxdepth 5 -path "*fortnight*" -name "pod-$pid-*" 2>/dev/null)
	echo "$(running) $(diff /proc/self/mounts mounts | wc -l) $(test -e stopped && echo stopped)$groups"
}
for when in 0 1.5 6; do
	interrupt "$when" INT
	is "$status $(cat err)" '130 fortnight: interrupted' "ctrl-C after $when s stops scoring"
	is "$(left)" '0 0 ' 'and leaves no process, mount, result or control group'
done
interrupt 3 TERM
is "$status $(left)" '130 0 0 ' 'SIGTERM does the same'
interrupt 3 INT INT
is "$((status > 128)) $(left | head -n 1 | cut -d' ' -f1,2)" '1 0 0' 'the second one does not wait, and no process or mount is left'

done_testing
