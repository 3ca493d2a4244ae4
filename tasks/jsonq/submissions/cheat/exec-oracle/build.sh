#!/bin/sh
# SPDX-License-Identifier: MIT
set -e
mkdir -p out
${CC:-cc} -O2 -std=c11 -Wall -Wextra -static -o out/run main.c confined.c
