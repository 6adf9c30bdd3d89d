# SPDX-License-Identifier: MIT
# timeout: 1800
# All tests under AddressSanitizer and UndefinedBehaviorSanitizer; the examples run in the other jobs.
cmake --preset asan -DNURT_BUILD_EXAMPLES=OFF -DNURT_BUILD_BENCH=OFF
cmake --build --preset asan -j "$(nproc)"
ctest --preset asan -j "$(nproc)"
