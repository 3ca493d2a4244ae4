#!/bin/sh
# SPDX-License-Identifier: MIT
# Statement 1.2 is not there: upper case is another word.
set -e
mkdir -p out
cc -O2 -static -o out/run run.c
