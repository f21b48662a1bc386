#!/bin/bash
# Shards as a job array of GNU parallel: each ends early the first time, the
# second time all are gone on with, and joined they are the whole run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export PARALLEL_HOME=$work PARALLEL_SHELL=/bin/bash IMSEARCH_WEIGHTS=
export pattern="$IMSEARCH_SOURCE/data/photos/**/*.jpg" limit
fail() {
  echo "FAILED: $*" >&2
  cat ./*.log >&2
  exit 1
}

"$IMSEARCH_BIN/extract" -q -o whole.bin -n whole.txt "$pattern"
# shellcheck disable=SC2016  # expanded by the shell of each job
job='ulimit -f $limit; exec "$IMSEARCH_BIN/extract" -q -j 1 --resume \
  --shard {}/5 "$pattern"'

echo "shards on a disk with room for 4 rows each end early"
status=0
limit=20 parallel --will-cite -j 2 "$job" ::: {1..5} 2>first.log || status=$?
[[ $status -eq 5 ]] || fail "$status of 5 jobs failed"
[[ ! -e fvecs.bin.1-of-5 && -e fvecs.bin.1-of-5.part ]] || fail "no part"

echo "the same jobs again go on and end"
limit=unlimited parallel --will-cite -j 2 "$job" ::: {1..5} 2>second.log ||
  fail "$? jobs failed"
"$IMSEARCH_BIN/extract" --join fvecs.bin.*-of-5 2>join.log || fail "no join"
cmp fvecs.bin whole.bin
cmp fnames.txt whole.txt
cmp fvecs.bin.json whole.bin.json
[[ -z $(find . -name '*.part') ]] || fail "parts stay"
