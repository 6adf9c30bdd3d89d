#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/parity/oracle/record.sh: writes the traces anew. Those in virtual time with the CPython 3.14 that the npm package
# pyodide contains, those on the machine with Debian's python3. Needs node and npm, and a registry for the package;
# nothing of that is needed to run the tests.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
modules=${NURT_PYODIDE:-}
if [ -z "$modules" ]; then
    modules=$(mktemp -d)
    trap 'rm -rf "$modules"' EXIT
    npm install --silent --no-audit --no-fund --prefix "$modules" pyodide@314.0.7
fi
node "$folder/record.mjs" "$modules" "$folder"
/usr/bin/python3 -B "$folder/oracle.py" record-machine
git -C "$folder" status --short -- .
