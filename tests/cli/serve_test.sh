#!/bin/bash
# serve, asked over sockets: the protocol, photos, its life, and clients that do
# everything wrong. The parts are tests/cli/serve/*.py, for Python's own modules
# alone.
set -euo pipefail

cd "$IMSEARCH_SOURCE/tests/cli/serve"
export PYTHONDONTWRITEBYTECODE=1
for part in protocol photos life faults; do
  echo "$part"
  python3 "$part.py"
done
