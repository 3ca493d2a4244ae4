#!/bin/sh
# SPDX-License-Identifier: MIT
# Every attempt, as root, with runs that are started by fork and not in memory
# that they share: the fallback keeps every promise.
set -u

if [ "$(id -u)" -ne 0 ]; then
	echo '1..0 # SKIP takes root'
	exit 0
fi
# That the switch arrives: a word that it has not is an error which names it.
if said=$(FORTNIGHT_START=neither "$HOSTILE/suite" "$HOSTILE" 98) ||
	! printf '%s\n' "$said" | grep -q '^Bail out!.*FORTNIGHT_START'; then
	printf '%s\n' "$said" 'Bail out! FORTNIGHT_START does not reach the sandbox'
	exit 1
fi
FORTNIGHT_START=fork exec "$HOSTILE/suite" "$HOSTILE"
