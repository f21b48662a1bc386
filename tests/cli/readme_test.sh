#!/bin/bash
# README's examples can be pasted into a clone: every block that is marked as sh
# runs, one after the other, in a folder where the clone's files lie.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A copy: an example that removes something must not reach the source tree.
cp -R "$IMSEARCH_SOURCE/data" "$scratch/data"
mkdir "$scratch/build"
ln -s "$IMSEARCH_BIN" "$scratch/build/bin"
unset IMSEARCH_WEIGHTS

awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' \
  "$IMSEARCH_SOURCE/README.md" >"$scratch/pasted.sh"
lines=$(grep -c . "$scratch/pasted.sh")
((lines >= 12)) || {
  echo "README.md: only $lines lines in blocks of sh"
  exit 1
}
cd "$scratch"
bash -euo pipefail -x pasted.sh
[[ -s answers.jpg && -s fvecs.bin.hnsw.index ]]
