#!/bin/sh
# SPDX-License-Identifier: MIT
# Every attempt, as an ordinary user who has control groups: root makes one for
# the purpose; anybody else is one.
set -u

if [ "$(id -u)" -ne 0 ]; then
	exec "$HOSTILE/suite" "$HOSTILE"
fi

user=61790
TMP=$(mktemp -d) || exit 1
trap '"$TMP/fortnight" doctor --undelegate "$user" 2>/dev/null; rm -rf "$TMP"' EXIT

# Where that user can read: a checkout may be below a private directory.
chmod 755 "$TMP"
cp "$FORTNIGHT" "$FORTNIGHT_BOX" "$HOSTILE/suite" "$HOSTILE"/attack_* "$TMP/"
unset FORTNIGHT_BOX
"$TMP/fortnight" doctor --delegate "$user" || exit 1
cd "$TMP" || exit 1
# On v2 hosts a launcher must be in the group that it divides.
procs=/sys/fs/cgroup/fortnight-$user/launchers/cgroup.procs
(
	# shellcheck disable=SC2016 # the inner shell expands it
	exec sh -c '[ ! -f "$1" ] || echo $$ >"$1"
		exec setpriv --reuid "$2" --regid "$2" --clear-groups "$3/suite" "$3"' \
		sh "$procs" "$user" "$TMP"
)
