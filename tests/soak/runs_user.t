#!/bin/sh
# SPDX-License-Identifier: MIT
# Many runs in a row leave nothing (make soak), as an ordinary user.
exec "${0%/*}/as" 61793 runs "${SOAK_RUNS:-200}"
