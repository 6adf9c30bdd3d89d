#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/fuzz.sh SECONDS [NAME...]: runs each fuzz target, or those named, for SECONDS.
#
# Starts from tests/fuzz/corpus/NAME. New inputs go to build/fuzz/corpus/NAME; a crash is written there too
# and belongs, made small, into the stored corpus, where every `make test` replays it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:?usage: $0 SECONDS [NAME...]}
shift

cmake --preset fuzz >/dev/null
[ $# -gt 0 ] || set -- $(for f in tests/fuzz/*_fuzz.cpp; do [ -e "$f" ] && basename "$f" _fuzz.cpp; done)
[ $# -gt 0 ] || { echo "There are no fuzz targets."; exit 0; }

targets=
for name; do targets="$targets fuzz_$name"; done
# shellcheck disable=SC2086
cmake --build build/fuzz -j "$(nproc)" --target $targets

for name; do
    new=build/fuzz/corpus/$name
    stored=tests/fuzz/corpus/$name
    mkdir -p "$new"
    [ -d "$stored" ] || stored=
    echo "== $name: $seconds s"
    build/fuzz/tests/fuzz_"$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$new/" "$new" $stored 2>&1 | tail -n 12
    # The pipe hides the program's status; a crash leaves a file.
    if ls "$new"/crash-* "$new"/timeout-* "$new"/oom-* "$new"/leak-* >/dev/null 2>&1; then
        ls "$new"/crash-* "$new"/timeout-* "$new"/oom-* "$new"/leak-* 2>/dev/null
        exit 1
    fi
done
