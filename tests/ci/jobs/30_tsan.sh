# SPDX-License-Identifier: MIT
# timeout: 1500
# The low rows, where threads meet, under ThreadSanitizer.
cmake --preset tsan
cmake --build --preset tsan -j "$(nproc)" --target low_row_tests
ctest --preset tsan -j "$(nproc)" -L '^(base|io|loop|core|parity|sync|threads|stream|net)$'
