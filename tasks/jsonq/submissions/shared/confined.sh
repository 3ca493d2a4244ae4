# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Read by hostile build scripts before they do anything: ends the script unless it runs in the build box.  There the
# folder is /work, ids are mapped, /proc shows processes and nothing of the kernel, and there are few of them.
confined() {
	[ "$PWD" = /work ] && [ $$ -lt 64 ] && [ ! -e /proc/sys ] || return 1
	read -r _ outside count </proc/self/uid_map || return 1
	[ "$outside" != 0 ] && [ "$count" -lt 4294967295 ]
}
if ! confined; then
	echo 'not confined: this script does nothing outside the build box' >&2
	exit 99
fi
