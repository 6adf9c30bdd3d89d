#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/install-deps.sh [build|ci]: installs the Debian packages that are missing, and nothing else.
#
#   build   what `make run` and `make test` need (the default)
#   ci      that, and clang 19 with its tools, and what the benchmarks compare with
#
# Quick when all is there: one dpkg-query, no network and no root. apt-get update runs only when a package
# has to be installed. Needs root or sudo then.
set -eu

build="g++ cmake ninja-build make ccache pkg-config curl python3 python3-httpbin
    libc-ares-dev libssl-dev openssl libsimdjson-dev libfmt-dev libcli11-dev doctest-dev"
ci="clang-19 libclang-rt-19-dev llvm-19 lld-19 clang-tools-19 clang-tidy-19 clang-format-19
    valgrind strace wrk libbenchmark-dev
    libasio-dev libboost-dev libuv1-dev liburing-dev libcurl4-openssl-dev"

case "${1-build}" in
build) wanted=$build ;;
ci) wanted="$build $ci" ;;
*) echo "usage: $0 [build|ci]" >&2; exit 2 ;;
esac

missing=
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
for package in $wanted; do
    printf '%s\n' "$installed" | grep -qxF -- "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here. Install by hand what corresponds to:$missing" >&2
    exit 1
fi
root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Run this as root, or install sudo." >&2; exit 1; }
    root=sudo
fi
$root apt-get update -q </dev/null
# shellcheck disable=SC2086  # the list is meant to be split
$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
