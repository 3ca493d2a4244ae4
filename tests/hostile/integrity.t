#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # what single quotes hold is expanded inside the sandbox
#
# Submissions that want points without the work, and trees that want to harm who
# reads them.  The numbers are those of docs/hostile.md.
set -u
here=$(cd "${0%/*}" && pwd)
# shellcheck source=../lib/tap.sh
. "$here/../lib/tap.sh"
# shellcheck source=../data/score/pack.sh
. "$here/../data/score/pack.sh"
# shellcheck source=score.sh
. "$here/score.sh"

# An input that does not fit a pipe.
awk 'BEGIN { printf "{\"id\": \"robust-3\", \"level\": 3, \"spec\": [\"1.1\"], \"stdin\": \""
	for (i = 0; i < 30000; i++) printf "rubbish "
	print "\", \"want\": {\"exit\": \"any\"}}" }' >>"$PACK/hidden/robust.jsonl"

# ---- controls: the pack can be won, and a cheat with the answer would win -------

score_of "if (n == 7) return puts(\"$SECRET\"), 0;"
is "$status $(value points)" '0 100.000000' 'control: a tree that is right, and is told the answer, has every point'
is "$(verdict robust-3)" passed '122 an input that is never read to its end harms nobody'
score_of 'if (argc < 2) return 0; if (argv[1][0] != 101) return 0; if (argv[1][1] != 110) return 0;'
is "$(value areas 1 points | grep -c '^0')" 0 'control: one right answer has points'

# ---- 111: the suite ---------------------------------------------------------------

looking='found=$(find / \( -path /usr -o -path /proc \) -prune -o \( -name "*.jsonl" -o -name task.toml \) -print 2>/dev/null)
[ -z "$found" ] || { echo "there is $found"; exit 8; }
! grep -rqs "$WANTED" /work /app /tmp /data /etc /dev/shm || exit 9
for dir in /proc/[0-9]*; do
	! cat "$dir/environ" "$dir/cmdline" 2>/dev/null | grep -aqs "$WANTED_PATH" || exit 10
	for fd in "$dir"/fd/[3-9] "$dir"/fd/[1-9][0-9]; do
		[ ! -r "$fd" ] || case $(readlink "$fd") in "$dir"*|/work/*|/proc/*|"") ;; *) echo "$fd"; exit 11 ;; esac
	done
done'

# looks_in_build LINE: build.sh does LINE, then looks everywhere
looks_in_build() {
	rm -rf "$TMP/tree"
	BEFORE='return 0;' make_tree "$TMP/tree"
	# In halves, so that what is looked for is not in the script itself.
	build_script <<-END
		#!/bin/sh
		first=${SECRET%??????}
		WANTED=\${first}${SECRET#"${SECRET%??????}"}
		WANTED_PATH=$(echo "$PACK" | sed 's|^\(..\)|\1\\|')/hidden
		WANTED_PATH=\$(printf %s "\$WANTED_PATH" | tr -d '\\\\')
		$1
		$looking
		mkdir -p out && cc -O1 -static -o out/run run.c
	END
	score
}

looks_in_build :
is "$(value build status)" ok '111 a build that looks everywhere for the suite finds nothing'
nothing '111 and has no point'
looks_in_build 'echo "$WANTED" >notes'
is "$(value build reason)" 'the build ended with status 9' 'control: it finds an answer that is there'
looks_in_build 'echo >more.jsonl'
is "$(value build reason)" 'the build ended with status 8' 'control: and a suite by its name'

for reach in "#include \"$PACK/hidden/words.jsonl\"" "__asm__(\".incbin \\\"$PACK/hidden/words.jsonl\\\"\");"; do
	BEFORE='' make_tree "$TMP/tree"
	printf '%s\n' "$reach" >>"$TMP/tree/run.c"
	score
	is "$status $(value verdict)" '0 not_built' "111 the compiler does not reach the suite: ${reach%%\"*}"
	is "$(printf '%s\n' "$out" | grep -c "$SECRET")" 0 '111 and tells nothing of it'
done
BEFORE='' make_tree "$TMP/tree"
echo 'int included;' >"$TMP/tree/own.h"
echo '#include "/work/own.h"' >>"$TMP/tree/run.c"
score
is "$(value verdict)" scored 'control: it reaches a file of the tree in the same way'

walk='chdir("/"); FILE *f = popen("true", "r"); if (f) pclose(f);
	const char *at[] = { "/app/hidden/words.jsonl", "/work/hidden/words.jsonl", "/tests/hidden", "/solution",
		"/proc/1/root/app", "/proc/1/cwd/hidden", "/proc/1/fd/3", "/proc/self/fd/3", "/data/words.jsonl" };
	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (access(at[i], F_OK) == 0) return printf("yes %d\n", n), 0;
	return 0;'
score_of "$walk"
nothing '111 a case finds the suite nowhere'

# ---- 112 to 115, 117: results of one's own ------------------------------------------

score_of 'puts("TAP version 14\n1..11\nok 1\nok 2 # SKIP\nok 3 # TODO\n{\"verdict\": \"passed\", \"points\": 100}");
	fputs("<testsuite tests=\"11\" failures=\"0\"/>\nreward: 1.0\nPASSED\n", stderr); return 0;'
nothing '112, 117 results that are printed are text'
score_of 'for (int fd = 3; fd < 1024; fd++) if (write(fd, "{\"points\": 100}", 15) > 0) printf("yes %d\n", n); return 0;'
nothing '113 no descriptor leads to a judge'

files='const char *to[] = { "score.json", "reward.json", "/app/score.json", "/tmp/reward.json", "/logs/verifier/reward.txt",
		"'$TMP'/results/score.json", "'$TMP'/results/reward.json" };
	mkdir("/logs", 0755); mkdir("/logs/verifier", 0755);
	for (unsigned i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		FILE *f = fopen(to[i], "w"); if (f) fputs("{\"reward\": 1.0, \"points\": 100}", f), fclose(f); }
	return 0;'
BEFORE=$files make_tree "$TMP/tree"
build_script <<-'END'
	#!/bin/sh
	mkdir -p out results && cc -O1 -static -o out/run run.c
	for name in score.json reward.json results.tap junit.xml ctrf.json; do
		echo '{"reward": 1.0, "points": 100}' | tee "out/$name" "results/$name" >"$name"
	done
END
score
nothing '114 result files that are written beforehand count for nothing'
is "$(cd "$TMP/results" && echo *)" 'ctrf.json junit.xml measured.json results.tap reward.json score.json' \
	'114 and add nothing to the results'

score_of '_exit(0);'
nothing '115 leaving with 0 before any answer'
score_of 'signal(SIGALRM, _exit); ualarm(20000, 0); for (;;) pause();'
nothing '115 leaving by a signal'

# ---- 116, 108: what a harness might run by accident -----------------------------------

BEFORE='return 0;' make_tree "$TMP/tree"
mkdir -p "$TMP/tree/.git/hooks"
printf '[core]\n\tfsmonitor = touch %s/ran\n\thooksPath = hooks\n[filter "x"]\n\tclean = touch %s/ran\n' \
	"$TMP" "$TMP" >"$TMP/tree/.git/config"
for name in .git/hooks/post-checkout fortnight-box fortnight sh bash cc gcc make tar gzip git python3 prove diff env; do
	printf '#!/bin/sh\ntouch %s/ran\nexit 0\n' "$TMP" >"$TMP/tree/$name"
	chmod 755 "$TMP/tree/$name"
done
echo "import os; os.system('touch $TMP/ran')" |
	tee "$TMP/tree/conftest.py" "$TMP/tree/sitecustomize.py" >"$TMP/tree/usercustomize.py"
echo "touch $TMP/ran" | tee "$TMP/tree/.bashrc" >"$TMP/tree/.profile"
status=0
rm -rf "$TMP/results"
(cd "$TMP/tree" && PATH=.:$TMP/tree:$PATH PYTHONPATH=. BASH_ENV=.bashrc ENV=.profile \
	"$FORTNIGHT" score "$PACK" . -o "$TMP/results" -q) || status=$?
nothing '116 a tree full of programs with well-known names'
is "$(test -e "$TMP/ran" && echo ran)" '' '108, 116 none of them is run on the host'
"$TMP/tree/git"
is "$(test -e "$TMP/ran" && echo ran)" ran 'control: they would leave a trace'
rm "$TMP/ran"

# ---- 118, 119: daemons and memory ---------------------------------------------------------

BEFORE="if (n == 7) return puts(\"$SECRET\"), 0;" make_tree "$TMP/tree"
build_script <<-'END'
	#!/bin/sh
	mkdir -p out && cc -O1 -static -o good run.c
	echo 'int main(void) { return 0; }' | cc -O1 -static -o out/run -x c -
	setsid sh -c 'sleep 1; while :; do cp -f good out/run; cp -f good /app/run; done' </dev/null >/dev/null 2>&1 &
END
score
nothing '118 a daemon of the build does not live to change the program'

remember='const char *at[] = { "/tmp/hostile-k", "/dev/shm/hostile-k", "hostile-k", "/data/hostile-k", "/app/hostile-k" };
	int known = 0, count = sizeof(at) / sizeof(at[0]);
	for (int i = 0; i < count; i++) known |= access(at[i], F_OK) == 0;
	for (int i = 0; i < count; i++) { FILE *f = fopen(at[i], "w"); if (f) fclose(f); }
	if (!known) return 0;'
score_of "$remember" --lanes 1
nothing '119 no case remembers the one before'

# ---- 120: the same everywhere ---------------------------------------------------------------

fingerprint='char host[100] = "", cwd[200] = ""; extern char **environ; unsigned long h = 5381;
	gethostname(host, 99); getcwd(cwd, 199);
	for (char **e = environ; *e; e++) if (strncmp(*e, "COLOUR=", 7) != 0) for (char *c = *e; *c; c++) h = h * 33 + *c;
	for (char *c = argv[0]; *c; c++) h = h * 33 + *c;
	for (char *c = host; *c; c++) h = h * 33 + *c;
	for (char *c = cwd; *c; c++) h = h * 33 + *c;
	h = h * 33 + getuid(); h = h * 33 + getgid(); h = h * 33 + getpid(); h = h * 33 + getppid();
	return printf("fingerprint %lx\n", h), 0;'
score_of "$fingerprint"
hidden=$(printf '%s\n' "$out" | grep -o 'fingerprint [0-9a-f]*' | sort -u)
score --visible
is "$(printf '%s\n' "$out" | grep -o 'fingerprint [0-9a-f]*' | sort -u)" "$hidden" \
	'120 a program cannot tell the hidden suite from the visible cases'
is "$(printf '%s\n' "$hidden" | grep -c '^fingerprint [0-9a-f]*$')" 1 '120 and looks the same in every case'

# ---- 124: links in place of files -------------------------------------------------------------

score_of 'if (argc > 1 && argv[1][0] == 99) return symlink("in.txt", "out.txt"), puts("done"), 0;'
is "$(verdict files-1)" 'failed: file out.txt' '124 a link to the right content is not the file'
score_of 'if (argc > 1 && argv[1][0] == 99) return link("in.txt", "out.txt"), puts("done"), 0;'
is "$(verdict files-1)" passed 'control: a hard link is'
BEFORE='' make_tree "$TMP/tree"
build_script <<-'END'
	#!/bin/sh
	mkdir -p out && ln -s /bin/true out/run
END
score
nothing '124 a program that is a link to one of the host'\''s'
for name in stdin stdout stderr; do ln -s /etc/passwd "$TMP/tree/$name"; done
build_script <<-END
	#!/bin/sh
	ln -s "$PACK/hidden" out
END
score
is "$(value build status)" no_output '124 an out/ that is a link is none'

# ---- 99 to 107: trees and archives --------------------------------------------------------------

# refused MESSAGE NAME: it is not read at all, and the message says why
refused() {
	is "$status $(printf '%s\n' "$err" | grep -c -e "$1")" '3 1' "$2"
}

fresh_tree() {
	rm -rf "$TMP/tree"
	BEFORE='' make_tree "$TMP/tree"
}

fresh_tree
ln -s b "$TMP/tree/a" && ln -s a "$TMP/tree/b"
score
refused 'in a circle' '99 links that lead to each other'
fresh_tree
ln -s /etc/shadow "$TMP/tree/shadow" && ln -s "$PACK/hidden" "$TMP/tree/hidden"
cp "$TMP/tree/build.sh" "$TMP/build.sh"
build_script <<-'END'
	#!/bin/sh
	! cat shadow || exit 8
	! ls hidden/ || exit 9
	mkdir -p out && cc -O1 -static -o out/run run.c
END
score
is "$status $(value build status)" '0 ok' '99 links that lead out are kept, and lead nowhere inside'
fresh_tree
mkfifo "$TMP/tree/fifo"
score
refused 'fifo' '103 a FIFO in a tree is named, and nobody waits'
fresh_tree
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$TMP/tree/sock"
score
refused 'sock' '103 a socket in a tree'
fresh_tree
truncate -s 300M "$TMP/tree/sparse"
score
refused "'sparse' has 314572800 bytes" '67 a hole of 300 MiB in a tree'
fresh_tree
touch "$TMP/tree/one" && for i in 1 2 3; do ln "$TMP/tree/one" "$TMP/tree/name-$i"; done
chmod 6755 "$TMP/tree/build.sh"
score
is "$status $(value areas 1 points)" '0 30.000000' '102, 106 hard links and set-user-ID bits in a tree are content'

python3 - "$TMP" <<'END'
import io, stat, sys, tarfile, zipfile
top = sys.argv[1]

def archive(name, members):
    with tarfile.open(top + "/" + name, "w") as tar:
        for path, kind, target in members:
            info = tarfile.TarInfo(path)
            info.type = kind
            info.linkname = target if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            data = target.encode() if kind == tarfile.REGTYPE else b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

REG, SYM, HARD = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
archive("up.tar", [("a/../../hostile-up", REG, "x")])
archive("absolute.tar", [(top + "/hostile-absolute", REG, "x")])
archive("through.tar", [("d", SYM, top), ("d/hostile-through", REG, "x")])
archive("hard.tar", [("passwd", HARD, "/etc/passwd")])
archive("hard-up.tar", [("passwd", HARD, "../../../../etc/passwd")])
archive("device.tar", [("null", tarfile.CHRTYPE, "")])
archive("fifo.tar", [("fifo", tarfile.FIFOTYPE, "")])
archive("circle.tar", [("a", SYM, "b"), ("b", SYM, "a")])
archive("many.tar", [(str(n), REG, "") for n in range(50001)])
with zipfile.ZipFile(top + "/up.zip", "w") as z:
    z.writestr("../hostile-zip", "x")
with zipfile.ZipFile(top + "/bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    with z.open("zeros", "w", force_zip64=True) as f:
        for _ in range(300):
            f.write(bytes(1 << 20))
END
# archive NAME MESSAGE SENTENCE
archive() {
	rm -rf "$TMP/results"
	run timeout 60 "$FORTNIGHT" score "$PACK" "$TMP/$1" -o "$TMP/results"
	refused "$2" "107 $3"
}
archive up.tar 'hostile-up' 'an archive that climbs out'
archive absolute.tar 'hostile-absolute' 'one with an absolute name'
archive hard.tar 'passwd' 'one with a hard link to a file of the host'
archive hard-up.tar 'passwd' 'and one that climbs to it'
archive device.tar 'null' 'one with a device'
archive fifo.tar 'fifo' 'one with a FIFO'
archive circle.tar 'in a circle' 'one with links in a circle'
archive many.tar 'more than 50000' 'one with 50 001 files'
archive up.zip 'hostile-zip' 'a zip file that climbs out'
archive bomb.zip 'zeros.* larger than' 'a small zip file of 300 MiB'
run "$FORTNIGHT" score "$PACK" "$TMP/through.tar" -o "$TMP/results"
is "$(find "$TMP" / /tmp -maxdepth 1 -name 'hostile-[uatz]*' 2>/dev/null)" '' \
	'107 none of them wrote a file, not even through a link'

done_testing
