#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/shuffle.sh BUILD COUNT [FIRST]: the tests in simulated time, each under COUNT other orders.
#
# NURT_SHUFFLE permutes what is ready in one turn of a loop wherever no order is promised. Tests in the suite
# "order" say which turn something happens in, and are left out. A failure prints its seed.
set -eu
build=${1:?usage: $0 BUILD COUNT [FIRST]}
count=${2:?usage: $0 BUILD COUNT [FIRST]}
first=${3:-1}
failed=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for folder in loop core sync threads stream sim net http parity; do
    program=$build/tests/test_$folder
    [ -x "$program" ] || continue
    seed=$first
    bad=
    while [ "$seed" -lt $((first + count)) ]; do
        if ! NURT_SHUFFLE=$seed "$program" --test-suite-exclude=order >"$said" 2>&1; then
            [ -n "$bad" ] || cat "$said"
            bad="$bad $seed"
        fi
        seed=$((seed + 1))
    done
    if [ -n "$bad" ]; then
        echo "test_$folder fails with NURT_SHUFFLE =$bad"
        failed=1
    else
        echo "test_$folder passes under $count orders"
    fi
done
exit $failed
