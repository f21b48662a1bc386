#!/bin/bash
# Check the code with clang: build everything without warnings, formatting
# (.clang-format) and static checks (.clang-tidy).
#
# usage: clang.sh
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

if [[ $# -ne 0 ]]; then
  usage
  [[ $1 == --help || $1 == -h ]] && exit 0 || exit 2
fi

cd "$(dirname "$(readlink -f "$0")")/../.."
scripts/install-packages.sh build test dev
cmake --preset clang --log-level=WARNING
cmake --build build-clang

git ls-files -z '*.cpp' '*.h' | xargs -0 clang-format-14 --dry-run --Werror
# The fuzzers are built by scripts/check/fuzz.sh, the peers by scripts/compare/peers.sh:
# both are not known to this build.
git ls-files -z '*.cpp' ':!tests/fuzz' ':!scripts/compare/peers' |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build-clang --quiet
echo "clang: no complaint"
