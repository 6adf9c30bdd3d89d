# SPDX-License-Identifier: MIT
# The whole tree through the lint for g++ 12's coroutine traps, and the format.
tools/nurt-lint -p build/ci-clang
make -s check-format
