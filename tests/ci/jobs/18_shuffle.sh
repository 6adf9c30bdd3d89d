# SPDX-License-Identifier: MIT
# timeout: 1200
# Whatever is ready in one turn may run in another order than today: 20 of them.
tools/shuffle.sh build/ci-clang 20
