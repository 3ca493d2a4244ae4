#!/bin/sh
# SPDX-License-Identifier: MIT
# Random system calls inside (make fuzz-syscalls), as an ordinary user.
exec "${0%/*}/as" 61792 calls "${SOAK_SECONDS:-6}" ${SOAK_SEED:+"$SOAK_SEED"}
