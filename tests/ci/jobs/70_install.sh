# SPDX-License-Identifier: MIT
# The installed library is found and linked by a project of its own, with both compilers, by CMake and by
# pkg-config.
prefix=$PWD/build/ci-prefix
rm -rf "$prefix" build/ci-consumer-*
cmake --install build/ci-clang --prefix "$prefix" >/dev/null
for compiler in g++ clang++-19; do
    build=build/ci-consumer-$compiler
    CXX=$compiler cmake -S tests/install -B "$build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix"
    cmake --build "$build"
    "$build"/consumer
    "$build"/consumer_tls
    libdir=$(dirname "$(find "$prefix" -name nurt-http.pc)")
    flags=$(PKG_CONFIG_PATH=$libdir pkg-config --cflags --libs nurt-http)
    # shellcheck disable=SC2086  # flags are meant to be split
    $compiler -std=c++20 tests/install/consumer.cpp -o "$build"/by_pkg_config $flags
    "$build"/by_pkg_config
    flags=$(PKG_CONFIG_PATH=$libdir pkg-config --cflags --libs nurt-tls)
    # shellcheck disable=SC2086  # flags are meant to be split
    $compiler -std=c++20 tests/install/consumer_tls.cpp -o "$build"/tls_by_pkg_config $flags
    "$build"/tls_by_pkg_config
done
