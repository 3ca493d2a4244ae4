#!/bin/sh
# SPDX-License-Identifier: MIT
# Takes an existing server along with its loader and its libraries, so that it runs even in an empty root.
set -eu
# shellcheck source=../../shared/confined.sh
. ./confined.sh
mkdir -p out/lib
cp redis-server out/redis-server
cp lib/* out/lib/
chmod +x out/redis-server out/lib/ld-linux-x86-64.so.2
${CC:-cc} -O2 -std=c11 -Wall -Wextra -static -o out/run main.c confined.c
