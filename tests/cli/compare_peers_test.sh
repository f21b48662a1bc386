#!/bin/bash
# scripts/compare/peers.sh: its command line, and its arithmetic on known times.
set -euo pipefail

die() {
  echo "FAILED: $*" >&2
  exit 1
}

compare=$IMSEARCH_SOURCE/scripts/compare/peers.sh

echo "a wrong command line is refused"
for wrong in '' '0' '1e3' '100 x' '100 7 8' '--rounds 0 100' '--engines' \
  '--photos . ' '--nonsense 100' '--engines imsearch,x 100'; do
  status=0
  # shellcheck disable=SC2086 # words on purpose
  said=$("$compare" $wrong 2>&1) || status=$?
  [[ $status -eq 2 ]] || die "'$wrong': exit $status, not 2"
  [[ $said == *usage:* ]] || die "'$wrong': no usage: $said"
done

echo "times at a recall, and ratios"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$IMSEARCH_SOURCE/scripts/compare/peers \
  python3 "$IMSEARCH_SOURCE/tests/cli/compare_peers_table.py"
