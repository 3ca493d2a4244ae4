#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # what single quotes hold is expanded inside the sandbox
#
# Submissions whose build, memory or partner is hostile: planted configuration,
# caches, old files that look new, compilers that do not end, drivers that wait.
# The numbers are those of docs/hostile.md.
set -u
here=$(cd "${0%/*}" && pwd)
# shellcheck source=../lib/tap.sh
. "$here/../lib/tap.sh"
# shellcheck source=../data/score/pack.sh
. "$here/../data/score/pack.sh"
# shellcheck source=score.sh
. "$here/score.sh"

SERVER_SOURCE=$here/../data/score
TALK=$TMP/talky
make_server_pack "$TALK"
echo '{"speed": {"loop_ns": 25000000, "cases": {"speed-1": 1000000}}}' >"$TALK/calibration.json"

# fresh_tree [BEFORE]: a tree that is right but for that
fresh_tree() {
	rm -rf "$TMP/tree"
	BEFORE=${1:-} make_tree "$TMP/tree"
}

# the_build REASON NAME: it was scored, did not build, and says why
the_build() {
	is "$status $(value points) $(value build reason)" "0 0.000000 $1" "$2"
}

# ---- 109: what looks newer than it is -------------------------------------------

# A program that was built elsewhere, and a source that make takes for older.
fresh_tree 'return 0;'
rm "$TMP/tree/build.sh"
printf 'out/run: run.c\n\tmkdir -p out && cc -O1 -static -o out/run run.c\n' >"$TMP/tree/Makefile"
mkdir "$TMP/tree/out"
printf '#!/bin/sh\nexit 0\n' >"$TMP/tree/out/run"
chmod 755 "$TMP/tree/out/run"
touch -d 2001-01-01 "$TMP/tree/run.c"
touch -d 2099-01-01 "$TMP/tree/out/run" "$TMP/tree/Makefile"
score
first=$(value build digest)
touch -d 2099-01-01 "$TMP/tree/run.c"
touch -d 2001-01-01 "$TMP/tree/out/run"
score
nothing '109 a program that looks newer than its source has no point'
is "$(value build digest)" "$first" '109 and times do not change what is built'
fresh_tree
cat >>"$TMP/tree/build.sh" <<-'END'
	[ "$(date -r run.c +%Y)" -lt 2090 ] || exit 9
	[ "$(date -r run.c +%s)" -gt "$(($(date +%s) - 600))" ] || exit 10
END
touch -d 2099-01-01 "$TMP/tree/run.c"
score
is "$(value build status)" ok '109 the build works on a copy that was made now'

# The author's programs are built of the pack, not of what a tree has at their place.
rm -rf "$TMP/tree"
make_server "$TMP/tree" -DWRONG -DFORGET
for tool in drivers/echo checkers/even; do
	mkdir -p "$TMP/tree/$tool/out"
	printf 'int main(void) { return 42; }\n' >"$TMP/tree/$tool/run.c"
	printf '#!/bin/sh\necho 1..2; echo ok 1; echo ok 2; exit 42\n' >"$TMP/tree/$tool/out/run"
	chmod 755 "$TMP/tree/$tool/out/run"
	touch -d 2099-01-01 "$TMP/tree/$tool/run.c" "$TMP/tree/$tool/out/run"
done
PACK=$TALK
score
is "$(verdict talk-1) $(verdict judged-2)" 'failed: not ok 2 of 2 failed: checker' \
	'109, 110 a driver and a checker in a tree are not the pack'\''s'
PACK=$TMP/tiny

# ---- 110: planted configuration ---------------------------------------------------

# Each of them would leave a trace on the host, had the harness run it there.
plant() {
	mkdir -p "$TMP/tree/.cargo" "$TMP/tree/gradle"
	printf '[target.x86_64-unknown-linux-gnu]\nrunner = "touch %s/ran"\n' "$TMP" >"$TMP/tree/.cargo/config.toml"
	printf 'script-shell=touch %s/ran\n' "$TMP" >"$TMP/tree/.npmrc"
	printf '{"scripts": {"preinstall": "touch %s/ran", "test": "touch %s/ran"}}\n' "$TMP" "$TMP" >"$TMP/tree/package.json"
	printf 'execute_process(COMMAND touch %s/ran)\n' "$TMP" >"$TMP/tree/CMakeLists.txt"
	printf 'exec("touch %s/ran")\n' "$TMP" >"$TMP/tree/build.gradle"
	printf 'x := $(shell touch %s/ran)\nSHELL = /bin/sh\nMAKEFLAGS += -i\nall: ; mkdir -p out && cc -O1 -static -o out/run run.c\n' \
		"$TMP" >"$TMP/tree/GNUmakefile"
	printf '[alias]\n\tstatus = !touch %s/ran\n' "$TMP" >"$TMP/tree/.gitconfig"
}
fresh_tree
rm "$TMP/tree/build.sh"
plant
score
is "$status $(value build status)" '0 ok' '110 a tree full of configuration is built as it says'
is "$(test -e "$TMP/ran" && echo ran)" '' '110 inside: nothing of it ran on the host'
(cd "$TMP/tree" && make -n >/dev/null 2>&1)
is "$(test -e "$TMP/ran" && echo ran)" ran 'control: it would leave a trace'
rm -f "$TMP/ran"

# ---- 121: what a candidate may be given ----------------------------------------------

# Who sees results sees names and reasons; answers are in what the operator reads.
fresh_tree 'if (n == 7) return puts("no"), 1;'
score
is "$(cd "$TMP/results" && grep -l "$SECRET" score.json reward.json measured.json 2>/dev/null)" '' \
	'121 score.json, reward.json and measured.json tell no answer'
is "$(grep -c "$SECRET" "$TMP/results/results.tap")" 1 'control: results.tap, for the operator, does'
score --visible
is "$(grep -rl "$SECRET" "$TMP/results"; printf '%s\n' "$out$err" | grep -c "$SECRET")" 0 \
	'121 and of the visible cases no file tells one'
fresh_tree 'char line2[200]; FILE *f; const char *at[] = { "/proc/1/environ", "/proc/self/environ", "/proc/self/cmdline",
	"/proc/self/mountinfo", "/proc/self/cgroup", "/etc/passwd" };
	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if ((f = fopen(at[i], "r"))) while (fgets(line2, sizeof(line2), f)) fputs(line2, stderr), fputs(line2, stdout);
	return 1;'
score --failures 100
is "$(printf '%s\n' "$out" | grep -c "$PACK/hidden")" 0 '121 nothing inside tells where the suite is'

# ---- 123: nobody says the first word ----------------------------------------------------

# The driver waits for a greeting, the server for a request.
PACK=$TALK
cp "$TALK/drivers/echo/run.c" "$TMP/driver.c"
sed -i 's/^\twhile (count < 20/\tchar word;\n\tstruct timeval never = { 0 };\n\tsetsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, \&never, sizeof(never));\n\t(void)!recv(fd, \&word, 1, 0);\n&/' \
	"$TALK/drivers/echo/run.c"
rm -rf "$TMP/tree"
make_server "$TMP/tree"
begun=$(date +%s)
score
is "$status $(verdict talk-1)" '0 timeout: time limit' '123 a driver and a server that wait for each other are a timeout'
is "$(test $(($(date +%s) - begun)) -lt 300 && echo soon)" soon '123 and not the end of scoring'
cp "$TMP/driver.c" "$TALK/drivers/echo/run.c"

# ---- 119: what one repeat of a timed case tells the next --------------------------------------

# The slow way once, and a packet; who finds that the loopback has counted one
# knows that the answer is known.
rm -rf "$TMP/tree"
make_server "$TMP/tree"
cat >"$TMP/tree/run.c" <<-'END'
	#include <arpa/inet.h>
	#include <stdio.h>
	#include <string.h>
	#include <sys/socket.h>
	#include <time.h>
	int main(int argc, char **argv)
	{
		struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = 9 };
		FILE *dev = fopen("/proc/self/net/dev", "r");
		unsigned long bytes = 0;
		char line[500];
		while (dev && fgets(line, sizeof(line), dev))
			sscanf(line, " lo: %lu", &bytes);
		if (argc < 2 || strcmp(argv[1], "work") != 0)
			return 0;
		if (bytes == 0)
			while (clock() < CLOCKS_PER_SEC / 4)
				;
		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (void *)&to, sizeof(to));
		puts("worked");
		return 0;
	}
END
score
is "$(verdict speed-1) $(value_in measured.json speed)" 'passed 0.0' \
	'119 no repeat of a timed case knows of the one before'
echo '{"speed": {"loop_ns": 25000000, "cases": {"speed-1": 1000000000}}}' >"$TALK/calibration.json"
score
is "$(value_in measured.json speed)" 10.0 'control: a quick answer has the points'
PACK=$TMP/tiny

# ---- 125 to 129: builds that do not end -----------------------------------------------------------

# A build may use its limits up; what comes then is its own failure.
bomb() {
	fresh_tree
	printf '%s\n' "$1" >"$TMP/tree/run.c"
	score
}
sed -i 's/timeout_sec = 30/timeout_sec = 4/' "$PACK/task.toml"
bomb '#include "/dev/zero"'
is "$status $(value points) $(value build reason | sed 's/ran into its memory/took longer than its time/')" \
	'0 0.000000 the build took longer than its time limit' '125 a header without an end'
bomb 'char all[1 << 30] = { 1 }; int main(void) { return 0; }'
is "$status $(value points) $(value verdict)" '0 0.000000 not_built' '127 a program of 1 GiB'
fresh_tree
build_script <<-'END'
	#!/bin/sh
	yes 'x;' | head -n 1000000 >errors.c
	cc -fmax-errors=0 -c errors.c
END
score
is "$status $(value points) $(value verdict)" '0 0.000000 not_built' '128 a million errors'
is "$(test "$(printf '%s\n' "$out" | wc -c)" -lt 100000 && echo short)" short '128 of which the table shows the end'
fresh_tree
build_script <<-'END'
	#!/bin/sh
	{
		echo '#define M0 x;'
		for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
			echo "#define M$i M$((i - 1)) M$((i - 1)) M$((i - 1)) M$((i - 1)) M$((i - 1)) M$((i - 1))"
		done
		echo 'void f(int x) { M12 }'
	} >bomb.c
	cc -w -c bomb.c
END
score
is "$status $(value points) $(value verdict)" '0 0.000000 not_built' '126 macros of macros'
sed -i 's/timeout_sec = 4/timeout_sec = 30/' "$PACK/task.toml"

# ---- 129: a compiler that starts what the tree says --------------------------------------------------

fresh_tree "if (n == 7) return puts(\"$SECRET\"), 0;"
cat >"$TMP/tree/wrap" <<-END
	#!/bin/sh
	touch "$TMP/ran" /usr/ran /app/ran 2>/dev/null && exit 9
	cat "$PACK"/hidden/words.jsonl /etc/shadow 2>/dev/null && exit 10
	exec "\$@"
END
chmod 755 "$TMP/tree/wrap"
printf '%s\n' '-wrapper /work/wrap' >"$TMP/tree/options"
sed -i 's/^cc .*/gcc @options -O1 -static -o out\/run run.c/' "$TMP/tree/build.sh"
score
is "$status $(value build status)" '0 ok' '129 what gcc -wrapper starts reaches nothing'
is "$(test -e "$TMP/ran" && echo ran)" '' '129 and leaves nothing on the host'

# ---- 130: the caches of a build, for the next one -----------------------------------------------------------

caches='for cache in /tmp/.ccache /tmp/.cache /tmp/.cargo /tmp/.npm /tmp/.m2 /tmp/.gradle "$HOME/.config" /usr/lib/ccache/hostile \
	/var/cache/hostile /usr/include/stdio.h.gch /usr/local/bin/cc /dev/shm/hostile; do'
fresh_tree
cat >>"$TMP/tree/build.sh" <<-END
	$caches
		! mkdir -p "\$cache" 2>/dev/null || echo "made \$cache"
	done
	exit 7
END
score
the_build 'the build ended with status 7' 'control: a build that poisons caches'
is "$(printf '%s\n' "$out" | grep -c 'made /tmp/.ccache')" 1 'control: which it can make'
fresh_tree
cat >>"$TMP/tree/build.sh" <<-END
	$caches
		[ ! -e "\$cache" ] || exit 8
	done
END
score
is "$status $(value build status)" '0 ok' '130 the next build finds none of them'

done_testing
