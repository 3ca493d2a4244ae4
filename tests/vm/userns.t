#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153 # FORTNIGHT is from outside
#
# What this machine forbids: Landlock is off, and then user namespaces of ordinary
# users, by Debian's own switch.  Changes the machine's settings: run by
# tests/vm/inside alone.  AppArmor's restriction of user namespaces is Ubuntu's,
# and Debian's 6.1 has it not.
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

user=61791
safe='Scoring is safe on this host.'
knob=/proc/sys/kernel/unprivileged_userns_clone
[ -f /payload/tests/vm/userns.t ] || {
	echo 'userns.t: runs in the virtual machine only' >&2
	exit 1
}

# shellcheck disable=SC2317 # called by run
as_user() {
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"/sys/fs/cgroup/fortnight-$0/launchers/cgroup.procs"
		exec setpriv --reuid "$0" --regid "$0" --clear-groups "$@"' "$user" "$@"
}

is "$(grep -c landlock /sys/kernel/security/lsm)" 0 'there is no Landlock'
run "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'root needs none'
is "$(echo "$out" | grep -c 'Landlock.*switched off')" 1 'and is told that it is switched off'

run "$FORTNIGHT" doctor --delegate "$user"
is "$status$err" 0 'a user gets control groups'
run as_user "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'and needs no Landlock'

echo 0 >$knob
run as_user "$FORTNIGHT" doctor
is "$status $(echo "$out" | grep -c 'sysctl kernel.unprivileged_userns_clone=1')" '1 1' \
	'without user namespaces a user is refused, with the cure'
run "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'and root is not'
echo 1 >$knob
run as_user "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'the cure cures'
run "$FORTNIGHT" doctor --undelegate "$user"
is "$status$err" 0 'root takes the control groups back'

done_testing
