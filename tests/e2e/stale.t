#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153,SC2317 # FORTNIGHT is from outside; as_user runs through "$@"
#
# A scorer that is killed (kill -9) leaves nothing running, and the next one
# removes its control groups, and nobody else's.
set -u
here=$(cd "${0%/*}" && pwd)
# shellcheck source=../lib/tap.sh
. "$here/../lib/tap.sh"
# shellcheck source=../data/score/pack.sh
. "$here/../data/score/pack.sh"

user=61790
as_user() { exec "$here/../lib/become" "$user" "$@"; }
as_root() { exec "$@"; }

# groups PID: the control groups that this launcher made
groups() { find /sys/fs/cgroup -maxdepth 5 -type d -name "*pod-$1-*" 2>/dev/null | sort; }

# members GROUPS: the processes in a list of groups, by name
members() {
	for group in $1; do
		while read -r member; do
			cat "/proc/$member/comm" 2>/dev/null
		done <"$group/cgroup.procs"
	done 2>/dev/null
}

# tried COMMAND...: until it works, for a minute at least
tried() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}
case_runs() { members "$(groups "$1")" | grep -qx run; }
is_empty() { [ -z "$(members "$1")" ]; }

# start AS NAME: score a slow tree; leaves $pid
start() {
	("$1" "$fortnight" score "$TMP/tiny" "$TMP/slow" -o "$TMP/out-$2" --lanes 1 -q >"$TMP/log-$2" 2>&1) &
	pid=$!
}

chmod 755 "$TMP"
cp "$FORTNIGHT" "$FORTNIGHT_BOX" "$TMP/"
unset FORTNIGHT_BOX
fortnight=$TMP/${FORTNIGHT##*/}
make_pack "$TMP/tiny"
BEFORE='sleep(1);' make_tree "$TMP/slow"
mkdir "$TMP/out-theirs" "$TMP/out-killed" "$TMP/out-alive"

# ---- this user's own ---------------------------------------------------------------

start as_root alive
alive=$pid
tried case_runs "$alive"
kill -STOP "$alive" # so that it does not come to its end before we do
start as_root killed
killed=$pid
tried case_runs "$killed"
is $? 0 'two scorers are at work'
before=$(groups "$killed")
kept=$(groups "$alive")
is "$(echo "$before" | grep -c pod-)" "$(echo "$kept" | grep -c pod-)" 'each in groups of its own'
kill -KILL "$killed"
wait "$killed" 2>/dev/null
tried is_empty "$before"
is "$? $(members "$before")" '0 ' 'what ran for the one that is killed is killed'
run "$fortnight" doctor
is "$status" 0 'another starts'
is "$(groups "$killed")" '' 'the groups of the one that was killed are gone'
is "$(groups "$alive")" "$kept" 'those of the one that lives are not'
kill -CONT "$alive"
status=0
wait "$alive" || status=$?
is "$status $(cat "$TMP/log-alive")" '0 ' 'and it comes to its end'
is "$(groups "$alive")" '' 'without leaving a group'

# ---- what nothing should leave: a process in a stale group ----------------------------

if [ "$(id -u)" -eq 0 ]; then
	find /sys/fs/cgroup -maxdepth 2 -type d -name fortnight -exec mkdir -m 700 '{}/pod-0-77' ';'
	# Of the v1 cpu controller they are right below the top.
	top=/sys/fs/cgroup/cpu
	if [ -f $top/release_agent ] && [ ! -d $top/fortnight ]; then
		mkdir -m 700 $top/fortnight-pod-0-77
	fi
	sleep 300 &
	stray=$!
	for group in $(groups 0); do
		echo "$stray" >"$group/cgroup.procs"
	done
	run "$fortnight" doctor
	is "$status $(groups 0)" '0 ' 'a stale group is removed'
	wait "$stray" 2>/dev/null
	is $? 137 'and what is in it is killed'
else
	skip 'takes root, to move a process into a group' 'a stale group is removed'
	skip 'takes root, to move a process into a group' 'and what is in it is killed'
fi

# ---- an ordinary user's ------------------------------------------------------------------

if [ "$(id -u)" -ne 0 ]; then
	skip 'takes root, to make somebody else of it' 'the same for an ordinary user'
	done_testing
fi
chown "$user" "$TMP/out-theirs"
"$fortnight" doctor --undelegate "$user" 2>/dev/null
"$fortnight" doctor --delegate "$user"
start as_user theirs
tried case_runs "$pid"
is $? 0 "an ordinary user's scorer is at work"
before=$(groups "$pid")
kill -KILL "$pid"
wait "$pid" 2>/dev/null
tried is_empty "$before"
is "$? $(members "$before")" '0 ' 'what ran for it is killed'
is "$(groups "$pid")" "$before" 'its groups are left'
(as_user "$fortnight" doctor >/dev/null)
is "$? $(groups "$pid")" '0 ' 'until the next start'
run "$fortnight" doctor --undelegate "$user"
is "$status $err" '0 ' 'and root can take back what it gave'

done_testing
