#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153 # FORTNIGHT is from outside
#
# Unmodified toolchains do a day's work inside, with the host's /usr: under the
# session policy, and those that build things under the grade policy too.  The
# workloads are in tests/toolchain; what is not installed is skipped.
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

# inside POLICY COMMAND...
inside() {
	policy=$1
	shift
	"$FORTNIGHT" sandbox run --root toolchain --policy "$policy" --cpu 300 --wall 900 --memory 2G \
		--processes 256 --disk 1G --open-files 1024 --app "$SOURCE/tests/toolchain" -- "$@" </dev/null
}

# shellcheck disable=SC2016 # the shell inside expands it
absent=$(inside session /bin/sh -c 'for c; do command -v "$c" >/dev/null || echo "$c"; done' sh \
	gcc g++ clang clang++ cmake ctest make git python3 node npm java javac jar jshell cargo rustc gdb strace flock xz ps) || {
	echo "Bail out! nothing runs inside: $absent"
	exit 1
}

# works NAME ARGUMENT POLICY... -- COMMAND=PACKAGE...: the workload, under each policy,
# if every command is there
works() {
	name=$1 argument=$2 policies=''
	shift 2
	while [ "$1" != -- ]; do
		policies="$policies $1"
		shift
	done
	shift
	missing=''
	for need in "$@"; do
		! printf '%s\n' "$absent" | grep -qxF -e "${need%=*}" || missing="$missing ${need#*=}"
	done
	for policy in $policies; do
		title="$name${argument:+, $argument,} under $policy"
		if [ -n "$missing" ]; then
			skip "not installed in /usr:$missing (make toolchains)" "$title"
			continue
		fi
		run inside "$policy" /bin/sh "/app/$name" "$argument"
		is "$status $(printf '%s\n' "$out" | tail -n 1)" '0 ok' "$title"
		[ "$status" = 0 ] || printf '%s\n' "$out" "$err" | tail -n 30 | sed 's/^/# /'
	done
}

works gcc '' session grade -- gcc=gcc
works g++ '' session grade -- g++=g++
works sanitizers '' session grade -- gcc=gcc
works clang '' session grade -- clang=clang clang++=clang
works cmake '' session grade -- cmake=cmake ctest=cmake g++=g++ make=make
works make '' session grade -- make=make gcc=gcc
works git '' session grade -- git=git
works python '' session grade -- python3=python3
works node '' session -- node=nodejs
works npm '' session grade -- npm=npm node=nodejs
works java '' session -- java=default-jdk-headless javac=default-jdk-headless jar=default-jdk-headless \
	jshell=default-jdk-headless
works rustc '' session grade -- rustc=rustc gcc=gcc
works cargo '' session grade -- cargo=cargo gcc=gcc
works shell '' session grade -- python3=python3 flock=util-linux xz=xz-utils ps=procps
works gdb '' debug -- gdb=gdb gcc=gcc
works gdb refused session grade -- gdb=gdb gcc=gcc
works strace '' debug -- strace=strace
works strace refused session grade -- strace=strace
works sanitizers leaks debug -- gcc=gcc

done_testing
