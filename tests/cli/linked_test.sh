#!/bin/bash
# Only extract-torch loads libtorch, whose start costs most of a second.
set -euo pipefail

failures=0
complain() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

loads_libtorch() {
  local libraries
  libraries=$(ldd "$IMSEARCH_BIN/$1")
  [[ $libraries == *libtorch* ]]
}

for tool in extract build-index query eval-recall bench push; do
  echo "$tool loads no libtorch"
  ! loads_libtorch "$tool" || complain "$tool is linked with libtorch"
done

echo "extract-torch loads it"
loads_libtorch extract-torch || complain "extract-torch is not linked with it"

exit $((failures > 0))
