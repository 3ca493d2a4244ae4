#!/bin/sh
# SPDX-License-Identifier: MIT
# There is no complete solution in the pack: the reference is the unpacked oracle, which only `fortnight task check`
# may run.  This puts the partial submission in place, which builds and scores within its stated range.
set -eu
pack=${FORTNIGHT_PACK:-$(dirname "$0")/..}
tree=${FORTNIGHT_TREE:-/work}
cp -R "$pack/submissions/partial/three-types/." "$tree/"
