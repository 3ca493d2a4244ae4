#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153 # from outside
#
# SIGKILL of the launcher, the outer box or pod init at any moment leaves no process,
# and the next launcher removes the control groups.  What is killed when, and what is
# looked at, is in tests/soak/killed.c; KILLED_ROUNDS and KILLED_SEED choose.
set -u
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
# shellcheck source=../data/score/pack.sh
. "${0%/*}/../data/score/pack.sh"

make_pack "$TMP/tiny"
BEFORE='usleep(100000);' make_tree "$TMP/tree"
"$SOAK/killed" "$SOAK" "${KILLED_ROUNDS:-60}" "${KILLED_SEED:-$$}" \
	"$FORTNIGHT" score "$TMP/tiny" "$TMP/tree" -o "$TMP/out" -q
