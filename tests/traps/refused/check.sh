#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/traps/refused/check.sh COMPILER FILE: the file must not compile, for the reason that it names.
#
# A line `// refuses: WORDS` names the words of the message; `// only: gcc 12` limits it to that compiler, the
# others are skipped (77). Warnings are errors.
set -u
compiler=$1 file=$2
root=$(cd "$(dirname "$0")/../../.." && pwd)

only=$(sed -n 's,^// only: ,,p' "$file")
if [ "$only" = "gcc 12" ]; then
    "$compiler" --version | grep -q 'clang' && exit 77
    [ "$("$compiler" -dumpversion)" = 12 ] || exit 77
fi
words=$(sed -n 's,^// refuses: ,,p' "$file")
[ -n "$words" ] || { echo "$file: no line // refuses:"; exit 1; }
said=$("$compiler" -std=c++20 -Wall -Werror -fsyntax-only -I"$root" "$file" 2>&1) && { echo "it compiles"; exit 1; }
printf '%s\n' "$said" | grep -qF "$words" && exit 0
printf 'not refused with "%s", but with:\n%s\n' "$words" "$said"
exit 1
