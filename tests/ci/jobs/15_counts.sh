# SPDX-License-Identifier: MIT
# timeout: 600
# The stored counts of g++'s Release build, now that valgrind is there; those of clang 19 are in its own job.
CXX=g++ cmake --preset release -B build/release-g++
cmake --build build/release-g++ -j "$(nproc)" --target nurt_bench_all
ctest --test-dir build/release-g++ -L '^counts$' --output-on-failure --no-tests=error
