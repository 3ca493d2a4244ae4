#!/bin/sh
# SPDX-License-Identifier: MIT
# Under Harbor: puts the reference into the workspace.
set -eu
pack=${FORTNIGHT_PACK:-$(dirname "$0")/..}
tree=${FORTNIGHT_TREE:-/work}
cp -R "$pack/submissions/accepted/reference/." "$tree/"
