#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153 # FORTNIGHT is from outside
#
# What is particular to control groups v2: who may divide which part of the tree,
# and where the processes must be.  Changes the host's groups and swap: run by
# tests/vm/inside alone.
set -u
# shellcheck source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

top=/sys/fs/cgroup
user=61791
[ -f /payload/tests/vm/v2.t ] || {
	echo 'v2.t: runs in the virtual machine only' >&2
	exit 1
}

# within GROUP COMMAND...: with the shell in this group
# shellcheck disable=SC2317 # called by run
within() {
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}
# shellcheck disable=SC2317 # called by run
as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; }
# shellcheck disable=SC2317 # called by run
user_within() {
	group=$1
	shift
	within "$group" setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
}
enabled() { tr ' ' '\n' <"$1/cgroup.subtree_control" | grep -xc -e memory -e pids; }
give() { chown "$user" "$1" "$1/cgroup.procs" "$1/cgroup.subtree_control" "$1/cgroup.threads"; }
safe='Scoring is safe on this host.'

# ---- root ---------------------------------------------------------------------

is "$(enabled $top)" 0 'nobody has enabled a controller'
run "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'root needs nothing'
# The kernels that Debian has had: Landlock's ABI, and whether a peak of memory can
# be forgotten (6.12 can).
case $(uname -r) in
6.1.*) is "$(echo "$out" | grep -c -e ' Landlock .*ABI 2$' -e 'memory peak.*of an earlier run')" 2 "it knows what 6.1 can do" ;;
*) is "$(echo "$out" | grep -c -e ' Landlock .*ABI [3-9]$' -e 'memory peak.*counted anew')" 2 'it knows what this kernel can do' ;;
esac
is "$(enabled $top) $(enabled $top/fortnight)" '2 2' 'it enables what it needs'
is "$(find $top -name 'pod-*')" '' 'and leaves no group'

# ---- an ordinary user, given a part by root --------------------------------------

run as_user "$FORTNIGHT" doctor
is "$status $(echo "$out" | grep -c 'systemd-run --user --scope -p Delegate=yes')" '1 1' \
	'a user has nothing to divide, and is told how to get it'
run "$FORTNIGHT" doctor --delegate "$user"
is "$status$err" 0 'root gives a part of the tree'
is "$(enabled $top/fortnight-$user)" 2 'with the controllers on'
run as_user "$FORTNIGHT" doctor
is "$status $(echo "$out" | grep -c "put the shell there.*$top/fortnight-$user/launchers/cgroup.procs")" '1 1' \
	'which is of no use from outside of it: it says so'
run user_within "$top/fortnight-$user/launchers" "$FORTNIGHT" doctor
is "$status $(echo "$out" | tail -1)" "0 $safe" 'and enough from inside'
run "$FORTNIGHT" doctor --undelegate "$user"
is "$status$err" 0 'root takes it back'
is "$(ls -d $top/fortnight-$user 2>/dev/null)" '' 'and it is gone'

# As sudo does: a set-user-ID program that the user's shell calls.
cp "$FORTNIGHT" "$TMP/sudo-fortnight"
cp "$FORTNIGHT" "$FORTNIGHT_BOX" "$TMP/"
chmod 755 "$TMP"
chmod 4755 "$TMP/sudo-fortnight"
# shellcheck disable=SC2016 # the inner shell expands it
run as_user env -u FORTNIGHT_BOX sh -c '"$0/sudo-fortnight" doctor --delegate '"$user"' && "$0/fortnight" doctor' "$TMP"
is "$status $(echo "$out" | tail -1)" "0 $safe" 'the shell that asks for a part is moved there'
run "$FORTNIGHT" doctor --undelegate "$user"
is "$status$err" 0 'root takes that back too'

# ---- as systemd-run --user --scope -p Delegate=yes leaves it -----------------------

mkdir $top/scope
give $top/scope
# shellcheck disable=SC2016 # the inner shell expands it
run user_within $top/scope sh -c '"$FORTNIGHT" doctor && cat /proc/self/cgroup && "$FORTNIGHT" doctor'
is "$status $(echo "$out" | grep -cx "$safe")" '0 2' 'a scope of the user is divided, again and again'
is "$(echo "$out" | grep '^0::')" 0::/scope/launchers 'its processes move to a child'
rmdir $top/scope/launchers $top/scope

mkdir -p $top/bare/scope
give $top/bare/scope
run user_within $top/bare/scope "$FORTNIGHT" doctor
is "$status $(echo "$out" | grep -c "$top/bare/scope has no memory and pids controllers")" '1 1' \
	'a scope without controllers is refused by name'
rmdir $top/bare/scope $top/bare

# ---- a container that sees its own group as the root of the tree --------------------

mkdir $top/container
# shellcheck disable=SC2016 # the inner shell expands it
run within $top/container unshare --cgroup --mount sh -c \
	'umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && "$FORTNIGHT" doctor && cat /proc/self/cgroup'
is "$status$err $(echo "$out" | grep -cx "$safe")" '0 1' 'the root of a container that has processes in it is divided'
is "$(echo "$out" | tail -1)" 0::/launchers 'its processes move to a child'
find $top/container -depth -type d -exec rmdir '{}' ';'
is "$(ls -d $top/container 2>/dev/null)" '' 'and nothing is left of it'

# ---- swap is no way out ---------------------------------------------------------------

dd if=/dev/zero of=/swap bs=1M count=64 2>/dev/null
chmod 600 /swap
mkswap /swap >/dev/null
swapon /swap
is "$(grep -c '^/swap' /proc/swaps)" 1 'there is swap'
run /payload/bin/test_sandbox_limits memory_is_limited_with_evidence files_in_memory_are_memory
is "$status $(echo "$out" | grep -c '^ok')" '0 2' 'memory is limited all the same'
echo "$out" | grep '^#'
swapoff /swap

done_testing
