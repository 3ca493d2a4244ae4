#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the driver into out/run: one static program, the C library and nothing else.
set -eu
cd "$(dirname "$0")"
mkdir -p out
# shellcheck disable=SC2086 # flags are lists of words
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wconversion ${CFLAGS:-} -static -o out/run ./*.c ${LDFLAGS:-}
