#!/bin/sh
# SPDX-License-Identifier: MIT
# Random system calls inside (make fuzz-syscalls), as root.
exec "${0%/*}/as" root calls "${SOAK_SECONDS:-6}" ${SOAK_SEED:+"$SOAK_SEED"}
