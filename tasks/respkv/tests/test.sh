#!/bin/sh
# SPDX-License-Identifier: MIT
# Scores the tree in /work with the suite beside this script and leaves the reward where Harbor looks for it.
set -eu
pack=${FORTNIGHT_PACK:-$(dirname "$0")/..}
tree=${FORTNIGHT_TREE:-/work}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p /logs/verifier
fortnight score -o "$out" "$pack" "$tree"
cp "$out/reward.json" /logs/verifier/reward.json
