# SPDX-License-Identifier: MIT
# timeout: 1200
# Each fuzz target for 20 seconds, from its stored corpus.
tools/fuzz.sh 20
