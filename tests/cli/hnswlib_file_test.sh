#!/bin/bash
# build-index --format hnswlib, read by Debian's python3-hnswlib.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
PATH=$IMSEARCH_BIN:$PATH PYTHONDONTWRITEBYTECODE=1 \
  /usr/bin/python3 "$IMSEARCH_SOURCE/tests/cli/hnswlib_file.py"
