#!/bin/sh
# SPDX-License-Identifier: MIT
# SIGKILL at any moment leaves nothing, as an ordinary user (tests/e2e/killed.t).
exec "${0%/*}/as" 61794 killed "${KILLED_ROUNDS:-26}" "${KILLED_SEED:-$$}"
