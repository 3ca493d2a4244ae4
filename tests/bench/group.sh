# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by the benchmarks: a control group in which everything that one side
# starts lives, so that its CPU time is that of all of it, sandbox set-up and
# teardown included (rusage does not see through a sandbox's init).  Takes root.

# Where CPU time is counted, cgroup v1 or v2; empty: nowhere.
mount_of() { awk -v type="$1" -v option="$2" \
	'$3 == type && (option == "" || $4 ~ "(^|,)" option "(,|$)") { print $2; exit }' /proc/self/mounts; }
place=$(mount_of cgroup cpuacct)
[ -n "$place" ] || place=$(mount_of cgroup2 '')
group=$place/fortnight-bench-$$

# The file with the CPU time, seen from inside of in_group.
counter=$place/cpuacct.usage
[ -f "$counter" ] || counter=$place/cpu.stat

cpu_ns() {
	if [ -f "$group/cpuacct.usage" ]; then
		cat "$group/cpuacct.usage"
	else
		awk '$1 == "usage_usec" { print $2 * 1000 }' "$group/cpu.stat"
	fi
}

make_group() {
	mkdir "$group"
	if [ -f "$place/cgroup.controllers" ]; then
		echo '+memory +pids +cpu' >"$place/cgroup.subtree_control"
		echo '+memory +pids +cpu' >"$group/cgroup.subtree_control"
	fi
	mkdir "$group/run"
}

remove_group() {
	find "$group" -depth -mindepth 1 -type d -exec rmdir {} + 2>/dev/null || true
	rmdir "$group" 2>/dev/null || true
}

# in_group COMMAND...: in a mount namespace of its own, where the group stands in
# the place of the whole tree of groups: what COMMAND makes is below it.
in_group() {
	# shellcheck disable=SC2016 # the shell inside expands these
	unshare --mount sh -c '
		echo $$ >"$1/run/cgroup.procs"
		mount --bind "$1" "$2"
		shift 2
		exec "$@"
	' sh "$group" "$place" "$@"
}
