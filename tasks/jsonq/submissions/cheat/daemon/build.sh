#!/bin/sh
# SPDX-License-Identifier: MIT
# Leaves processes behind that go on changing out/ after the build.
set -eu
# shellcheck source=../../shared/confined.sh
. ./confined.sh
mkdir -p out
${CC:-cc} -O2 -std=c11 -Wall -Wextra -static -o out/run run.c confined.c
cp out/run out/daemon
# shellcheck disable=SC2016 # expanded by the daemon
(setsid nohup sh -c '
	for _ in $(seq 30); do
		sleep 1
		chmod 777 out
		ln -f out/daemon out/run
	done' </dev/null >/dev/null 2>&1 &) || true
(
	trap '' HUP TERM INT
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 1
		cp out/daemon out/run.new 2>/dev/null && mv out/run.new out/run 2>/dev/null
	done
) </dev/null >/dev/null 2>&1 &
