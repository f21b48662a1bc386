#!/bin/bash
# Every shell script passes shellcheck and tells how it is used.
set -euo pipefail
cd "$IMSEARCH_SOURCE"

shellcheck -x .ci/run scripts/*.sh scripts/*/*.sh tests/*/*.sh

for script in scripts/*.sh scripts/check/*.sh scripts/compare/*.sh; do
  "$script" --help >/dev/null
  [[ $("$script" --help | grep -c '^usage: ') -eq 1 ]] || {
    echo "FAILED: $script --help: no usage" >&2
    exit 1
  }
done
