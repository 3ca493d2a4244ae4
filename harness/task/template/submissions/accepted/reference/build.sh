#!/bin/sh
# SPDX-License-Identifier: MIT
set -e
mkdir -p out
cc -O2 -static -o out/run run.c
