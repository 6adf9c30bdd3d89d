# SPDX-License-Identifier: MIT
# timeout: 1500
# Release by clang 19: no warning, all tests.
cmake --preset release -B build/ci-clang -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 \
    -DNURT_WERROR=ON
cmake --build build/ci-clang -j "$(nproc)"
ctest --test-dir build/ci-clang -j "$(nproc)" --output-on-failure --no-tests=error
