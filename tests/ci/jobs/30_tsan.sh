# SPDX-License-Identifier: MIT
# timeout: 1500
# The parts where threads meet, under ThreadSanitizer.
cmake --preset tsan
cmake --build --preset tsan -j "$(nproc)" --target test_base test_io test_loop test_core test_threads
ctest --preset tsan -j "$(nproc)" -L '^(base|io|loop|core|threads)$'
