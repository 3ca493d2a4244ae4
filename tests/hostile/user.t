#!/bin/sh
# SPDX-License-Identifier: MIT
# Every attempt, as an ordinary user who has control groups: root makes one for
# the purpose; anybody else is one.
set -u

if [ "$(id -u)" -ne 0 ]; then
	exec "$HOSTILE/suite" "$HOSTILE"
fi

here=$(cd "${0%/*}" && pwd)
user=61790
TMP=$(mktemp -d) || exit 1
trap '"$TMP/fortnight" doctor --undelegate "$user" 2>/dev/null; rm -rf "$TMP"' EXIT

# Where that user can read: a checkout may be below a private directory.
chmod 755 "$TMP"
cp "$FORTNIGHT" "$FORTNIGHT_BOX" "$HOSTILE/suite" "$HOSTILE"/attack_* "$TMP/"
unset FORTNIGHT_BOX
"$TMP/fortnight" doctor --delegate "$user" || exit 1
cd "$TMP" || exit 1
"$here/../lib/become" "$user" "$TMP/suite" "$TMP"
