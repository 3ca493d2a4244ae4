# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: MIT
# tap.sh - end-to-end tests in sh that speak the Test Anything Protocol.

TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
tap_n=0
tap_failed=0

# is GOT WANT NAME
is() {
	tap_n=$((tap_n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tap_n - $3"
	else
		tap_failed=1
		echo "not ok $tap_n - $3"
		printf '%s\n' "got:  $1" "want: $2" | sed 's/^/# /'
	fi
}

# run COMMAND...: leaves $status, $out and $err
status=0
out=''
err=''
run() {
	status=0
	out=$("$@" 2>"$TMP/.err") || status=$?
	err=$(cat "$TMP/.err")
}

# skip REASON NAME
skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $2 # SKIP $1"
}

done_testing() {
	echo "1..$tap_n"
	exit "$tap_failed"
}
