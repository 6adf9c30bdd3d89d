# SPDX-License-Identifier: MIT
# timeout: 1500
# The low rows and the traps by g++ without optimisation: assertions on, no tail calls.
CXX=g++ cmake --preset debug
cmake --build --preset debug -j "$(nproc)" --target low_row_tests
ctest --preset debug -j "$(nproc)" -L '^(base|io|loop|core|parity|sync|threads|stream|net|traps_O0|traps_O2)$'
